import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.reports import files
from promo_cli.reports.reference import ProductFacts, PromotionFacts, Reference
from promo_cli.reports.result import Blank, ReportResult
from promo_cli.reports.run import run_report
from promo_cli.warehouse.database import writing
from tests.reports.town import Product, Town

HIDDEN = Blank.SUPPRESSED
PRODUCTS = {
    "latte": Product(100, "drinks", "kopi"),
    "tea": Product(20, "drinks", "kopi"),
    "cake": Product(80, "cakes", "roti"),
}
COSTS = Reference(
    promotions=[
        PromotionFacts(
            "latte20", "LATTE20", "Latte", "amount_discount", dt.date(2026, 1, 15), dt.date(2026, 1, 21),
            programme_cost=Decimal(12), funder="Dairy",
        )
    ],
    products=[
        ProductFacts("latte", "Latte", cost=Decimal(30)),
        ProductFacts("tea", "Tea", cost=Decimal(5)),
        ProductFacts("cake", "Cake", cost=Decimal(40)),
    ],
)  # fmt: skip


def day(number: int) -> dt.date:
    """A day of January 2026."""
    return dt.date(2026, 1, number)


def rows(result: ReportResult, section: str) -> list[dict[str, Any]]:
    """A section's rows by column name."""
    (found,) = (each for each in result.sections if each.name == section)
    return [dict(zip((column.name for column in found.columns), row, strict=True)) for row in found.rows]


def headline(result: ReportResult) -> dict[str, Any]:
    """The headline's figures by name."""
    return {each.column.name: each.value for each in result.headline}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty customers who go from kopi to roti or not, an experiment of six, and bills that are given back.

    T1 pays 100 and 80, T2 100, T3 20; C1 160, C2 80, C3 never comes. Of T's bills three had the promotion.
    """
    town = Town(PRODUCTS, {"K1": "kopi", "K2": "kopi", "R1": "roti"})
    for number in range(1, 31):
        who = f"X{number:02}"
        town.sell("K1", day(5), {"tea": 1}, who=who)
        if number <= 12:
            town.sell("R1", day(7), {"cake": 1}, who=who)
    town.sell("R1", day(20), {"cake": 1}, who="X13")
    town.give_back("void", town.sell("R1", day(6), {"cake": 1}, who="X14"), day(6))

    first = town.sell("K1", day(15), {"latte": 1, "tea": 1}, {("latte20", "latte"): 20}, who="T1")
    town.sell("K1", day(16), {"latte": 1}, {("latte20", "latte"): 20}, who="T1")
    town.sell("K1", day(15), {"latte": 1, "tea": 1}, {("latte20", "latte"): 20}, who="T2")
    town.sell("K1", day(15), {"tea": 1}, who="T3")
    town.sell("K1", day(15), {"latte": 1, "tea": 3}, who="C1")
    town.sell("K1", day(16), {"tea": 4}, who="C2")
    town.meet("T1", "on", "K1", day(15), first)
    for unit in ("T2", "T3", "C1", "C2", "C3"):
        town.meet(unit, "on" if unit[0] == "T" else "control", "K1", day(15))

    stacked = town.sell("K2", day(27), {"latte": 2}, {("latte20", "latte"): 40, ("member", "latte"): 16})
    town.give_back("refund", stacked, day(27), {"latte": 1})
    town.give_back("void", town.sell("K2", day(27), {"latte": 1}, {("latte20", "latte"): 20}), day(27))
    town.give_back("refund", town.sell("K2", day(28), {"latte": 1}, {("member", "latte"): 8}), day(28))
    town.add(
        "usage", "K2", day(28), promotion_id="latte20", bill_id="ghost", discount_amount=5,
        used_at="2026-01-28T10:00:00+00:00",
    )  # fmt: skip
    town.add("day_close", "K2", day(28), 23, bills=2, net=92, discount=8, refunds=92, first_seq=1, last_seq=9)
    return town.ingest(tmp_path_factory.mktemp("town"))


def test_overview_of_the_town(town: Path) -> None:
    """Voided and wholly returned uses are gone, a half returned one halves; the stacked bill counts once.

    Its 72 that were not given back are shared 20 to 8: 51.429 and 20.571.
    """
    result = run_report("overview", {}, town)
    assert {
        row["code"]: (row["uses"], row["discount"], row["net"], row["attributed"]) for row in rows(result, "promotions")
    } == {
        "LATTE20": (4, 80, 352, Decimal("331.429")),
        "MEMBER": (1, 8, 72, Decimal("20.571")),
    }
    assert headline(result) == {
        "uses": 4, "discount": 88, "net": 352, "active": 2, "today": 0, "week": 28, "month": 88,
    }  # fmt: skip
    assert result.sections[0].total is not None
    assert result.sections[0].total[-1] == Decimal("0.078431")  # 4 of 51 bills that were not voided
    assert result.as_of == day(28)


def test_who_pays_is_named(town: Path) -> None:
    """The funder of a promotion's file pays for it; without one the company does."""
    assert rows(run_report("overview", {}, town, known=COSTS), "funders") == [
        {"funder": "Dairy", "promotions": 1, "discount": 80},
        {"funder": "company", "promotions": 1, "discount": 8},
    ]


