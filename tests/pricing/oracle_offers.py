"""What one promotion gives on a list of free units, for the brute-force oracle. Imports nothing of ours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.pricing.oracle_units import (
    Json,
    Unit,
    allocate,
    brand_allows,
    canonical,
    exact,
    half_up,
    in_scope,
    minor,
    moment,
    open_at,
)


@dataclass(eq=False)
class Grant:
    """What a promotion takes off which units, which units it uses up, and the gifts it adds."""

    cuts: dict[Unit, int] = field(default_factory=dict)
    used: list[Unit] = field(default_factory=list)
    gifts: list[tuple[str, int, int]] = field(default_factory=list)
    times: int = 1

    def worth(self) -> int:
        """What the customer saves; a gift counts with its list value."""
        return sum(self.cuts.values()) + sum(quantity * price for _, quantity, price in self.gifts)


@dataclass(eq=False)
class Sale:
    """A cart being priced: its units, and what each cost when the present stage began."""

    cart: Json
    bundle: Json
    units: list[Unit]
    stage: str = "item"
    at_stage_start: dict[Unit, int] = field(default_factory=dict)

    def at(self) -> dt.datetime:
        """When the cart is paid, by the store's clock."""
        return moment(self.cart["at"])

    def minor(self, number: Any) -> int:
        """An amount of the bundle in minor units."""
        return minor(number, self.bundle)


# --- may it apply at all -------------------------------------------------------------------------------------------


def eligible(promotion: Json, sale: Sale) -> bool:
    """Everything that does not depend on which units are free."""
    return (
        promotion["is_active"]
        and (sale.stage == "item" or open_at(promotion, sale.at(), sale.bundle))
        and _for_this_customer(promotion, sale.cart)
        and _asked_for(promotion, sale.cart)
        and _under_limits(promotion, sale.cart)
        and _cross_brand_met(promotion, sale)
        and _minimum_met(promotion, sale)
        and ("conditions" not in promotion or holds(promotion["conditions"], promotion, sale))
    )


def _for_this_customer(promotion: Json, cart: Json) -> bool:
    customer, targeting, channel = cart.get("customer", {}), promotion["targeting"], cart.get("channel")
    return (
        (customer.get("is_member", False) or not targeting["member_only"])
        and targeting["customer_type"] in ("all", customer.get("customer_type"))
        and ("member_tiers" not in targeting or customer.get("tier") in targeting["member_tiers"])
        and ("sales_channels" not in targeting or channel in targeting["sales_channels"])
        and ("exclude_channels" not in targeting or channel not in targeting["exclude_channels"])
    )


def _asked_for(promotion: Json, cart: Json) -> bool:
    claims = [claim if isinstance(claim, str) else claim["code"] for claim in cart.get("claims", [])]
    claimed = promotion["is_auto_apply"] or promotion["code"] in claims
    shown = set(promotion.get("voucher_codes", [])) & set(cart.get("vouchers", []))
    return claimed and (bool(shown) or not promotion["require_voucher"])


def _under_limits(promotion: Json, cart: Json) -> bool:
    limits, used = promotion["limits"], cart.get("usage", {}).get(promotion["id"], {})
    if limits["max_uses_per_customer"] is not None and "member_id" not in cart.get("customer", {}):
        return False
    pairs = (("max_uses", "total"), ("max_uses_per_day", "today"), ("max_uses_per_customer", "customer"))
    return all(limits[limit] is None or used.get(counter, 0) < limits[limit] for limit, counter in pairs)


def _within_budget(promotion: Json, sale: Sale, grant: Grant) -> bool:
    budget = promotion["limits"].get("budget")
    spent = sale.cart.get("usage", {}).get(promotion["id"], {}).get("discount", 0)
    return budget is None or sale.minor(spent) + grant.worth() <= sale.minor(budget)


def _cross_brand_met(promotion: Json, sale: Sale) -> bool:
    cross = promotion.get("cross_brand")
    if cross is None:
        return True
    triggers = [unit for unit in sale.units if unit.product["brand"] in cross["trigger_brands"]]
    spent = sum(_measure(unit, promotion, sale) for unit in triggers)
    return spent >= sale.minor(cross["trigger_min_amount"])


