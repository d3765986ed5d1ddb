"""The warehouse's schema as numbered SQL files; a warehouse remembers the last one it has."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def migrations() -> list[str]:
    """The SQL of every migration; the first is number 1."""
    folder = files("promo_cli.warehouse") / "migrations"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(folder / name).read_text(encoding="utf-8") for name in names]


def version_of(con: DuckDBPyConnection) -> int:
    """The number of the last migration applied; 0 for an empty database."""
    import duckdb

    try:
        return int(con.execute("SELECT value FROM meta WHERE name = 'schema'").fetchall()[0][0])
    except duckdb.CatalogException:
        return 0


def migrate(con: DuckDBPyConnection, *, to: int | None = None) -> None:
    """Apply the migrations that are missing, each in its own transaction."""
    present = version_of(con)
    for number, sql in enumerate(migrations()[:to], start=1):
        if number > present:
            con.begin()
            con.execute(sql)
            con.execute("DELETE FROM meta WHERE name = 'schema'")
            con.execute("INSERT INTO meta VALUES ('schema', $1)", [str(number)])
            con.commit()
