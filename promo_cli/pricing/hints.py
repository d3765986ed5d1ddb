"""What the customer could still have: near misses, upsells, gifts to be asked for, and ways to pay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from promo_cli.pricing.bundle import Entry
from promo_cli.pricing.lane import Verdicts
from promo_cli.pricing.money import major
from promo_cli.pricing.reasons import Reason, Refusal, text
from promo_cli.pricing.sale import Sale
from promo_cli.pricing.words import Money

_NEAR = {
    Reason.SPEND_MORE,
    Reason.ADD_UNITS,
    Reason.ADD_PRODUCT,
    Reason.NOT_CLAIMED,
    Reason.CHOICE_MISSING,
    Reason.PAYMENT_METHOD,
}


def hints(sale: Sale, entries: Sequence[Entry], verdicts: Verdicts, say: Money) -> list[dict[str, Any]]:
    """Return one hint for every promotion that one more step would bring, by rank.

    The way to pay is hinted at only while the cart does not name one.
    """
    found = []
    for entry in entries:
        why = verdicts.get(entry.promotion.id)
        if why is None or why.reason not in _NEAR:
            continue
        if why.reason is Reason.PAYMENT_METHOD and sale.cart.methods is not None:
            continue
        found.append(_hint(entry, why, sale.bundle.exponent, say))
    return found


def _hint(entry: Entry, why: Refusal, exponent: int, say: Money) -> dict[str, Any]:
    promotion = entry.promotion
    hint: dict[str, Any] = {
        "promotion_id": promotion.id,
        "code": promotion.code,
        "reason_code": why.reason.value,
        "message": promotion.rules.hint(why) or f"{promotion.name}: {text(why, say)}",
    }
    if why.amount:
        hint["missing_amount"] = major(why.amount, exponent)
    if why.units:
        hint["missing_quantity"] = why.units
    if why.product_id:
        hint["product_id"] = why.product_id
    return hint
