"""Retention: uploads leave the bucket and names leave the warehouse when their time is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promo_cli.storage.interface import Entry, Storage
from promo_cli.warehouse import database, erasing, keys, listing, personal, receipts, tombstones
from promo_cli.warehouse.tombstones import Retained

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Periods:
    """How many days uploads stay in the bucket, and names in the warehouse; None: for ever."""

    uploads_days: int | None
    personal_days: int | None


@dataclass(frozen=True, slots=True)
class Retention:
    """What a retention removed, or would remove.

    `until` are the first business days that stay. `uploads` were deleted, with `size` bytes; `waiting` are as old but
    stay, because they are not in this warehouse yet, have refused lines, or have no receipt. `rows` are rows freed of
    names and free text, by table.
    """

    until: Retained
    uploads: int
    size: int
    waiting: int
    rows: Mapping[str, int]


def retain(
    storage: Storage,
    periods: Periods,
    *,
    warehouse: Path,
    env: str,
    hmac_key: bytes,
    now: dt.datetime,
    apply: bool,
) -> Retention:
    """Delete uploads whose time is over, and free rows of names whose time is over; without `apply` only count.

    What is about to be removed is written to the bucket first, so that every ingest and rebuild on every machine holds
    it, and a retention that was interrupted is finished by the next. Days only move forward. An upload is deleted only
    when this warehouse has all of its lines: its rows live on there alone. Receipts stay, for tills that still wait.
    `now` is an aware moment. Raises what `ingest` raises, and Failure (ING103) without a warehouse.
    """
    with database.reading(warehouse) as con:
        personal.install(con, hmac_key)
        listing.require_environment(con, env, warehouse)
        until = _until(periods, tombstones.retained(storage), now.astimezone(dt.UTC).date())
        due, waiting = _due(con, storage, until.uploads_before)
        rows = _would_free(con, until.personal_before)
    size = sum(entry.size for entry in due)
    if apply and (due or rows):
        tombstones.write_retained(storage, until, now)
        with database.writing(warehouse, hmac_key) as con:
            listing.require_environment(con, env, warehouse)
            rows = tombstones.learn(con, storage)
            receipts.write_due(con, storage, now)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(lambda entry: storage.delete(entry.key), due))
    return Retention(until, len(due), size, waiting, rows)


def _until(periods: Periods, before: Retained, today: dt.date) -> Retained:
    def first_kept(days: int | None, at_least: dt.date) -> dt.date:
        return at_least if days is None else max(at_least, today - dt.timedelta(days=days))

    return Retained(
        first_kept(periods.uploads_days, before.uploads_before),
        first_kept(periods.personal_days, before.personal_before),
    )


def _due(con: DuckDBPyConnection, storage: Storage, before: dt.date) -> tuple[Sequence[Entry], int]:
    old = []
    for entry in storage.list(keys.ALL_UPLOADS):
        origin = keys.parse(entry.key)
        if origin is not None and origin.day is not None and origin.day < before:
            old.append(entry)
    complete = {
        key: (size, etag)
        for key, size, etag in con.execute(
            "SELECT key, size, etag FROM ledger WHERE quarantined = 0 AND receipt_at IS NOT NULL"
        ).fetchall()
    }
    due = [entry for entry in old if complete.get(entry.key) == (entry.size, entry.etag)]
    return due, len(old) - len(due)


def _would_free(con: DuckDBPyConnection, before: dt.date) -> dict[str, int]:
    # Temporary tables come before the warehouse's own of that name, which stay as they are.
    con.execute("CREATE TEMP TABLE erasures AS SELECT digest FROM main.erasures LIMIT 0")
    con.execute("CREATE TEMP TABLE meta AS SELECT 'personal_before' AS name, $1 AS value", [before.isoformat()])
    rows, _ = erasing.count_stored(con)
    con.execute("DROP TABLE temp.erasures; DROP TABLE temp.meta")
    return rows
