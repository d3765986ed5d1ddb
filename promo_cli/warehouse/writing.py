"""Rows into the warehouse's tables, inside the caller's transaction."""

# ruff: noqa: S608 -- names of tables and columns are our own; values are parameters

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from promo_cli.warehouse.dedupe import Conflict
from promo_cli.warehouse.staging import staged
from promo_cli.warehouse.tables import TABLES, family
from promo_cli.warehouse.verdicts import Bad

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def insert(con: DuckDBPyConnection, table: str, **columns: Sequence[Any]) -> None:
    """Add rows given by column. Much faster than one statement per row."""
    values = ", ".join(f"unnest(${name}) AS {name}" for name in columns)
    con.execute(f"INSERT INTO {table} BY NAME SELECT {values}", {name: list(each) for name, each in columns.items()})


def delete_files(con: DuckDBPyConnection, files: Sequence[int]) -> None:
    """Remove all that came from those files, and their place in the ledger."""
    chosen = "file_id IN (SELECT unnest($files))"
    if not con.execute(f"SELECT 1 FROM ledger WHERE {chosen} LIMIT 1", {"files": files}).fetchall():
        return
    for root in TABLES:
        for child in family(root)[1:]:
            con.execute(
                f"DELETE FROM {child.name} WHERE event_id IN (SELECT event_id FROM {root.name} WHERE {chosen})",
                {"files": files},
            )
        con.execute(f"DELETE FROM {root.name} WHERE {chosen}", {"files": files})
    for table in ("quarantine", "conflicts", "ledger"):
        con.execute(f"DELETE FROM {table} WHERE {chosen}", {"files": files})


def insert_staged(con: DuckDBPyConnection) -> None:
    """Move the staged lines that are not in `unloaded` to their tables."""
    (skipping,) = con.execute("SELECT count(*) > 0 FROM unloaded").fetchall()[0]
    new = "ANTI JOIN unloaded USING (file_id, line)" if skipping else ""
    for table in staged(con):
        columns = _columns(con, table.name).intersection(_columns(con, f"stage_{table.name}"))
        values = ", ".join(table.computed.get(name, name) + f" AS {name}" for name in sorted(columns))
        con.execute(f"INSERT INTO {table.name} BY NAME SELECT {values} FROM stage_{table.name} {new}")


def insert_quarantine(con: DuckDBPyConnection, bad: Mapping[int, Sequence[Bad]], now: dt.datetime) -> None:
    """Add refused lines by file. `now` is UTC without zone, as all moments in the tables."""
    rows = [(file_id, each) for file_id, several in bad.items() for each in several]
    if rows:
        fields = ("line", "byte_offset", "code", "pointer", "message", "kind", "event_id", "store_id", "pos_id", "seq")
        insert(
            con,
            "quarantine",
            file_id=[file_id for file_id, _ in rows],
            raw=[each.raw for _, each in rows],
            quarantined_at=[now] * len(rows),
            **{name: [getattr(each, name) for _, each in rows] for name in fields},
        )


def insert_conflicts(con: DuckDBPyConnection, conflicts: Sequence[Conflict]) -> None:
    """Add the pairs of lines that have a key in common and nothing else."""
    if conflicts:
        insert(
            con,
            "conflicts",
            file_id=[each.refused.file_id for each in conflicts],
            line=[each.refused.line for each in conflicts],
            same=[each.same for each in conflicts],
            event_id=[each.refused.event_id for each in conflicts],
            store_id=[each.refused.store_id for each in conflicts],
            pos_id=[each.refused.pos_id for each in conflicts],
            seq=[each.refused.seq for each in conflicts],
            kept_file_id=[each.kept.file_id for each in conflicts],
            kept_line=[each.kept.line for each in conflicts],
        )


def _columns(con: DuckDBPyConnection, table: str) -> frozenset[str]:
    return frozenset(name for name, *_ in con.execute(f"DESCRIBE {table}").fetchall())
