"""Reports on a year of a large chain: each one's time against reading its main table once, and its peak memory.

    python -m bench.reports [ROWS] [FOLDER]

ROWS usage rows, by default ten million, are made in the database itself, with the bills, lines and discounts that
belong to them. With FOLDER the warehouse stays there for another run. Every report runs in a process of its own. Times
are of the processor, all cores together, so that other work on the machine does not change the ratio.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from promo_cli.reports.reference import PromotionFacts, Reference
from promo_cli.reports.run import run_report
from promo_cli.warehouse.database import reading, writing

ROWS = 10_000_000
PROMOTIONS, STORES, DAYS = 200, 500, 364
KNOWN = Reference(
    promotions=[
        PromotionFacts(f"p-{number}", f"P{number}", "", "percent_discount", dt.date(2025, 1, 1) + dt.timedelta(days=91))
        for number in range(PROMOTIONS)
    ]
)
QUESTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "overview": ({}, "discounts"),
    "promotion": ({"promotions": "P7"}, "discounts"),
    "compare": ({"promotions": ["P7", "P8"]}, "discounts"),
    "stores": ({}, "bills"),
    "products": ({}, "lines"),
    "daily": ({}, "bills"),
    "segments": ({}, "bills"),
    "cross-brand": ({}, "lines"),
    "roi": ({}, "discounts"),
    "data-health": ({}, "usages"),
}
SCANS = {
    "bills": "SELECT max(store_id), max(channel), max(customer_key), max(at_local), max(business_date),"
    " sum(final_amount) FROM bills",
    "lines": "SELECT max(event_id), max(product_id), max(brand), sum(quantity), sum(net) FROM bill_lines",
    "discounts": "SELECT max(event_id), max(promotion_id), max(code), sum(amount) FROM bill_discounts",
    "usages": "SELECT max(store_id), max(bill_id), max(promotion_id), max(business_date), sum(discount_amount)"
    " FROM usages",
}

# Eight bills in ten carry one promotion and one in ten carries two, so that bills are as many as usages.
_BILLS = """
    CREATE TEMP TABLE made AS
    SELECT i, ('00000000-0000-7000-8000-' || lpad(format('{:x}', i), 12, '0'))::UUID AS event_id,
           hash(i) AS h, 's-' || hash(i) % $stores AS store_id, 'b-' || hash(i) % 4 AS brand_id,
           DATE '2025-01-01' + (hash(i, 1) % $days)::INTEGER AS business_date,
           CASE WHEN hash(i, 2) % 10 < 6 THEN 'c-' || hash(i, 3) % ($rows // 12 + 1) END AS customer_key,
           CASE WHEN hash(i, 4) % 10 = 9 THEN 2 WHEN hash(i, 4) % 10 = 8 THEN 0 ELSE 1 END AS uses
    FROM range($rows) AS made(i);
    INSERT INTO bills BY NAME
    SELECT 1 AS file_id, i AS line, event_id, h AS payload_hash, store_id, brand_id, '1' AS pos_id,
           row_number() OVER (PARTITION BY store_id ORDER BY i) AS seq,
           business_date + INTERVAL (8 + h % 14) HOUR AS at_utc, at_utc AS at_local, business_date, 1 AS release_seq,
           'bill-' || i AS bill_id, 'completed' AS status,
           ['dine_in', 'takeaway', 'delivery'][1 + (h % 3)::INTEGER] AS channel, customer_key,
           100000 AS subtotal, 10000 * uses AS total_discount, 100000 - 10000 * uses AS final_amount
    FROM made;
    INSERT INTO bill_lines BY NAME
    SELECT event_id, position, CAST(position AS VARCHAR) AS line_id, 'item-' || hash(i, position) % 400 AS product_id,
           'cat-' || hash(i, position) % 40 AS category, brand_id AS brand, 1 AS quantity, 50000 AS price,
           50000 AS list_amount, CASE position WHEN 1 THEN 10000 * uses ELSE 0 END AS discount,
           50000 - CASE position WHEN 1 THEN 10000 * uses ELSE 0 END AS net
    FROM made, range(1, 3) AS lines(position);
    CREATE TEMP TABLE given AS
    SELECT event_id, store_id, brand_id, business_date, customer_key, i, h, n,
           'p-' || hash(i, n + 10) % $promotions AS promotion_id
    FROM made, range(2) AS several(n) WHERE n < uses;
    INSERT INTO bill_discounts BY NAME
    SELECT event_id, 1 AS position, promotion_id, upper(replace(promotion_id, '-', '')) AS code, sum(10000) AS amount
    FROM given GROUP BY ALL;
    INSERT INTO usages BY NAME
    SELECT 1 AS file_id, $rows + i AS line, uuid() AS event_id, h AS payload_hash, store_id, brand_id, '1' AS pos_id,
           business_date + INTERVAL 12 HOUR AS at_utc, at_utc AS at_local, business_date,
           promotion_id, upper(replace(promotion_id, '-', '')) AS code, 'bill-' || i AS bill_id, customer_key,
           100000 AS original_amount, 10000 AS discount_amount, at_utc AS used_at_utc, at_utc AS used_at_local
    FROM given;
    INSERT INTO refunds BY NAME
    SELECT 1 AS file_id, 9 * $rows + i AS line, uuid() AS event_id, h AS payload_hash, store_id, brand_id,
           '1' AS pos_id, business_date + INTERVAL 22 HOUR AS at_utc, at_utc AS at_local,
           business_date, 'refund' AS kind, 'back-' || i AS bill_id,
           'bill-' || i AS original_bill_id, 40000 AS total_refund
    FROM made WHERE i % 100 = 0;
"""


def make(path: Path, rows: int) -> None:
    """Write a warehouse of so many bills, and as many usages."""
    values = {"rows": rows, "stores": STORES, "days": DAYS, "promotions": PROMOTIONS}
    with writing(path, bytes(32)) as con:
        for statement in con.extract_statements(_BILLS):
            con.execute(statement, {name: values[name] for name in statement.named_parameters})


def ask(name: str, path: Path) -> None:
    """Run one report in this process and print its seconds, its processor seconds, and the process's peak in MiB."""
    begin, work = time.perf_counter(), time.process_time()
    run_report(name, QUESTIONS[name][0], path, known=KNOWN)
    seconds, work = time.perf_counter() - begin, time.process_time() - work
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"seconds": seconds, "cpu": work, "peak": peak}))


