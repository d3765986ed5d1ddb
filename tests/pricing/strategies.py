"""Bundles and carts at random, in the compiled shape: all twelve types, lanes, stages, exponents 0, 2 and 3.

Generators take a `random.Random`, so that one text serves hypothesis (which shrinks its choices), the long fuzz run
and the seeded samples. `world` makes everything; `small_world` what the oracle covers.
"""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.pricing import oracle
from tests.pricing.strategies_build import bundle, major, product, promotion, scope
from tests.pricing.strategies_rules import (
    ALL_TYPES,
    CATEGORIES,
    CHANNELS,
    METHODS,
    ORACLE_TYPES,
    PLACES,
    TIERS,
    Chooser,
    scopes,
)

AT = "2026-02-07T18:00:00"
"""A Saturday evening, when some happy hours run, one has just begun and one just ended."""

World = tuple[dict[str, Any], dict[str, Any]]
"""A bundle and a cart."""

# --- products and carts ----------------------------------------------------------------------------------------------


def products(choose: Chooser, floors: bool) -> dict[str, Any]:
    """The shop at random prices; `floors` adds least prices and products that are never discounted."""
    out = {}
    for name, category, brand in PLACES:
        step = choose.step()
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
    """Up to `units` units in lines of one to several; weighed ones by the gram; now and then without line ids."""
    items, left = [], choose.between(1 + units // 2, units)
    while left > 0:
        name = choose.of(*choose.menu)
        item: dict[str, Any] = {"line_id": f"L{len(items) + 1}", "product_id": name}
        if goods[name]["unit"] == "kg":
            item["quantity"] = major(choose.between(50, 2500), 3)
            left -= 1
        else:
            item["quantity"] = min(left, choose.of(1, 1, 2, 3))
            left -= item["quantity"]
            if choose.chance(8):
                item["modifiers"] = [{"id": "oat", "price": choose.money(0, 8)}]
        if choose.chance(10):
            item["price"] = choose.money(8, 90)
        if choose.chance(10):
            item["ordered_at"] = choose.of("2026-02-07T16:59:59", "2026-02-07T17:30:00")
        items.append(item)
    if choose.chance(15):
        for item in items:
            del item["line_id"]
    return {"store_id": "S1", "at": AT, "items": items, **_buyer(choose)}


def _buyer(choose: Chooser) -> dict[str, Any]:
    out: dict[str, Any] = {"vouchers": ["PROMO10"] if choose.chance(40) else []}
    if choose.chance(50):
        out["customer"] = {
            "member_id": "M1",
            "is_member": True,
            "tier": choose.of(*TIERS),
            "customer_type": choose.of("new", "returning"),
        }
    if choose.chance(60):
        out["channel"] = choose.of(*CHANNELS)
    if choose.chance(60):
        out["payment_method"] = choose.of(*METHODS)
    if choose.chance(30):
        out["claims"] = ["P1", choose.of("P2", {"code": "P2", "product_id": "tea"})]
    if choose.chance(30):
        out["usage"] = {"P1": {"total": choose.between(0, 6), "discount": choose.money(0, 60)}}
    return out


# --- promotions -------------------------------------------------------------------------------------------------------


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


def _validity(choose: Chooser) -> dict[str, Any]:
    return choose.of(
        *[{}] * 12,
        {"days_of_week": [1, 5]},
        {"end_date": "2026-02-07"},
        {"start_date": "2026-02-08"},
        {"exclude_holidays": True},
        {"exclude_dates": ["2026-02-07"]},
        {"time_start": "17:00:00", "time_end": "18:00:00"},
    )


def _stacking(choose: Chooser, lanes: list[str], others: list[str]) -> dict[str, Any]:
    exclusive, never = {"exclusive": choose.of("cart", "lane", "units")}, {"never_with": [choose.of(*others, "Q")]}
    return {"lane": choose.of(*lanes), **choose.of(*[{}] * 12, exclusive, never)}


def _conditions(choose: Chooser) -> dict[str, Any]:
    leaf = {"min_quantity": choose.between(1, 3), "scope": scopes(choose, weighed=False)}
    other = {"min_purchase": choose.money(20, 150), "scope": scopes(choose)}
    most = {"max_quantity": choose.between(1, 4), "scope": scopes(choose, weighed=False)}
    return choose.of(leaf, other, most, {"any": [leaf, other]}, {"all": [leaf, other]}, {"not": leaf})


def _cross_brand(choose: Chooser) -> dict[str, Any]:
    return {
        "enabled": True,
        "type": "trigger_benefit",
        "trigger_brands": ["north"],
        "trigger_min_amount": choose.money(5, 100),
        "benefit_brands": ["south"],
    }


def _plain(kind: str) -> bool:
    """Whether a type takes its whole scope, not sets of it."""
    return kind in ("percent_discount", "amount_discount", "threshold_tier", "payment_discount")


def _rich(choose: Chooser, kind: str, covered: bool) -> dict[str, Any]:
    """Targeting, times, conditions, vouchers, claims, limits and brands, each now and then."""
    out: dict[str, Any] = {"targeting": _targeting(choose)}
    if kind != "happy_hour":
        out["validity"] = _validity(choose)
    if choose.chance(10):
        out["conditions"] = _conditions(choose)
        if not covered and choose.chance(30):
            out["conditions"] = {"min_quantity": 1, "scope": scopes(choose, weighed=False), "consumes": True}
        if not covered and choose.chance(10):
            out["conditions"] = choose.of({"order_number": 3}, {"points": 100}, {"birthday_within_days": 3})
    if choose.chance(8):
        out |= {"require_voucher": True, "voucher_codes": ["PROMO10"]}
    if choose.chance(6):
        out["is_auto_apply"] = False
    if choose.chance(6):
        out["limits"] = choose.of({"max_uses": 5}, {"max_uses_per_day": 1}, {"max_uses_per_customer": 1})
    if choose.chance(6) and (_plain(kind) or not covered):
        out["limits"] = {"budget": choose.money(10, 90)}
    if choose.chance(5) and (_plain(kind) or not covered):
        out |= {"cross_brand": _cross_brand(choose), "targeting": {}}
    return out


def _beyond(choose: Chooser, kind: str, rules: dict[str, Any]) -> None:
    """What the oracle does not cover: rounding by line, gifts to choose, tiers that give a product or points."""
    if kind in ("percent_discount", "threshold_tier") and choose.chance(8):
        rules["round"] = "line"
    if kind == "free_item" and choose.chance(20):
        del rules["free_product_id"]
        rules["free_product_ids"] = ["juice", "tea"]
    if kind == "threshold_tier" and choose.chance(30):
        reward = choose.of(
            {"discount_type": "free_product", "free_product_id": "juice"},
            {"discount_type": "points_multiplier", "points_multiplier": 2},
        )
        rules["tiers"][-1] |= {"discount_value": 0, **reward}


def promotions(
    choose: Chooser, types: list[str], count: int, lanes: list[str], *, rich: bool, covered: bool
) -> list[dict[str, Any]]:
    """`count` promotions; `rich` adds what narrows and binds them, `covered` leaves out what the oracle does not."""
    out = []
    codes = [f"P{index}" for index in range(1, count + 1)]
    for code in codes:
        kind = choose.of(*types)
        fields = ALL_TYPES[kind](choose)
        stacking: dict[str, Any] = {"lane": choose.of(*lanes)}
        if rich:
            fields |= _rich(choose, kind, covered)
            stacking = _stacking(choose, lanes, [other for other in codes if other != code])
            if _plain(kind) and choose.chance(8) and "min_purchase" not in fields["rules"]:
                fields["scope"] = scope(not_already_discounted=True, exclude_products=["beans"])
            if not covered:
                _beyond(choose, kind, fields["rules"])
        if stacking["lane"] == "main":
            del stacking["lane"]
        made = promotion(code, kind, fields.pop("rules"), **fields, **({"stacking": stacking} if stacking else {}))
        made["execution_priority"] = choose.of(0, 0, 1, 2)
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


# --- worlds -----------------------------------------------------------------------------------------------------------


def world(
    random: Random,
    *,
    units: int = 12,
    most: int = 6,
    types: list[str] | None = None,
    rich: bool = True,
    covered: bool = False,
) -> World:
    """A bundle and a cart that meets some of its promotions."""
    menu = sorted(random.sample([name for name, _, _ in PLACES], random.randint(1, 4)))
    choose = Chooser(random, random.choice((0, 2, 3)), tuple(menu))
    lanes = choose.of(["main"], ["main"], ["main", "second"], ["first", "main"])
    goods = products(choose, floors=True)
    count = choose.between(min(2, most), most)
    made = promotions(choose, types or list(ALL_TYPES), count, lanes, rich=rich, covered=covered)
    header = {
        "currency": {"code": {0: "IDR", 2: "USD", 3: "KWD"}[choose.exponent], "exponent": choose.exponent},
        "lanes": lanes,
        "strategy": choose.of("best_deal", "best_deal", "best_deal", "priority"),
        "holidays": choose.of([], [], ["2026-02-07"]),
        "categories": CATEGORIES,
        "tiers": TIERS,
        "payments": METHODS,
    }
    return bundle(made, goods, **header), cart(choose, goods, units)


def small_world(random: Random, **options: Any) -> World:
    """What brute force can settle: at most six units, four promotions, only what the oracle covers."""
    made, bought = world(random, **{"units": 6, "most": 4, "types": list(ORACLE_TYPES), "covered": True, **options})
    if "claims" in bought:
        bought["claims"] = ["P1", "P2"]
    if random.random() < 0.15 and all(p.get("stacking", {}).get("exclusive") != "cart" for p in made["promotions"]):
        _split_payment(random, made, bought)
    return made, bought


def _split_payment(random: Random, made: dict[str, Any], bought: dict[str, Any]) -> None:
    """Two methods that together pay what is due before the payment stage."""
    before = [p for p in made["promotions"] if p["execution_stage"] in ("item", "order")]
    units = oracle.price(bought, {**made, "promotions": before}).units
    due, exponent = sum(unit.running for unit in units), made["header"]["currency"]["exponent"]
    first = random.randint(0, due)
    amounts = (("card", first), ("cash", due - first))
    bought.pop("payment_method", None)
    bought["payments"] = [{"method": method, "amount": major(amount, exponent)} for method, amount in amounts]


def contested_world(random: Random) -> World:
    """Promotions of one lane that want the same few units, in an order that need not be the best one."""
    names = sorted(random.sample(["bagel", "cake", "latte", "tea"], random.randint(1, 3)))
    choose = Chooser(random, random.choice((0, 2, 3)), tuple(names))
    goods = products(choose, floors=False)
    made = []
    for index in range(1, choose.between(3, 4) + 1):
        kind = choose.of("percent_discount", "amount_discount", "buy_x_get_y", "mix_match", "combo", "package")
        rules = ALL_TYPES[kind](choose)["rules"]
        for condition in ("min_purchase", "measured", "get_product_id"):
            rules.pop(condition, None)
        if kind in ("percent_discount", "amount_discount") and choose.chance(30):
            rules["max_units"] = choose.between(1, 2)
        if kind == "combo":
            parts = [{"product_id": name, "quantity": 1} for name in choose.some(names, 2)]
            rules["products"] = parts if len(parts) > 1 else [{**parts[0], "quantity": 2}]
        if kind == "mix_match":
            rules["category_id"] = None
        about = scope("product", products=choose.some(names, 2)) if choose.chance(50) else scope()
        priority = {"execution_priority": choose.between(0, 3), "execution_stage": "item"}
        made.append(promotion(f"P{index}", kind, rules, scope=about, **priority))
    items = [
        {"line_id": f"L{index}", "product_id": name, "quantity": choose.between(1, 2)}
        for index, name in enumerate(names, start=1)
    ]
    header = {"currency": {"code": "USD", "exponent": choose.exponent}, "categories": CATEGORIES}
    return bundle(made, goods, **header), {"store_id": "S1", "at": AT, "items": items}


def crowded_world(random: Random) -> World:
    """One lane full of promotions that mostly want everything, as in an order stage, with some on a category."""
    names = sorted(random.sample(["bagel", "cake", "juice", "latte", "tea"], random.randint(1, 3)))
    choose = Chooser(random, random.choice((0, 2, 3)), tuple(names))
    goods = products(choose, floors=choose.chance(30))
    made = []
    for index in range(1, choose.between(4, 5) + 1):
        kind = choose.of("percent_discount", "amount_discount", "threshold_tier")
        fields = ALL_TYPES[kind](choose)
        if choose.chance(60):
            fields["scope"] = scope()
        if choose.chance(60):
            fields["rules"].pop("min_purchase", None)
        if choose.chance(10):
            fields["limits"] = {"budget": choose.money(10, 60)}
        priority = {"execution_priority": choose.between(0, 2), "execution_stage": "order"}
        made.append(promotion(f"P{index}", kind, fields.pop("rules"), **fields, **priority))
    if choose.chance(20):
        _group(choose, made)
    items = [
        {"line_id": f"L{index}", "product_id": name, "quantity": choose.between(1, 3)}
        for index, name in enumerate(names, start=1)
    ]
    header = {"currency": {"code": "USD", "exponent": choose.exponent}, "categories": CATEGORIES}
    return bundle(made, goods, **header), {"store_id": "S1", "at": AT, "items": items}


worlds = st.randoms(use_true_random=False).map(world)
small_worlds = st.randoms(use_true_random=False).map(small_world)
