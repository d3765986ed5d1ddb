"""From the neutral vocabulary of the peer cases to our own: promotions as people write them, compiled, and a cart.

The translation is general: nothing in it knows a case. Where one neutral promotion needs several of ours (a benefit per
product, a quantity tier), their codes share a prefix before `~` and count as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from promo_cli.compiler import compile_promotion
from promo_cli.model.promotion import Promotion
from promo_cli.model.rules import RULES
from tests.pricing.strategies_build import bundle, major, product, scope

Json = Mapping[str, Any]
Fields = dict[str, Any]

AT = "2026-02-07T12:00:00"
MANY = 1_000_000
"""More often than any cart allows: `repeat` for a gift, which is given once unless told otherwise."""

DEAREST = {"most_expensive": "dearest", "cheapest": "cheapest"}


@dataclass(frozen=True, slots=True)
class Translated:
    """A case in our words."""

    bundle: Fields
    cart: Fields


def translate(case: Json) -> Translated:
    """Bundle and cart of a case. Raises KeyError or AssertionError for what our format cannot say."""
    exponent = case["exponent"]
    wanted = places(case)
    written = [ours for neutral in case["promotions"] for ours in promotions(neutral, wanted[neutral["id"]], case)]
    lanes = sorted(
        {ours["stacking"]["lane"] for ours in written},
        key=lambda lane: [int(part) for part in lane.removeprefix("lane").split(".")],
    )
    goods = products(case)
    categories = {p["category"] for p in goods.values()} | {c for ours in written for c in _categories(ours)}
    return Translated(
        bundle(
            [compiled(ours) for ours in written],
            goods,
            currency={"code": case.get("currency") or "USD", "exponent": exponent},
            lanes=lanes,
            strategy=strategy(case),
            categories={name: {"name": name, "parent": None} for name in sorted(filter(None, categories))},
        ),
        cart(case),
    )


def compiled(written: Fields) -> Fields:
    """A promotion as people write it, through the models and the compiler."""
    return compile_promotion(Promotion[RULES[written["promo_type"]]].model_validate(written), "peers")  # type: ignore[misc, name-defined]


def slug(name: str) -> str:
    """An id of ours for any name."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", name)


