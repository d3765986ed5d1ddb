"""A year of a real shop as what its tills would have uploaded, ingested, and held to the figures of its own file.

    python -m bench.onlineretail onlineretail.parquet [FOLDER]

The file is the "Online Retail" set (UCI, CC0): one row per line of an invoice, as Parquet or CSV. Each country is a
store with one till, each invoice a bill, and its negative lines a return without a receipt. A day's events are one
upload that ends with the till's control totals. The description stands where a category does; a
line's id begins with the minute it was written, because some invoices were written in two goes. So rows that differ
in the file differ in the warehouse; only who returned something is not kept, because returns name no customer.

With FOLDER, uploads and warehouse stay in `FOLDER/bucket` and `FOLDER/warehouse.duckdb` for other questions.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import itertools
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from promo_cli.protocol import canonical
from promo_cli.protocol.identifiers import RANDOM_BYTES, uuid7
from promo_cli.protocol.layout import upload_key
from promo_cli.storage import Storage, open_storage
from promo_cli.warehouse.database import reading
from promo_cli.warehouse.ingest import IngestResult, ingest

POS = "1"
CLOCK = ZoneInfo("Europe/London")
NOW = dt.datetime(2011, 12, 10, tzinfo=dt.UTC)
KEY = bytes(32)

_ROWS = """
    SELECT Country, InvoiceNo, StockCode, Description, CAST(CAST(CustomerID AS DECIMAL(18,0)) AS VARCHAR),
           CAST(Quantity AS DECIMAL(18,3)), CAST(UnitPrice AS DECIMAL(18,3)), InvoiceDate,
           min(InvoiceDate) OVER (PARTITION BY InvoiceNo) AS begun
    FROM (SELECT *, row_number() OVER () AS place FROM source)
    ORDER BY Country, begun, InvoiceNo, least(Quantity, UnitPrice) < 0, place
"""

# Of the file and of the warehouse, in the same columns.
_IN_FILE = """
    SELECT InvoiceNo AS invoice, lower(regexp_replace(Country, '[^A-Za-z0-9]+', '-', 'g')) AS store,
           if(least(units, each) < 0, NULL, CAST(CAST(CustomerID AS DECIMAL(18,0)) AS VARCHAR)) AS customer,
           StockCode AS product, Description AS words,
           strftime(InvoiceDate, '%H:%M') AS minute, units AS quantity, each AS price, units * each AS net
    FROM (SELECT *, CAST(Quantity AS DECIMAL(18,3)) AS units, CAST(UnitPrice AS DECIMAL(18,3)) AS each FROM source)
"""
_IN_WAREHOUSE = """
    SELECT bill_id AS invoice, store_id AS store, member_id AS customer, product_id AS product, category AS words,
           left(line_id, 5) AS minute, quantity, price, net
    FROM bill_lines JOIN bills USING (event_id)
    UNION ALL
    SELECT bill_id, store_id, NULL, product_id, category, left(line_id, 5),
           if(reason = 'price', quantity, -quantity), if(reason = 'price', -price, price), -net
    FROM refund_lines JOIN refunds USING (event_id)
"""
_FIGURES = """
    WITH given AS MATERIALIZED ($lines)
    SELECT count(*), (SELECT count(*) FROM (SELECT DISTINCT * FROM given)), count(DISTINCT invoice),
           count(DISTINCT customer), sum(net), (SELECT sum(net) FROM (SELECT DISTINCT * FROM given))
    FROM given
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a file, or a warehouse made of it, adds up to. Nets are pounds; the distinct ones count equal rows once.

    `customers` counts those who bought.
    """

    rows: int
    distinct_rows: int
    invoices: int
    customers: int
    net: Decimal
    distinct_net: Decimal


WHOLE = Figures(541_909, 536_641, 25_900, 4_339, Decimal("9747747.934"), Decimal("9726006.954"))
"""The whole set: net 9,747,747.93 as given, 9,726,006.95 without exact duplicates."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an invoice. Amounts are pounds; moments are the shop's wall clock, `begun` the invoice's first."""

    country: str
    invoice: str
    product: str
    words: str | None
    customer: str | None
    quantity: Decimal
    price: Decimal
    at: dt.datetime
    begun: dt.datetime

    @property
    def is_return(self) -> bool:
        """Tell whether money or goods went back."""
        return self.quantity < 0 or self.price < 0


