import csv
from decimal import Decimal
from pathlib import Path

import pytest

from bench import onlineretail
from promo_cli.storage import open_storage
from promo_cli.warehouse.database import reading

SAMPLE = Path(__file__).with_name("onlineretail_sample.csv")
"""Whole invoices of the "Online Retail" set (UCI, CC0): bills, returns, write-offs, manual discounts, doubled lines."""

SUMS = onlineretail.Figures(268, 262, 32, 16, Decimal("10399.941"), Decimal("10369.141"))
UPLOADS = 18


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, uploaded and ingested."""
    folder = tmp_path_factory.mktemp("onlineretail")
    storage = open_storage("bucket", base=folder)
    assert onlineretail.write_uploads(storage, SAMPLE) == UPLOADS
    result = onlineretail.load(storage, folder / "warehouse.duckdb")
    assert (result.quarantined, result.duplicate, result.loaded) == (0, 0, result.lines)
    return folder / "warehouse.duckdb"


def test_the_warehouse_adds_up_to_the_file(warehouse: Path) -> None:
    """Rows, invoices, customers and net are those of the file, with its doubled rows and without, as added by hand."""
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        rows = [tuple(row.values()) for row in csv.DictReader(file)]
    by_hand = onlineretail.Figures(
        rows=len(rows),
        distinct_rows=len(set(rows)),
        invoices=len({row[0] for row in rows}),
        customers=len({row[6] for row in rows if not row[3].startswith("-")} - {""}),
        net=sum((_net(row) for row in rows), Decimal(0)),
        distinct_net=sum((_net(row) for row in set(rows)), Decimal(0)),
    )
    assert by_hand == SUMS
    assert onlineretail.figures_of_file(SAMPLE) == SUMS
    assert onlineretail.figures_of_warehouse(warehouse) == SUMS


def test_each_day_close_agrees_with_its_day(warehouse: Path) -> None:
    """The tills' own control totals are those of the bills and refunds that were loaded."""
    assert onlineretail.wrong_day_closes(warehouse) == 0


def test_an_invoice_is_kept_as_it_was_written(warehouse: Path) -> None:
    """Moments are the shop's wall clock, a negative price becomes a return, a second go keeps its minute."""
    with reading(warehouse) as con:
        minutes = con.execute(
            "SELECT DISTINCT left(line_id, 5) FROM bill_lines JOIN bills USING (event_id) WHERE bill_id = '542217'"
        ).fetchall()
        debt = con.execute("SELECT total_refund, reason FROM refunds WHERE bill_id = 'A563186'").fetchall()
        summer = con.execute("SELECT at_local - at_utc FROM refunds WHERE bill_id = 'A563186'").fetchall()
    assert len(minutes) == 2
    assert debt == [(Decimal("11062.06"), "price")]
    assert [each.total_seconds() for (each,) in summer] == [3600]


def _net(row: tuple[str, ...]) -> Decimal:
    return Decimal(row[3]) * Decimal(row[5])
