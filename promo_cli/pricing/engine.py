"""Stages and lanes in their order: from a cart to its receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import getcontext, setcontext
from typing import Any, Final

from promo_cli.pricing.bundle import PreparedBundle
from promo_cli.pricing.cart import Cart, read_cart
from promo_cli.pricing.errors import CartError
from promo_cli.pricing.ground import Ground, told_all
from promo_cli.pricing.lane import run_lane
from promo_cli.pricing.money import EXACT, major
from promo_cli.pricing.promotion import STAGES
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.receipt import receipt
from promo_cli.pricing.sale import Sale
from promo_cli.pricing.tracing import traced, untouched
from promo_cli.pricing.verdicts import Verdicts

_PAYMENT: Final = STAGES.index("payment")


def price(cart: Mapping[str, Any], prepared: PreparedBundle, *, trace: bool = False) -> dict[str, Any]:
    """Return the receipt of a cart, amounts in major units.

    A pure function: the same cart and bundle give the same receipt on every machine. With `trace`, `skipped` lists all
    promotions, and `trace` tells stage by stage and lane by lane what stood ready and what was taken. Raises CartError.
    """
    context = getcontext()
    setcontext(EXACT)
    try:
        return _priced(cart, prepared, trace)
    finally:
        setcontext(context)


def _priced(cart: Mapping[str, Any], prepared: PreparedBundle, trace: bool) -> dict[str, Any]:
    read = read_cart(cart, prepared.products, prepared.exponent, prepared.zone)
    grounds = prepared.grounds_met([line.product for line in read.lines])
    sale, verdicts = _alone_or_together(prepared, read, grounds, trace)
    _check_payments(sale)
    if not trace:
        return receipt(sale, verdicts)
    known = {entry.place for ground in grounds for entry in ground.entries}
    for entry in prepared.entries:
        if entry.place not in known:
            verdicts.refuse(entry, untouched(entry, sale))
    return {**receipt(sale, verdicts), "trace": traced(sale)}


def _alone_or_together(
    prepared: PreparedBundle, cart: Cart, grounds: list[Ground], trace: bool
) -> tuple[Sale, Verdicts]:
    """Price each `exclusive: cart` promotion alone and all others together, and keep the receipt that wins."""
    alone = sorted([ground for ground in grounds if ground.alone >= 0], key=lambda ground: ground.alone)
    if not alone:
        return _stages(prepared, cart, grounds, trace)
    others = [ground for ground in grounds if ground.alone < 0]
    outcomes = [
        _stages(prepared, cart, others, trace),
        *(_stages(prepared, cart, [ground], trace) for ground in alone),
    ]
    best = _winner(outcomes, prepared.best_deal)
    sale, verdicts = outcomes[best]
    merged = Verdicts(prepared, verdicts.paid)
    merged.keep_out(told_all([entry for ground in grounds for entry in ground.entries], Refusal(Reason.EXCLUSIVE)))
    for _, own in outcomes:
        merged.overrule(own)
    merged.overrule(verdicts)
    merged.acquit([given.entry.place for given in sale.given])
    merged.acquit([entry.place for entry, _ in sale.rewards])
    sale.exact = all(outcome.exact for outcome, _ in outcomes)
    return sale, merged


def _winner(outcomes: Sequence[tuple[Sale, Verdicts]], best_deal: bool) -> int:
    """Return the index of the receipt that wins; of equals the first, which is the one of all others together."""
    if best_deal:
        return max(range(len(outcomes)), key=lambda i: outcomes[i][0].saved)
    places = [min((given.entry.place for given in sale.given), default=None) for sale, _ in outcomes]
    applying = [(place, i) for i, place in enumerate(places) if place is not None]
    return min(applying)[1] if applying else 0


def _check_payments(sale: Sale) -> None:
    """A split tender says what each method pays of the bill as it stands before payment discounts."""
    payments, exponent = sale.cart.payments, sale.bundle.exponent
    paid = sum(amount for _, amount in payments or ())
    if payments and paid != sale.due:
        raise CartError(
            "amount",
            sale.cart.payments_at,
            "the payments do not add up to the bill",
            expected=f"{major(sale.due, exponent)}, the total before payment discounts",
            found=str(major(paid, exponent)),
            help="price without payments first, then split that total",
        )


def _stages(prepared: PreparedBundle, cart: Cart, grounds: list[Ground], trace: bool) -> tuple[Sale, Verdicts]:
    """Run every lane that something stands in; grounds come by stage and lane."""
    sale, verdicts = Sale(prepared, cart, trace), Verdicts(prepared, cart.methods is not None)
    payment_due = bool(cart.payments)
    begun = start = 0
    while start < len(grounds):
        stage, lane, end = grounds[start].stage, grounds[start].lane, start + 1
        while end < len(grounds) and grounds[end].stage == stage and grounds[end].lane == lane:
            end += 1
        if stage >= _PAYMENT and payment_due:
            sale.due, payment_due = sale.total, False
        if stage != begun:
            sale.begin(STAGES[stage])
            begun = stage
        run_lane(sale, grounds[start:end], verdicts)
        start = end
    if payment_due:
        sale.due = sale.total
    return sale, verdicts