def figures_of_file(source: Path) -> Figures:
    """Add up the file itself."""
    with opened(source) as con:
        return _figures(con, _IN_FILE)


def figures_of_warehouse(warehouse: Path) -> Figures:
    """Add up what was ingested."""
    with reading(warehouse) as con:
        return _figures(con, _IN_WAREHOUSE)


def write_uploads(storage: Storage, source: Path) -> int:
    """Put what each country's till would have uploaded, a day at a time, and return the number of uploads."""
    with opened(source) as con:
        rows = itertools.starmap(Row, con.execute(_ROWS).fetchall())
    uploads = 0
    for country, own in itertools.groupby(rows, key=lambda row: row.country):
        store, last = re.sub(r"[^a-z0-9]+", "-", country.lower()), 0
        for day, days_rows in itertools.groupby(own, key=lambda row: row.begun.date()):
            events = list(_events(days_rows, store, day, last + 1))
            content = b"".join(canonical.dumps(event) + b"\n" for event in events)
            key = upload_key(day, store, POS, last + 1, last + len(events), content)
            storage.put(key, gzip.compress(content, compresslevel=1, mtime=0))
            last += len(events)
            uploads += 1
    return uploads


def load(storage: Storage, warehouse: Path) -> IngestResult:
    """Ingest as `promo ingest` does."""
    return ingest(storage, warehouse=warehouse, env="bench", hmac_key=KEY, now=NOW)


