"""One section of a report as Parquet, for other engines: typed columns, whose types do not depend on the values."""

from __future__ import annotations

import tempfile
from pathlib import Path

from promo_cli.reports.render_csv import section_of
from promo_cli.reports.result import Blank, Column, ReportResult, Value

_TYPES = {
    "text": "VARCHAR",
    "date": "DATE",
    "count": "BIGINT",
    "amount": "DECIMAL(38,3)",
    "percent": "DECIMAL(18,6)",
    "number": "DECIMAL(38,6)",
    "ratio": "DECIMAL(38,6)",
}


def render_parquet(result: ReportResult, section: str | None = None) -> bytes:
    """Return a section, by default the first that is a table, without its total; a blank is null.

    Raises KeyError for a section that the report does not have.
    """
    import duckdb

    chosen = section_of(result, section)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"threads": 1}) as con:
        path = Path(folder) / "section.parquet"
        names = [_quoted(column.name) for column in chosen.columns]
        con.execute(f"CREATE TABLE section ({', '.join(map(_typed, chosen.columns))})")
        if chosen.rows:
            columns = zip(*chosen.rows, strict=True)
            values = [[_plain(value) for value in column] for column in columns]
            parts = ", ".join(f"unnest(${number}) AS {name}" for number, name in enumerate(names, 1))
            con.execute(f"INSERT INTO section SELECT {parts}", values)
        con.execute(f"COPY section TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
        return path.read_bytes()


def _typed(column: Column) -> str:
    return f"{_quoted(column.name)} {_TYPES[column.type]}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _plain(value: Value) -> Value:
    return None if isinstance(value, Blank) else value
