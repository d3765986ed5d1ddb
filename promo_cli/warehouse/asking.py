"""Questions in SQL to the published warehouse: nothing can be changed, and no other file be read or written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promo_cli.diagnostics import Failure, Location, Position, Range
from promo_cli.warehouse import codes
from promo_cli.warehouse.database import reading

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WHERE = "SQL"
"""What a diagnostic calls the text of the question."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the last statement of a question gave. `types` are DuckDB's names of the columns' types."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@contextmanager
def asking(warehouse: Path) -> Iterator[DuckDBPyConnection]:
    """Give a connection for questions that come from outside. Raises what `reading` raises."""
    with reading(warehouse) as con:
        con.execute("SET errors_as_json = true")
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        yield con


def ask(con: DuckDBPyConnection, sql: str) -> Answer:
    """Run the statements of `sql`. Raises Failure (ING106, exit 2) with the place of what is wrong."""
    import duckdb

    try:
        con.execute(sql)
        if con.description is None:
            raise Failure([codes.BAD_QUERY.at(None, "expected a question in SQL, found nothing to run")], 2)
        names = tuple(column[0] for column in con.description)
        types = tuple(str(column[1]) for column in con.description)
        return Answer(names, types, tuple(con.fetchall()))
    except duckdb.Error as error:
        raise _explained(sql, str(error)) from None


def _explained(sql: str, error: str) -> Failure:
    kind, _, detail = error.partition(": ")
    try:
        told = json.loads(detail)
    except ValueError:
        told = {"exception_message": detail or error}
    message, *notes = str(told["exception_message"]).splitlines()
    place = None
    if "position" in told:
        first, length = (int(part) for part in told.get("location", f"[{told['position']},1]")[1:-1].split(","))
        place = Location(WHERE, Range(_position(sql, first), _position(sql, first + length)))
    found = codes.BAD_QUERY.at(
        place,
        f"{kind.lower()}: {message}",
        notes=[note for note in notes if note],
        help="`SHOW TABLES` names the tables",
    )
    return Failure([found], 2)


def _position(sql: str, offset: int) -> Position:
    # DuckDB counts bytes.
    before = sql.encode()[:offset].decode(errors="ignore")
    return Position(before.count("\n") + 1, len(before) - before.rfind("\n"))
