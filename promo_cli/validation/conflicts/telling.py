"""What a cart costs, in the words of a finding's notes; and the cart of a promotion that is wrong by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypedDict

from promo_cli.diagnostics import Scope
from promo_cli.model.promotion import Promotion
from promo_cli.model.settings import Currency
from promo_cli.validation.facts import Facts
from promo_cli.validation.sample import tries
from promo_cli.validation.words import money

MOST_STORES = 20


class Shown(TypedDict, total=False):
    """The parts of a finding that show it."""

    notes: tuple[str, ...]
    scope: Scope


def told(cart: Mapping[str, Any], receipt: Mapping[str, Any], currency: Currency) -> tuple[str, str]:
    """Return store, moment and cart, and what the receipt says (major units)."""
    bought = ", ".join(f"{item['quantity']} × {item['product_id']}" for item in cart["items"])
    shown = [f"{name.replace('_', ' ')} {cart[name]}" for name in ("channel", "payment_method") if name in cart]
    customer = cart.get("customer", {})
    shown += ["a member"] if customer.get("is_member") else []
    shown += [f"{name.replace('_', ' ')} {customer[name]}" for name in ("tier", "customer_type") if name in customer]
    shown += [f"voucher {one if isinstance(one, str) else one['code']}" for one in cart.get("vouchers", ())]
    shown += [f"claims {one if isinstance(one, str) else one['code']}" for one in cart.get("claims", ())]
    off = [f"{one['code']} -{money(Decimal(one['amount']), currency)}" for one in receipt["applied"]]
    skipped = [f"{one['code']}: {one['reason']}" for one in receipt["skipped"]]
    listed, due = (money(Decimal(receipt[name]), currency) for name in ("subtotal", "final_amount"))
    at = dt.datetime.fromisoformat(cart["at"])
    where = f"{cart['store_id']}, {at:%a %Y-%m-%d %H:%M}: {bought}"
    return f"cart: {', '.join([where, *shown])}", "; ".join([f"receipt: {listed} → {due}", *off, *skipped])


def alone(promotion: Promotion[Any], facts: Facts) -> Shown:
    """Return a cart made for a promotion, priced with no other; empty where there is no store to buy it in."""
    from promo_cli.pricing import BundleError, CartError

    if id(promotion) in facts.naming_unknown or not facts.whole("stores", "products", "categories"):
        return {}
    try:
        first = next(tries(facts.workspace, promotion, facts.today), None)
    except (BundleError, CartError):
        return {}
    if first is None:
        return {}
    stores = facts.stores_of(promotion.targeting)[:MOST_STORES]
    products = tuple(item["product_id"] for item in first.cart["items"])
    days = (first.cart["at"][:10],)
    notes = told(first.cart, first.receipt, facts.currency)
    return {"notes": notes, "scope": Scope(tuple(one.id for one in stores), products, days)}