def test_a_customer_holdout_is_grade_a(town: Path) -> None:
    """Welch on means per customer, 100 less 80, both of variance 6,400: ± 2.776 · √(2 · 6400 / 3), times 3 customers.

    2.776445 is the 97.5 % point of Student's t with 4 degrees of freedom (NIST/SEMATECH e-Handbook, 1.3.6.7.2).
    """
    period = {"promotions": "latte20", "from": day(15), "to": day(21)}
    (row,) = rows(run_report("promotion", period, town, known=COSTS), "lift")
    assert (row["grade"], row["called"], row["treated"], row["control"]) == ("A", "incremental", 3, 3)
    assert (row["change"], row["change_low"], row["change_high"]) == (60, Decimal("-484.07"), Decimal("604.07"))
    assert row["lift"] == Decimal("0.25")  # of the 240 that they would have paid


def test_what_else_it_did(town: Path) -> None:
    """By the same holdout: 2 lattes more, 80 less for everything else, 1 customer won; nothing known of the ratio."""
    period = {"promotions": "latte20", "from": day(15), "to": day(21)}
    (row,) = rows(run_report("promotion", period, town, known=COSTS), "effects")
    assert (row["promoted"], row["halo"], row["customers"], row["pulled_forward"]) == (2, -80, 1, 0)
    assert row["cannibalised"] is Blank.UNDEFINED


def test_targeted_customers_redeem(town: Path) -> None:
    """Of three who were drawn two used it, one of them twice."""
    period = {"promotions": "latte20", "from": day(15), "to": day(21)}
    (row,) = rows(run_report("promotion", period, town), "redemption")
    assert (row["rate_of"], row["redeemed"], row["reached"], row["repeats"]) == ("targeted customers", 2, 3, 1)
    assert row["rate"] == Decimal("0.666667")


def test_return_on_investment_with_costs(town: Path) -> None:
    """(20 added − 12 programme) / (60 discount + 12); 20 % off at a margin of 70 % needs 40 % more units."""
    period = {"promotions": "latte20", "from": day(15), "to": day(21)}
    result = run_report("roi", period, town, known=COSTS)
    (row,) = rows(result, "roi")
    assert (row["basis"], row["given"], row["programme"]) == ("costs of goods", 60, 12)
    assert (row["contribution"], row["roi"]) == (20, Decimal("0.111111"))
    assert (row["depth"], row["margin"], row["break_even"]) == (Decimal("0.2"), Decimal("0.7"), Decimal("0.4"))
    (customers,) = rows(result, "customers")
    assert (customers["customers"], customers["cac"], customers["ltv_90"]) == (1, Blank.UNDEFINED, None)
    assert rows(result, "cost")[0]["needed"] == 120  # 72 at a margin of 60 %


def test_return_on_investment_without_costs_is_a_range(town: Path) -> None:
    """At 30 % each of 3 customers adds 16 − 24, at 60 % 52 − 48; break-even is d / (m − d)."""
    result = run_report("roi", {"promotions": "latte20", "from": day(15), "to": day(21)}, town)
    assert [(row["basis"], row["contribution"], row["roi"], row["break_even"]) for row in rows(result, "roi")] == [
        ("margin 30%", -24, Decimal("-0.4"), 2),
        ("margin 60%", 12, Decimal("0.2"), Decimal("0.5")),
    ]


