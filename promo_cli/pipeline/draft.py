"""A new promotion as its author wishes it: the fewest fields that say it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from promo_cli.model.base import DAYS

Value = dict[str, Any]


class Tier(NamedTuple):
    """One step of a threshold promotion: from this much spend, this many percent off."""

    min_amount: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the author has said; amounts in major units, hours by the store's clock."""

    name: str | None = None
    owner: str | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    hours: tuple[dt.time, dt.time] | None = None
    days: tuple[int, ...] = ()
    categories: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    percent: Decimal | None = None
    amount: Decimal | None = None
    price: Decimal | None = None
    min_purchase: Decimal | None = None
    buy: int | None = None
    get: int | None = None
    quantity: int | None = None
    gift: str | None = None
    offer: str | None = None
    payment_methods: tuple[str, ...] = ()
    tiers: tuple[Tier, ...] = ()


def draft(promo_type: str, code: str, wish: Wish) -> Value:
    """The promotion's value, in the order of the format, without tests."""
    sections = {
        "code": code,
        "name": wish.name,
        "promo_type": promo_type,
        "owner": wish.owner,
        "validity": _validity(wish),
        "scope": _scope(promo_type, wish),
        "targeting": {"brands": list(wish.brands)} if wish.brands else None,
        "rules": _filled(RULES[promo_type](wish)),
    }
    return _filled(sections)


def _filled(value: Value) -> Value:
    """Without what was not said; the format's defaults say it."""
    return {key: part for key, part in value.items() if part not in (None, [], {})}


def _validity(wish: Wish) -> Value:
    begin, end = wish.hours or (None, None)
    return _filled(
        {
            "start_date": wish.start,
            "end_date": wish.end,
            "time_start": begin,
            "time_end": end,
            "days_of_week": [DAYS[day - 1] for day in wish.days],
        }
    )


def _scope(promo_type: str, wish: Wish) -> Value:
    """What is discounted, unless `rules` says it."""
    in_rules = {
        "combo": True,
        "package": True,
        "upsell": True,
        "mix_match": len(wish.categories) == 1,
        "free_item": len(wish.products) == 1,
    }
    if in_rules.get(promo_type):
        return {}
    if wish.categories:
        return {"apply_to": "category", "categories": list(wish.categories)}
    return {"apply_to": "product", "products": list(wish.products)} if wish.products else {}


def _percent_discount(wish: Wish) -> Value:
    return {"discount_percent": wish.percent, "min_purchase": wish.min_purchase}


def _amount_discount(wish: Wish) -> Value:
    return {"discount_amount": wish.amount, "min_purchase": wish.min_purchase}


def _buy_x_get_y(wish: Wish) -> Value:
    several = len(wish.products) > 1 or bool(wish.categories) or not wish.products
    # Without this word a set is of one product, which surprises where a category is named.
    mixed = {"same_product_only": False} if several else {}
    return {"buy_quantity": wish.buy, "get_quantity": wish.get, "get_discount_percent": wish.percent, **mixed}


def _combo(wish: Wish) -> Value:
    return {"combo_price": wish.price, "products": [{"product_id": product} for product in wish.products]}


def _free_item(wish: Wish) -> Value:
    trigger = wish.products[0] if len(wish.products) == 1 else None
    return {
        "min_purchase": wish.min_purchase,
        "trigger_product_id": trigger,
        "trigger_min_qty": wish.quantity if trigger else None,
        "free_product_id": wish.gift,
    }


def _happy_hour(wish: Wish) -> Value:
    return {"discount_percent": wish.percent, "discount_amount": wish.amount, "special_price": wish.price}


def _cashback(wish: Wish) -> Value:
    kind, value = ("percent", wish.percent) if wish.percent is not None else ("amount", wish.amount)
    return {
        "cashback_type": kind,
        "cashback_value": value,
        "min_purchase": wish.min_purchase,
        "payment_methods": list(wish.payment_methods),
    }


def _payment_discount(wish: Wish) -> Value:
    kind, value = ("percent", wish.percent) if wish.percent is not None else ("amount", wish.amount)
    return {
        "payment_methods": list(wish.payment_methods),
        "discount_type": kind,
        "discount_value": value,
        "min_purchase": wish.min_purchase,
    }


def _package(wish: Wish) -> Value:
    products: list[Value] = [{"item_type": "product", "product_id": product} for product in wish.products]
    choices: list[Value] = [{"item_type": "category", "category_id": category} for category in wish.categories]
    return {"package_name": wish.name, "package_price": wish.price, "items": [*products, *choices]}


def _mix_match(wish: Wish) -> Value:
    category = wish.categories[0] if len(wish.categories) == 1 else None
    return {"category_id": category, "required_quantity": wish.quantity, "special_price": wish.price}


def _upsell(wish: Wish) -> Value:
    return {
        "required_product_id": wish.products[0] if wish.products else None,
        "upsell_product_id": wish.offer,
        "special_price": wish.price,
    }


def _threshold_tier(wish: Wish) -> Value:
    tiers = sorted(wish.tiers)
    ends = [*(tier.min_amount for tier in tiers[1:]), None]
    return {
        "tiers": [
            _filled(
                {
                    "tier_name": f"{tier.percent.normalize():f}% off",
                    "min_amount": tier.min_amount,
                    "max_amount": end,
                    "discount_type": "percent",
                    "discount_value": tier.percent,
                }
            )
            for tier, end in zip(tiers, ends, strict=True)
        ]
    }


RULES: dict[str, Callable[[Wish], Value]] = {
    "percent_discount": _percent_discount,
    "amount_discount": _amount_discount,
    "buy_x_get_y": _buy_x_get_y,
    "combo": _combo,
    "free_item": _free_item,
    "happy_hour": _happy_hour,
    "cashback": _cashback,
    "payment_discount": _payment_discount,
    "package": _package,
    "mix_match": _mix_match,
    "upsell": _upsell,
    "threshold_tier": _threshold_tier,
}
"""The section `rules` of each type."""
