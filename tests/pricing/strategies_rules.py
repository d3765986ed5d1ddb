"""The rules of a promotion at random: one maker for each of the twelve types, giving `rules` and perhaps a scope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.pricing.strategies_build import major, scope

CATEGORIES = {
    "drinks": {"name": "Drinks", "parent": None},
    "hot": {"name": "Hot drinks", "parent": "drinks"},
    "cold": {"name": "Cold drinks", "parent": "drinks"},
    "food": {"name": "Food", "parent": None},
}
PLACES = (
    ("americano", "hot", "north"), ("latte", "hot", "north"), ("tea", "cold", "south"), ("juice", "cold", None),
    ("bagel", "food", "south"), ("cake", "food", "north"), ("beans", "food", None),
)  # fmt: skip
"""Product, category, brand. Beans are weighed."""

METHODS, CHANNELS, TIERS = ["card", "cash", "qris"], ["dine_in", "takeaway"], ["silver", "gold"]


@dataclass(frozen=True, slots=True)
class Chooser:
    """What a generator may ask: exact choices from a source of randomness, and money of one currency."""

    random: Random
    exponent: int
    menu: tuple[str, ...] = tuple(name for name, _, _ in PLACES)
    """What the cart is made of, and most promotions are about."""

    def of(self, *choices: Any) -> Any:
        """One of them."""
        return choices[self.random.randrange(len(choices))]

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self.random.randint(low, high)

    def chance(self, percent: int) -> bool:
        """True so many times in a hundred."""
        return self.random.randrange(100) < percent

    def some(self, choices: list[str], most: int) -> list[str]:
        """One to `most` different ones, sorted."""
        return sorted(self.random.sample(choices, self.between(1, min(most, len(choices)))))

    def goods(self, most: int) -> list[str]:
        """One to `most` products, mostly of the menu."""
        return self.some([name for name, _, _ in PLACES] if self.chance(20) else list(self.menu), most)

    def pieces(self, most: int) -> list[str]:
        """The same without the weighed product."""
        return [name for name in self.goods(most) if name != "beans"] or ["latte"]

    def step(self) -> int:
        """A tenth of a cheap product in minor units, so that prices look alike in every currency."""
        return {0: 100, 2: 10, 3: 100}[self.exponent]

    def money(self, low: int, high: int) -> Any:
        """An amount of about `low` to `high` tenths of a cheap product; now and then an odd one."""
        step = self.step()
        odd = self.between(1, step - 1) if self.chance(40) else 0
        return major(self.between(low, high) * step + odd, self.exponent)

    def percent(self) -> Any:
        """A percentage, now and then with decimals."""
        return self.of(5, 10, 15, 20, 25, 30, 50, 100, major(1250, 2), major(3333, 2), major(1, 2))


# --- products and carts ----------------------------------------------------------------------------------------------


def scopes(choose: Chooser, weighed: bool = True) -> dict[str, Any]:
    """All, categories or products, at times with exclusions; without the weighed product if asked."""
    kind = choose.of("all", "category", "category", "product")
    fields: dict[str, Any] = {}
    if kind == "category":
        fields["categories"] = choose.some(list(CATEGORIES), 2)
    if kind == "product":
        fields["products"] = choose.goods(3) if weighed else choose.pieces(3)
    if choose.chance(15):
        fields["exclude_products"] = choose.pieces(1)
    if not weighed:
        fields["exclude_products"] = sorted({*fields.get("exclude_products", []), "beans"})
    if choose.chance(8):
        fields["tags"] = ["seasonal"]
    if choose.chance(8):
        fields["unit_price"] = {"min": choose.money(10, 60)}
    return scope(kind, **fields)


def _minimum(choose: Chooser) -> dict[str, Any]:
    if not choose.chance(35):
        return {}
    measured = {"measured": choose.of("before", "after")} if choose.chance(20) else {}
    return {"min_purchase": choose.money(20, 200), **measured}


def _limits_on_units(choose: Chooser) -> dict[str, Any]:
    return choose.of(
        *[{}] * 7,
        {"max_units": choose.between(1, 3)},
        {"max_units": choose.between(1, 3), "select": "dearest"},
        {"max_units_per_line": 1},
        {"every_quantity": 2},
    )


def percent_discount(choose: Chooser) -> dict[str, Any]:
    """A percentage, at times capped, limited to some units, or from a minimum."""
    rules = {"discount_percent": choose.percent(), **_minimum(choose), **_limits_on_units(choose)}
    if choose.chance(30):
        rules["max_discount_amount"] = choose.money(2, 40)
    if choose.chance(10):
        rules["floor_percent"] = "redistribute"
    return {"rules": rules, "scope": scopes(choose)}


def amount_discount(choose: Chooser) -> dict[str, Any]:
    """An amount, once or per unit."""
    per = choose.of("cart", "cart", "unit")
    each = {"per": per} if per == "unit" else {}
    rules = {"discount_amount": choose.money(3, 60), **each, **_minimum(choose), **_limits_on_units(choose)}
    return {"rules": rules, "scope": scopes(choose, weighed=per == "cart")}


def buy_x_get_y(choose: Chooser) -> dict[str, Any]:
    """Sets of one product, of any in scope, or with a named second product."""
    rules: dict[str, Any] = {"buy_quantity": choose.between(1, 2), "get_quantity": 1, **_sets(choose)}
    if choose.chance(40):
        rules["get_discount_percent"] = choose.of(50, 100, major(3333, 2))
    if choose.chance(15):
        rules["get_quantity"] = 2
    about = scopes(choose)
    style = choose.of("same", "same", "any", "named")
    if style == "any":
        rules["same_product_only"] = False
    if style == "named":
        bought, rules["get_product_id"] = choose.random.sample([name for name, _, _ in PLACES], 2)
        if len(choose.menu) > 1:
            bought, rules["get_product_id"] = choose.random.sample(choose.menu, 2)
        about = scope("product", products=[bought])
    if choose.chance(15):
        rules["select"] = "dearest"
    return {"rules": rules, "scope": about}


def _sets(choose: Chooser) -> dict[str, Any]:
    return {"max_applications": choose.between(1, 2)} if choose.chance(25) else {}


def combo(choose: Chooser) -> dict[str, Any]:
    """Two or three products, or two of one, for a price that may be too high."""
    parts = choose.goods(3)
    lines = [{"product_id": name, "quantity": choose.of(1, 1, 1, 2)} for name in parts]
    if len(parts) == 1:
        lines[0]["quantity"] = 2
    return {"rules": {"combo_price": choose.money(10, 40 + 40 * len(parts)), "products": lines, **_sets(choose)}}


def mix_match(choose: Chooser) -> dict[str, Any]:
    """Two or three of a category or a scope for a price."""
    rules = {
        "required_quantity": choose.between(2, 3),
        "special_price": choose.money(20, 150),
        "category_id": choose.of(None, "drinks", "food"),
        "allow_same_product": not choose.chance(25),
        **_sets(choose),
    }
    return {"rules": rules, "scope": scopes(choose) if rules["category_id"] is None else scope()}


def happy_hour(choose: Chooser) -> dict[str, Any]:
    """A percentage, an amount or a price in hours that may be over."""
    style = choose.of("discount_percent", "discount_amount", "special_price")
    value = choose.percent() if style == "discount_percent" else choose.money(5, 60)
    start, end = choose.of(("17", "19"), ("18", "22"), ("17", "02"), ("22", "18"))
    return {
        "rules": {style: value},
        "scope": scopes(choose, weighed=False),
        "validity": {"time_start": f"{start}:00:00", "time_end": f"{end}:00:00"},
    }


def upsell(choose: Chooser) -> dict[str, Any]:
    """A product at a price with another."""
    required, added = choose.random.sample(choose.menu if len(choose.menu) > 1 else ("cake", "tea"), 2)
    rules = {
        "required_product_id": required,
        "required_min_qty": choose.between(1, 2),
        "upsell_product_id": added,
        "special_price": choose.money(5, 60),
        "upsell_message": "Add a treat?",
        **_sets(choose),
    }
    return {"rules": rules}


def free_item(choose: Chooser) -> dict[str, Any]:
    """A gift by trigger or by minimum."""
    rules: dict[str, Any] = {"free_product_id": choose.of("juice", "tea"), "free_quantity": choose.of(1, 1, 2)}
    if choose.chance(60):
        rules |= {"trigger_product_id": choose.of(*choose.menu), "trigger_min_qty": choose.between(1, 2)}
        rules |= _sets(choose)
    else:
        rules["min_purchase"] = choose.money(40, 200)
    return {"rules": rules}


def threshold_tier(choose: Chooser) -> dict[str, Any]:
    """Up to three tiers of one kind."""
    steps = sorted({choose.between(1, 25) * 10 for _ in range(choose.between(1, 3))})
    kind = choose.of("percent", "amount")
    tiers = []
    for index, step in enumerate(steps):
        value = 5 * (index + 1) if kind == "percent" else choose.money(3 + 3 * index, 8 + 3 * index)
        unit = choose.step()
        tier = {
            "tier_name": f"T{index}",
            "min_amount": major(step * unit, choose.exponent),
            "max_amount": major(steps[index + 1] * unit, choose.exponent) if index + 1 < len(steps) else None,
            "discount_type": kind,
            "discount_value": value,
        }
        tiers.append(tier)
    return {"rules": {"tiers": tiers}, "scope": scopes(choose)}


def payment_discount(choose: Chooser) -> dict[str, Any]:
    """A percentage or an amount for one or two methods."""
    kind = choose.of("percent", "amount")
    value = choose.percent() if kind == "percent" else choose.money(3, 40)
    rules = {
        "payment_methods": choose.some(METHODS, 2), "discount_type": kind, "discount_value": value, **_minimum(choose),
    }  # fmt: skip
    if kind == "percent" and choose.chance(40):
        rules["max_discount"] = choose.money(2, 30)
    return {"rules": rules, "scope": scopes(choose)}


def cashback(choose: Chooser) -> dict[str, Any]:
    """A percentage or an amount back, for some methods or all."""
    kind = choose.of("percent", "amount")
    rules = {
        "cashback_type": kind,
        "cashback_value": choose.percent() if kind == "percent" else choose.money(2, 20),
        "cashback_max": choose.of(None, choose.money(5, 40)),
        "payment_methods": choose.of([], choose.some(METHODS, 2)),
        "cashback_method": choose.of("points", "wallet", "voucher"),
        **_minimum(choose),
    }
    return {"rules": rules, "scope": scopes(choose)}


def package(choose: Chooser) -> dict[str, Any]:
    """A product and a choice from a category for a price."""
    parts = [
        {"item_type": "product", "quantity": 1, "is_required": True, "product_id": choose.of(*choose.menu)},
        {
            "item_type": "category", "quantity": 1, "is_required": True, "category_id": choose.of("cold", "food"),
            "min_selection": 1, "max_selection": 1,
        },
    ]  # fmt: skip
    rules = {"package_name": "Set menu", "package_price": choose.money(20, 120), "items": parts, **_sets(choose)}
    return {"rules": rules}


ORACLE_TYPES: dict[str, Callable[[Chooser], dict[str, Any]]] = {
    "percent_discount": percent_discount,
    "amount_discount": amount_discount,
    "buy_x_get_y": buy_x_get_y,
    "combo": combo,
    "mix_match": mix_match,
    "happy_hour": happy_hour,
    "upsell": upsell,
    "free_item": free_item,
    "threshold_tier": threshold_tier,
    "payment_discount": payment_discount,
    "cashback": cashback,
}
ALL_TYPES = {**ORACLE_TYPES, "package": package}
