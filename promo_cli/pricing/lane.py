"""One lane of one stage: who stands ready, who is chosen, what they take, and why the others do not apply."""

from __future__ import annotations

from collections.abc import Sequence

from promo_cli.pricing.applying import apply
from promo_cli.pricing.candidate import Candidate, compatible
from promo_cli.pricing.choosing import choose, passed_over, refusing
from promo_cli.pricing.consuming import consuming
from promo_cli.pricing.crowd import Crowd, gather
from promo_cli.pricing.eligibility import budget_left, claim_refusal, goods_refusal, refusal
from promo_cli.pricing.ground import Ground
from promo_cli.pricing.promotion import Entry
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.sale import LaneResult, Sale
from promo_cli.pricing.stand import Stand
from promo_cli.pricing.types.base import Reward
from promo_cli.pricing.verdicts import Verdicts
from promo_cli.pricing.view import View


def run_lane(sale: Sale, grounds: list[Ground], verdicts: Verdicts) -> None:
    """Apply a lane's promotions to the sale, and add the verdict of each that does not apply."""
    view = View(sale)
    crowds, candidates = _ready(grounds, view, verdicts)
    if not (crowds or candidates):
        return
    found = choose(crowds, candidates, view)
    sale.exact = sale.exact and found.exact
    for crowd in crowds:
        crowd.idle(verdicts)
    if candidates:
        for entry, why in passed_over(candidates, found.choices, view):
            verdicts.refuse(entry, why)
    verdicts.acquit([candidate.entry.place for candidate, _ in found.choices])
    earlier, before = len(sale.given), sale.total if sale.traced else 0
    apply(found.choices, view)
    if sale.traced:
        _trace(sale, crowds, candidates, earlier, before, found.exact)


def _ready(grounds: list[Ground], view: View, verdicts: Verdicts) -> tuple[list[Crowd], list[Candidate]]:
    """Return who stands ready; crowds only where nobody refuses anybody, because they are not asked one by one."""
    crowds: list[Crowd] = []
    candidates: list[Candidate] = []
    rewards = view.sale.rewards
    earned = len(rewards)
    for ground in grounds:
        asked = ground.others
        if ground.crowd and view.sale.refused:
            asked = ground.entries
        elif ground.crowd:
            crowd, apart = gather(ground, view, verdicts)
            candidates += apart
            if crowd is not None:
                crowds.append(crowd)
        closed = view.closed(ground.window) if asked else None
        for entry in asked:
            able = _candidate(entry, closed, view, verdicts)
            if able is not None:
                candidates.append(able)
    if crowds and any(refusing(candidate) for candidate in candidates):
        candidates += [candidate for crowd in crowds for candidate in crowd.candidates(crowd.level.ready)]
        crowds = []
    candidates.sort(key=_place)
    if len(rewards) > earned:
        rewards[earned:] = sorted(rewards[earned:], key=_place_of_reward)
    return crowds, candidates


def _place(candidate: Candidate) -> int:
    return candidate.entry.place


def _place_of_reward(reward: tuple[Entry, Reward]) -> int:
    return reward[0].place


def _candidate(entry: Entry, closed: Refusal | None, view: View, verdicts: Verdicts) -> Candidate | None:
    """Return the promotion as a candidate, or add the verdict why it is none; `closed` says that it is not its time."""
    sale, promotion = view.sale, entry.promotion
    why = _refused(entry, closed, view)
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
            first = offer.first(view.free)
            if first is not None:
                budget = budget_left(promotion, sale.cart) if promotion.counted else None
                return Candidate(entry, promotion, offer, budget, first, view.mask(offer.reach))
            why = Refusal(Reason.NO_SAVING)
    verdicts.refuse(entry, why)
    return None


def _refused(entry: Entry, closed: Refusal | None, view: View) -> Refusal | None:
    """Ask only what can refuse this promotion: most are for every cart, and a lane may hold hundreds."""
    sale, promotion = view.sale, entry.promotion
    why = refusal(entry, sale.cart) if promotion.restricted else None
    why = why or closed
    if why is None and (sale.refused or promotion.choosy):
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


def _trace(
    sale: Sale, crowds: Sequence[Crowd], candidates: Sequence[Candidate], earlier: int, before: int, exact: bool
) -> None:
    """Keep what happened, for the trace; in a crowd all that stand ready are told of."""
    ready = [(able.entry, able.worth(crowd.pool.base)) for crowd in crowds for able in crowd.level.ready]
    ready += [(able.entry, able.first.worth) for able in candidates]
    stacking = ready[0][0].promotion.stacking
    given = tuple(sale.given[earlier:])
    sale.lanes.append(
        LaneResult(sale.stage, stacking.lane, before, tuple(sorted(ready, key=lambda one: one[0].place)), given, exact)
    )
