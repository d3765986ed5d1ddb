"""Bundles and carts at random, in the compiled shape: all twelve types, lanes, stages, exponents 0, 2 and 3.

Generators take a `random.Random`, so that one text serves hypothesis (which shrinks its choices), the long fuzz run
and the seeded samples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.pricing.strategies_build import bundle, major, product, promotion, scope, validity

AT = "2026-02-07T18:00:00"
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

    def money(self, low: int, high: int) -> Any:
        """An amount of about `low` to `high` tenths of a cheap product; now and then an odd one."""
        step = {0: 100, 2: 10, 3: 100}[self.exponent]
        odd = self.between(1, step - 1) if self.chance(40) else 0
        return major(self.between(low, high) * step + odd, self.exponent)

    def percent(self) -> Any:
        """A percentage, now and then with decimals."""
        return self.of(5, 10, 15, 20, 25, 30, 50, 100, major(1250, 2), major(3333, 2), major(1, 2))


# --- products and carts ----------------------------------------------------------------------------------------------


def products(choose: Chooser, floors: bool) -> dict[str, Any]:
    out = {}
    for name, category, brand in PLACES:
        step = {0: 100, 2: 10, 3: 100}[choose.exponent]
        minor = choose.between(10, 120) * step + (choose.between(0, step - 1) if choose.chance(40) else 0)
        extra: dict[str, Any] = {"unit": "kg"} if name == "beans" else {}
        if floors and choose.chance(15):
            extra["min_price"] = major(choose.between(0, minor), choose.exponent)
        if floors and choose.chance(6):
            extra["discountable"] = False
        if choose.chance(30):
            extra["tags"] = ["seasonal"]
        out[name] = product(major(minor, choose.exponent), category, brand=brand, **extra)
    return out


def cart(choose: Chooser, goods: dict[str, Any], units: int) -> dict[str, Any]:
    """Up to `units` units in lines of one to several; weighed ones by the gram."""
    items, left = [], choose.between(1 + units // 2, units)
    while left > 0:
        name = choose.of(*choose.menu)
        if goods[name]["unit"] == "kg":
            item = {"product_id": name, "quantity": major(choose.between(50, 2500), 3)}
            left -= 1
        else:
            quantity = min(left, choose.of(1, 1, 2, 3))
            item = {"product_id": name, "quantity": quantity}
            left -= quantity
        if choose.chance(10):
            item["price"] = choose.money(8, 90)
        items.append({"line_id": f"L{len(items) + 1}", **item})
    if choose.chance(15):
        for item in items:
            del item["line_id"]
    out: dict[str, Any] = {"store_id": "S1", "at": AT, "items": items}
    if choose.chance(50):
        out["customer"] = {
            "member_id": "M1", "is_member": True, "tier": choose.of(*TIERS),
            "customer_type": choose.of("new", "returning"),
        }  # fmt: skip
    if choose.chance(60):
        out["channel"] = choose.of(*CHANNELS)
    if choose.chance(60):
        out["payment_method"] = choose.of(*METHODS)
    out["vouchers"] = ["PROMO10"] if choose.chance(40) else []
    return out


# --- promotions -------------------------------------------------------------------------------------------------------


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
    rules = {"discount_percent": choose.percent(), **_minimum(choose), **_limits_on_units(choose)}
    if choose.chance(30):
        rules["max_discount_amount"] = choose.money(2, 40)
    if choose.chance(10):
        rules["floor_percent"] = "redistribute"
    return {"rules": rules, "scope": scopes(choose)}


def amount_discount(choose: Chooser) -> dict[str, Any]:
    per = choose.of("cart", "cart", "unit")
    each = {"per": per} if per == "unit" else {}
    rules = {"discount_amount": choose.money(3, 60), **each, **_minimum(choose), **_limits_on_units(choose)}
    return {"rules": rules, "scope": scopes(choose, weighed=per == "cart")}


def buy_x_get_y(choose: Chooser) -> dict[str, Any]:
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
    parts = choose.goods(3)
    lines = [{"product_id": name, "quantity": choose.of(1, 1, 1, 2)} for name in parts]
    if len(parts) == 1:
        lines[0]["quantity"] = 2
    return {"rules": {"combo_price": choose.money(10, 40 + 40 * len(parts)), "products": lines, **_sets(choose)}}


def mix_match(choose: Chooser) -> dict[str, Any]:
    rules = {
        "required_quantity": choose.between(2, 3),
        "special_price": choose.money(20, 150),
        "category_id": choose.of(None, "drinks", "food"),
        "allow_same_product": not choose.chance(25),
        **_sets(choose),
    }
    return {"rules": rules, "scope": scopes(choose) if rules["category_id"] is None else scope()}


def happy_hour(choose: Chooser) -> dict[str, Any]:
    style = choose.of("discount_percent", "discount_amount", "special_price")
    value = choose.percent() if style == "discount_percent" else choose.money(5, 60)
    start, end = choose.of(("17", "19"), ("18", "22"), ("17", "02"), ("22", "18"))
    return {
        "rules": {style: value},
        "scope": scopes(choose, weighed=False),
        "validity": {"time_start": f"{start}:00:00", "time_end": f"{end}:00:00"},
    }


def upsell(choose: Chooser) -> dict[str, Any]:
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
    rules: dict[str, Any] = {"free_product_id": choose.of("juice", "tea"), "free_quantity": choose.of(1, 1, 2)}
    if choose.chance(60):
        rules |= {"trigger_product_id": choose.of(*choose.menu), "trigger_min_qty": choose.between(1, 2)}
        rules |= _sets(choose)
    else:
        rules["min_purchase"] = choose.money(40, 200)
    return {"rules": rules}


def threshold_tier(choose: Chooser) -> dict[str, Any]:
    steps = sorted({choose.between(1, 25) * 10 for _ in range(choose.between(1, 3))})
    kind = choose.of("percent", "amount")
    tiers = []
    for index, step in enumerate(steps):
        value = 5 * (index + 1) if kind == "percent" else choose.money(3 + 3 * index, 8 + 3 * index)
        unit = {0: 100, 2: 10, 3: 100}[choose.exponent]
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
    kind = choose.of("percent", "amount")
    value = choose.percent() if kind == "percent" else choose.money(3, 40)
    rules = {
        "payment_methods": choose.some(METHODS, 2), "discount_type": kind, "discount_value": value, **_minimum(choose),
    }  # fmt: skip
    if kind == "percent" and choose.chance(40):
        rules["max_discount"] = choose.money(2, 30)
    return {"rules": rules, "scope": scopes(choose)}


def cashback(choose: Chooser) -> dict[str, Any]:
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
}
ALL_TYPES = {**ORACLE_TYPES, "cashback": cashback, "package": package}


def _targeting(choose: Chooser) -> dict[str, Any]:
    return choose.of(
        *[{}] * 9,
        {"member_only": True},
        {"member_tiers": ["gold"]},
        {"sales_channels": ["dine_in"]},
        {"exclude_channels": ["takeaway"]},
        {"customer_type": "new"},
        {"brands": ["north"]},
        {"exclude_brands": ["south"]},
    )


def _stacking(choose: Chooser, lanes: list[str], others: list[str]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    lane = choose.of(*lanes)
    if lane != "main":
        out["lane"] = lane
    exclusive, never = {"exclusive": choose.of("cart", "lane", "units")}, {"never_with": [choose.of(*others)]}
    return {**out, **choose.of(*[{}] * 12, exclusive, never)}


def _conditions(choose: Chooser) -> dict[str, Any]:
    leaf = {"min_quantity": choose.between(1, 3), "scope": scopes(choose, weighed=False)}
    other = {"min_purchase": choose.money(20, 150), "scope": scopes(choose)}
    return choose.of(leaf, other, {"any": [leaf, other]}, {"all": [leaf, other]}, {"not": leaf})


def promotions(choose: Chooser, types: list[str], count: int, lanes: list[str], rich: bool) -> list[dict[str, Any]]:
    """`count` promotions; `rich` adds targeting, conditions, groups, exclusives and vouchers now and then."""
    out = []
    codes = [f"P{index}" for index in range(1, count + 1)]
    for code in codes:
        kind = choose.of(*types)
        fields = ALL_TYPES[kind](choose)
        fields["execution_priority"] = choose.of(0, 0, 1, 2)
        stacking: dict[str, Any] = {} if len(lanes) == 1 else {"lane": choose.of(*lanes)}
        if rich:
            fields["targeting"] = _targeting(choose)
            stacking = _stacking(choose, lanes, [other for other in codes if other != code])
            if choose.chance(10):
                fields["conditions"] = _conditions(choose)
            if choose.chance(10):
                fields |= {"require_voucher": True, "voucher_codes": ["PROMO10"]}
            if choose.chance(6):
                fields["limits"] = {"max_uses": 5}
        if stacking.get("lane") == "main":
            del stacking["lane"]
        made = promotion(code, kind, fields.pop("rules"), **fields, **({"stacking": stacking} if stacking else {}))
        if kind in ("percent_discount", "amount_discount", "threshold_tier") and choose.chance(20):
            made["execution_stage"] = choose.of("item", "order")
        out.append(made)
    if rich and choose.chance(15):
        _group(choose, out)
    return out


def _group(choose: Chooser, made: list[dict[str, Any]]) -> None:
    """Makes a group of the promotions that share the first one's stage and lane."""
    first = made[0]
    where = (first["execution_stage"], first.get("stacking", {}).get("lane"))
    rule = choose.of("first", "best_customer", "best_merchant", "all")
    for one in made:
        if (one["execution_stage"], one.get("stacking", {}).get("lane")) == where:
            one["stacking"] = {**one.get("stacking", {}), "group": "G", "rule": rule}


