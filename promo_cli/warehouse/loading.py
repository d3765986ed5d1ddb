"""Batches into the warehouse in order: staged side by side on connections of their own, stored one after the other."""

from __future__ import annotations

import datetime as dt
import itertools
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from promo_cli.warehouse import personal
from promo_cli.warehouse.batch import FileCounts, Upload, stage, store
from promo_cli.warehouse.verdicts import Bad

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_AT_ONCE = min(4, max(2, os.cpu_count() or 2))


def load(
    con: DuckDBPyConnection, batches: Iterable[Sequence[Upload]], hmac_key: bytes, now: dt.datetime
) -> Iterator[tuple[Sequence[Upload], list[FileCounts]]]:
    """Load batches, and yield each with its counts when it is stored.

    Files are numbered in the order given, and stored in that order: the first of two contradicting lines is kept. An
    object that the ledger already knows keeps its number, and what came from it is replaced. `now` is an aware moment.
    """
    (last,) = con.execute("SELECT coalesce(max(file_id), 0) FROM ledger").fetchall()[0]
    fresh = itertools.count(last + 1)
    staged: deque[tuple[DuckDBPyConnection, dict[int, Upload], Future[dict[int, list[Bad]]]]] = deque()
    with ExitStack() as closed, ThreadPoolExecutor(_AT_ONCE) as pool:
        # Batches side by side keep every core busy; several threads in each would only be in each other's way.
        con.execute("SET threads = 1")
        closed.callback(con.execute, "RESET threads")
        free = deque(closed.enter_context(closing(con.cursor())) for _ in range(_AT_ONCE))
        for each in free:
            personal.install(each, hmac_key)
        # One more turn for each batch that is still being staged when there are no new ones.
        for uploads in itertools.chain(batches, itertools.repeat(None, _AT_ONCE)):
            if staged and (uploads is None or not free):
                own, files, bad = staged.popleft()
                yield list(files.values()), store(own, files, bad.result(), now)
                free.append(own)
            if uploads is not None:
                own, files = free.popleft(), _numbered(con, uploads, fresh)
                staged.append((own, files, pool.submit(stage, own, files)))


def _numbered(con: DuckDBPyConnection, uploads: Sequence[Upload], fresh: Iterator[int]) -> dict[int, Upload]:
    keys = [upload.entry.key for upload in uploads]
    known = dict(
        con.execute("SELECT key, file_id FROM ledger WHERE key IN (SELECT unnest($keys))", {"keys": keys}).fetchall()
    )
    return {known.get(upload.entry.key) or next(fresh): upload for upload in uploads}
