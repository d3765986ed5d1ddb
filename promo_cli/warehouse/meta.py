"""What a warehouse knows about itself: texts by name, in the table `meta`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def get(con: DuckDBPyConnection, name: str) -> str | None:
    """Return a text; None where there is none."""
    rows = con.execute("SELECT value FROM meta WHERE name = $1", [name]).fetchall()
    return rows[0][0] if rows else None


def put(con: DuckDBPyConnection, name: str, value: str | None) -> None:
    """Set a text, in the caller's transaction; None removes it."""
    con.execute("DELETE FROM meta WHERE name = $1", [name])
    if value is not None:
        con.execute("INSERT INTO meta VALUES ($1, $2)", [name, value])
