"""Whether a promotion may apply to a cart at all, whatever units are free."""

from __future__ import annotations

from typing import Final

from promo_cli.pricing.cart import Cart, Usage
from promo_cli.pricing.conditions import Leaf, Measure, Measured, unmet
from promo_cli.pricing.ground import Ground
from promo_cli.pricing.promotion import ANYONE, Audience, Entry, Promotion
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.sale import facts_of
from promo_cli.pricing.scope import Scope
from promo_cli.pricing.view import View

_NO_USE: Final = Usage()


def refusal(entry: Entry, cart: Cart) -> Refusal | None:
    """Return why the promotion is not for this cart, as far as its goods do not matter; None if it is."""
    promotion = entry.promotion
    if not promotion.active:
        return Refusal(Reason.INACTIVE)
    if why := audience_refusal(promotion.audience, cart):
        return why
    if promotion.needs_voucher and not voucher_shown(promotion, cart):
        return Refusal(Reason.VOUCHER_MISSING)
    return _limits(promotion, cart) if promotion.counted else None


def audience_refusal(audience: Audience, cart: Cart) -> Refusal | None:
    """Return why this customer or channel is not meant; None if it is."""
    customer = cart.customer
    if audience.channels and cart.channel not in audience.channels:
        return Refusal(Reason.WRONG_CHANNEL)
    if cart.channel in audience.exclude_channels:
        return Refusal(Reason.WRONG_CHANNEL)
    if audience.members_only and not customer.is_member:
        return Refusal(Reason.MEMBERS_ONLY)
    if audience.tiers and customer.tier not in audience.tiers:
        return Refusal(Reason.WRONG_TIER)
    if audience.customer_type not in ("all", customer.customer_type):
        return Refusal(Reason.WRONG_CUSTOMER_TYPE, name=audience.customer_type)
    return None


def claim_refusal(entry: Entry, cart: Cart) -> Refusal | None:
    """Return that the promotion is only given when asked for; asked last, so that it is said when it would apply."""
    promotion = entry.promotion
    claimed = promotion.auto or promotion.code.upper() in cart.claims
    return None if claimed else Refusal(Reason.NOT_CLAIMED)


def ground_refusal(ground: Ground, view: View) -> Refusal | None:
    """Return why nothing on this ground is for this cart, whatever is in it; None if something may be."""
    if not ground.active:
        return Refusal(Reason.INACTIVE)
    if ground.audience is not ANYONE and (why := audience_refusal(ground.audience, view.sale.cart)):
        return why
    return view.closed(ground.window)


def goods_refusal(entry: Entry, view: View) -> Refusal | None:
    """Return which minimum or condition the cart misses; None if it misses none."""
    promotion = entry.promotion
    if promotion.cross is not None and entry.cross is not None:
        missing = promotion.cross_minimum - view.value(entry.cross, promotion.how)
        if missing > 0:
            return Refusal(Reason.SPEND_MORE, amount=missing)
    if promotion.rules.minimum and (missing := promotion.rules.minimum - _spent(entry, view)) > 0:
        return Refusal(Reason.SPEND_MORE, amount=missing)
    if promotion.condition is None:
        return None
    measured = measure(entry, view)
    leaf = next(unmet(promotion.condition, facts_of(view.sale.cart), measured), None)
    return None if leaf is None else _missing(leaf, measured(leaf.scope, leaf.measured))


def measure(entry: Entry, view: View) -> Measure:
    """Return how a promotion's conditions are measured: all units of the cart, whatever is free."""
    default = entry.promotion.how

    def measured(scope: Scope, how: str | None) -> Measured:
        return view.measured(view.bundle.scopes[scope], how or default)

    return measured


def _spent(entry: Entry, view: View) -> int:
    return view.spent(entry.scope, entry.promotion.how, entry.promotion.window)


def voucher_shown(promotion: Promotion, cart: Cart) -> bool:
    """Tell whether a voucher in the cart unlocks the promotion: one of its shared codes, or a code resolved to it."""
    vouchers = cart.vouchers
    return promotion.id in vouchers.values() or any(code.upper() in vouchers for code in promotion.voucher_codes)


def _limits(promotion: Promotion, cart: Cart) -> Refusal | None:
    limits, used = promotion.limits, cart.usage.get(promotion.id, _NO_USE)
    if limits.customer is not None:
        if cart.customer.member_id is None and used.customer is None:
            return Refusal(Reason.CUSTOMER_UNKNOWN)
        if (used.customer or 0) >= limits.customer:
            return Refusal(Reason.LIMIT_CUSTOMER_REACHED)
    if limits.total is not None and used.total >= limits.total:
        return Refusal(Reason.LIMIT_REACHED)
    if limits.today is not None and used.today >= limits.today:
        return Refusal(Reason.LIMIT_TODAY_REACHED)
    if limits.budget is not None and used.discount >= limits.budget:
        return Refusal(Reason.BUDGET_SPENT)
    return None


def budget_left(promotion: Promotion, cart: Cart) -> int | None:
    """Return how much a promotion may still give, in minor units; None without a budget."""
    if promotion.limits.budget is None:
        return None
    return promotion.limits.budget - cart.usage.get(promotion.id, _NO_USE).discount


def _missing(leaf: Leaf, found: Measured) -> Refusal:
    if leaf.min_purchase is not None and found.value < leaf.min_purchase:
        return Refusal(Reason.SPEND_MORE, amount=leaf.min_purchase - found.value)
    if leaf.min_quantity is not None and found.quantity < leaf.min_quantity:
        return Refusal(Reason.ADD_UNITS, units=leaf.min_quantity - found.quantity)
    return Refusal(Reason.CONDITION_UNMET)