def world(
    random: Random,
    *,
    units: int = 12,
    most: int = 6,
    types: list[str] | None = None,
    rich: bool = True,
    strategy: str | None = None,
    floors: bool = True,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A bundle and a cart that meets some of its promotions."""
    menu = sorted(random.sample([name for name, _, _ in PLACES], random.randint(1, 4)))
    choose = Chooser(random, random.choice((0, 2, 3)), tuple(menu))
    lanes = choose.of(["main"], ["main"], ["main", "second"], ["first", "main"])
    goods = products(choose, floors)
    made = promotions(choose, types or list(ALL_TYPES), choose.between(min(2, most), most), lanes, rich)
    header = {
        "currency": {"code": {0: "IDR", 2: "USD", 3: "KWD"}[choose.exponent], "exponent": choose.exponent},
        "lanes": lanes,
        "strategy": strategy or choose.of("best_deal", "best_deal", "best_deal", "priority"),
        "categories": CATEGORIES,
        "tiers": TIERS,
        "payments": METHODS,
        "channels": CHANNELS,
    }
    return bundle(made, goods, **header), cart(choose, goods, units)


def small_world(random: Random, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What brute force can settle: at most six units, four promotions, only types the oracle covers."""
    return world(random, **{"units": 6, "most": 4, "types": list(ORACLE_TYPES), **options})


def contested_world(random: Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """Promotions of one lane that want the same few units, in an order that need not be the best one."""
    choose = Chooser(random, random.choice((0, 2, 3)))
    goods = products(choose, floors=False)
    names = choose.some(["latte", "tea", "cake", "bagel"], 3)
    makers = ("percent_discount", "amount_discount", "buy_x_get_y", "mix_match", "combo")
    made = []
    for index in range(1, choose.between(3, 4) + 1):
        kind = choose.of(*makers)
        fields = ALL_TYPES[kind](choose)
        rules = {key: value for key, value in fields["rules"].items() if key not in ("min_purchase", "measured")}
        if kind == "combo":
            parts = [{"product_id": name, "quantity": 1} for name in choose.some(names, 2)]
            rules["products"] = parts if len(parts) > 1 else [{**parts[0], "quantity": 2}]
        if kind == "mix_match":
            rules["category_id"] = None
        about = scope("product", products=choose.some(names, 2)) if choose.chance(50) else scope()
        if rules.get("get_product_id"):
            del rules["get_product_id"]
        priority = {"execution_priority": choose.between(0, 3), "execution_stage": "item"}
        made.append(promotion(f"P{index}", kind, rules, scope=about, **priority))
    items = [
        {"line_id": f"L{index}", "product_id": name, "quantity": choose.between(1, 2)}
        for index, name in enumerate(names, start=1)
    ]
    header = {"currency": {"code": "USD", "exponent": choose.exponent}, "categories": CATEGORIES}
    return bundle(made, goods, **header), {"store_id": "S1", "at": AT, "items": items}


worlds = st.randoms(use_true_random=False).map(world)
small_worlds = st.randoms(use_true_random=False).map(small_world)

__all__ = ["Chooser", "contested_world", "small_world", "small_worlds", "validity", "world", "worlds"]
