"""Units, scopes, moments and money for the brute-force oracle. Imports nothing of ours.

A cart becomes single units; a weighed line is one unit. Amounts are integers in minor units, shares exact fractions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

Json = Mapping[str, Any]


@dataclass(eq=False)
class Unit:
    """One unit: its list value `price` with extras (`unit_price` without), what it costs now, its least price."""

    product_id: str
    product: Json
    line: int
    line_id: str
    unit_price: int
    price: int
    running: int
    floor: int
    at: dt.datetime
    modifiers: str = ""
    quantity: Fraction = Fraction(1)
    """Of the line."""
    sealed: bool = False

    def room(self) -> int:
        """What may still be taken off."""
        return max(0, self.running - self.floor)

    def rank(self) -> tuple[Any, ...]:
        """Canonical order: dearest first, then product, modifiers, time of order, line; never the place in the list.

        Lines without an id go by what else tells them apart: their quantity, then their unit price.
        """
        return (-self.running, self.product_id, self.modifiers, self.at, self.line_id, self.quantity, self.unit_price)


def half_up(amount: Fraction) -> int:
    """To the nearest whole minor unit, halves up. `amount` is never negative here."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def exact(number: Any) -> Fraction:
    """A number as written, without loss."""
    return Fraction(Decimal(str(number)))


def minor(number: Any, bundle: Json) -> int:
    """Major units as written to whole minor units."""
    value = exact(number) * 10 ** bundle["header"]["currency"]["exponent"]
    assert value.denominator == 1, f"{number} is finer than the currency"
    return value.numerator


def moment(text: str) -> dt.datetime:
    """A wall-clock time of the store."""
    return dt.datetime.fromisoformat(text.replace(" ", "T"))


def units_of(cart: Json, bundle: Json) -> list[Unit]:
    """Every unit of the cart, in cart order."""
    units = []
    for index, item in enumerate(cart["items"]):
        product = bundle["products"][item["product_id"]]
        extras = item.get("modifiers", [])
        price = minor(item.get("price", product["price"]), bundle)
        surcharge = sum(minor(extra.get("price", 0), bundle) * extra.get("quantity", 1) for extra in extras)
        quantity = exact(item["quantity"])
        weighed = product["unit"] == "kg"
        count, value = (1, half_up(price * quantity)) if weighed else (int(quantity), price + surcharge)
        unit = Unit(
            product_id=item["product_id"],
            product=product,
            line=index,
            line_id=item.get("line_id", ""),
            unit_price=price,
            price=value,
            running=value,
            floor=_floor(product, weighed, quantity, bundle),
            at=moment(item.get("ordered_at", cart["at"])),
            modifiers=" ".join(sorted(f"{extra['id']} {minor(extra.get('price', 0), bundle):09}" for extra in extras)),
            quantity=quantity,
        )
        units += [replace(unit) for _ in range(count)]
    return units


def _floor(product: Json, weighed: bool, quantity: Fraction, bundle: Json) -> int:
    least = minor(product.get("min_price", 0), bundle)
    return half_up(least * quantity) if weighed else least


def canonical(units: Iterable[Unit]) -> list[Unit]:
    """Units in canonical order, by what they cost now."""
    return sorted(units, key=Unit.rank)


def in_scope(unit: Unit, scope: Json, bundle: Json) -> bool:
    """Whether a scope names the unit. Categories reach down the tree; exclusions win."""
    ancestors = set(_ancestors(unit.product["category"], bundle))
    if ancestors & set(scope.get("exclude_categories", [])) or unit.product_id in scope.get("exclude_products", []):
        return False
    if scope.get("apply_to") == "category" and not ancestors & set(scope["categories"]):
        return False
    if scope.get("apply_to") == "product" and unit.product_id not in scope["products"]:
        return False
    if "tags" in scope and not set(scope["tags"]) & set(unit.product.get("tags", [])):
        return False
    if scope.get("not_already_discounted") and unit.running != unit.price:
        return False
    span = scope.get("unit_price", {})
    low, high = span.get("min"), span.get("max")
    return (low is None or unit.unit_price >= minor(low, bundle)) and (
        high is None or unit.unit_price <= minor(high, bundle)
    )


def _ancestors(category: str | None, bundle: Json) -> Iterable[str]:
    while category is not None:
        yield category
        category = bundle["header"]["categories"][category]["parent"]


def brand_allows(product: Json, promotion: Json) -> bool:
    """Brand targeting: a unit of another brand is never discounted; one without a brand always may be."""
    brand, targeting = product["brand"], promotion["targeting"]
    if brand is None:
        return True
    if brand in targeting.get("exclude_brands", []):
        return False
    return targeting["brands"] == "all" or brand in targeting["brands"]


def open_at(promotion: Json, at: dt.datetime, bundle: Json) -> bool:
    """Whether dates, days and half-open hours hold; past midnight everything is tested on the day the hours began."""
    validity = promotion["validity"]
    start, end = validity["time_start"], validity["time_end"]
    day = at.date()
    if start is not None or end is not None:
        begin = dt.time.fromisoformat(start or "00:00:00")
        until = dt.time.fromisoformat(end) if end else None
        clock = at.time()
        if until is None:
            inside = clock >= begin
        elif begin < until:
            inside = begin <= clock < until
        else:
            inside = clock >= begin or clock < until
            if clock < until:
                day -= dt.timedelta(days=1)
        if not inside:
            return False
    date = day.isoformat()
    return (
        validity["start_date"] <= date
        and (validity["end_date"] is None or date <= validity["end_date"])
        and day.isoweekday() in validity["days_of_week"]
        and not (validity["exclude_holidays"] and date in bundle["header"]["holidays"])
        and date not in validity.get("exclude_dates", [])
    )


def shares(total: Fraction, weights: Sequence[int], rooms: Sequence[int]) -> list[Fraction]:
    """`total` in proportion to weights, no share above its room; what one cannot take goes to the others."""
    out = [Fraction(0)] * len(weights)
    open_ = [i for i, weight in enumerate(weights) if weight > 0 and rooms[i] > 0]
    left = min(total, Fraction(sum(rooms[i] for i in open_)))
    while open_:
        base = sum(weights[i] for i in open_)
        full = [i for i in open_ if left * weights[i] >= rooms[i] * base]
        if not full:
            for i in open_:
                out[i] = left * weights[i] / base
            break
        for i in full:
            out[i] = Fraction(rooms[i])
        left -= sum(rooms[i] for i in full)
        open_ = [i for i in open_ if i not in full]
    return out


def allocate(total: int, weights: Sequence[int], rooms: Sequence[int]) -> list[int]:
    """A whole total over units by largest remainder; equal remainders go to the first in the order given."""
    quotas = shares(Fraction(total), weights, rooms)
    parts = [quota.numerator // quota.denominator for quota in quotas]
    missing = min(total, sum(room for room, weight in zip(rooms, weights, strict=True) if weight > 0)) - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - quotas[i], i))
    for i in by_remainder[:missing]:
        parts[i] += 1
    return parts
