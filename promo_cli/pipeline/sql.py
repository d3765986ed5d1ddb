"""Questions in SQL to the workspace's warehouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from promo_cli.pipeline.ingest import warehouse_of
from promo_cli.warehouse.asking import Answer, ask, asking
from promo_cli.workspace import load

Ask = Callable[[str], Answer]


@contextmanager
def questions(start: Path) -> Iterator[Ask]:
    """Give a function that answers SQL; all answers are about one published state.

    Raises Failure (exit 2) where nothing was ingested yet; the function raises it for a query with a mistake.
    """
    with asking(warehouse_of(load(start))) as con:
        yield partial(ask, con)
