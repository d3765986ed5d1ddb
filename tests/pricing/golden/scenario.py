"""What a golden case is made of, and the shop most of them happen in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.pricing.strategies_build import bundle, product, promotion, scope, sealed

Json = Mapping[str, Any]

AT = "2026-02-07T18:00:00"
"""A Saturday evening."""

CATEGORIES = {
    "drinks": {"name": "Drinks", "parent": None},
    "hot": {"name": "Hot drinks", "parent": "drinks"},
    "cold": {"name": "Cold drinks", "parent": "drinks"},
    "food": {"name": "Food", "parent": None},
}


def d(text: str) -> int | Decimal:
    """An exact amount: whole numbers as int, as the wire has them."""
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else value


SHOP: dict[str, Json] = {
    "americano": product(3, "hot", brand="north"),
    "latte": product(d("4.5"), "hot", brand="north", tags=["seasonal"]),
    "tea": product(d("2.8"), "cold", brand="south"),
    "juice": product(5, "cold"),
    "cake": product(6, "food", brand="north"),
    "bagel": product(d("3.35"), "food", brand="south"),
    "beans": product(d("24.9"), "food", unit="kg"),
    "mug": product(d("9.99")),
    "sandwich": product(8, "food", min_price=7),
    "card": product(25, discountable=False),
}
"""Sandwiches may not cost less than 7; gift cards are never discounted; beans are sold by weight."""

RUPIAH: dict[str, Json] = {
    "kopi": product(18000, "hot"),
    "latte": product(45000, "hot"),
    "roti": product(12500, "food"),
    "beras": product(14950, "food", unit="kg"),
}
DINAR: dict[str, Json] = {"karak": product(d("0.35"), "hot"), "cake": product(d("1.25"), "food")}


@dataclass(frozen=True, slots=True)
class Scenario:
    """One cart, one bundle, and what a person worked out that the customer saves (None: the cart is refused)."""

    name: str
    rule: str
    saves: str | None
    promotions: tuple[Json, ...]
    items: tuple[Json, ...]
    cart: Json = field(default_factory=dict)
    header: Json = field(default_factory=dict)
    shop: str = "SHOP"

    def bundle(self) -> dict[str, Any]:
        """The compiled bundle, every promotion with the version its content gives it."""
        goods = {"SHOP": SHOP, "RUPIAH": RUPIAH, "DINAR": DINAR}[self.shop]
        currency = {"SHOP": ("USD", 2), "RUPIAH": ("IDR", 0), "DINAR": ("KWD", 3)}[self.shop]
        header = {
            "currency": {"code": currency[0], "exponent": currency[1]},
            "categories": CATEGORIES,
            "tiers": ["silver", "gold"],
            "payments": ["card", "cash", "qris"],
            **self.header,
        }
        return bundle([sealed(one) for one in self.promotions], goods, **header)

    def whole_cart(self) -> dict[str, Any]:
        """The cart as a till would send it; in the roadmap's nested form without items of its own."""
        own = {} if "cart" in self.cart else {"items": list(self.items)}
        return {"store_id": "S1", "at": AT, **own, **self.cart}


def items(**quantities: Any) -> tuple[Json, ...]:
    """Lines of one product each, named after it; weights are decimals."""
    return tuple({"line_id": name, "product_id": name, "quantity": d(str(q))} for name, q in quantities.items())


def p(code: str, promo_type: str, rules: Json, **fields: Any) -> dict[str, Any]:
    """A promotion; `stage`, `priority` and `lane` for short."""
    if "stage" in fields:
        fields["execution_stage"] = fields.pop("stage")
    if "priority" in fields:
        fields["execution_priority"] = fields.pop("priority")
    if "lane" in fields:
        fields["stacking"] = {"lane": fields.pop("lane"), **fields.get("stacking", {})}
    return promotion(code, promo_type, rules, **fields)


def percent(code: str, value: str, **fields: Any) -> dict[str, Any]:
    """A percent discount; rules beside the percentage in `rules`."""
    return p(code, "percent_discount", {"discount_percent": d(value), **fields.pop("rules", {})}, **fields)


def amount(code: str, value: str, **fields: Any) -> dict[str, Any]:
    """An amount discount; rules beside the amount in `rules`."""
    return p(code, "amount_discount", {"discount_amount": d(value), **fields.pop("rules", {})}, **fields)


def products(*names: str, **fields: Any) -> dict[str, Any]:
    """A scope of these products."""
    return scope("product", products=list(names), **fields)


def category(*names: str, **fields: Any) -> dict[str, Any]:
    """A scope of these categories and everything below them."""
    return scope("category", categories=list(names), **fields)


def everything(**fields: Any) -> dict[str, Any]:
    """A scope of all there is."""
    return scope("all", **fields)
