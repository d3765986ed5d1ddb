import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from promo_cli.reports.result import Blank, ReportResult
from promo_cli.reports.run import run_report
from promo_cli.warehouse.database import writing
from tests.reports.conftest import Shop

D1, D2 = dt.date(2026, 2, 6), dt.date(2026, 2, 7)


def table(result: ReportResult, section: str) -> list[dict[str, Any]]:
    """A section's rows by column name."""
    (found,) = (each for each in result.sections if each.name == section)
    return [dict(zip((column.name for column in found.columns), row, strict=True)) for row in found.rows]


def test_overview(warehouse: Path) -> None:
    """Voids and full returns take a use away, partial ones part of its discount; the total counts a bill once.

    p1 stands on b1 (18,000 less 9,000 returned, net 36,000) and b3 (9,000, net 36,000 shared 1:5 with p2), and a
    return without receipt takes 9,000 more; b4 is voided, b5 returned whole.
    """
    result = run_report("overview", {}, warehouse)
    assert table(result, "promotions") == [
        {
            "code": "WEEKEND20",
            "promotion_id": "p1",
            "name": "",
            "uses": 2,
            "discount": 9000,
            "net": 72000,
            "attributed": 42000,
            "stores": 1,
            "bills": 2,
            "penetration": 1,
        },
        {
            "code": "BOGO",
            "promotion_id": "p2",
            "name": "",
            "uses": 1,
            "discount": 45000,
            "net": 36000,
            "attributed": 30000,
            "stores": 1,
            "bills": 1,
            "penetration": 1,
        },
        {
            "code": "POINTS",
            "promotion_id": "p3",
            "name": "",
            "uses": 1,
            "discount": 0,
            "net": 30000,
            "attributed": 30000,
            "stores": 1,
            "bills": 1,
            "penetration": 1,
        },
    ]
    assert result.sections[0].total == ("Total", None, None, 3, 54000, 102000, 102000, 2, 5, Decimal("0.6"))


def test_promotion(warehouse: Path) -> None:
    """Every figure of one promotion, worked out by hand."""
    result = run_report("promotion", {"promotions": ["weekend20"]}, warehouse)
    assert table(result, "headline") == [
        {
            "uses": 2,
            "discount": 9000,
            "net": 72000,
            "attributed": 42000,
            "taken_back": 2,
            "penetration": 1,
            "penetration_low": Decimal("0.34238"),
            "penetration_high": 1,
            "take_rate": Decimal("0.666667"),
            "take_rate_low": Decimal("0.20766"),
            "take_rate_high": Decimal("0.938508"),
            "average_bill": 36000,
            "average_low": 36000,
            "average_high": 36000,
            "average_other": None,
            "customers": 2,
            "stores": 1,
            "stores_open": 2,
            "first_day": D1,
            "last_day": D2,
        }
    ]
    assert table(result, "days") == [
        {"day": D1, "uses": 1, "discount": 9000, "net": 36000},
        {"day": D2, "uses": 1, "discount": 0, "net": 36000},
    ]
    assert table(result, "stores") == [
        {"store": "A", "uses": 2, "discount": 18000, "net": 72000, "penetration": 1},
        {"store": "B", "uses": 0, "discount": -9000, "net": 0, "penetration": None},
    ]
    assert table(result, "products") == [{"product": "latte", "quantity": 2, "discount": 9000, "net": 36000}]
    assert table(result, "tenders") == [
        {"method": "cash", "uses": 2, "amount": 78000},
        {"method": "card", "uses": 1, "amount": 30000},
    ]
    assert table(result, "channels") == [{"channel": "dine-in", "uses": 2, "discount": 18000, "net": 72000}]
    assert table(result, "customers") == [
        {"customer": "new", **dict.fromkeys(("customers", "uses", "discount", "net"), Blank.SUPPRESSED)},
        {"customer": "returning", **dict.fromkeys(("customers", "uses", "discount", "net"), Blank.SUPPRESSED)},
        {"customer": "not known", "customers": 0, "uses": 0, "discount": 0, "net": 0},
    ]


def test_a_promotion_without_eligible_events_has_no_take_rate(warehouse: Path) -> None:
    """Nobody said where it was offered in vain, so the rate is not known; a guess of 100 % would mislead."""
    (row,) = table(run_report("promotion", {"promotions": "BOGO"}, warehouse), "headline")
    assert row["take_rate"] is None


def test_a_promotion_nobody_used_has_empty_figures(warehouse: Path) -> None:
    """Zero uses is an answer, not an error."""
    (row,) = table(run_report("promotion", {"promotions": "NEVER"}, warehouse), "headline")
    assert (row["uses"], row["discount"], row["penetration"], row["first_day"]) == (0, 0, None, None)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"from": D2}, {"WEEKEND20": (1, 0), "BOGO": (1, 45000), "POINTS": (1, 0)}),
        ({"to": "2026-02-06"}, {"WEEKEND20": (1, 9000)}),
        ({"stores": "B"}, {"POINTS": (1, 0), "WEEKEND20": (0, -9000)}),
        ({"stores": ["A", "B"], "from": D1, "to": D1}, {"WEEKEND20": (1, 9000)}),
        ({"from": "2030-01-01"}, {}),
    ],
)
def test_period_and_stores_limit_the_bills(warehouse: Path, params: dict[str, Any], expected: dict[str, Any]) -> None:
    """A return counts on the day of the sale it gives back; one without a receipt on its own day."""
    rows = table(run_report("overview", params, warehouse), "promotions")
    assert {row["code"]: (row["uses"], row["discount"]) for row in rows} == expected


def test_completeness(warehouse: Path) -> None:
    """A store that is silent, a line that is missing and an uncounted bill all show; the last close of a day counts."""
    found = run_report("overview", {}, warehouse, expected_stores={"A", "B", "C"}).completeness
    assert (found.stores_reporting, found.stores_expected) == (2, 3)
    assert (found.closed_bills, found.closed_bills_here) == (4, 3)
    assert (found.numbered, found.missing) == (30, 15)
    assert str(found.watermark) == "2026-02-07 13:00:00"
    assert found.share == Decimal("0.5")
    assert not found.is_final


def test_the_shares_of_a_bill_s_promotions_add_up_to_it(warehouse: Path) -> None:
    """Attributed net is exact, whatever the discounts divide into."""
    rows = table(run_report("overview", {}, warehouse), "promotions")
    assert sum(row["attributed"] for row in rows) == 102000


def test_reach_is_every_store_by_every_channel_of_a_promotion(tmp_path: Path) -> None:
    """Used at A in the house and at B to go: bills at A to go and at B in the house were within reach too."""
    path = tmp_path / "warehouse.duckdb"
    with writing(path, b"key") as con:
        shop = Shop(con)
        for number, (store, channel) in enumerate([("A", "in"), ("A", "out"), ("B", "in"), ("B", "out"), ("C", "in")]):
            gives = {"p1": 9000} if (store, channel) in (("A", "in"), ("B", "out")) else None
            shop.bill(f"b{number}", store, D1, 10, "latte", 1, gives=gives, channel=channel)
        shop.bill("before", "A", D1, 9, "latte", 1, channel="in")
    (row,) = table(run_report("overview", {}, path), "promotions")
    assert (row["uses"], row["bills"], row["penetration"]) == (2, 4, Decimal("0.5"))
    (row,) = table(run_report("promotion", {"promotions": "WEEKEND20"}, path), "headline")
    assert row["penetration"] == Decimal("0.5")
