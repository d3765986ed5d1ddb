from __future__ import annotations

from typing import Any

from promo_cli.pricing import prepare, price
from tests.pricing.strategies_build import bundle, product, promotion, scope

CATEGORIES = {
    "food": {"name": "Food", "parent": None},
    "main": {"name": "Main", "parent": "food"},
    "drinks": {"name": "Drinks", "parent": None},
}
GOODS = {
    "rice": product(40000, "main"),
    "soup": product(35000, "food"),
    "tea": product(10000, "drinks"),
    "latte": product(25000, "drinks", min_price=20000),
}
PARTS = [
    {"item_type": "product", "product_id": "rice", "quantity": 1, "is_required": True},
    {
        "item_type": "category",
        "category_id": "drinks",
        "quantity": 1,
        "is_required": True,
        "min_selection": 1,
        "max_selection": 2,
    },
]
RULES = {"package_name": "Set A", "package_price": 45000, "items": PARTS}
FOOD = scope("category", categories=["food"])
DRINKS = scope("category", categories=["drinks"])
SET = promotion("SET", "package", RULES, execution_priority=5)


def receipt_of(items: list[dict[str, Any]], *promotions: dict[str, Any], lanes: tuple[str, ...] = ("main",)) -> Any:
    """Price items at ten in the morning."""
    header = {"currency": {"code": "IDR", "exponent": 0}, "categories": CATEGORIES, "lanes": list(lanes)}
    return price({"at": "2026-02-07T10:00:00", "items": items}, prepare(bundle(promotions, GOODS, **header)))


def item(name: str, quantity: int = 1, **fields: Any) -> dict[str, Any]:
    """One line."""
    return {"product_id": name, "quantity": quantity, **fields}


def nets(receipt: Any) -> dict[str, Any]:
    """Unit nets by product."""
    return {line["product_id"]: line["unit_nets"] for line in receipt["lines"]}


def test_parts_cost_the_package_price_by_value() -> None:
    """Rice 40,000 and tea 10,000 for 45,000: 36,000 and 9,000."""
    receipt = receipt_of([item("rice"), item("tea")], SET)
    assert nets(receipt) == {"rice": [36000], "tea": [9000]}
    assert receipt["applied"][0]["explanation"] == "Set A applied (Rp 5,000 off)"


def test_choices_take_as_many_as_they_may() -> None:
    """One or two drinks may be chosen: two teas make one package, not two halves."""
    assert nets(receipt_of([item("rice"), item("tea", 2)], SET)) == {"rice": [30000], "tea": [7500, 7500]}


def test_every_package_needs_its_minimum_first() -> None:
    """Two rice and three teas are two packages; the third tea goes into the first of them."""
    receipt = receipt_of([item("rice", 2), item("tea", 3)], SET)
    assert (receipt["applied"][0]["times"], receipt["total_discount"]) == (2, 20000)


def test_fewer_packages_where_they_save_more() -> None:
    """With a price of 49,000 a package of rice and two teas saves 11,000, two packages of one tea each only 2,000."""
    rules = {**RULES, "package_price": 49000}
    receipt = receipt_of([item("rice", 2), item("tea", 2)], promotion("SET", "package", rules))
    assert (receipt["applied"][0]["times"], receipt["total_discount"]) == (1, 11000)


def test_a_package_never_costs_more_than_its_parts() -> None:
    """At 51,000 for 50,000 worth of food the package is not formed."""
    assert (
        receipt_of([item("rice"), item("tea")], promotion("SET", "package", {**RULES, "package_price": 51000}))[
            "applied"
        ]
        == []
    )


def test_a_missing_part_is_a_hint() -> None:
    """Rice alone: the package needs a drink."""
    receipt = receipt_of([item("rice")], SET)
    assert [(hint["reason_code"], hint["missing_quantity"]) for hint in receipt["hints"]] == [("add_product", 1)]


def test_a_surcharge_stays_a_unit_of_its_own() -> None:
    """An extra egg for 5,000 is not part of the package price, and a later discount on food still reaches it."""
    rice = item("rice", modifiers=[{"id": "egg", "price": 5000}])
    half = {"discount_percent": 50}
    later = promotion("FOOD", "percent_discount", half, scope=FOOD, execution_stage="order")
    assert nets(receipt_of([rice, item("tea")], SET)) == {"rice": [41000], "tea": [9000]}
    assert nets(receipt_of([rice, item("tea")], SET, later)) == {"rice": [38500], "tea": [9000]}


def test_afterwards_only_whole_cart_promotions_reach_a_package() -> None:
    """A discount on drinks passes a package by; one on everything takes it as one unit and shares it by value."""
    half = {"discount_percent": 50}
    drinks = promotion("DRINKS", "percent_discount", half, scope=DRINKS, execution_stage="order")
    whole = promotion("ALL", "percent_discount", {"discount_percent": 10})
    assert nets(receipt_of([item("rice"), item("tea")], SET, drinks)) == {"rice": [36000], "tea": [9000]}
    assert nets(receipt_of([item("rice"), item("tea")], SET, whole)) == {"rice": [32400], "tea": [8100]}


def test_an_excluded_part_excludes_the_package() -> None:
    """Ten percent off everything but tea leaves the package with tea alone, and takes the soup beside it."""
    whole = promotion("ALL", "percent_discount", {"discount_percent": 10}, scope=scope(exclude_products=["tea"]))
    receipt = receipt_of([item("rice"), item("tea"), item("soup")], SET, whole)
    assert nets(receipt) == {"rice": [36000], "tea": [9000], "soup": [31500]}


def test_floors_of_parts_hold_in_and_after_a_package() -> None:
    """A latte that may not go below 20,000 leaves more of the discount to the rice."""
    most = promotion("MOST", "percent_discount", {"discount_percent": 90, "floor_percent": "redistribute"})
    assert nets(
        receipt_of([item("rice"), item("latte")], promotion("SET", "package", {**RULES, "package_price": 40000}))
    ) == {
        "rice": [20000],
        "latte": [20000],
    }
    assert nets(receipt_of([item("rice"), item("latte")], SET, most))["latte"] == [20000]
