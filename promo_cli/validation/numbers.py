"""Every number a promotion states outside its tests, with what it counts."""

from __future__ import annotations

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


def numbers(promotion: Promotion[Any]) -> list[Number]:
    """Every number of a promotion, sections in the order of the file format."""
    found: list[Number] = []
    _collect(promotion.scope.unit_price, "/scope/unit_price", found)
    _collect(promotion.conditions, "/conditions", found)
    _collect(promotion.rules, "/rules", found)
    _collect(promotion.limits, "/limits", found)
    _collect(promotion.cross_brand, "/cross_brand", found)
    _collect(promotion.voucher, "/voucher", found)
    if promotion.programme_cost is not None:
        found.append(Number("/programme_cost", "programme_cost", promotion.programme_cost, "amount"))
    return found


def _collect(value: Any, at: str, found: list[Number]) -> None:
    if not isinstance(value, BaseModel):
        return
    for name, part in value.__dict__.items():
        kind = part.__class__
        if part is None or kind is str or kind is bool:
            continue
        pointer = f"{at}/{name.rstrip('_')}"
        if kind is Decimal:
            found.append(Number(pointer, name, part, _kind(name, value)))
        elif kind is int:
            found.append(Number(pointer, name, Decimal(part), "count"))
        elif kind is list:
            for index, item in enumerate(part):
                _collect(item, f"{pointer}/{index}", found)
        else:
            _collect(part, pointer, found)


def _kind(name: str, parent: BaseModel) -> Kind:
    if name in _TYPED:
        stated = getattr(parent, _TYPED[name])
        return "percent" if stated == "percent" else "amount"
    return _BY_NAME.get(name, "amount")
