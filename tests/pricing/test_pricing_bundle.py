from __future__ import annotations

import copy
from typing import Any

import pytest

from promo_cli.pricing import BundleError, prepare, price
from promo_cli.protocol import canonical
from tests.pricing.strategies_build import bundle, product, promotion, scope

CATEGORIES = {"drinks": {"name": "Drinks", "parent": None}, "hot": {"name": "Hot", "parent": "drinks"}}
TEN = promotion("TEN", "percent_discount", {"discount_percent": 10}, scope=scope("category", categories=["drinks"]))
WRITTEN = bundle(
    [TEN], {"latte": product(30000, "hot")}, currency={"code": "IDR", "exponent": 0}, categories=CATEGORIES
)
CART = {"at": "2026-02-07T10:00:00", "items": [{"product_id": "latte", "quantity": 1}]}


def with_value(path: list[Any], value: Any) -> dict[str, Any]:
    """The bundle with one value put in."""
    changed = copy.deepcopy(WRITTEN)
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


def test_bytes_and_values_prepare_alike() -> None:
    """The published bytes of a bundle give the same receipts as its values."""
    assert price(CART, prepare(canonical.dumps(WRITTEN))) == price(CART, prepare(WRITTEN))


def test_categories_reach_down_the_tree() -> None:
    """A promotion on drinks reaches hot drinks."""
    assert price(CART, prepare(WRITTEN))["total_discount"] == 3000


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["header", "schema_version"], 2),
        (["header", "requires"], ["time travel"]),
        (["header", "timezone"], "Asia/Atlantis"),
        (["header", "categories", "drinks", "parent"], "hot"),
        (["header", "lanes"], ["second"]),
        (["header", "step_budget"], "many"),
        (["products", "latte", "category"], "cold"),
        (["products", "latte", "price"], "free"),
        (["promotions", 0, "rules", "type"], "lottery"),
        (["promotions", 0, "rules", "discount_percent"], 12.345),
        (["promotions", 0, "validity", "start_date"], "soon"),
        (["promotions", 0, "execution_priority"], "high"),
        (["promotions", 0], None),
        (["products"], None),
    ],
)
def test_what_the_engine_does_not_know_is_refused(path: list[Any], value: Any) -> None:
    """A bundle of a newer form, or broken in any place, is refused as a whole rather than priced by guess."""
    with pytest.raises(BundleError):
        prepare(with_value(path, value))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b'{"header":NaN}', b"[" * 100_000])
def test_what_is_no_bundle_is_refused(data: bytes) -> None:
    """Bytes that are not the JSON of a bundle are one error, whatever they are."""
    with pytest.raises(BundleError, match="not a bundle"):
        prepare(data)


def test_preparing_leaves_the_values_alone() -> None:
    """The dict that is prepared is not changed."""
    before = copy.deepcopy(WRITTEN)
    price(CART, prepare(WRITTEN))
    assert before == WRITTEN


def test_only_promotions_that_concern_the_cart_are_looked_at() -> None:
    """Of a thousand promotions on other goods none is listed; all are counted."""
    others = [
        promotion(f"P{i}", "percent_discount", {"discount_percent": 10}, scope=scope("product", products=[f"other{i}"]))
        for i in range(1000)
    ]
    receipt = price(CART, prepare({**WRITTEN, "promotions": [TEN, *others]}))
    assert (len(receipt["applied"]), receipt["skipped"], receipt["skipped_count"]) == (1, [], 1000)
