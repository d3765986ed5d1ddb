from __future__ import annotations

from typing import Any

from promo_cli.pricing import prepare, price
from tests.pricing.strategies_build import bundle, product, promotion, scope

GOODS = {"latte": product(30000), "cake": product(20000)}
PROMOTIONS = [
    promotion("TEN", "percent_discount", {"discount_percent": 10}, scope=scope("product", products=["latte"])),
    promotion("FIVE", "percent_discount", {"discount_percent": 5}, scope=scope("product", products=["latte"])),
    promotion("CAKE", "percent_discount", {"discount_percent": 50}, scope=scope("product", products=["cake"])),
    promotion(
        "CARD", "payment_discount", {"payment_methods": ["card"], "discount_type": "amount", "discount_value": 900}
    ),
    promotion(
        "UP",
        "upsell",
        {
            "required_product_id": "latte",
            "upsell_product_id": "cake",
            "special_price": 15000,
            "upsell_message": "A cake for 15,000 with your latte?",
        },
    ),
    promotion("BIG", "amount_discount", {"discount_amount": 5000, "min_purchase": 50000}),
    promotion("ASK", "free_item", {"free_product_id": "cake", "trigger_product_id": "latte"}, is_auto_apply=False),
]
PREPARED = prepare(bundle(PROMOTIONS, GOODS, currency={"code": "IDR", "exponent": 0}))
CART: dict[str, Any] = {"at": "2026-02-07T10:00:00", "items": [{"product_id": "latte", "quantity": 1}]}


def test_skipped_tells_of_what_the_cart_touches() -> None:
    """Promotions on goods in the cart are listed with a reason; the others are counted."""
    receipt = price(CART, PREPARED)
    reasons = {one["code"]: (one["reason_code"], one["reason"]) for one in receipt["skipped"]}
    assert reasons == {
        "FIVE": ("units_taken", "its items already have a discount"),
        "CARD": ("payment_method", "needs payment by card"),
        "UP": ("add_product", "needs 1 × cake"),
        "BIG": ("spend_more", "needs Rp 23,000 more"),
        "ASK": ("not_claimed", "is given when asked for"),
    }
    assert receipt["skipped_count"] == 1


def test_hints_say_what_would_bring_more() -> None:
    """An upsell, an amount missing, a way to pay, and a gift to ask for are hints; a taken unit is not."""
    hints = {hint["code"]: hint for hint in price(CART, PREPARED)["hints"]}
    assert set(hints) == {"CARD", "UP", "BIG", "ASK"}
    assert hints["UP"]["message"] == "A cake for 15,000 with your latte?"
    assert (hints["UP"]["product_id"], hints["UP"]["missing_quantity"]) == ("cake", 1)
    assert (hints["BIG"]["missing_amount"], hints["BIG"]["message"]) == (23000, "BIG: needs Rp 23,000 more")


def test_a_way_to_pay_is_hinted_at_only_while_none_is_named() -> None:
    """A customer who pays cash is not told about the card."""
    receipt = price({**CART, "payment_method": "cash"}, PREPARED)
    assert "CARD" not in {hint["code"] for hint in receipt["hints"]}


def test_trace_lists_every_promotion_and_every_lane() -> None:
    """With a trace no promotion is only counted, and each lane says what stood ready and what was taken."""
    receipt = price(CART, PREPARED, trace=True)
    assert receipt["skipped_count"] == 0
    assert {one["code"] for one in receipt["skipped"]} == {"FIVE", "CARD", "UP", "BIG", "ASK", "CAKE"}
    assert [(lane["stage"], lane["lane"], lane["before"]) for lane in receipt["trace"]] == [("item", "main", 30000)]
    assert {one["code"]: one["alone"] for one in receipt["trace"][0]["ready"]} == {"TEN": 3000, "FIVE": 1500}
    assert [(one["code"], one["amount"], one["units"]) for one in receipt["trace"][0]["taken"]] == [("TEN", 3000, 1)]


def test_a_trace_changes_nothing_else() -> None:
    """The receipt is the same with and without a trace, but for what the trace adds."""
    plain, traced = price(CART, PREPARED), price(CART, PREPARED, trace=True)
    changed = {key for key in traced if traced[key] != plain.get(key)}
    assert changed == {"skipped", "skipped_count", "trace"}
