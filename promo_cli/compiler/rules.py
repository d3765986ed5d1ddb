"""The `rules` section of a compiled promotion: the roadmap's names and defaults, one entry per promotion type.

The roadmap's own fields are always present, with their defaults; fields of ours only where they are set, so that
adding one to the format changes no published promotion.
"""

from __future__ import annotations

from typing import Any

from promo_cli.model import rules as model
from promo_cli.model.promotion import Promotion

RULES_TYPE = {
    "percent_discount": "percent",
    "amount_discount": "amount",
    "buy_x_get_y": "bogo",
    "combo": "combo",
    "free_item": "free_item",
    "happy_hour": "happy_hour",
    "cashback": "cashback",
    "payment_discount": "payment_discount",
    "package": "package",
    "mix_match": "mix_match",
    "upsell": "upsell",
    "threshold_tier": "threshold_tier",
}
"""`rules.type` for each `promo_type`."""

_ROADMAP_FIELDS = {
    "percent_discount": ("discount_percent", "max_discount_amount", "min_purchase"),
    "amount_discount": ("discount_amount", "min_purchase"),
    "buy_x_get_y": ("buy_quantity", "get_quantity", "get_discount_percent"),
    "combo": ("combo_price", "all_required"),
    "free_item": ("min_purchase",),
    "happy_hour": ("discount_percent", "discount_amount", "special_price"),
    "cashback": (
        "cashback_type",
        "cashback_value",
        "cashback_max",
        "min_purchase",
        "payment_methods",
        "cashback_method",
    ),
    "payment_discount": ("payment_methods", "discount_type", "discount_value", "max_discount", "min_purchase"),
    "package": ("package_name", "package_price", "allow_modification"),
    "mix_match": ("category_id", "required_quantity", "special_price", "allow_same_product"),
    "upsell": ("required_product_id", "required_min_qty", "upsell_product_id", "special_price", "upsell_message"),
    "threshold_tier": (),
}
_NESTED = {"products", "items", "tiers"}


def compile_rules(promotion: Promotion[Any]) -> dict[str, Any]:
    """Return `rules` as tills read it, amounts as decimals in major units."""
    rules = promotion.rules
    compiled: dict[str, Any] = {"type": RULES_TYPE[promotion.promo_type]}
    for field in _ROADMAP_FIELDS[promotion.promo_type]:
        compiled[field] = getattr(rules, field)
    for field in type(rules).model_fields:
        value = getattr(rules, field)
        if field not in compiled and field not in _NESTED and value != type(rules).model_fields[field].default:
            compiled[field] = value
    match rules:
        case model.BuyXGetY():
            named = rules.get_product_id is not None
            compiled["same_product_only"] = not named if rules.same_product_only is None else rules.same_product_only
        case model.Combo():
            compiled["products"] = [{"product_id": p.product_id, "quantity": p.quantity} for p in rules.products]
        case model.FreeItem():
            if rules.trigger_product_id is not None:
                compiled["trigger_min_qty"] = rules.trigger_min_qty
            compiled["free_quantity"] = rules.free_quantity
        case model.HappyHour():
            validity = promotion.validity
            compiled["time_start"] = validity.time_start.isoformat() if validity.time_start else None
            compiled["time_end"] = validity.time_end.isoformat() if validity.time_end else None
            compiled["days_of_week"] = sorted(set(validity.days_of_week))
        case model.Package():
            compiled["items"] = [_package_item(item) for item in rules.items]
        case model.ThresholdTiers():
            active = [tier for tier in rules.tiers if tier.is_active]
            compiled["tiers"] = [_tier(tier) for tier in sorted(active, key=lambda tier: tier.min_amount)]
    return compiled


def _package_item(item: model.PackageItem) -> dict[str, Any]:
    compiled: dict[str, Any] = {
        "item_type": item.item_type,
        "quantity": item.quantity,
        "is_required": item.is_required,
    }
    if item.item_type == "product":
        compiled["product_id"] = item.product_id
    else:
        compiled["category_id"] = item.category_id
        compiled["min_selection"] = item.min_selection
        compiled["max_selection"] = item.max_selection
    return compiled


def _tier(tier: model.ThresholdTier) -> dict[str, Any]:
    compiled: dict[str, Any] = {
        "tier_name": tier.tier_name,
        "min_amount": tier.min_amount,
        "max_amount": tier.max_amount,
        "discount_type": tier.discount_type,
        "discount_value": tier.discount_value,
    }
    if tier.free_product_id is not None:
        compiled["free_product_id"] = tier.free_product_id
    if tier.discount_type == "points_multiplier":
        compiled["points_multiplier"] = tier.points_multiplier
    return compiled