def scope_of(promotion: Json, sale: Sale) -> list[Unit]:
    """The units a promotion is about: in its scope and brands, and in its hours (item stage: when each was ordered)."""
    scope = promotion["scope"]
    if promotion["rules"].get("category_id"):
        scope = {**scope, "apply_to": "category", "categories": [promotion["rules"]["category_id"]]}
    return [
        unit
        for unit in sale.units
        if in_scope(unit, scope, sale.bundle)
        and brand_allows(unit.product, promotion)
        and _open_for(unit, promotion, sale)
    ]


def _open_for(unit: Unit, promotion: Json, sale: Sale) -> bool:
    return sale.stage != "item" or open_at(promotion, unit.at, sale.bundle)


def _measure(unit: Unit, promotion: Json, sale: Sale, measured: str | None = None) -> int:
    """A unit's value for minimums: list in the item stage; later, and with vouchers, its price at the stage's start."""
    late = sale.stage != "item" or promotion["require_voucher"]
    measured = measured or promotion["rules"].get("measured") or ("after" if late else "before")
    return sale.at_stage_start[unit] if measured == "after" else unit.price


def spent_in_scope(promotion: Json, sale: Sale) -> int:
    """What minimums and tiers are held against: the whole scope, whatever is free."""
    return sum(_measure(unit, promotion, sale) for unit in scope_of(promotion, sale))


def _minimum_met(promotion: Json, sale: Sale) -> bool:
    return spent_in_scope(promotion, sale) >= sale.minor(promotion["rules"].get("min_purchase", 0))


def holds(condition: Json, promotion: Json, sale: Sale) -> bool:
    """A condition tree over the whole cart, whatever is free."""
    if "all" in condition:
        return all(holds(part, promotion, sale) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, promotion, sale) for part in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], promotion, sale)
    units = [unit for unit in sale.units if in_scope(unit, condition["scope"], sale.bundle)]
    value = sum(_measure(unit, promotion, sale, condition.get("measured")) for unit in units)
    return (
        len(units) >= condition.get("min_quantity", 0)
        and len(units) <= condition.get("max_quantity", len(units))
        and value >= sale.minor(condition.get("min_purchase", 0))
    )


# --- what it gives -------------------------------------------------------------------------------------------------


def options(promotion: Json, sale: Sale, free: Sequence[Unit]) -> list[Grant]:
    """Every grant worth anything on these free units: one, or for sets one per number of complete sets."""
    if promotion["rules"]["type"] in SETS:
        sets = SETS[promotion["rules"]["type"]](promotion, sale, free)
        sets = sets[: promotion["rules"].get("max_applications", len(sets))]
        grants = [_settle(promotion, sale, sets[:count]) for count in range(len(sets), 0, -1)]
    elif promotion["rules"]["type"] == "free_item":
        grants = _gifts(promotion, sale, free)
    else:
        grants = [_over_scope(promotion, sale, _taken(promotion, sale, free))]
    return [grant for grant in grants if grant.worth() > 0 and _within_budget(promotion, sale, grant)]


def _mine(promotion: Json, sale: Sale, free: Sequence[Unit]) -> list[Unit]:
    scope = set(scope_of(promotion, sale))
    if "cross_brand" in promotion:
        benefit = promotion["cross_brand"]["benefit_brands"]
        scope = {unit for unit in scope if unit.product["brand"] in benefit}
    return [unit for unit in free if unit in scope and unit.product.get("discountable", True)]


