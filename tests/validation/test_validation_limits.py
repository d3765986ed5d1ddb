"""Limits that promo.yaml sets, and hours that clocks skip."""

import datetime as dt

import pytest

from .conftest import FILES, Findings


def with_settings(**sections: str) -> dict[str, str]:
    """Return promo.yaml with more sections."""
    return {"promo.yaml": FILES["promo.yaml"] + "".join(f"{name}: {text}\n" for name, text in sections.items())}


@pytest.mark.parametrize(
    ("fragment", "message"),
    [
        ("rules: {discount_percent: 20, min_purchase: 2_000_001}", "the largest bills make IDR 2,000,000"),
        (
            "scope: {apply_to: product, products: [latte]}\nconditions: {max_quantity: 3}\n"
            "rules: {discount_percent: 20, min_purchase: 114_001}",
            "3 × latte make IDR 114,000",
        ),
    ],
)
def test_a_minimum_is_held_to_the_largest_bill_there_is(findings: Findings, fragment: str, message: str):
    """What a minimum may be follows from promo.yaml, or from what conditions allow; that much is still allowed."""
    settings = with_settings(limits="{largest_bill: 2_000_000}")
    (found,) = findings(fragment, **settings)
    assert found.code == "AMT011"
    assert message in found.message
    assert findings(fragment.replace("1}", "0}"), **settings) == []


def test_a_tier_may_begin_at_the_largest_bill(findings: Findings):
    """The bound itself can be reached."""
    tier = "{tier_name: A, min_amount: %s, discount_type: percent, discount_value: 5}"
    tiers = f"promo_type: threshold_tier\nrules: {{tiers: [{tier}]}}"
    settings = with_settings(limits="{largest_bill: 2_000_000}")
    assert findings(tiers % "2_000_000", **settings) == []
    assert [one.code for one in findings(tiers % "2_000_001", **settings)] == ["AMT036"]


@pytest.mark.parametrize(
    ("limit", "fragment", "pointer"),
    [
        ("{discount_percent: 20}", "rules: {discount_percent: 20}", "/rules/discount_percent"),
        (
            "{discount_amount: 5_000}",
            "promo_type: amount_discount\nrules: {discount_amount: 5_000, min_purchase: 50_000}",
            "/rules/discount_amount",
        ),
        ("{budget: 900_000}", "limits: {budget: 900_000}", "/limits/budget"),
    ],
)
def test_what_reaches_a_threshold_needs_approval(findings: Findings, limit: str, fragment: str, pointer: str):
    """Thresholds are inclusive; an approval or a lower figure settles it."""
    settings = with_settings(approval=limit)
    (found,) = findings(fragment, **settings)
    assert (found.code, found.primary and found.primary.pointer) == ("POL004", pointer)
    assert findings(f"{fragment}\napproved_by: Finance", **settings) == []
    assert findings(fragment, **with_settings(approval=limit.replace("20", "21").replace("00}", "01}"))) == []


def test_hours_that_clocks_skip_are_told_by_day_and_zone(findings: Findings):
    """Only stores whose clocks skip all of the hours count, and an excluded day does not."""
    stores = FILES["stores/stores.yaml"] + "- {id: berlin, name: Berlin, timezone: Europe/Berlin}\n"
    hours = "validity: {start_date: 2026-02-01, time_start: 02:00, time_end: 02:30%s}"
    (found,) = findings(hours % "", **{"stores/stores.yaml": stores})
    assert found.message == (
        "on 2026-03-29 clocks in Europe/Berlin skip 02:00 to 03:00, and with it all of the promotion's hours"
    )
    assert (found.scope.stores, found.scope.dates) == (("berlin",), ("2026-03-29",))
    assert findings(hours % ", exclude_dates: [2026-03-29]", **{"stores/stores.yaml": stores}) == []
    late = findings(hours % "", today=dt.date(2026, 3, 30), **{"stores/stores.yaml": stores})
    assert [one.scope.dates for one in late] == [("2027-03-28",)]
