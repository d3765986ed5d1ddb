"""Write a warehouse as SQL, as this version of the tool makes it from `uploads.json`. Run once, before a new migration:

    python tests/warehouse/versions/freeze.py > tests/warehouse/versions/v4.sql

`test_warehouse_versions.py` holds every later version to bring it up to date.
"""

import datetime as dt
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from promo_cli.storage import open_storage
from promo_cli.warehouse.ingest import ingest

HERE = Path(__file__).parent
KEY = bytes(range(32))
NOW = dt.datetime(2026, 2, 8, 1, 0, tzinfo=dt.UTC)


def dump(warehouse: Path) -> str:
    """Return the statements that make the database again: tables, views, rows."""
    with duckdb.connect(warehouse, read_only=True) as con:
        tables = con.execute("SELECT table_name, sql FROM duckdb_tables() ORDER BY table_oid").fetchall()
        views = dict(
            con.execute("SELECT view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY ALL").fetchall()
        )
        rows = [line for name, _ in tables for line in _rows(con, name)]
    return "\n".join([*(sql for _, sql in tables), *rows, *_in_order(views)]) + "\n"


def _in_order(views: dict[str, str]) -> Iterator[str]:
    while views:
        for name, sql in views.items():
            if not any(re.search(rf"\b{other}\b", sql) for other in views if other != name):
                yield views.pop(name)
                break


def _rows(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    columns = [(name, kind) for name, kind, *_ in con.execute(f"DESCRIBE {table}").fetchall()]
    texts = ", ".join(f'CAST("{name}" AS VARCHAR)' for name, _ in columns)
    found = con.execute(f"SELECT {texts} FROM {table} ORDER BY ALL").fetchall()
    kinds = [kind for _, kind in columns]
    values = [", ".join(map(_literal, row, kinds)) for row in found]
    return [f"INSERT INTO {table} VALUES ({each});" for each in values]


def _literal(value: Any, kind: str) -> str:
    return "NULL" if value is None else f"""CAST('{value.replace("'", "''")}' AS {kind})"""


def main() -> None:
    """Ingest the uploads into an empty warehouse, and print it."""
    with tempfile.TemporaryDirectory() as folder:
        bucket = open_storage("bucket", base=Path(folder))
        for key, content in json.loads((HERE / "uploads.json").read_text()).items():
            bucket.put(key, content.encode())
        warehouse = Path(folder) / "warehouse.duckdb"
        ingest(bucket, warehouse=warehouse, env="local", hmac_key=KEY, now=NOW)
        sys.stdout.write(dump(warehouse))


if __name__ == "__main__":
    main()