def _taken(promotion: Json, sale: Sale, free: Sequence[Unit]) -> list[Unit]:
    """Every free unit of the scope that can take something, or as many as the rules allow, cheapest first."""
    rules = promotion["rules"]
    units = [unit for unit in _mine(promotion, sale, free) if unit.room() > 0]
    if "special_price" in rules and rules["special_price"] is not None:
        units = [unit for unit in units if unit.running > sale.minor(rules["special_price"])]
    if rules.get("select", "cheapest") == "cheapest":
        units.reverse()
    if "max_units_per_line" in rules:
        units = [
            unit
            for index, unit in enumerate(units)
            if sum(other.line == unit.line for other in units[:index]) < rules["max_units_per_line"]
        ]
    most = min(len(units), rules.get("max_units", len(units)))
    every = rules.get("every_quantity", 1)
    groups = min(most // every, rules.get("max_applications", most))
    return canonical(units[: groups * every])


def _over_scope(promotion: Json, sale: Sale, units: list[Unit]) -> Grant:
    rules = promotion["rules"]
    match rules["type"]:
        case "percent":
            return _percent(promotion, units, rules["discount_percent"], _cap(sale, rules["max_discount_amount"]))
        case "amount" if rules.get("per", "cart") == "cart":
            return _amount(units, sale.minor(rules["discount_amount"]))
        case "amount":
            return _each(units, lambda unit: sale.minor(rules["discount_amount"]))
        case "happy_hour" if rules["discount_percent"] is not None:
            return _percent(promotion, units, rules["discount_percent"], None)
        case "happy_hour" if rules["discount_amount"] is not None:
            return _each(units, lambda unit: sale.minor(rules["discount_amount"]))
        case "happy_hour":
            return _each(units, lambda unit: unit.running - sale.minor(rules["special_price"]))
        case "threshold_tier":
            tier = _tier(promotion, sale)
            if tier is None:
                return Grant()
            if tier["discount_type"] == "percent":
                return _percent(promotion, units, tier["discount_value"], None)
            return _amount(units, sale.minor(tier["discount_value"]))
        case "payment_discount":
            part = _paid_by(rules["payment_methods"], sale)
            if rules["discount_type"] == "percent":
                return _percent(promotion, units, rules["discount_value"], _cap(sale, rules["max_discount"]), part)
            base = part * sum(unit.running for unit in units)
            return _amount(units, half_up(min(Fraction(sale.minor(rules["discount_value"])), base)))
    raise AssertionError(f"the oracle does not cover {rules['type']}")


def _cap(sale: Sale, amount: Any) -> int | None:
    return None if amount is None else sale.minor(amount)


def _percent(promotion: Json, units: list[Unit], percent: Any, cap: int | None, part: Fraction = Fraction(1)) -> Grant:
    """A percentage of what the units cost, capped, rounded once; what a floor holds back is dropped."""
    rate = exact(percent) / 100 * part
    total = rate * sum(unit.running for unit in units)
    if cap is not None and total > cap:
        rate, total = rate * cap / total, Fraction(cap)
    if promotion["rules"].get("floor_percent", "drop") == "drop":
        total = sum((min(rate * unit.running, Fraction(unit.room())) for unit in units), Fraction(0))
    return _amount(units, half_up(total))


def _amount(units: list[Unit], total: int) -> Grant:
    """A whole amount over the units by value; what one cannot take goes to the others, what none can is dropped."""
    parts = allocate(total, [unit.running for unit in units], [unit.room() for unit in units])
    return Grant(dict(zip(units, parts, strict=True)), list(units))


def _each(units: list[Unit], amount: Callable[[Unit], int]) -> Grant:
    return Grant({unit: min(amount(unit), unit.room()) for unit in units}, list(units))


def _tier(promotion: Json, sale: Sale) -> Json | None:
    """The highest tier whose [min, max) holds what the whole scope costs."""
    spent = spent_in_scope(promotion, sale)
    met = [
        tier
        for tier in promotion["rules"]["tiers"]
        if tier.get("is_active", True)
        and sale.minor(tier["min_amount"]) <= spent
        and (tier.get("max_amount") is None or spent < sale.minor(tier["max_amount"]))
    ]
    return max(met, key=lambda tier: sale.minor(tier["min_amount"]), default=None)


def _paid_by(methods: Sequence[str], sale: Sale) -> Fraction:
    """The share of the bill that the listed methods pay, exact."""
    if "payments" in sale.cart:
        whole = sum(sale.minor(payment["amount"]) for payment in sale.cart["payments"])
        part = sum(sale.minor(p["amount"]) for p in sale.cart["payments"] if p["method"] in methods)
        return Fraction(part, whole) if whole else Fraction(0)
    return Fraction(int(sale.cart.get("payment_method") in methods))


def cashback(promotion: Json, sale: Sale) -> int:
    """What is earned on the net of the scope, on the share its methods pay; capped, rounded down."""
    rules = promotion["rules"]
    part = _paid_by(rules["payment_methods"], sale) if rules["payment_methods"] else Fraction(1)
    net = part * sum(unit.running for unit in scope_of(promotion, sale))
    if rules["cashback_type"] == "percent":
        earned = net * exact(rules["cashback_value"]) / 100
    else:
        earned = Fraction(sale.minor(rules["cashback_value"])) if net > 0 else Fraction(0)
    cap = _cap(sale, rules["cashback_max"])
    return int(earned if cap is None else min(earned, Fraction(cap)))


# --- sets ----------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Set:
    """One complete set: all its units, those that get cheaper, and by how much together (None: a percent of each)."""

    units: list[Unit]
    cheaper: list[Unit]
    saving: int = 0


def _settle(promotion: Json, sale: Sale, sets: list[Set]) -> Grant:
    used = [unit for one in sets for unit in one.units]
    cheaper = canonical(unit for one in sets for unit in one.cheaper)
    if promotion["rules"]["type"] == "bogo":
        grant = _percent(promotion, cheaper, promotion["rules"]["get_discount_percent"], None)
    elif promotion["rules"]["type"] == "upsell":
        grant = _each(cheaper, lambda unit: unit.running - sale.minor(promotion["rules"]["special_price"]))
    elif promotion["rules"]["type"] == "package":
        grant = Grant({})
        for one in sets:
            grant.cuts |= _amount(canonical(one.cheaper), one.saving).cuts
    else:
        grant = _amount(cheaper, sum(one.saving for one in sets))
    return Grant(grant.cuts, used, times=len(sets))


def _buy_get(promotion: Json, sale: Sale, free: Sequence[Unit]) -> list[Set]:
    rules = promotion["rules"]
    buy, get = rules["buy_quantity"], rules["get_quantity"]
    mine = _mine(promotion, sale, free)
    if rules.get("get_product_id"):
        wanted = [unit for unit in _open_to(promotion, sale, free) if unit.product_id == rules["get_product_id"]]
        bought = [unit for unit in mine if unit not in wanted]
        if rules.get("select", "cheapest") == "cheapest":
            wanted.reverse()
        count = min(len(bought) // buy, len(wanted) // get)
        return [
            Set(bought[i * buy : (i + 1) * buy] + wanted[i * get : (i + 1) * get], wanted[i * get : (i + 1) * get])
            for i in range(count)
        ]
    size = buy + get
    groups = _by_product(mine, size) if rules["same_product_only"] else _chunks(mine, size)
    dearest = rules.get("select", "cheapest") == "dearest"
    return [Set(group, group[:get] if dearest else group[buy:]) for group in groups]


def _open_to(promotion: Json, sale: Sale, free: Sequence[Unit]) -> list[Unit]:
    """Free units that may be discounted by their brand, the hour and themselves, in the scope or not."""
    return [
        unit
        for unit in free
        if brand_allows(unit.product, promotion)
        and _open_for(unit, promotion, sale)
        and unit.product.get("discountable", True)
    ]


def _chunks(units: Sequence[Unit], size: int) -> list[list[Unit]]:
    return [list(units[i : i + size]) for i in range(0, len(units) - size + 1, size)]


def _by_product(units: Sequence[Unit], size: int) -> list[list[Unit]]:
    """Complete groups of one product, the group with the dearest first unit first."""
    products: dict[str, list[Unit]] = {}
    for unit in units:
        products.setdefault(unit.product_id, []).append(unit)
    groups = [group for same in products.values() for group in _chunks(same, size)]
    return sorted(groups, key=lambda group: group[0].rank())


def _combo(promotion: Json, sale: Sale, free: Sequence[Unit]) -> list[Set]:
    rules, mine = promotion["rules"], _mine(promotion, sale, free)
    columns = []
    for part in rules["products"]:
        same = [unit for unit in mine if unit.product_id == part["product_id"]]
        columns.append(_chunks(same, part["quantity"]))
    groups = [[unit for chunk in row for unit in chunk] for row in zip(*columns, strict=False)]
    return _cheaper_sets(groups, sale.minor(rules["combo_price"]))


def _mix_match(promotion: Json, sale: Sale, free: Sequence[Unit]) -> list[Set]:
    rules, mine = promotion["rules"], _mine(promotion, sale, free)
    size = rules["required_quantity"]
    groups = _chunks(mine, size) if rules["allow_same_product"] else _distinct(mine, size)
    return _cheaper_sets(groups, sale.minor(rules["special_price"]))


def _distinct(units: Sequence[Unit], size: int) -> list[list[Unit]]:
    """Groups of different products, each formed of the dearest units left."""
    left, groups = list(units), []
    while True:
        group: list[Unit] = []
        for unit in left:
            if len(group) < size and unit.product_id not in [other.product_id for other in group]:
                group.append(unit)
        if len(group) < size:
            return groups
        groups.append(group)
        left = [unit for unit in left if unit not in group]


def _cheaper_sets(groups: list[list[Unit]], price: int) -> list[Set]:
    """A set that would not get cheaper is not formed."""
    sets = [Set(group, group, sum(unit.running for unit in group) - price) for group in groups]
    return [one for one in sets if one.saving > 0]


def _upsell(promotion: Json, sale: Sale, free: Sequence[Unit]) -> list[Set]:
    rules = promotion["rules"]
    least, price = rules["required_min_qty"], sale.minor(rules["special_price"])
    named = [unit for unit in free if unit.product_id == rules["required_product_id"]]
    required = [unit for unit in named if _open_for(unit, promotion, sale)]
    added = [
        unit
        for unit in _open_to(promotion, sale, free)
        if unit.product_id == rules["upsell_product_id"] and unit.running > price
    ]
    return [Set([*group, unit], [unit]) for group, unit in zip(_chunks(required, least), added, strict=False)]


def _package(promotion: Json, sale: Sale, free: Sequence[Unit]) -> list[Set]:
    """Products first, then choices, each of the dearest units left; as often as all parts are there."""
    left, groups = list(_open_to(promotion, sale, free)), []
    parts = sorted(promotion["rules"]["items"], key=lambda part: part["item_type"] == "category")
    while True:
        group: list[Unit] = []
        for part in parts:
            if part["item_type"] == "product":
                fitting = [unit for unit in left if unit.product_id == part["product_id"]]
            else:
                where = {"apply_to": "category", "categories": [part["category_id"]]}
                fitting = [unit for unit in left if in_scope(unit, where, sale.bundle)]
            taken = fitting[: part["quantity"]]
            if len(taken) < part["quantity"]:
                return _cheaper_sets(groups, sale.minor(promotion["rules"]["package_price"]))
            group += taken
            left = [unit for unit in left if unit not in taken]
        groups.append(group)


def _gifts(promotion: Json, sale: Sale, free: Sequence[Unit]) -> list[Grant]:
    rules = promotion["rules"]
    most = rules.get("max_applications", 1)
    price = sale.minor(sale.bundle["products"][rules["free_product_id"]]["price"])
    least, trigger = rules.get("trigger_min_qty", 1), rules.get("trigger_product_id")
    units = [unit for unit in free if unit.product_id == trigger and _open_for(unit, promotion, sale)]
    times = min(most, len(units) // least) if trigger else 1
    if not brand_allows(sale.bundle["products"][rules["free_product_id"]], promotion):
        return []
    return [
        Grant(
            used=units[: count * least],
            gifts=[(rules["free_product_id"], rules["free_quantity"] * count, price)],
            times=count,
        )
        for count in range(times, 0, -1)
    ]


SETS: Mapping[str, Callable[[Json, Sale, Sequence[Unit]], list[Set]]] = {
    "bogo": _buy_get,
    "combo": _combo,
    "mix_match": _mix_match,
    "upsell": _upsell,
    "package": _package,
}
