"""How a receipt came about: every stage and lane, and the promotions that nothing in the cart concerns."""

from __future__ import annotations

from typing import Any

from promo_cli.pricing.eligibility import refusal
from promo_cli.pricing.money import major
from promo_cli.pricing.promotion import Entry
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.sale import LaneResult, Sale


def traced(sale: Sale) -> list[dict[str, Any]]:
    """Return each lane in which a promotion stood ready, in order, amounts in major units.

    `before` is the running total at its start; `ready` what each would have saved alone; `taken` what was chosen, in
    the order applied, and how many units it used up.
    """
    exponent = sale.bundle.exponent
    return [_lane(lane, exponent) for lane in sale.lanes]


def untouched(entry: Entry, sale: Sale) -> Refusal:
    """Return why a promotion does not apply that nothing in the cart concerns."""
    return refusal(entry, sale.cart) or Refusal(Reason.NOTHING_IN_SCOPE)


def _lane(lane: LaneResult, exponent: int) -> dict[str, Any]:
    return {
        "stage": lane.stage,
        "lane": lane.lane,
        "before": major(lane.before, exponent),
        "ready": [
            {"promotion_id": entry.promotion.id, "code": entry.promotion.code, "alone": major(worth, exponent)}
            for entry, worth in lane.ready
        ],
        "taken": [
            {
                "promotion_id": given.entry.promotion.id,
                "code": given.entry.promotion.code,
                "amount": major(given.option.worth, exponent),
                "times": given.option.times,
                "units": sum(count for _, count in given.option.taken),
            }
            for given in lane.given
        ],
        "search": "exact" if lane.exact else "bounded",
    }