def test_brand_to_brand(town: Path) -> None:
    """12 of 35 kopi customers whose three days are over went on; a voided cake and one after 15 days do not count."""
    result = run_report("cross-brand", {"window": "3"}, town)
    pairs = {(row["from_brand"], row["to_brand"]): row for row in rows(result, "pairs")}
    there, back = pairs["kopi", "roti"], pairs["roti", "kopi"]
    assert (there["customers"], there["converted"], there["rate"]) == (35, 12, Decimal("0.342857"))
    assert (there["rate_low"], there["rate_high"]) == (Decimal("0.208317"), Decimal("0.508481"))
    assert (back["customers"], back["converted"], back["rate"]) == (13, 0, 0)
    assert headline(result) == {"customers": 35, "crossing": 13, "share": Decimal("0.371429"), "net": 1300}


def test_how_soon(town: Path) -> None:
    """Kaplan-Meier by hand: 12 of 35 after 2 days; after 15 days 1 of the 18 who are still watched."""
    curve = [row for row in rows(run_report("cross-brand", {}, town), "time") if row["series"] == "kopi → roti"]
    assert [(row["time"], row["at_risk"], row["share"]) for row in curve] == [
        (2, 35, Decimal("0.342857")),
        (15, 18, Decimal("0.379365")),
    ]


def test_spend_at_other_brands(town: Path) -> None:
    """The 13 who went on spent 260 at kopi and 1,040 at roti."""
    found = {(row["brand"], row["also"]): row for row in rows(run_report("cross-brand", {}, town), "spend")}
    assert (found["roti", "kopi"]["customers"], found["roti", "kopi"]["net"]) == (13, 260)
    assert (found["roti", "roti"]["net"], found["roti", "roti"]["share"]) == (1040, Decimal("0.8"))


def test_segments_blank_what_could_be_worked_out(town: Path) -> None:
    """Two big spenders are blanked, and with them the next smallest row, because the total is known."""
    result = run_report("segments", {"promotions": "latte20"}, town)
    found = {row["segment"]: row for row in rows(result, "segments")}
    assert (found["New or once"]["customers"], found["New or once"]["net"]) == (20, 540)
    assert found["New or once"]["discount"] is HIDDEN  # one customer used it
    assert (found["Big spenders"]["customers"], found["Promising"]["customers"]) == (HIDDEN, HIDDEN)
    assert (found["Lost"]["customers"], found["Lost"]["net"], found["Lost"]["discount"]) == (0, 0, 0)
    total = result.sections[0].total
    assert total is not None
    assert (total[0], total[1], total[-1]) == ("Total", 35, HIDDEN)


def test_stores_and_products(town: Path) -> None:
    """K2 kept one latte of two for 72 after 20 and 8 off; cakes are 13 of 80, the voided one is gone."""
    stores = {row["store"]: row for row in rows(run_report("stores", {}, town), "stores")}
    assert (stores["K2"]["bills"], stores["K2"]["net"], stores["K2"]["discount"]) == (2, 72, 28)
    products = {row["product"]: row for row in rows(run_report("products", {}, town, known=COSTS), "products")}
    assert (products["cake"]["quantity"], products["cake"]["net"], products["cake"]["discount"]) == (13, 1040, 0)
    assert (products["latte"]["quantity"], products["latte"]["net"], products["latte"]["discount"]) == (5, 412, 88)
    assert products["cake"]["margin"] == Decimal("0.5")


def test_days_and_months(town: Path) -> None:
    """A return counts on the day of its sale; the month is the sum of its days."""
    result = run_report("daily", {}, town)
    days = {row["day"]: row for row in rows(result, "days")}
    assert (days[day(27)]["bills"], days[day(27)]["net"], days[day(27)]["discount"]) == (1, 72, 28)
    assert (days[day(28)]["net"], days[day(28)]["discount"]) == (0, 0)
    assert [(row["month"], row["net"]) for row in rows(result, "months")] == [(day(1), 2252)]


