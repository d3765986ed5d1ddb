"""The warehouse as Parquet files for other tools: one folder per table, events partitioned by business month.

The folder appears whole or not at all: it is written under another name beside it and renamed.
"""

# ruff: noqa: S608 -- names of tables are our own

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from promo_cli.diagnostics import Failure, Location
from promo_cli.warehouse import codes
from promo_cli.warehouse.tables import TABLES, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MANIFEST = "_export.json"
SCHEMA = "promo.export/1"

_MONTH = "strftime(business_date, '%Y-%m') AS business_month"
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
    rows = {name: _write(con, f"FROM {name}", fresh / name) for name in _WHOLE}
    for table in TABLES:
        rows[table.name] = _write(con, f"SELECT *, {_MONTH} FROM {table.name}", fresh / table.name, partitioned=True)
        rows |= _write_children(con, table, table, fresh)
    manifest = {"schema": SCHEMA, "rows": rows}
    (fresh / MANIFEST).write_text(json.dumps(manifest, sort_keys=True) + "\n", encoding="utf-8")
    _swap(fresh, folder)
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
