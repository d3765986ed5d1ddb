from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest

from promo_cli.pricing import CartError, prepare, price
from tests.pricing.strategies_build import bundle, product

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