def test_compare_side_by_side(town: Path) -> None:
    """Each promotion with its own uses, cost per use, and the bill they met on."""
    result = run_report("compare", {"promotions": ["latte20", "member"]}, town)
    assert [(row["code"], row["uses"], row["per_use"]) for row in rows(result, "compare")] == [
        ("LATTE20", 4, 20),
        ("MEMBER", 1, 8),
    ]
    assert [(row["code"], row["other"], row["bills"]) for row in rows(result, "together")] == [
        ("LATTE20", "MEMBER", 1),
        ("MEMBER", "LATTE20", 1),
    ]


def test_data_health(town: Path) -> None:
    """A bill that a day close counts is missing; a use was told that no bill shows."""
    assert headline(run_report("data-health", {}, town)) == {"bills": 53, "missing": 1, "unlike": 1, "quarantined": 0}


def test_a_day_looked_at_later_is_the_same(town: Path) -> None:
    """As of the 16th, nothing that came after is known: not the refunds, not the stacked bill."""
    result = run_report("overview", {"as_of": day(16)}, town)
    assert headline(result)["net"] == 280
    assert headline(result)["today"] == 20


def test_a_period_that_is_not_over_is_provisional(town: Path) -> None:
    """The word is the first caveat, whatever share has arrived."""
    result = run_report("overview", {"to": dt.date(2026, 2, 28)}, town)
    assert result.caveats[0] == "Provisional: the period is not over yet at every store."
    assert not result.completeness.is_final


def test_a_filter_that_fits_nothing_gives_zeros(town: Path) -> None:
    """Nobody has bought yet on the 29th: that is an answer, and no report fails on it."""
    for name in ("overview", "stores", "products", "daily", "roi", "segments", "cross-brand", "data-health"):
        result = run_report(name, {"from": day(29)}, town)
        assert headline(result).get("net", 0) == 0, name


def test_the_report_in_the_documentation_runs(town: Path, tmp_path: Path) -> None:
    """The example of docs/reports.md, dropped into a workspace's reports, is a report."""
    text = (Path(__file__).parents[2] / "docs" / "reports.md").read_text(encoding="utf-8")
    (tmp_path / "hours.sql").write_text(text.split("```sql\n")[1].split("```")[0], encoding="utf-8")
    result = run_report("hours", {"stores": "R1"}, town, folder=tmp_path)
    assert rows(result, "hours") == [{"hour": 10, "bills": 13}]


def test_an_empty_warehouse_is_no_error(tmp_path: Path) -> None:
    """Before the first sale every report runs, and has nothing to say."""
    path = tmp_path / "warehouse.duckdb"
    with writing(path, b"key"):
        pass
    asked = {"promotion": {"promotions": "latte20"}, "compare": {"promotions": ["latte20", "member"]}}
    for name in files.names(None):
        result = run_report(name, asked.get(name, {}), path, known=COSTS if name == "roi" else None)
        assert headline(result).get("uses", 0) == 0, name
        assert result.as_of is None


def test_a_brand_s_bills_only(town: Path) -> None:
    """A filter holds for every figure of a report."""
    result = run_report("stores", {"brands": "roti"}, town)
    assert [row["store"] for row in rows(result, "stores")] == ["R1"]
    assert headline(result) == {"uses": 0, "discount": 0, "net": 1040, "stores": 1}


@pytest.mark.parametrize(
    ("params", "advice"),
    [
        ({"promotions": "LATE20"}, "did you mean LATTE20?"),
        ({"brands": ["kopi", "rotti"]}, "did you mean roti?"),
        ({"stores": "jakarta"}, None),
        ({"chanels": "dine-in"}, "did you mean channels?"),
    ],
)
def test_a_name_that_nothing_has_is_refused(town: Path, params: dict[str, Any], advice: str | None) -> None:
    """A figure about nothing would look like an answer; the nearest name is offered."""
    with pytest.raises(Failure) as caught:
        run_report("overview", params, town, known=COSTS)
    (found,) = caught.value.diagnostics
    assert (found.code, found.help) == ("CFG602", advice)