def _categories(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        yield from value.get("categories", [])
        for inner in value.values():
            yield from _categories(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _categories(inner)


# --- cart and products -----------------------------------------------------------------------------------------------


def products(case: Json) -> dict[str, Fields]:
    """The catalogue that the cart's lines, gifts included, imply."""
    out = {}
    for item in case["cart"]["items"]:
        extra: Fields = {}
        if "min_unit_price" in item:
            extra["min_price"] = major(item["min_unit_price"], case["exponent"])
        if item.get("discountable") is False:
            extra["discountable"] = False
        category = slug(item["category"]) if item.get("category") else None
        out[slug(item["product"])] = product(major(item["unit_price"], case["exponent"]), category, **extra)
    return out


def cart(case: Json) -> Fields:
    """The cart without the units that the peer adds as gifts; ours are added by the engine."""
    given = case["cart"]
    items = []
    for item in given["items"]:
        quantity = item["qty"] - item.get("extra_free_units", 0)
        if quantity:
            line = {"line_id": f"L{item['line']}", "product_id": slug(item["product"]), "quantity": quantity}
            items.append({**line, "price": major(item["unit_price"], case["exponent"])})
    out: Fields = {"store_id": "S1", "at": AT, "items": items, "vouchers": [slug(v) for v in given.get("vouchers", [])]}
    if "customer" in given:
        out["customer"] = _customer(given["customer"])
    usage = {name: _uses(count, given) for name, count in given.get("usage", {}).items()}
    for name, spent in given.get("budget_used", {}).items():
        usage.setdefault(name, {})["discount"] = major(spent, case["exponent"])
    return {**out, "usage": usage}


def _customer(given: Json) -> Fields:
    out: Fields = {"member_id": slug(str(given.get("id", "somebody"))), "is_member": True}
    if "group" in given:
        out["tier"] = slug(given["group"])
    if "order_number" in given:
        out["order_number"] = given["order_number"]
    return out


def _uses(count: Any, given: Json) -> Fields:
    if isinstance(count, Mapping):
        own = count.get(given.get("customer", {}).get("id"), 0)
        return {"total": sum(count.values()), "customer": own}
    return {"total": count}


# --- where and when --------------------------------------------------------------------------------------------------


def strategy(case: Json) -> str:
    """`priority` where the case says who goes first, `best_deal` where it leaves the choice to the engine."""
    stacking = [neutral.get("stacking", {}) for neutral in case["promotions"]]
    if any(given.get("group_rule") == "best" for given in stacking):
        return "best_deal"
    return "priority" if any({"priority", "order", "exclusive"} & set(given) for given in stacking) else "best_deal"


def places(case: Json) -> dict[str, Fields]:
    """Stage, lane and priority of each promotion: those that add up stand in lanes of their own, in their order."""
    neutral = case["promotions"]
    in_order = sorted(neutral, key=_before)
    compound = not case["policy"].get("exclusive_units") and any(_adds_up(p) for p in neutral)
    stages = _stages(in_order)
    out = {}
    for index, one in enumerate(in_order):
        stacking = one.get("stacking", {})
        lane = stacking.get("lane", index if compound and "group" not in stacking else 0)
        place: Fields = {"lane": f"lane{lane}", "priority": len(in_order) - index, "stage": stages[index]}
        if "group" in stacking:
            place["group"] = {"group": slug(stacking["group"]), "rule": "best_customer"}
        if stacking.get("exclusive"):
            place["group"] = {"exclusive": "cart"}
        if "lower priorities ignored" in case["policy"].get("concurrency", ""):
            higher = [p["id"] for p in neutral if p["stacking"]["priority"] > stacking["priority"]]
            place["group"] = {"never_with": higher} if higher else {}
        out[one["id"]] = place
    return out


def _before(neutral: Json) -> tuple[Any, ...]:
    stacking = neutral.get("stacking", {})
    return (stacking.get("lane", 0), stacking.get("order", 0), -stacking.get("priority", 0))


def _adds_up(neutral: Json) -> bool:
    stacking = neutral.get("stacking", {})
    return "lane" not in stacking and ("order" in stacking or stacking.get("base") == "running" or "mode" in stacking)


def _stages(in_order: Sequence[Json]) -> list[str | None]:
    """A minimum on what earlier ones leave needs a later stage; several in one list share `item`; else by type."""
    if len(in_order) == 1:
        return [in_order[0].get("stage")]
    stages: list[str | None] = []
    level = 0
    for index, one in enumerate(in_order):
        if index and one.get("when", {}).get("measured") == "running":
            level += 1
        stages.append("earn" if one["type"] == "cashback" else one.get("stage") or ("item", "order", "payment")[level])
    return stages


# --- one promotion ---------------------------------------------------------------------------------------------------


def promotions(neutral: Json, place: Json, case: Json) -> list[Fields]:
    """Our promotions for one neutral one."""
    parts = _parts(neutral, case)
    out = []
    for index, part in enumerate(parts):
        code = neutral["id"] if len(parts) == 1 else f"{neutral['id']}.{index}"
        lane = f"{place['lane']}.{index}" if part.pop("own_lane", False) else place["lane"]
        written: Fields = {
            "code": code,
            "id": code,
            "name": code,
            "execution_priority": place["priority"] + part.pop("above", 0),
            "validity": {"start_date": "2026-01-01"},
            "limits": _limits(neutral, case["exponent"]),
            **part,
            "stacking": {"lane": lane, **place.get("group", {}), **part.get("stacking", {})},
        }
        if place["stage"]:
            written["execution_stage"] = place["stage"]
        if neutral.get("valid", {}).get("expired"):
            written["validity"]["end_date"] = "2026-01-31"
        out.append({**written, **_asked(neutral)})
    return out


def origin(promotion_id: str, case: Json) -> str:
    """The neutral promotion that one of ours stands for."""
    ids = [neutral["id"] for neutral in case["promotions"]]
    return promotion_id if promotion_id in ids else promotion_id.rpartition(".")[0]


def _asked(neutral: Json) -> Fields:
    when, out = neutral.get("when", {}), {}
    if "voucher" in when:
        out |= {"require_voucher": True, "voucher_codes": [slug(when["voucher"])]}
    if "customer_group" in when:
        groups = when["customer_group"]
        out["targeting"] = {"member_tiers": [slug(g) for g in ([groups] if isinstance(groups, str) else groups)]}
    return out


def _limits(neutral: Json, exponent: int) -> Fields:
    given, out = neutral.get("limits", {}), {}
    if "total_uses" in given:
        out["max_uses"] = given["total_uses"]
    if "per_customer" in given:
        out["max_uses_per_customer"] = given["per_customer"]
    if "budget" in given:
        out["budget"] = major(given["budget"], exponent)
    return out


def target(neutral: Json, exponent: int) -> Fields:
    """The scope of a promotion or of a benefit."""
    given = neutral.get("target", {})
    out = _where(given)
    low, high = neutral.get("unit_price_min"), neutral.get("unit_price_max")
    if "unit_price_equals" in neutral:
        low = high = neutral["unit_price_equals"]
    span = {name: major(value, exponent) for name, value in (("min", low), ("max", high)) if value is not None}
    if span:
        out["unit_price"] = span
    if given.get("not_already_discounted"):
        out["not_already_discounted"] = True
    return out


def _where(given: Json) -> Fields:
    if "products" in given:
        return scope("product", products=[slug(name) for name in given["products"]])
    if "categories" in given:
        return scope("category", categories=[slug(name) for name in given["categories"]])
    return scope()


def conditions(neutral: Json, exponent: int) -> Fields | None:
    """What the cart must hold, over `of`, else over the target."""
    when = neutral.get("when", {})
    about = _where(when["of"]) if "of" in when else target(neutral, exponent)
    leaf: Fields = {}
    for ours, name in (("min_quantity", "min_qty"), ("min_quantity", "min_line_qty"), ("max_quantity", "max_qty")):
        if name in when:
            leaf[ours] = when[name]
    if "min_amount" in when:
        measured = "after" if when.get("measured") == "running" else "before"
        leaf |= {"min_purchase": major(when["min_amount"], exponent), "measured": measured}
    parts: list[Fields] = []
    if "products" in when:
        quantity = leaf.pop("min_quantity", 1)
        parts += [{"min_quantity": quantity, "scope": _where({"products": [name]})} for name in when["products"]]
    if "categories" in when:
        parts += [{"min_quantity": 1, "scope": _where({"categories": [name]})} for name in when["categories"]]
    if "any_category" in when:
        parts.append({"min_quantity": 1, "scope": _where({"categories": when["any_category"]})})
    if "order_number" in when:
        parts.append({"order_number": when["order_number"]})
    if leaf:
        parts.append({**leaf, "scope": about})
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"all": parts}


def _options(neutral: Json, *, sets: bool) -> Fields:
    """How often, how many units, which."""
    apply, out = neutral.get("apply", {}), {}
    times = apply.get("times")
    if sets and times not in (None, "repeat"):
        out["max_applications"] = 1 if times == "once" else times
    for name in ("max_units", "max_units_per_line"):
        if name in apply:
            out[name] = apply[name]
    if "select" in apply:
        out["select"] = DEAREST[apply["select"]]
    if "group_size" in neutral:
        out["every_quantity"] = neutral["group_size"]
    return out


def _parts(neutral: Json, case: Json) -> list[Fields]:
    makers = {
        "percent_discount": _percent,
        "amount_discount": _amount,
        "buy_x_get_y": _buy_get,
        "free_item": _free,
        "combo": _benefits,
        "mix_match": _mix_match,
        "threshold_tier": _tiers,
        "cashback": _cashback,
    }
    parts = makers[neutral["type"]](neutral, case)
    asked = conditions(neutral, case["exponent"])
    return [{**({"conditions": asked} if asked else {}), **part} for part in parts]


def percent(value: Any) -> Decimal:
    """A percentage as the exact decimal it was written as."""
    return Decimal(str(value))


def _percent(neutral: Json, case: Json) -> list[Fields]:
    rules: Fields = {"discount_percent": percent(neutral["percent"]), **_options(neutral, sets=False)}
    if "max_discount" in neutral.get("apply", {}):
        rules["max_discount_amount"] = major(neutral["apply"]["max_discount"], case["exponent"])
    if case["policy"].get("rounding", "").startswith("per line"):
        rules["round"] = "line"
    return [{"promo_type": "percent_discount", "rules": rules, "scope": target(neutral, case["exponent"])}]


def _amount(neutral: Json, case: Json) -> list[Fields]:
    options, about = _options(neutral, sets=False), target(neutral, case["exponent"])
    if "fixed_unit_price" in neutral:
        rules = {"special_price": major(neutral["fixed_unit_price"], case["exponent"]), **options}
        return [{"promo_type": "happy_hour", "rules": rules, "scope": about}]
    rules = {"discount_amount": major(neutral["amount"], case["exponent"]), **options}
    if neutral.get("per", "cart") != "cart":
        rules["per"] = "unit"
    if neutral.get("per") == "line":
        rules.setdefault("max_units_per_line", 1)
    return [{"promo_type": "amount_discount", "rules": rules, "scope": about}]


def _buy_get(neutral: Json, case: Json) -> list[Fields]:
    apply, exponent = neutral.get("apply", {}), case["exponent"]
    get = neutral.get("free_qty", neutral.get("get_qty"))
    buy = neutral["set_qty"] - get if "set_qty" in neutral else neutral["buy_qty"]
    off = percent(neutral.get("get_percent", 100))
    bought, gotten = neutral.get("buy"), neutral.get("get")
    cap = neutral.get("get_amount_max", apply.get("max_discount"))
    one_product = bought and gotten and _one(bought) and _one(gotten)
    if cap is not None or (gotten and not one_product):
        return [_once(neutral, exponent, buy, get, off, cap)]
    rules: Fields = {"buy_quantity": buy, "get_quantity": get, "get_discount_percent": off}
    rules |= _options(neutral, sets=True)
    if one_product and bought != gotten:
        rules["get_product_id"] = slug(gotten["products"][0])
    else:
        rules["same_product_only"] = bool(neutral.get("same_product")) or bool(one_product)
    about = _where(bought) if bought else target(neutral, exponent)
    return [{"promo_type": "buy_x_get_y", "rules": rules, "scope": about}]


def _one(given: Json) -> bool:
    return len(given.get("products", [])) == 1


def _once(neutral: Json, exponent: int, buy: int, get: int, off: Decimal, cap: int | None) -> Fields:
    """A set given once, whose get part is a scope or is capped: so many units cheaper while the bought are there."""
    assert neutral.get("apply", {}).get("times") == "once", "a repeated set with a scope to get from or a cap"
    everything = target(neutral, exponent)
    bought, gotten = (_where(neutral[name]) if name in neutral else everything for name in ("buy", "get"))
    rules: Fields = {"discount_percent": off, "max_units": get, **_options(neutral, sets=False)}
    if cap is not None:
        rules["max_discount_amount"] = major(cap, exponent)
    least = buy + get if bought == gotten else buy
    leaf = {"min_quantity": least, "scope": bought}
    return {"promo_type": "percent_discount", "rules": rules, "scope": gotten, "conditions": leaf}


def _free(neutral: Json, case: Json) -> list[Fields]:
    if "gift" not in neutral:
        rules = {"discount_percent": 100, "max_units": neutral["free_qty"], **_options(neutral, sets=False)}
        return [{"promo_type": "percent_discount", "rules": rules, "scope": target(neutral, case["exponent"])}]
    assert neutral.get("percent", 100) == 100, "a gift that is not wholly free"
    gift, apply = neutral["gift"], neutral.get("apply", {})
    rules = {"free_product_id": slug(gift["product"]), "free_quantity": gift.get("qty", gift.get("qty_per_match", 1))}
    if "every_qty" in apply:
        triggers = neutral.get("when", {}).get("products", [gift["product"]])
        assert len(triggers) == 1, "a gift for every n units of several products"
        rules |= {"trigger_product_id": slug(triggers[0]), "trigger_min_qty": apply["every_qty"]}
        rules["max_applications"] = MANY if apply.get("times") == "repeat" else apply.get("times", 1)
    return [{"promo_type": "free_item", "rules": rules, "scope": target(neutral, case["exponent"])}]


def _benefits(neutral: Json, case: Json) -> list[Fields]:
    """A promotion with several benefits: one of ours for each, in lanes of their own."""
    when, exponent = neutral.get("when", {}), case["exponent"]
    bought = when.get("of", {})
    out = []
    for benefit in neutral["benefits"]:
        if _one(bought) and _one(benefit.get("target", {})):
            rules: Fields = {
                "buy_quantity": when.get("min_qty", 1),
                "get_quantity": benefit.get("max_units", 1),
                "get_discount_percent": percent(benefit["percent"]),
                "get_product_id": slug(benefit["target"]["products"][0]),
                **_options(neutral, sets=True),
            }
            out.append({"promo_type": "buy_x_get_y", "rules": rules, "scope": _where(bought), "own_lane": True})
        else:
            rules = {"discount_percent": percent(benefit["percent"]), **_options({"apply": benefit}, sets=False)}
            about = target(benefit, exponent)
            out.append({"promo_type": "percent_discount", "rules": rules, "scope": about, "own_lane": True})
    return out


def _mix_match(neutral: Json, case: Json) -> list[Fields]:
    rules = {
        "required_quantity": neutral["qty"],
        "special_price": major(neutral["set_price"], case["exponent"]),
        **_options(neutral, sets=True),
    }
    return [{"promo_type": "mix_match", "rules": rules, "scope": target(neutral, case["exponent"])}]


def _tiers(neutral: Json, case: Json) -> list[Fields]:
    exponent, about = case["exponent"], target(neutral, case["exponent"])
    steps = list(neutral["tiers"])
    if any("min_qty" in step for step in steps):
        return _quantity_tiers(neutral, steps, about)
    if "base_percent" in neutral:
        steps.insert(0, {"min_amount": 0, "percent": neutral["base_percent"]})
    tiers = []
    for index, step in enumerate(steps):
        value = percent(step["percent"]) if "percent" in step else major(step["amount"], exponent)
        upper = {"max_amount": major(steps[index + 1]["min_amount"], exponent)} if index + 1 < len(steps) else {}
        tiers.append(
            {
                "tier_name": f"T{index}",
                "min_amount": major(step["min_amount"], exponent),
                "discount_type": "percent" if "percent" in step else "amount",
                "discount_value": value,
                **upper,
            }
        )
    rules = {"tiers": tiers, **_options(neutral, sets=False)}
    return [{"promo_type": "threshold_tier", "rules": rules, "scope": about}]


def _quantity_tiers(neutral: Json, steps: list[Fields], about: Fields) -> list[Fields]:
    """Tiers by number of units: one percent promotion per step, of which the highest that holds applies."""
    if "base_percent" in neutral:
        steps = [{"min_qty": 1, "percent": neutral["base_percent"]}, *steps]
    return [
        {
            "promo_type": "percent_discount",
            "rules": {"discount_percent": percent(step["percent"]), **_options(neutral, sets=False)},
            "scope": about,
            "conditions": {"min_quantity": step["min_qty"], "scope": about},
            "stacking": {"group": f"{neutral['id']}-tiers", "rule": "first"},
            "above": index,
        }
        for index, step in enumerate(steps)
    ]


def _cashback(neutral: Json, case: Json) -> list[Fields]:
    rules = {
        "cashback_type": "percent",
        "cashback_value": percent(neutral["points_per_unit"]) * 100,
        "cashback_method": "points",
    }
    return [{"promo_type": "cashback", "rules": rules, "scope": target(neutral, case["exponent"])}]