def opened(source: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection that has the file as the table `source`."""
    con = duckdb.connect()
    # As text first: CSV knows no types, and its customers may all be missing.
    columns = "Quantity: 'DOUBLE', UnitPrice: 'DOUBLE', CustomerID: 'DOUBLE', InvoiceDate: 'TIMESTAMP'"
    texts = "InvoiceNo: 'VARCHAR', StockCode: 'VARCHAR', Description: 'VARCHAR', Country: 'VARCHAR'"
    name = str(source).replace("'", "''")
    is_csv = source.suffix == ".csv"
    table = f"read_csv('{name}', types = {{{columns}, {texts}}})" if is_csv else f"read_parquet('{name}')"
    con.execute(f"CREATE TABLE source AS FROM {table}")
    return con


def _figures(con: duckdb.DuckDBPyConnection, lines: str) -> Figures:
    return Figures(*con.execute(_FIGURES.replace("$lines", lines)).fetchall()[0])


def _events(rows: Iterable[Row], store: str, day: dt.date, first: int) -> Iterator[dict[str, Any]]:
    seq, newest = first - 1, None
    bills: list[dict[str, Any]] = []
    refunds: list[dict[str, Any]] = []
    for (_, is_return), own in itertools.groupby(rows, key=lambda row: (row.invoice, row.is_return)):
        seq += 1
        lines = list(own)
        event = (_refund if is_return else _bill)(lines)
        (refunds if is_return else bills).append(event)
        newest = lines[0].begun
        yield _head(store, day, seq, newest) | event
    assert newest is not None
    yield _head(store, day, seq + 1, newest) | {
        "kind": "day_close",
        "bills": len(bills),
        "net": sum((bill["final_amount"] for bill in bills), Decimal(0)),
        "discount": 0,
        "refunds": sum((refund["total_refund"] for refund in refunds), Decimal(0)),
        "first_seq": first,
        "last_seq": seq,
    }


def _head(store: str, day: dt.date, seq: int, at: dt.datetime) -> dict[str, Any]:
    moment = at.replace(tzinfo=CLOCK)
    noise = hashlib.sha256(f"{store}/{seq}".encode()).digest()[:RANDOM_BYTES]
    return {
        "v": 1,
        "event_id": uuid7(moment, noise),
        "store_id": store,
        "brand_id": "online-retail",
        "pos_id": POS,
        "seq": seq,
        "at": moment.isoformat(),
        "business_date": day.isoformat(),
    }


def _bill(rows: list[Row]) -> dict[str, Any]:
    lines = [_line(number, row) for number, row in enumerate(rows, start=1)]
    net = sum(line["net"] for line in lines)
    return {
        "kind": "bill",
        "bill_id": rows[0].invoice,
        "status": "completed",
        "member_id": rows[0].customer,
        "subtotal": net,
        "total_discount": 0,
        "final_amount": net,
        "lines": lines,
    }


def _refund(rows: list[Row]) -> dict[str, Any]:
    lines = [_line(number, row) for number, row in enumerate(rows, start=1)]
    return {
        "kind": "refund",
        "bill_id": rows[0].invoice,
        "reason": "price" if rows[0].price < 0 else "goods",
        "lines": lines,
        "total_refund": sum(line["net"] for line in lines),
    }


def _line(number: int, row: Row) -> dict[str, Any]:
    quantity, price = abs(row.quantity), abs(row.price)
    amount = quantity * price
    return {
        "line_id": f"{row.at:%H:%M}/{number}",
        "product_id": row.product,
        "category": row.words,
        "quantity": quantity,
        "price": price,
        "list_amount": amount,
        "discount": 0,
        "net": amount,
    }


def main(source: Path, folder: Path) -> int:
    """Convert, ingest, print both sides, and return 1 when they differ in anything."""
    storage, warehouse = open_storage("bucket", base=folder), folder / "warehouse.duckdb"
    uploads = write_uploads(storage, source)
    result = load(storage, warehouse)
    given, found = figures_of_file(source), figures_of_warehouse(warehouse)
    print(f"{uploads:,} uploads, {result.lines:,} events, {result.loaded:,} loaded, {result.quarantined:,} quarantined")
    for name in Figures.__slots__:
        want, have = getattr(given, name), getattr(found, name)
        print(f"  {name:<14}{have:>16,}   {'as in the file' if have == want else f'expected {want:,}'}")
    if given.rows == WHOLE.rows:
        print(f"  {'the published figures' if given == WHOLE else f'expected of the whole set: {WHOLE}'}")
    closed = wrong_day_closes(warehouse)
    print(f"  {closed:,} day closes do not agree with the bills and refunds of their day")
    whole = given.rows != WHOLE.rows or given == WHOLE
    return 0 if given == found and whole and not closed and result.loaded == result.lines else 1


def wrong_day_closes(warehouse: Path) -> int:
    """Count the days of a till whose control totals are not those of the bills and refunds loaded."""
    with reading(warehouse) as con:
        (wrong,) = con.execute(
            """
            WITH sold AS (SELECT store_id, business_date, count(*) AS bills, sum(final_amount) AS net
                          FROM bills GROUP BY ALL),
            back AS (SELECT store_id, business_date, sum(total_refund) AS refunds FROM refunds GROUP BY ALL)
            SELECT count(*) FROM day_closes AS told
            FULL JOIN sold USING (store_id, business_date) FULL JOIN back USING (store_id, business_date)
            WHERE told.bills IS DISTINCT FROM coalesce(sold.bills, 0)
               OR told.net IS DISTINCT FROM coalesce(sold.net, 0)
               OR told.refunds IS DISTINCT FROM coalesce(back.refunds, 0)
            """
        ).fetchall()[0]
    return int(wrong)


if __name__ == "__main__":
    match [Path(argument) for argument in sys.argv[1:]]:
        case [source]:
            with tempfile.TemporaryDirectory() as scratch:
                sys.exit(main(source, Path(scratch)))
        case [source, folder]:
            sys.exit(main(source, folder))
        case _:
            sys.exit(__doc__)
