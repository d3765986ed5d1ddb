"""Stages and lanes in their order: from a cart to its receipt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from promo_cli.pricing.bundle import Entry, PreparedBundle
from promo_cli.pricing.cart import Cart, read_cart
from promo_cli.pricing.errors import CartError
from promo_cli.pricing.lane import Verdicts, run_lane
from promo_cli.pricing.money import major
from promo_cli.pricing.promotion import STAGES
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.receipt import receipt
from promo_cli.pricing.sale import Sale, units_of
from promo_cli.pricing.tracing import traced, untouched
from promo_cli.pricing.units import at_stage_start


def price(cart: dict[str, Any], prepared: PreparedBundle, *, trace: bool = False) -> dict[str, Any]:
    """Return the receipt of a cart, amounts in major units.

    A pure function: the same cart and bundle give the same receipt on every machine. With `trace`, `skipped` lists all
    promotions, and `trace` tells stage by stage and lane by lane what stood ready and what was taken. Raises CartError.
    """
    read = read_cart(cart, prepared.products.get, prepared.exponent, prepared.zone)
    met = {number for line in read.lines for number in prepared.scopes_of(line.product)}
    entries = [prepared.entries[index] for index in prepared.touching(met)]
    sale, verdicts = _alone_or_together(prepared, read, entries)
    _check_payments(sale)
    if not trace:
        return receipt(sale, entries, verdicts)
    told = {entry.promotion.id for entry in entries}
    others = [entry for entry in prepared.entries if entry.promotion.id not in told]
    verdicts |= {entry.promotion.id: untouched(entry, sale) for entry in others}
    return {**receipt(sale, prepared.entries, verdicts), "trace": traced(sale)}


def _alone_or_together(prepared: PreparedBundle, cart: Cart, entries: Sequence[Entry]) -> tuple[Sale, Verdicts]:
    """Price each `exclusive: cart` promotion alone and all others together, and keep the receipt that wins."""
    alone = [entry for entry in entries if entry.promotion.stacking.exclusive == "cart"]
    if not alone:
        return _stages(prepared, cart, entries)
    others = [entry for entry in entries if entry not in alone]
    outcomes = [_stages(prepared, cart, others), *(_stages(prepared, cart, [entry]) for entry in alone)]
    best = _winner(outcomes, prepared.best_deal)
    sale, verdicts = outcomes[best]
    kept = {given.entry.promotion.id for given in sale.given} | {entry.promotion.id for entry, _ in sale.rewards}
    refused = {key: why for _, own in outcomes for key, why in own.items()}
    excluded = {entry.promotion.id: Refusal(Reason.EXCLUSIVE) for entry in entries}
    verdicts = {key: why for key, why in {**excluded, **refused, **verdicts}.items() if key not in kept}
    sale.exact = all(outcome.exact for outcome, _ in outcomes)
    return sale, verdicts


def _winner(outcomes: Sequence[tuple[Sale, Verdicts]], best_deal: bool) -> int:
    """Return the index of the receipt that wins; of equals the first, which is the one of all others together."""
    if best_deal:
        return max(range(len(outcomes)), key=lambda i: outcomes[i][0].saved)
    ranks = [min((given.entry.promotion.rank for given in sale.given), default=None) for sale, _ in outcomes]
    applying = [(rank, i) for i, rank in enumerate(ranks) if rank is not None]
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


def _stages(prepared: PreparedBundle, cart: Cart, entries: Sequence[Entry]) -> tuple[Sale, Verdicts]:
    sale, verdicts = Sale(prepared, cart, units_of(cart)), Verdicts()
    lanes: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        lanes.setdefault((entry.promotion.stage, entry.promotion.stacking.lane), []).append(entry)
    for stage in STAGES:
        sale.stage = stage
        if stage == "payment":
            sale.due = sum(run.running * run.count for run in sale.runs)
        used = [lane for lane in prepared.lanes if (stage, lane) in lanes]
        if used:
            sale.runs = [at_stage_start(run) for run in sale.runs]
        for lane in used:
            run_lane(sale, lanes[stage, lane], verdicts)
    return sale, verdicts
