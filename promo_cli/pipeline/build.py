"""Check, compile, write: the bundles of a day as files."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from promo_cli.compiler import compile_fleet
from promo_cli.pipeline.check import checked_workspace, today_of
from promo_cli.pipeline.environment import check_store


@dataclass(frozen=True, slots=True)
class WrittenBundle:
    """One store's file; size in bytes."""

    store_id: str
    path: Path
    sha256: str
    size: int
    promotions: int


@dataclass(frozen=True, slots=True)
class Written:
    """What a build wrote, and for which day."""

    as_of: dt.date
    folder: Path
    bundles: list[WrittenBundle]


def write_bundles(
    start: Path, folder: Path | None, *, stores: Collection[str] | None = None, as_of: dt.date | None = None
) -> Written:
    """Write `<store>.json` for every store, or for `stores`, and nothing else.

    `as_of` is a day in the company's time zone. Raises Failure: exit 1 for a workspace with errors,
    2 for an unknown store.
    """
    workspace = checked_workspace(start, today=as_of)
    for store_id in stores or ():
        check_store(workspace, store_id)
    on = as_of or today_of(workspace)
    target = folder or workspace.root / "out" / "bundles"
    target.mkdir(parents=True, exist_ok=True)
    bundles = []
    for store_id, data in compile_fleet(workspace, on, only=stores or None).items():
        path = target / f"{store_id}.json"
        path.write_bytes(data)
        # Four lines stand around the promotions: header, products, the list's opening and its end.
        promotions = data.count(b"\n") - 4
        bundles.append(WrittenBundle(store_id, path, hashlib.sha256(data).hexdigest(), len(data), promotions))
    return Written(on, target, bundles)
