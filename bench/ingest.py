"""Ingest of usage records and of bills, against DuckDB reading the same files into a table without any check.

    python -m bench.ingest                            small shapes, a few rounds
    python -m bench.ingest usage RECORDS FILES        one round of so many usage records in so many files
    python -m bench.ingest bills BILLS FILES          the same of bills with six lines each
    python -m bench.ingest adopt FOLDER BUCKET        another generator's files, each as the upload of a till of its own
    python -m bench.ingest load BUCKET OUT            ingest such a bucket into the folder OUT

Each till numbers its own lines, so every file is one till's upload.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import random
import re
import resource
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb

from bench.measure import command, race
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


_LINE_COLUMNS = {
    "line_id": "VARCHAR",
    "product_id": "VARCHAR",
    "category": "VARCHAR",
    "quantity": "DECIMAL(18,3)",
    "price": "DECIMAL(18,3)",
    "list_amount": "DECIMAL(18,3)",
    "discount": "DECIMAL(18,3)",
    "net": "DECIMAL(18,3)",
    "discounts": "STRUCT(promotion_id VARCHAR, code VARCHAR, amount DECIMAL(18,3))[]",
}
_BILL_COLUMNS = {
    **{name: _COLUMNS[name] for name in ("v", "kind", "event_id", "seq", "store_id", "pos_id", "business_date")},
    "at": "TIMESTAMPTZ",
    "bill_id": "VARCHAR",
    "status": "VARCHAR",
    "member_id": "VARCHAR",
    "subtotal": "DECIMAL(18,3)",
    "total_discount": "DECIMAL(18,3)",
    "final_amount": "DECIMAL(18,3)",
    "lines": f"STRUCT({', '.join(f'{name} {kind}' for name, kind in _LINE_COLUMNS.items())})[]",
}
_SHAPES = {"usage": _COLUMNS, "bills": _BILL_COLUMNS}

_LINES = 6  # of a bill


def write(shape: str, bucket: Path, records: int, files: int) -> None:
    """Write the uploads of as many tills as there are files, ten to a store."""
    rng = random.Random(2026)
    make = {"usage": _usage, "bills": _bill}[shape]
    for file in range(files):
        store, till = f"s-{file // 10:04}", f"t-{file}"
        lines = [make(rng, store, till, seq) for seq in range(1, records // files + 1)]
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


def _bill(rng: random.Random, store: str, till: str, seq: int) -> str:
    at = f"{DAY}T{rng.randrange(8, 22):02}:{rng.randrange(60):02}:{rng.randrange(60):02}+07:00"
    lines = [_bill_line(rng, number) for number in range(1, _LINES + 1)]
    bill = {
        "v": 1,
        "kind": "bill",
        "event_id": str(UUID(int=rng.getrandbits(128))),
        "seq": seq,
        "store_id": store,
        "pos_id": till,
        "at": at,
        "business_date": DAY,
        "bill_id": f"b-{seq}",
        "status": "completed",
        "member_id": f"m-{rng.randrange(200_000)}" if rng.random() < 0.6 else None,
        "subtotal": sum(line["list_amount"] for line in lines),
        "total_discount": sum(line["discount"] for line in lines),
        "final_amount": sum(line["net"] for line in lines),
        "lines": lines,
    }
    return json.dumps(bill, separators=(",", ":"))


def _bill_line(rng: random.Random, number: int) -> dict[str, Any]:
    quantity, price = rng.randrange(1, 4), rng.randrange(10, 900) * 100
    amount = quantity * price
    discount = amount // 5 if rng.random() < 0.3 else 0
    return {
        "line_id": str(number),
        "product_id": f"sku-{rng.randrange(5000)}",
        "category": f"c-{rng.randrange(20)}",
        "quantity": quantity,
        "price": price,
        "list_amount": amount,
        "discount": discount,
        "net": amount - discount,
        "discounts": [{"promotion_id": f"p-{rng.randrange(1000)}", "amount": discount}] if discount else [],
    }


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


def floor(shape: str, bucket: Path, out: Path) -> None:
    """Read the same files into a table, unchecked."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    with duckdb.connect(out / "floor.duckdb") as con:
        columns = ", ".join(f"\"{name}\": '{kind}'" for name, kind in _SHAPES[shape].items())
        con.execute(
            "CREATE TABLE lines AS FROM read_json($1, format = 'newline_delimited', hive_partitioning = false,"
            f" columns = {{{columns}}})",
            [str(bucket / UPLOADS / "**" / "*.gz")],
        )


def main() -> None:
    """200,000 usage records in 20 files, 20,000 in 10,000 small ones, and 20,000 bills."""
    compare("usage", 200_000, 20, 5)
    compare("usage", 20_000, 10_000, 1)
    compare("bills", 20_000, 20, 3)


def compare(shape: str, records: int, files: int, rounds: int) -> None:
    """Print the ratio for one shape of uploads. Each run is a process of its own, its start included."""
    with tempfile.TemporaryDirectory() as scratch:
        bucket, out, plain = Path(scratch, "bucket"), Path(scratch, "ours"), Path(scratch, "floor")
        write(shape, bucket, records, files)
        this = (sys.executable, "-m", "bench.ingest")
        race(
            f"ingest {records:,} {shape} in {files:,} files",
            "floor: read_json",
            {
                "floor: read_json": command(*this, "floor", shape, str(bucket), str(plain)),
                "ingest": command(*this, "load", str(bucket), str(out)),
            },
            rounds=rounds,
        )
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"  largest process so far: {peak:,.0f} MB")


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            main()
        case ["adopt", source, target]:
            adopt(Path(source), Path(target))
        case ["load", source, target]:
            print(f"{load(Path(source), Path(target)):,} loaded")
        case ["floor", shape, source, target]:
            floor(shape, Path(source), Path(target))
        case [shape, records, files]:
            compare(shape, int(records), int(files), 1)
        case _:
            sys.exit(__doc__)
