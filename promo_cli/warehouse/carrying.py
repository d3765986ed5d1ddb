"""Rows that only the warehouse has: a rebuild takes over what came from uploads that the bucket no longer has."""

# ruff: noqa: S608 -- names of tables are our own; values are parameters

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from promo_cli.diagnostics import Failure, Location
from promo_cli.warehouse import codes, database, listing
from promo_cli.warehouse.migrate import migrate
from promo_cli.warehouse.tables import TABLES, family

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@contextmanager
def carried(
    con: DuckDBPyConnection, warehouse: Path, env: str, present: Collection[str], *, expired: bool
) -> Iterator[int]:
    """Copy into a fresh warehouse what the published one has of uploads that are not `present`; yield their number.

    They keep their places: what is loaded afterwards is numbered after them. At the end of the block the lines that
    were refused in favour of others name these by their new numbers. With `expired` uploads were deleted on purpose,
    so a published warehouse that cannot be read is refused with Failure (ING108); else it is passed over. Raises
    Failure (ING104) for the warehouse of another environment.
    """
    if not warehouse.is_file():
        yield 0
        return
    copy = warehouse.with_name(warehouse.name + ".carried")
    try:
        if not _migrated(warehouse, copy, env, expired=expired):
            yield 0
            return
        con.execute(f"ATTACH '{database.quoted(copy)}' AS old (READ_ONLY)")
        try:
            con.execute(
                "CREATE TEMP TABLE gone AS FROM old.ledger SELECT file_id WHERE key NOT IN (SELECT unnest($keys))",
                {"keys": list(present)},
            )
            (count,) = con.execute("SELECT count(*) FROM gone").fetchall()[0]
            if count:
                _copy(con)
            yield int(count)
            con.execute(
                """
                UPDATE conflicts SET kept_file_id = ledger.file_id
                FROM old.ledger AS before JOIN ledger USING (key)
                WHERE conflicts.file_id IN (FROM gone) AND conflicts.kept_file_id = before.file_id
                """
            )
            con.execute("DROP TABLE gone")
        finally:
            con.execute("DETACH old")
    finally:
        copy.unlink(missing_ok=True)


def _migrated(warehouse: Path, copy: Path, env: str, *, expired: bool) -> bool:
    """Make a copy of the published file with today's tables; False when it cannot be read and need not be."""
    try:
        with database.published(warehouse) as con:
            listing.require_environment(con, env, warehouse)
        shutil.copyfile(warehouse, copy)
        with database.opened(copy, warehouse) as con:
            migrate(con)
    except Failure as failure:
        if failure.diagnostics[0].code == codes.OTHER_ENVIRONMENT.code:
            raise
        if expired:
            message = "uploads were deleted by retention, and the warehouse that has their rows cannot be read"
            help_ = f"restore the file from a copy; or move {warehouse.name} away, and figures begin where uploads do"
            raise Failure(
                [*failure.diagnostics, codes.ROWS_AT_RISK.at(Location(str(warehouse)), message, help=help_)], 2
            ) from None
        return False
    return True


def _copy(con: DuckDBPyConnection) -> None:
    con.begin()
    try:
        for root in TABLES:
            con.execute(f"INSERT INTO {root.name} BY NAME FROM old.{root.name} WHERE file_id IN (FROM gone)")
            for child in family(root)[1:]:
                events = f"(SELECT event_id FROM old.{root.name} WHERE file_id IN (FROM gone))"
                con.execute(f"INSERT INTO {child.name} BY NAME FROM old.{child.name} WHERE event_id IN {events}")
        for name in ("quarantine", "conflicts", "ledger"):
            con.execute(f"INSERT INTO {name} BY NAME FROM old.{name} WHERE file_id IN (FROM gone)")
        con.commit()
    except BaseException:
        con.rollback()
        raise
