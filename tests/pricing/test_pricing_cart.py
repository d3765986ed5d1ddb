from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest

from promo_cli.pricing import CartError, prepare, price
from tests.pricing.strategies_build import bundle, product, promotion

GOODS = {"latte": product(25000), "beans": product(300000, unit="kg")}
PREPARED = prepare(bundle([], GOODS, currency={"code": "IDR", "exponent": 0}))
CART: dict[str, Any] = {"at": "2026-02-07T10:00:00", "items": [{"product_id": "latte", "quantity": 2}]}


def with_value(path: list[str | int], value: Any) -> dict[str, Any]:
    """The plain cart with one value put in."""
    cart = copy.deepcopy(CART)
    place: Any = cart
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return cart


@pytest.mark.parametrize(
    ("path", "value", "kind"),
    [
        (["at"], None, "time"),
        (["at"], "yesterday", "time"),
        (["items"], {}, "shape"),
        (["items", 0, "product_id"], "mocha", "reference"),
        (["items", 0, "product_id"], 7, "shape"),
        (["items", 0, "quantity"], 0, "amount"),
        (["items", 0, "quantity"], -1, "amount"),
        (["items", 0, "quantity"], Decimal("1.5"), "amount"),
        (["items", 0, "quantity"], float("nan"), "amount"),
        (["items", 0, "quantity"], 10**15, "amount"),
        (["items", 0, "price"], -1, "amount"),
        (["items", 0, "price"], Decimal("0.5"), "amount"),
        (["items", 0, "quantiti"], 2, "shape"),
        (["voucher"], [], "shape"),
        (["subtotal"], 49999, "amount"),
        (["customer"], {"birthday": "soon"}, "time"),
        (["payments"], [{"method": "card", "amount": "all"}], "amount"),
        (["usage"], {"P": {"total": -1}}, "amount"),
    ],
)
def test_bad_carts_name_the_place(path: list[str | int], value: Any, kind: str) -> None:
    """A cart that cannot be priced is refused with the kind of mistake and a pointer to it."""
    with pytest.raises(CartError) as caught:
        price(with_value(path, value), PREPARED)
    assert caught.value.kind == kind
    assert caught.value.pointer.startswith("/" + "/".join(str(step) for step in path))


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        (["items", 0, "quantity"], Decimal("0.5"), "found 0.5;"),
        (["items", 0, "quantity"], float("nan"), "found nan;"),
        (["items", 0, "quantity"], "2", "found '2';"),
        (["items", 0, "price"], Decimal("-7.25"), "found -7.25;"),
        (["subtotal"], Decimal("NaN"), "found NaN;"),
        (["items", 0, "price"], 10**5000, "found a number of more than a hundred digits;"),
        (["items", 0, "price"], "9" * 1000, f"found '{'9' * 99}…;"),
    ],
    ids=["half", "nan", "text", "negative", "decimal-nan", "huge", "long"],
)
def test_errors_show_what_was_written(path: list[str | int], value: Any, found: str) -> None:
    """A number in an error reads as the cart wrote it, and nothing is shown at length."""
    with pytest.raises(CartError) as caught:
        price(with_value(path, value), PREPARED)
    assert found in str(caught.value)


def test_a_voucher_that_nothing_takes_is_told_of() -> None:
    """A mistyped code is a hint to the cashier; a known one is not, whatever its letter case."""
    rules = {"discount_percent": 10}
    offer = promotion("P", "percent_discount", rules, require_voucher=True, voucher_codes=["PROMO10"])
    prepared = prepare(bundle([offer], GOODS, currency={"code": "IDR", "exponent": 0}))
    vouchers = ["promo10", "promo1o", {"code": "B-1", "promotion_id": "P"}, {"code": "B-2", "promotion_id": "GONE"}]
    receipt = price({**CART, "vouchers": vouchers}, prepared)
    assert [one["code"] for one in receipt["applied"]] == ["P"]
    assert receipt["hints"] == [
        {"code": code, "reason_code": "voucher_unknown", "message": f"voucher {code} is not known here"}
        for code in ("PROMO1O", "B-2")
    ]


def test_too_many_lines_or_units_are_refused() -> None:
    """More than 10,000 lines or 100,000 units in a cart are an error, not a long wait."""
    for items in (CART["items"] * 10_001, [{"product_id": "latte", "quantity": 100_001}]):
        with pytest.raises(CartError, match="too many"):
            price({**CART, "items": items}, PREPARED)


def test_the_nested_form_means_the_same() -> None:
    """Items and subtotal inside `cart`, customer and payment beside it, price as the flat form does."""
    nested = {
        "cart": {"items": CART["items"], "subtotal": 50000},
        "customer": {"is_member": True, "tier": "gold"},
        "payment_method": "card",
        "at": CART["at"],
    }
    assert price(nested, PREPARED) == price(CART, PREPARED)
    with pytest.raises(CartError) as caught:
        price({**nested, "cart": {"items": [{"product_id": "latte"}]}}, PREPARED)
    assert caught.value.pointer == "/cart/items/0/quantity"


def test_a_weighed_line_rounds_half_up_once() -> None:
    """1.255 kg at 300,001 is 376,501.255: the line's list value is 376,501."""
    cart = {**CART, "items": [{"product_id": "beans", "quantity": Decimal("1.255"), "price": 300001}]}
    assert price(cart, PREPARED)["lines"][0]["list_amount"] == 376501


def test_surcharges_belong_to_the_price() -> None:
    """A modifier's surcharge is added to every unit of its line; modifiers without a price change nothing."""
    item = {"product_id": "latte", "quantity": 2, "modifiers": ["oat", {"id": "shot", "price": 5000, "quantity": 2}]}
    assert price({**CART, "items": [item]}, PREPARED)["subtotal"] == 70000


def test_an_empty_cart_costs_nothing() -> None:
    """No items, nothing to pay, nothing applied."""
    receipt = price({**CART, "items": []}, PREPARED)
    assert (receipt["final_amount"], receipt["applied"], receipt["lines"]) == (0, [], [])
