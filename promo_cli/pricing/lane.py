"""One lane of one stage: who stands ready, who is chosen, what they take, and why the others do not apply."""

from __future__ import annotations

from collections.abc import Sequence

from promo_cli.pricing.applying import apply
from promo_cli.pricing.bundle import Entry
from promo_cli.pricing.candidate import Candidate, compatible
from promo_cli.pricing.choosing import choose, passed_over
from promo_cli.pricing.consuming import consuming
from promo_cli.pricing.eligibility import budget_left, claim_refusal, goods_refusal, refusal, time_refusal
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.sale import LaneResult, Sale
from promo_cli.pricing.stand import Stand
from promo_cli.pricing.types.base import Reward
from promo_cli.pricing.view import View

Verdicts = dict[str, Refusal]
"""Why promotions, by id, do not apply."""


def run_lane(sale: Sale, entries: Sequence[Entry], verdicts: Verdicts) -> None:
    """Apply a lane's promotions to the sale, and add the verdict of each that does not apply."""
    view = View(sale)
    candidates = [able for entry in entries if (able := _ready(entry, view, verdicts))]
    if not candidates:
        return
    found = choose(candidates, view)
    sale.exact &= found.exact
    earlier = len(sale.given)
    before = sum(run.running * run.count for run in view.runs)
    apply(found.choices, view)
    ready = tuple((able.entry, able.first.worth) for able in candidates)
    lane = candidates[0].promotion.stacking.lane
    sale.lanes.append(LaneResult(sale.stage, lane, before, ready, tuple(sale.given[earlier:]), found.exact))
    verdicts.update(passed_over(candidates, found.choices, view))


def _ready(entry: Entry, view: View, verdicts: Verdicts) -> Candidate | None:
    """Return the promotion as a candidate, or add the verdict why it is none."""
    sale, promotion = view.sale, entry.promotion
    why = _refused(entry, view)
    if why is None:
        offer = promotion.rules.offer(Stand(view, entry))
        if isinstance(offer, Reward):
            sale.rewards.append((entry, offer))
            return None
        if isinstance(offer, Refusal):
            why = offer
        else:
            if promotion.condition is not None:
                offer = consuming(offer, promotion.condition, entry, view)
            first = next(offer.options(view.free), None)
            if first is not None:
                budget = budget_left(promotion, sale.cart) if promotion.counted else None
                return Candidate(entry, promotion, offer, budget, first, view.mask(offer.reach))
            why = Refusal(Reason.NO_SAVING)
    verdicts[promotion.id] = why
    return None


def _refused(entry: Entry, view: View) -> Refusal | None:
    """Ask only what can refuse this promotion: most are for every cart, and a lane may hold hundreds."""
    sale, promotion = view.sale, entry.promotion
    why = refusal(entry, sale.cart) if promotion.restricted else None
    why = why or time_refusal(entry, view)
    if why is None and sale.given:
        why = _refused_earlier(entry, sale)
    if why is None and promotion.demanding:
        why = goods_refusal(entry, view)
    if why is None and not promotion.auto:
        why = claim_refusal(entry, sale.cart)
    return why


def _refused_earlier(entry: Entry, sale: Sale) -> Refusal | None:
    choosy = entry.promotion.choosy
    for given in sale.given:
        other = given.entry.promotion
        if (choosy or other.choosy) and not compatible(entry.promotion, other):
            return Refusal(Reason.NEVER_WITH, name=other.name)
    return None
