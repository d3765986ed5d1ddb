"""Compiled bundles by hand: every field always present with its default, as a compiler would write them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from promo_cli.protocol import canonical

EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
STAGE_OF = {
    "percent_discount": "item",
    "amount_discount": "item",
    "threshold_tier": "order",
    "payment_discount": "payment",
    "cashback": "earn",
}
"""Stage by type where it is not `item`; percent and amount on everything belong to the order."""

RULES: dict[str, tuple[str, dict[str, Any]]] = {
    "percent_discount": ("percent", {"max_discount_amount": None, "min_purchase": 0}),
    "amount_discount": ("amount", {"min_purchase": 0}),
    "buy_x_get_y": ("bogo", {"get_discount_percent": 100}),
    "combo": ("combo", {"all_required": True}),
    "free_item": ("free_item", {"min_purchase": 0}),
    "happy_hour": ("happy_hour", {"discount_percent": None, "discount_amount": None, "special_price": None}),
    "cashback": (
        "cashback",
        {"cashback_max": None, "min_purchase": 0, "payment_methods": [], "cashback_method": "points"},
    ),
    "payment_discount": ("payment_discount", {"max_discount": None, "min_purchase": 0}),
    "package": ("package", {"allow_modification": False}),
    "mix_match": ("mix_match", {"category_id": None, "allow_same_product": True}),
    "upsell": ("upsell", {"required_min_qty": 1, "upsell_message": ""}),
    "threshold_tier": ("threshold_tier", {}),
}
"""`rules.type` and the fields that are always written, by promotion type."""


def major(minor: int, exponent: int) -> int | Decimal:
    """Minor units as the exact number the wire carries: no trailing zeros, whole numbers as int."""
    whole, rest = divmod(minor, 10**exponent)
    return whole if rest == 0 else Decimal(f"{minor}e-{exponent}").normalize()


def scope(apply_to: str = "all", **fields: Any) -> dict[str, Any]:
    """A scope with its five lists; `tags`, `unit_price`, `not_already_discounted` only if given."""
    lists = {"categories": [], "products": [], "exclude_categories": [], "exclude_products": []}
    return {"apply_to": apply_to, **lists, **fields}


def validity(**fields: Any) -> dict[str, Any]:
    """Open-ended, all day, every day, unless said otherwise."""
    return {
        "start_date": "2026-01-01",
        "end_date": None,
        "time_start": None,
        "time_end": None,
        "days_of_week": EVERY_DAY,
        "exclude_holidays": False,
        **fields,
    }


def promotion(promotion_id: str, promo_type: str, rules: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """One compiled promotion; sections in `fields` are merged over their defaults, the rest replaces."""
    kind, defaults = RULES[promo_type]
    about = fields.pop("scope", scope())
    stage = STAGE_OF.get(promo_type, "item")
    if promo_type in ("percent_discount", "amount_discount") and about["apply_to"] == "all":
        stage = "order"
    targeting = fields.pop("targeting", {})
    full = {"type": kind, **defaults, **rules}
    if promo_type == "buy_x_get_y":
        full.setdefault("same_product_only", "get_product_id" not in full)
    when = validity(**fields.pop("validity", {}))
    if promo_type == "happy_hour":
        full |= {name: when[name] for name in ("time_start", "time_end", "days_of_week")}
    line: dict[str, Any] = {
        "id": promotion_id,
        "code": promotion_id,
        "name": promotion_id,
        "description": "",
        "promo_type": promo_type,
        "apply_to": about["apply_to"],
        "execution_stage": stage,
        "execution_priority": 0,
        "is_active": True,
        "is_auto_apply": True,
        "require_voucher": False,
        "member_only": targeting.get("member_only", False),
        "validity": when,
        "scope": about,
        "targeting": {"stores": "all", "brands": "all", "customer_type": "all", "member_only": False, **targeting},
        "rules": full,
        "limits": {
            "max_uses": None,
            "max_uses_per_customer": None,
            "max_uses_per_day": None,
            **fields.pop("limits", {}),
        },
        "compiler_version": "1",
        "version": "0" * 12,
    }
    return {**line, **fields}


def product(price: Any, category: str | None = None, **fields: Any) -> dict[str, Any]:
    """One product of the bundle, sold by the piece unless said otherwise."""
    return {"name": "", "category": category, "brand": None, "price": price, "unit": "each", **fields}


def bundle(
    promotions: Iterable[Mapping[str, Any]], products: Mapping[str, Mapping[str, Any]], **header: Any
) -> dict[str, Any]:
    """A bundle with its promotions sorted by id."""
    base = {
        "schema_version": 1,
        "requires": [],
        "company": {"id": "test", "name": "Test"},
        "currency": {"code": "USD", "exponent": 2},
        "prices": "gross",
        "timezone": "Asia/Jakarta",
        "strategy": "best_deal",
        "lanes": ["main"],
        "step_budget": 200_000,
        "holidays": [],
        "categories": {},
        "tiers": [],
        "payments": [],
    }
    return {
        "header": {**base, **header},
        "products": {key: {**value, "name": value["name"] or key} for key, value in products.items()},
        "promotions": sorted((dict(p) for p in promotions), key=lambda p: p["id"]),
    }


def sealed(line: Mapping[str, Any]) -> dict[str, Any]:
    """The same promotion with the version its content gives it."""
    content = {key: value for key, value in line.items() if key != "version"}
    return {**content, "version": hashlib.sha256(canonical.dumps(content)).hexdigest()[:12]}
