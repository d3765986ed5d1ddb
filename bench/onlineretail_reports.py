"""Reports on a year of a real shop, held to questions asked of the shop's own file.

    python -m bench.onlineretail_reports onlineretail.parquet [FOLDER]

The file is converted and ingested as `bench.onlineretail` does, unless FOLDER has its warehouse. Then the top products,
the customers by recency, frequency and money, and the months must be what SQL over the file itself gives.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.onlineretail import load, opened, write_uploads
from promo_cli.reports.result import Blank, ReportResult
from promo_cli.reports.run import run_report
from promo_cli.storage import open_storage

Rows = list[tuple[Any, ...]]

# A bill is what an invoice sold; what it took back is a return without a receipt, on the invoice's first day.
_BASE = """
    CREATE TEMP TABLE rows AS
    SELECT *, CAST(min(InvoiceDate) OVER (PARTITION BY InvoiceNo) AS DATE) AS day,
           CAST(Quantity AS DECIMAL(18,3)) AS units, CAST(UnitPrice AS DECIMAL(18,3)) AS each, units * each AS net
    FROM source;
    CREATE TEMP TABLE sold AS SELECT * FROM rows WHERE Quantity >= 0 AND UnitPrice >= 0;
"""
_PRODUCTS = "SELECT StockCode, sum(units), sum(net) FROM sold GROUP BY ALL ORDER BY 3 DESC, 1 LIMIT 30"
_MONTHS = """
    SELECT date_trunc('month', day)::DATE, count(DISTINCT InvoiceNo) FILTER (units >= 0 AND each >= 0),
           sum(net) FILTER (units >= 0 AND each >= 0), -coalesce(sum(net) FILTER (units < 0 OR each < 0), 0)
    FROM rows GROUP BY 1 ORDER BY 1
"""
_SEGMENTS = """
    WITH person AS (
        SELECT CustomerID, count(DISTINCT InvoiceNo) AS bills, sum(net) AS net, DATE '2011-12-09' - max(day) AS days
        FROM sold WHERE CustomerID IS NOT NULL GROUP BY 1),
    cut AS (SELECT quantile_disc(net, 1 / 3) AS low, quantile_disc(net, 2 / 3) AS high FROM person)
    SELECT CASE WHEN days <= 30 AND bills >= 5 AND net > high THEN 'Champions'
                WHEN days <= 90 AND bills >= 5 THEN 'Loyal'
                WHEN days <= 90 AND net > high THEN 'Big spenders' WHEN days <= 30 AND bills = 1 THEN 'New or once'
                WHEN days <= 30 THEN 'Promising' WHEN days <= 90 THEN 'Cooling' WHEN bills > 1 THEN 'At risk'
                ELSE 'Lost' END, count(*), sum(bills), sum(net)
    FROM person, cut GROUP BY 1 ORDER BY 1
"""


def main(source: Path, folder: Path) -> int:
    """Print each comparison, and return 1 when one differs."""
    compared = compare(source, folder)
    for name, (want, found) in compared.items():
        print(f"  {name:<14}{len(want):>4} rows   {'as in the file' if found == want else 'NOT as in the file'}")
        if found != want:
            print("\n".join(f"    {a}  {b}" for a, b in zip(want, found, strict=False) if a != b))
    return 0 if all(want == found for want, found in compared.values()) else 1


def compare(source: Path, folder: Path) -> dict[str, tuple[Rows, Rows]]:
    """Return, by question, what SQL over the file answers and what the reports do; blanked rows are left out."""
    warehouse = folder / "warehouse.duckdb"
    if not warehouse.is_file():
        storage = open_storage("bucket", base=folder)
        write_uploads(storage, source)
        load(storage, warehouse)
    products = run_report("products", {}, warehouse)
    months = run_report("daily", {}, warehouse)
    segments = run_report("segments", {"from": "2010-12-01"}, warehouse)
    with opened(source) as con:
        con.execute(_BASE)
        return {
            "top products": (
                con.execute(_PRODUCTS).fetchall(),
                _columns(products, "products", "product", "quantity", "net"),
            ),
            "months": (
                con.execute(_MONTHS).fetchall(),
                _columns(months, "months", "month", "bills", "net", "returned"),
            ),
            "segments": (
                con.execute(_SEGMENTS).fetchall(),
                sorted(_columns(segments, "segments", "segment", "customers", "bills", "net")),
            ),
        }


def _columns(result: ReportResult, section: str, *names: str) -> Rows:
    (found,) = (each for each in result.sections if each.name == section)
    at = [[column.name for column in found.columns].index(name) for name in names]
    rows = [tuple(row[each] for each in at) for row in found.rows]
    return [row for row in rows if row[1] != 0 and Blank.SUPPRESSED not in row]


if __name__ == "__main__":
    match [Path(argument) for argument in sys.argv[1:]]:
        case [source]:
            with tempfile.TemporaryDirectory() as scratch:
                sys.exit(main(source, Path(scratch)))
        case [source, folder]:
            sys.exit(main(source, folder))
        case _:
            sys.exit(__doc__)
