"""Which objects of the bucket the ledger does not know yet."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from promo_cli.diagnostics import Failure, Location
from promo_cli.storage.interface import Entry, Storage
from promo_cli.warehouse import codes, keys, meta

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

RECENT_DAYS = 45
"""Business days that every run lists. Later uploads are found by the full listing."""

FULL_LISTING_EVERY = dt.timedelta(days=7)

FEW = 10_000
"""Up to this many objects everything is listed every time: on S3 that is ten requests."""


def pending(con: DuckDBPyConnection, storage: Storage, now: dt.datetime) -> list[Entry]:
    """List what there is to ingest, in the order of keys: new objects, and refused ones that were replaced.

    `now` is an aware moment. Raises StorageUnavailable.
    """
    start = "" if _all_is_due(con, now) else keys.first_key_of(_recent(con, now))
    events = (entry for entry in storage.list(keys.EVENTS) if not entry.key.startswith(keys.PRIVACY))
    found = [*storage.list(keys.ALL_UPLOADS, start_after=start), *events]
    known = {
        key: None if refused is None else (size, etag)
        for key, size, etag, refused in con.execute("SELECT key, size, etag, refused FROM ledger").fetchall()
    }
    return sorted(
        (each for each in found if each.key not in known or known[each.key] not in (None, (each.size, each.etag))),
        key=lambda entry: entry.key,
    )


def with_quarantine(con: DuckDBPyConnection) -> list[Entry]:
    """Name the objects that have refused lines, in the order in which they arrived."""
    rows = con.execute("SELECT key, size, etag FROM ledger WHERE quarantined > 0 ORDER BY file_id").fetchall()
    return [Entry(key, size, etag) for key, size, etag in rows]


def remember(con: DuckDBPyConnection, env: str, now: dt.datetime) -> None:
    """Note which environment this warehouse is of, and when everything was last listed."""
    values = {"environment": env}
    if _all_is_due(con, now):
        values["listed_all_at"] = now.astimezone(dt.UTC).isoformat()
    for name, value in values.items():
        meta.put(con, name, value)


def require_environment(con: DuckDBPyConnection, env: str, warehouse: Path) -> None:
    """Refuse to mix two environments in one warehouse. Raises Failure (ING104)."""
    found = environment_of(con)
    if found not in (None, env):
        message = f"expected the warehouse of environment {env!r}, found the one of {found!r}"
        help_ = "give the other environment its own `warehouse:` in promo.yaml, or delete this file and ingest again"
        raise Failure([codes.OTHER_ENVIRONMENT.at(Location(str(warehouse)), message, help=help_)], 2)


def environment_of(con: DuckDBPyConnection) -> str | None:
    """Return the environment whose uploads these are; None before the first ingest."""
    return meta.get(con, "environment")


def _all_is_due(con: DuckDBPyConnection, now: dt.datetime) -> bool:
    last = meta.get(con, "listed_all_at")
    (known,) = con.execute("SELECT count(*) FROM ledger").fetchall()[0]
    return known < FEW or last is None or now - dt.datetime.fromisoformat(last) >= FULL_LISTING_EVERY


def _recent(con: DuckDBPyConnection, now: dt.datetime) -> dt.date:
    # Counted from the newest day that has uploads, unless a till's clock runs ahead of ours.
    (newest,) = con.execute("SELECT max(business_date) FROM ledger").fetchall()[0]
    return min(newest or now.date(), now.date()) - dt.timedelta(days=RECENT_DAYS)
