"""Ingest of usage records, against DuckDB reading the same files into a table without any check.

Each till numbers its own lines, so every file is one till's upload. Another generator's files can be brought into that
form: `python -m bench.ingest load FOLDER OUT` puts each file under a store and till of its own, and ingests them.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import random
import re
import shutil
import sys
import tempfile
from pathlib import Path
from uuid import UUID

import duckdb

from bench.measure import race, timed
from promo_cli.protocol.layout import UPLOADS
from promo_cli.storage.opening import open_storage
from promo_cli.warehouse.ingest import ingest

DAY = "2026-03-01"
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
KEY = bytes(32)

_COLUMNS = {
    "v": "INTEGER",
    "kind": "VARCHAR",
    "event_id": "UUID",
    "seq": "BIGINT",
    "store_id": "VARCHAR",
    "pos_id": "VARCHAR",
    "business_date": "DATE",
    "promotion_id": "VARCHAR",
    "bill_id": "VARCHAR",
    "member_id": "VARCHAR",
    "customer_phone": "VARCHAR",
    "discount_amount": "DECIMAL(18,3)",
    "used_at": "TIMESTAMPTZ",
}


def write_usages(bucket: Path, records: int, files: int) -> None:
    """Write the uploads of as many tills as there are files, ten to a store."""
    rng = random.Random(2026)
    for file in range(files):
        store, till = f"s-{file // 10:04}", f"t-{file}"
        lines = [_usage(rng, store, till, seq) for seq in range(1, records // files + 1)]
        put(bucket, store, till, ("\n".join(lines) + "\n").encode())


def _usage(rng: random.Random, store: str, till: str, seq: int) -> str:
    at = f"{DAY}T{rng.randrange(8, 22):02}:{rng.randrange(60):02}:{rng.randrange(60):02}+07:00"
    record = {
        "v": 1,
        "kind": "usage",
        "event_id": str(UUID(int=rng.getrandbits(128))),
        "seq": seq,
        "store_id": store,
        "pos_id": till,
        "business_date": DAY,
        "promotion_id": f"p-{rng.randrange(1000)}",
        "bill_id": f"b-{seq // 2}",
        "member_id": f"m-{rng.randrange(200_000)}" if rng.random() < 0.6 else None,
        "customer_phone": f"+62811{rng.randrange(10**7):07}" if rng.random() < 0.4 else None,
        "discount_amount": rng.randrange(100, 90_000) * 100,
        "used_at": at,
    }
    return json.dumps(record, separators=(",", ":"))


def put(bucket: Path, store: str, till: str, content: bytes) -> None:
    """Put one till's upload under its key."""
    path = bucket / f"{UPLOADS}dt={DAY}/store={store}/pos={till}/lines.ndjson.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, compresslevel=1, mtime=0))


def adopt(source: Path, bucket: Path) -> None:
    """Make each file of `source` the upload of a till of its own, whatever store and till its lines name."""
    for number, path in enumerate(sorted(source.glob("*.ndjson.gz"))):
        store, till = f"s-{number // 10:04}", f"t-{number}"
        lines = gzip.decompress(path.read_bytes())
        for name, value in (("store_id", store), ("pos_id", till)):
            lines = re.sub(f'"{name}":"[^"]*"'.encode(), f'"{name}":"{value}"'.encode(), lines)
        put(bucket, store, till, lines)


def load(bucket: Path, out: Path) -> int:
    """Ingest everything into a new warehouse, and return the lines loaded. Receipts go to the bucket, as they must."""
    shutil.rmtree(out, ignore_errors=True)
    shutil.rmtree(bucket / "receipts", ignore_errors=True)
    storage = open_storage(str(bucket), base=bucket)
    result = ingest(storage, warehouse=out / "warehouse.duckdb", env="bench", hmac_key=KEY, now=NOW)
    if result.loaded != result.lines:
        raise RuntimeError(f"expected every line to be loaded, found {result}")
    return result.loaded


def floor(bucket: Path, out: Path) -> None:
    """Read the same files into a table, unchecked."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    with duckdb.connect(out / "floor.duckdb") as con:
        columns = ", ".join(f"{name}: '{kind}'" for name, kind in _COLUMNS.items())
        con.execute(
            "CREATE TABLE usages AS FROM read_json($1, format = 'newline_delimited', hive_partitioning = false,"
            f" columns = {{{columns}}})",
            [str(bucket / UPLOADS / "**" / "*.gz")],
        )


def main() -> None:
    """200,000 records in 20 files, and 20,000 in 10,000 small ones; more with `records files`."""
    for records, files, rounds in ((200_000, 20, 5), (20_000, 10_000, 3)):
        compare(records, files, rounds)


def compare(records: int, files: int, rounds: int) -> None:
    """Print the ratio for one shape of uploads."""
    with tempfile.TemporaryDirectory() as scratch:
        bucket, out, plain = Path(scratch, "bucket"), Path(scratch, "ours"), Path(scratch, "floor")
        write_usages(bucket, records, files)
        race(
            f"ingest {records:,} usage records in {files:,} files",
            "floor: read_json",
            {
                "floor: read_json": timed(lambda: floor(bucket, plain)),
                "ingest": timed(lambda: load(bucket, out)),
            },
            rounds=rounds,
        )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["load", source, target]:
            with tempfile.TemporaryDirectory() as made:
                adopt(Path(source), Path(made))
                print(f"{load(Path(made), Path(target)):,} loaded")
        case [records, files]:
            compare(int(records), int(files), 1)
        case _:
            main()
