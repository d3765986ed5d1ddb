"""Who of a lane applies: groups are settled, exclusives stand alone, the search does the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from promo_cli.pricing.candidate import Candidate, Choice, compatible, worth
from promo_cli.pricing.components import Standing, components
from promo_cli.pricing.crowd import Crowd
from promo_cli.pricing.fallback import in_turn
from promo_cli.pricing.plans import Chain, joined, only
from promo_cli.pricing.promotion import Entry
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.search import alone, best_deal
from promo_cli.pricing.types.base import Free
from promo_cli.pricing.view import View


class Found(NamedTuple):
    """What was chosen, in order, and whether it is proven to be the best."""

    choices: tuple[Choice, ...]
    exact: bool = True


def choose(crowds: Sequence[Crowd], candidates: Sequence[Candidate], view: View) -> Found:
    """Return what applies; no crowd stands in a lane with promotions that refuse others."""
    able = _one_of_each_group(candidates, view)
    exclusive = [candidate for candidate in able if candidate.promotion.stacking.exclusive == "lane"]
    if not exclusive:
        return _together([*crowds, *able], view)
    together = _together([candidate for candidate in able if candidate not in exclusive], view)
    singles = [_together([candidate], view) for candidate in exclusive]
    exact = all(found.exact for found in (together, *singles))
    return winner([together, *singles], view.bundle.best_deal)._replace(exact=exact)


def refusing(candidate: Candidate) -> bool:
    """Tell whether a candidate does not combine with all others of its lane."""
    promotion = candidate.promotion
    return promotion.choosy or promotion.stacking.exclusive == "lane"


def _together(standing: Sequence[Standing], view: View) -> Found:
    """Decide group by group what competes; where crowds want the same units, one of them applies."""
    parts: list[Chain] = []
    contested: list[list[Candidate]] = []
    for group in components(standing, view.open):
        crowds = [one for one in group if isinstance(one, Crowd)]
        if len(crowds) == len(group) and all(crowd.pool is crowds[0].pool for crowd in crowds):
            parts.append(only(_of_crowds(crowds, view.bundle.best_deal)))
        elif len(group) == 1 and isinstance(group[0], Candidate):
            parts.append(only(alone(group[0], view.free)))
        else:
            competing = [one for one in group if isinstance(one, Candidate)]
            competing += [one for crowd in crowds for one in crowd.candidates(crowd.level.rivals)]
            contested.append(sorted(competing, key=lambda one: one.entry.place))
    exact = True
    if contested and view.bundle.best_deal:
        plans, exact = best_deal(contested, view.free, view.bundle.step_budget)
        parts += plans
    elif contested:
        parts += [only(in_turn(group, view.free)) for group in contested]
    return Found(joined(parts)[0].choices, exact)


def _of_crowds(crowds: Sequence[Crowd], best_deal: bool) -> tuple[Choice, ...]:
    """Who of crowds that want the same units saves the most, of equals the first by rank; or simply the first."""
    firsts = [(first, crowd) for crowd in crowds if (first := crowd.first(best_deal)) is not None]
    if not firsts:
        return ()
    (saving, able), crowd = min(firsts, key=lambda one: (-one[0][0] if best_deal else 0, one[0][1].entry.place))
    candidate = crowd.candidate(able, saving)
    return ((candidate, candidate.first),)


def winner(rivals: Sequence[Found], best: bool) -> Found:
    """Return the one of several that wins: together first, then each exclusive alone, by rank.

    `best_deal`: the greatest discount, of equals the first. Otherwise the one that holds the highest promotion.
    """
    if best:
        return max(rivals, key=lambda found: worth(found.choices))
    applying = [found for found in rivals if found.choices]
    return min(
        applying, key=lambda found: min(candidate.entry.place for candidate, _ in found.choices), default=rivals[0]
    )


def _one_of_each_group(candidates: Sequence[Candidate], view: View) -> list[Candidate]:
    """Settle `first` and `best_merchant` before the search, by what each member gives alone at the lane's start.

    Settled later, a third promotion could change which member is meant.
    """
    kept: dict[str, tuple[int, Candidate]] = {}
    for candidate in candidates:
        group, rule = candidate.promotion.stacking.group, candidate.promotion.stacking.rule
        if group is not None and rule != "best_customer":
            saving = max((option.worth for option in candidate.options(view.free)), default=0)
            better = group not in kept or (rule == "best_merchant" and saving < kept[group][0])
            if saving and better:
                kept[group] = (saving, candidate)
    settled = {group: candidate for group, (_, candidate) in kept.items()}
    return [c for c in candidates if settled.get(c.promotion.stacking.group or "", c) is c]


def passed_over(
    candidates: Iterable[Candidate], choices: Sequence[Choice], view: View
) -> Iterator[tuple[Entry, Refusal]]:
    """Yield every promotion that was not chosen, with why."""
    chosen = {candidate for candidate, _ in choices}
    for candidate in candidates:
        if candidate not in chosen:
            yield candidate.entry, _why(candidate, choices, view.free)


def _why(candidate: Candidate, choices: Sequence[Choice], free: Free) -> Refusal:
    if not candidate.allowed(candidate.first) and next(candidate.options(free), None) is None:
        return Refusal(Reason.BUDGET_SPENT if candidate.first.worth > 0 else Reason.NO_SAVING)
    refusals = (refused_by(candidate, other) for other, _ in choices)
    return next((why for why in refusals if why is not None), Refusal(Reason.UNITS_TAKEN))


def refused_by(candidate: Candidate, other: Candidate) -> Refusal | None:
    """Return why a promotion that applies keeps another out; None if it does not."""
    own, theirs = candidate.promotion, other.promotion
    if "lane" in (own.stacking.exclusive, theirs.stacking.exclusive):
        return Refusal(Reason.EXCLUSIVE)
    if not (own.choosy or theirs.choosy) or compatible(own, theirs):
        return None
    if own.stacking.group is not None and own.stacking.group == theirs.stacking.group:
        return Refusal(Reason.GROUP)
    return Refusal(Reason.NEVER_WITH, name=theirs.name)
