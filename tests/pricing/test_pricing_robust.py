from __future__ import annotations

import contextlib
import copy
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from promo_cli.pricing import CartError, prepare, price
from tests.pricing.strategies import world
from tests.pricing.strategies_build import bundle, product, promotion, scope

GARBAGE = st.sampled_from(
    [
        None, True, 0, -1, 10**15, 10**400, 1.5, float("nan"), float("inf"), Decimal("NaN"), Decimal("1E+400"),
        Decimal("1E-400"), "", "x", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2026-02-30", [], {},
        [[]], {"a": 1}, b"x", ("latte",), {1: 2},
    ]
)  # fmt: skip


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths to everything inside a value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(path for key, one in inside for path in places(one, (*here, key)))]


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 60), st.integers(0, 10**6), GARBAGE)
def test_a_broken_cart_is_refused_or_priced_right(seed: int, choice: int, garbage: Any) -> None:
    """Whatever stands in whatever place of a cart: a CartError, or a receipt that adds up; nothing else."""
    made, cart = world(Random(seed))
    prepared, broken = prepare(made), copy.deepcopy(cart)
    broken["customer"] = {**broken.get("customer", {}), "birthday": "1990-02-28", "points": 5, "order_number": 2}
    path = places(broken)[choice % len(places(broken))]
    if path:
        inner: Any = broken
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = garbage
    with contextlib.suppress(CartError):
        receipt = price(broken if path else garbage, prepared)
        nets = sum(sum(map(Decimal, line["unit_nets"])) for line in receipt["lines"])
        assert nets == receipt["final_amount"]
        assert receipt["subtotal"] - receipt["total_discount"] == receipt["final_amount"]


def test_the_largest_carts_are_priced() -> None:
    """100,000 units in one line and 10,000 lines of nine, under sets and percentages, come out exact and adding up."""
    goods = {f"p{i}": product(1000 + i) for i in range(40)}
    offers = [
        promotion("B", "buy_x_get_y", {"buy_quantity": 2, "get_quantity": 1}, scope=scope("product", products=["p1"])),
        promotion(
            "M", "mix_match", {"required_quantity": 3, "special_price": 2500}, scope=scope("product", products=["p2"])
        ),
        promotion("P", "percent_discount", {"discount_percent": 10}),
    ]
    prepared = prepare(bundle(offers, goods, currency={"code": "IDR", "exponent": 0}))
    for items in (
        [{"product_id": "p1", "quantity": 100_000}],
        [{"line_id": f"L{i}", "product_id": f"p{i % 40}", "quantity": 9} for i in range(10_000)],
    ):
        receipt = price({"at": "2026-02-07T10:00:00", "items": items}, prepared)
        assert sum(sum(line["unit_nets"]) for line in receipt["lines"]) == receipt["final_amount"]
        assert (receipt["search"], "B" in {one["code"] for one in receipt["applied"]}) == ("exact", True)
