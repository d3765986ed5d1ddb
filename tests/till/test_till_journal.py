"""From receipts to the lines a till uploads; every line is held to the model of its kind."""

from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promo_cli.model.events import EVENTS
from promo_cli.till import journal
from promo_cli.till.journal import Moment, Totals
from promo_cli.till.offer import load_offer, price
from tests.till.shop import NOW, promotion, synced_till

AT = datetime(2026, 2, 7, 10, tzinfo=timezone(timedelta(hours=7)))
WHEN = Moment(AT, date(2026, 2, 7), 3)
SPOOLED = {
    "event_id": "0194dcba-0000-7000-8000-000000000001", "store_id": "s1", "brand_id": None, "pos_id": "p", "seq": 1,
}  # fmt: skip


def _sale(folder: Path, cart: dict[str, Any], *promotions: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    synced_till(folder, *promotions)
    offer = load_offer(folder, NOW)
    return journal.sale(cart, price(cart, offer, NOW), offer.products, "B-1", WHEN, **options)


def _check(event: dict[str, Any]) -> None:
    EVENTS[event["kind"]].model_validate({**SPOOLED, **event})


CART = {
    "items": [{"line_id": "1", "product_id": "latte", "quantity": 3}, {"product_id": "beans", "quantity": 1}],
    "channel": "takeaway",
    "payment_method": "qris",
    "customer": {"member_id": "M1", "is_member": True, "tier": "gold", "customer_type": "returning"},
}
THIRD = promotion("P", rules={**promotion("P")["rules"], "discount_percent": 10, "max_discount_amount": 10_000})
MEMBERS = promotion("V", require_voucher=True, voucher_codes=["HELLO"])


def test_a_sale_is_a_bill_a_usage_per_promotion_and_a_log_per_decision(tmp_path: Path) -> None:
    """Amounts agree between them, and each line fits its model."""
    events = _sale(tmp_path, CART, THIRD, MEMBERS, customer_key="ab" * 16)
    for event in events:
        _check(event)
    bill, usage, applied, rejected = events
    assert [event["kind"] for event in events] == ["bill", "usage", "log", "log"]
    assert (bill["subtotal"], bill["total_discount"], bill["final_amount"]) == (375_000, 10_000, 365_000)
    assert bill["tender"] == [{"method": "qris", "amount": 365_000}]
    assert (bill["member_id"], bill["customer_key"], bill["channel"]) == ("M1", "ab" * 16, "takeaway")
    assert bill["at"] == "2026-02-07T10:00:00+07:00"
    latte = bill["lines"][0]
    assert (latte["category"], latte["brand"], latte["discount"], latte["net"]) == ("drinks", "kopi", 10_000, 125_000)
    assert sum(latte["unit_nets"]) == latte["net"]
    assert bill["lines"][1]["line_id"] == "#2"
    assert (usage["promotion_id"], usage["discount_amount"], usage["used_at"]) == ("p", 10_000, bill["at"])
    assert (applied["status"], applied["original_amount"], applied["final_amount"]) == ("applied", 375_000, 365_000)
    assert (rejected["status"], rejected["promotion_id"], rejected["reason_code"]) == (
        "rejected", "v", "voucher_missing",
    )  # fmt: skip


def _earning(code: str, promo_type: str, **rules: Any) -> dict[str, Any]:
    stage = "earn" if promo_type == "cashback" else "order"
    return promotion(code, promo_type=promo_type, execution_stage=stage, rules={"type": promo_type, **rules})


@pytest.mark.parametrize(
    ("earning", "spent", "why"),
    [
        (_earning("BACK", "cashback", cashback_type="percent", cashback_value=10, cashback_max=None,
                  payment_methods=[], cashback_method="wallet", min_purchase=0),
         13_500, "Back earned (Rp 13,500 to the wallet)"),
        (_earning("STARS", "cashback", cashback_type="amount", cashback_value=50, cashback_max=None,
                  payment_methods=[], cashback_method="points", min_purchase=0), 0, "Stars earned (50 points)"),
        (_earning("DOUBLE", "threshold_tier", min_purchase=0, tiers=[
            {"min_amount": 0, "max_amount": None, "discount_type": "points_multiplier", "points_multiplier": 2}]),
         0, "Double earned (points count 2 times)"),
    ],
    ids=["money", "points", "multiplier"],
)  # fmt: skip
def test_what_is_earned_is_a_use_too(tmp_path: Path, earning: dict[str, Any], spent: int, why: str) -> None:
    """So that its limits are counted; the amount is the money credited, which a budget counts, and 0 for points."""
    events = _sale(tmp_path, CART, earning)
    for event in events:
        _check(event)
    bill, usage, applied = events
    assert [event["kind"] for event in events] == ["bill", "usage", "log"]
    assert (bill["total_discount"], bill["final_amount"]) == (0, 375_000)
    assert (usage["promotion_id"], usage["code"], usage["discount_amount"]) == (earning["id"], earning["code"], spent)
    assert (applied["status"], applied["reason"], applied["final_amount"]) == ("applied", why, 375_000)


def test_a_promotion_that_another_beat_was_eligible(tmp_path: Path) -> None:
    """The denominator of a take rate: fulfilled, and not taken."""
    better = promotion("BEST", rules={**promotion("P")["rules"], "discount_percent": 50})
    events = _sale(tmp_path, {"items": [{"product_id": "latte", "quantity": 1}]}, better, promotion("WORSE"))
    eligible = [event for event in events if event["kind"] == "eligible"]
    assert [event["promotion_id"] for event in eligible] == ["worse"]
    _check(eligible[0])


def test_a_split_tender_is_what_was_paid(tmp_path: Path) -> None:
    """Not the cart's amounts, which are those before a payment discount."""
    paid = [{"method": "cash", "amount": 100_000}, {"method": "qris", "amount": 265_000}]
    assert _sale(tmp_path, CART, THIRD, tender=paid)[0]["tender"] == paid


def _bill(units: int, nets: list[int], discounts: list[int]) -> dict[str, Any]:
    price_each = 45_000
    return {
        "bill_id": "B-1",
        "lines": [
            {
                "line_id": "1", "product_id": "latte", "category": None, "brand": None, "quantity": units,
                "price": price_each, "list_amount": price_each * units, "discount": price_each * units - sum(nets),
                "net": sum(nets), "unit_nets": nets,
                "discounts": [
                    {"promotion_id": f"p{n}", "code": f"P{n}", "amount": amount} for n, amount in enumerate(discounts)
                ],
            }
        ],
    }  # fmt: skip


@given(st.lists(st.integers(0, 45_000), min_size=1, max_size=8), st.integers(0, 100), st.data())
def test_giving_back_units_gives_back_their_nets_and_every_sum_agrees(
    nets: list[int], percent: int, data: st.DataObject
) -> None:
    """Net plus discount is the list value, and the promotions' shares sum to the discount, to the last rupiah."""
    discount = 45_000 * len(nets) - sum(nets)
    first = discount * percent // 100
    bill = _bill(len(nets), nets, [first, discount - first])
    units = data.draw(st.integers(1, len(nets)))
    (event,) = journal.refund(bill, {"1": units}, "R-1", WHEN, exponent=0, reason="cold")
    _check(event)
    (line,) = event["lines"]
    assert event["total_refund"] == line["net"] == sum(nets[len(nets) - units :])
    assert line["list_amount"] == 45_000 * units == line["net"] + line["discount"]
    assert sum(one["amount"] for one in line["discounts"]) == line["discount"]
    assert all(one["amount"] >= 0 for one in line["discounts"])


def test_a_whole_bill_comes_back_as_it_was_sold() -> None:
    """Line by line, linked to the bill."""
    bill = _bill(2, [40_000, 40_000], [10_000])
    (event,) = journal.refund(bill, None, "R-1", WHEN, exponent=0)
    assert event["lines"] == bill["lines"]
    assert (event["original_bill_id"], event["total_refund"]) == ("B-1", 80_000)
    assert "reason" not in event


@pytest.mark.parametrize("units", [3, -1])
def test_more_than_was_sold_cannot_come_back(units: int) -> None:
    """Nor less than one unit."""
    with pytest.raises(ValueError, match="1 to 2 units"):
        journal.refund(_bill(2, [40_000, 40_000], [10_000]), {"1": units}, "R-1", WHEN, exponent=0)


def test_control_totals_add_up_bills_and_returns() -> None:
    """Before returns; numbers bound the day; other kinds count only in the numbers."""
    totals = Totals()
    for seq, event in enumerate(
        [
            {"kind": "sync"},
            {"kind": "bill", "final_amount": 100, "total_discount": 20},
            {"kind": "bill", "final_amount": 50, "total_discount": 0},
            {"kind": "refund", "total_refund": 30},
            {"kind": "void", "total_refund": 5},
        ],
        start=7,
    ):
        totals = totals.add({**event, "seq": seq})
    assert totals == Totals(bills=2, net=150, discount=20, refunds=35, first_seq=7, last_seq=11)
    _check(journal.day_close(totals, WHEN)[0])
    _check(journal.day_close(Totals(), WHEN)[0])
    _check(journal.synced("kept", "schema 2", WHEN)[0])
