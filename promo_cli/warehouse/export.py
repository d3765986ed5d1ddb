"""The warehouse as Parquet files for other tools: one folder per table, events partitioned by business month.

A folder appears whole or not at all: it is written under another name beside it and renamed. In a bucket nothing can be
renamed, so every export has a prefix of its own, and the manifest, written last, names it: until then readers see the
export before.
"""

# ruff: noqa: S608 -- names of tables are our own

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promo_cli.diagnostics import Failure, Location
from promo_cli.protocol.layout import sha256_hex
from promo_cli.storage.interface import Found, OutcomeUnknown, Storage, backoff_seconds, put_once
from promo_cli.warehouse import codes
from promo_cli.warehouse.tables import TABLES, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MANIFEST = "_export.json"
DATA = "data/"
"""Below it, in a bucket, each export has a prefix of its own."""

SCHEMA = "promo.export/1"

_MONTH = "strftime(business_date, '%Y-%m') AS business_month"
_AT_ONCE = 8
_ATTEMPTS = 5
_UNDER_WAY = dt.timedelta(days=1)
_WHOLE = ("ledger", "quarantine", "conflicts", "meta")


def export(con: DuckDBPyConnection, folder: Path) -> Mapping[str, int]:
    """Write every table below `folder`, in place of an earlier export, and return the rows by table.

    Raises Failure (ING107, exit 2) when the folder holds something else.
    """
    _require_own(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.with_name(f".{folder.name}.fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    rows = _write_tables(con, fresh)
    manifest = {"schema": SCHEMA, "rows": rows}
    (fresh / MANIFEST).write_text(json.dumps(manifest, sort_keys=True) + "\n", encoding="utf-8")
    _swap(fresh, folder)
    return rows


def export_to_storage(
    con: DuckDBPyConnection, storage: Storage, now: dt.datetime, random_bytes: Callable[[int], bytes] = os.urandom
) -> tuple[Mapping[str, int], str]:
    """Write every table below a prefix of its own, then the manifest naming it; return rows by table, and the prefix.

    The export before stays, for those who are reading it; older ones are deleted a day after they were begun. `now` is
    an aware moment. Raises Failure (ING107, exit 2) when there is something else in the storage; StorageUnavailable
    and OutcomeUnknown, after which readers still see the export before.
    """
    previous = _require_own_storage(storage)
    prefix = f"{DATA}{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{random_bytes(4).hex()}/"
    with tempfile.TemporaryDirectory(prefix="promo-export-") as folder:
        rows = _write_tables(con, Path(folder))
        paths = sorted(path for path in Path(folder).rglob("*.parquet"))

        def send(path: Path) -> dict[str, Any]:
            data, name = path.read_bytes(), path.relative_to(folder).as_posix()
            put_once(storage, prefix + name, data)
            return {"path": name, "size": len(data), "sha256": sha256_hex(data)}

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            files = list(pool.map(send, paths))
    manifest = {"schema": SCHEMA, "rows": rows, "prefix": prefix, "files": files}
    _replace(storage, MANIFEST, (json.dumps(manifest, sort_keys=True) + "\n").encode())
    _clear(storage, {prefix, previous}, now)
    return rows, prefix


def _require_own_storage(storage: Storage) -> str | None:
    """Return the prefix of the export that is there now; None for an empty place."""
    for entry in storage.list():
        if entry.key != MANIFEST and not entry.key.startswith(DATA):
            message = f"expected an empty place or an earlier export, found {entry.key} in {storage.where}"
            raise Failure([codes.NOT_AN_EXPORT.at(None, message, help="name a prefix of its own")], 2)
    found = storage.get(MANIFEST)
    try:
        return str(json.loads(found.data)["prefix"]) if isinstance(found, Found) else None
    except (ValueError, KeyError, TypeError):
        return None


def _replace(storage: Storage, key: str, data: bytes) -> None:
    """Write over an object. The same bytes again do no harm, so an unknown outcome is tried again."""
    for attempt in range(_ATTEMPTS):
        try:
            storage.put(key, data)
        except OutcomeUnknown:
            if attempt == _ATTEMPTS - 1:
                raise
            time.sleep(backoff_seconds(attempt))
        else:
            return


def _clear(storage: Storage, kept: Collection[str | None], now: dt.datetime) -> None:
    # Another export may be under way, so only what was begun long ago; names begin with when that was.
    latest = f"{DATA}{(now - _UNDER_WAY).astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    old = [
        entry.key
        for entry in storage.list(DATA)
        if entry.key < latest and "/".join(entry.key.split("/")[:2]) + "/" not in kept
    ]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(storage.delete, old))


def _write_tables(con: DuckDBPyConnection, fresh: Path) -> dict[str, int]:
    rows = {name: _write(con, f"FROM {name}", fresh / name) for name in _WHOLE}
    for table in TABLES:
        rows[table.name] = _write(con, f"SELECT *, {_MONTH} FROM {table.name}", fresh / table.name, partitioned=True)
        rows |= _write_children(con, table, table, fresh)
    return rows


def _write_children(con: DuckDBPyConnection, root: Table, parent: Table, fresh: Path) -> dict[str, int]:
    rows: dict[str, int] = {}
    for child in parent.children:
        # What hangs on an event has no day of its own; it goes where its event goes.
        days = f"(SELECT event_id, business_date FROM {root.name})"
        sql = f"SELECT each.*, {_MONTH} FROM {child.name} AS each JOIN {days} USING (event_id)"
        rows[child.name] = _write(con, sql, fresh / child.name, partitioned=True)
        rows |= _write_children(con, root, child, fresh)
    return rows


def _write(con: DuckDBPyConnection, sql: str, target: Path, *, partitioned: bool = False) -> int:
    by = ", PARTITION_BY (business_month)" if partitioned else ""
    path = target if partitioned else target / "data.parquet"
    if not partitioned:
        target.mkdir()
    # The name cannot be a parameter of COPY.
    quoted = str(path).replace("'", "''")
    (written,) = con.execute(f"COPY ({sql}) TO '{quoted}' (FORMAT parquet, COMPRESSION zstd{by})").fetchall()[0]
    return int(written)


def _require_own(folder: Path) -> None:
    if folder.exists() and not (folder / MANIFEST).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"expected an empty folder or an earlier export, found other files in {folder}"
        raise Failure([codes.NOT_AN_EXPORT.at(Location(str(folder)), message, help="name a new folder")], 2)


def _swap(fresh: Path, folder: Path) -> None:
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.replace(old)
    fresh.replace(folder)
    shutil.rmtree(old, ignore_errors=True)
