"""Every number a promotion states outside its tests, with what it counts."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

from promo_cli.model.promotion import Promotion

Kind = Literal["amount", "percent", "quantity", "factor", "count"]

_BY_NAME: dict[str, Kind] = {
    "discount_percent": "percent",
    "get_discount_percent": "percent",
    "quantity": "quantity",
    "points_multiplier": "factor",
}
_TYPED = {"discount_value": "discount_type", "cashback_value": "cashback_type"}
"""Fields whose sibling says whether they are a percentage."""


class Number(NamedTuple):
    """A number as stated. `name` is its field; amounts are in major units, percentages in percent."""

    pointer: str
    name: str
    value: Decimal
    kind: Kind


def numbers(promotion: Promotion[Any]) -> Iterator[Number]:
    """Every number of a promotion, sections in the order of the file format."""
    yield from _walk(promotion.scope.unit_price, "/scope/unit_price")
    yield from _walk(promotion.conditions, "/conditions")
    yield from _walk(promotion.rules, "/rules")
    yield from _walk(promotion.limits, "/limits")
    yield from _walk(promotion.cross_brand, "/cross_brand")
    yield from _walk(promotion.voucher, "/voucher")
    if promotion.programme_cost is not None:
        yield Number("/programme_cost", "programme_cost", promotion.programme_cost, "amount")


def _walk(value: Any, at: str) -> Iterator[Number]:
    if not isinstance(value, BaseModel):
        return
    for name, part in value.__dict__.items():
        if part is None or isinstance(part, str | bool):
            continue
        pointer = f"{at}/{name.rstrip('_')}"
        if isinstance(part, Decimal):
            yield Number(pointer, name, part, _kind(name, value))
        elif isinstance(part, int):
            yield Number(pointer, name, Decimal(part), "count")
        elif isinstance(part, list):
            for index, item in enumerate(part):
                yield from _walk(item, f"{pointer}/{index}")
        else:
            yield from _walk(part, pointer)


def _kind(name: str, parent: BaseModel) -> Kind:
    if name in _TYPED:
        stated = getattr(parent, _TYPED[name])
        return "percent" if stated == "percent" else "amount"
    return _BY_NAME.get(name, "amount")
