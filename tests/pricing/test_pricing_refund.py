from __future__ import annotations

from typing import Any

import pytest

from promo_cli.pricing import CartError, prepare, price, refund
from tests.pricing.strategies_build import bundle, product, promotion, scope

AT = "2026-02-07T10:00:00"
GOODS = {"latte": product(30000, "drinks"), "cake": product(20000, "food"), "beans": product(300000, "food", unit="kg")}
HEADER = {
    "currency": {"code": "IDR", "exponent": 0},
    "categories": {"drinks": {"name": "Drinks", "parent": None}, "food": {"name": "Food", "parent": None}},
}
BOGO = promotion(
    "BOGO", "buy_x_get_y", {"buy_quantity": 1, "get_quantity": 1}, scope=scope("category", categories=["drinks"])
)
OVER = promotion("OVER", "percent_discount", {"discount_percent": 10, "min_purchase": 80000}, recompute_on_return=True)


def sold(cart: dict[str, Any], *promotions: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """A receipt and the bundle it was priced with."""
    prepared = prepare(bundle(promotions, GOODS, **HEADER))
    return price(cart, prepared), prepared


def test_a_unit_gives_back_what_was_paid_for_it() -> None:
    """Of two lattes, one of them free, the free one goes back first, for nothing; then the paid one."""
    receipt, prepared = sold({"at": AT, "items": [{"product_id": "latte", "quantity": 2}]}, BOGO)
    first = refund(receipt, [{"line": 0, "quantity": 1}], prepared)
    assert (first["total_refund"], first["lines"][0]["discount"], first["lines"][0]["units"]) == (0, 30000, [1])
    second = refund(receipt, [{"line": 0}], prepared, earlier=[first])
    assert (second["total_refund"], second["lines"][0]["units"]) == (30000, [0])


def test_no_unit_is_given_back_twice() -> None:
    """What went back before, or is named twice, is refused."""
    receipt, prepared = sold({"at": AT, "items": [{"line_id": "a", "product_id": "latte", "quantity": 2}]})
    first = refund(receipt, [{"line_id": "a", "units": [0]}], prepared)
    for again in ([{"line": 0, "units": [0]}], [{"line": 0, "quantity": 2}], [{"line": 0}, {"line": 0}]):
        with pytest.raises(CartError):
            refund(receipt, again, prepared, earlier=[first])


def test_unknown_lines_are_refused() -> None:
    """A return names a line of its receipt."""
    receipt, prepared = sold({"at": AT, "items": [{"product_id": "latte", "quantity": 2}]})
    with pytest.raises(CartError, match="no such line") as caught:
        refund(receipt, [{"line_id": "z"}], prepared)
    assert caught.value.pointer == "/0"


def test_everything_back_is_everything_paid() -> None:
    """Returning all lines, weighed ones whole, gives back the bill."""
    items = [{"product_id": "latte", "quantity": 3}, {"product_id": "beans", "quantity": 1}]
    receipt, prepared = sold({"at": AT, "items": items}, BOGO, OVER)
    back = refund(receipt, [{"line": 0}, {"line": 1}], prepared)
    assert back["total_refund"] == receipt["final_amount"]
    assert back["lines"][1]["quantity"] == 1


def test_a_promotion_may_ask_to_price_the_rest_again() -> None:
    """10 % over 80,000: 90,000 paid for 100,000; without the cakes 60,000 remain at full price, so 30,000 go back."""
    items = [{"product_id": "latte", "quantity": 2}, {"product_id": "cake", "quantity": 2}]
    cart = {"at": AT, "items": items, "subtotal": 100000}
    receipt, prepared = sold(cart, OVER)
    back = refund(receipt, [{"line": 1}], prepared, cart=cart)
    assert (receipt["final_amount"], back["total_refund"], back["recomputed"]) == (90000, 30000, True)
    rest = refund(receipt, [{"line": 0}], prepared, cart=cart, earlier=[back])
    assert rest["total_refund"] == 60000


def test_the_rest_priced_again_never_costs_the_customer() -> None:
    """Where the rest would cost more than was paid, nothing goes back, and nothing is asked for."""
    half = promotion(
        "HALF", "percent_discount", {"discount_percent": 50, "min_purchase": 80000}, recompute_on_return=True
    )
    items = [{"product_id": "latte", "quantity": 2}, {"product_id": "cake", "quantity": 1}]
    receipt, prepared = sold({"at": AT, "items": items}, half)
    back = refund(receipt, [{"line": 1}], prepared, cart={"at": AT, "items": items})
    assert (receipt["final_amount"], back["total_refund"], back["lines"][0]["net"]) == (40000, 0, 0)


def test_a_split_tender_is_split_anew() -> None:
    """Half paid by card with 20 % off the card's share: without the cakes the rest is again half paid by card."""
    card = promotion(
        "CARD",
        "payment_discount",
        {"payment_methods": ["card"], "discount_type": "percent", "discount_value": 20},
        recompute_on_return=True,
    )
    items = [{"product_id": "latte", "quantity": 2}, {"product_id": "cake", "quantity": 2}]
    payments = [{"method": "card", "amount": 50000}, {"method": "cash", "amount": 50000}]
    cart = {"at": AT, "items": items, "payments": payments}
    receipt, prepared = sold(cart, card)
    assert receipt["final_amount"] == 90000
    assert refund(receipt, [{"line": 1}], prepared, cart=cart)["total_refund"] == 90000 - 54000