def scan(path: Path, table: str) -> float:
    """Return the processor seconds that reading the columns of a table takes, the best of three."""
    found = []
    with reading(path) as con:
        for _ in range(3):
            begin = time.process_time()
            con.execute(SCANS[table]).fetchall()
            found.append(time.process_time() - begin)
    return min(found)


def main(rows: int = ROWS, folder: str | None = None) -> None:
    """Make the warehouse unless it is there, and print a line for each report."""
    with contextlib.nullcontext(folder) if folder else tempfile.TemporaryDirectory() as base:
        path = Path(base) / "warehouse.duckdb"
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            make(path, rows)
        with duckdb.connect(path, read_only=True) as con:
            counts = [
                con.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0]
                for name in ("usages", "bills", "bill_lines")
            ]
        size = path.stat().st_size / 2**20
        print(f"\nreports on {counts[0]:,} usages, {counts[1]:,} bills, {counts[2]:,} lines ({size:,.0f} MiB)")
        heads = f"{'scan cpu s':>11}{'report cpu s':>14}{'ratio':>8}{'wall s':>8}{'peak MiB':>10}"
        print(f"  {'report':<14}{'main table':<12}{heads}")
        for name, (_, table) in QUESTIONS.items():
            bare = scan(path, table)
            done = subprocess.run(
                [sys.executable, "-m", "bench.reports", "ask", name, str(path)],
                capture_output=True,
                text=True,
                check=True,
            )
            found = json.loads(done.stdout)
            figures = f"{bare:11.2f}{found['cpu']:14.2f}{found['cpu'] / bare:8.1f}{found['seconds']:8.1f}"
            print(f"  {name:<14}{table:<12}{figures}{found['peak']:10,}", flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ask", name, path]:
            ask(name, Path(path))
        case [rows, *folder]:
            main(int(rows), *folder)
        case _:
            main()
