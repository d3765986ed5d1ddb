"""Who of a lane applies: groups are settled, exclusives stand alone, the search does the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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


class Found:
    """What was chosen, in order, and whether it is proven to be the best."""

    __slots__ = ("choices", "exact")

    def __init__(self, choices: tuple[Choice, ...], exact: bool = True) -> None:
        self.choices = choices
        self.exact = exact


def choose(crowds: Sequence[Crowd], candidates: Sequence[Candidate], view: View) -> Found:
    """Return what applies; no crowd stands in a lane with promotions that refuse others."""
    able = _one_of_each_group(candidates, view)
    exclusive = [candidate for candidate in able if candidate.promotion.stacking.exclusive == "lane"]
    if not exclusive:
        return _together([*crowds, *able], view)
    together = _together([candidate for candidate in able if candidate not in exclusive], view)
    singles = [_together([candidate], view) for candidate in exclusive]
    exact = all(found.exact for found in (together, *singles))
    return Found(winner([together, *singles], view.bundle.best_deal).choices, exact)


def refusing(candidate: Candidate) -> bool:
    """Tell whether a candidate does not combine with all others of its lane."""
    promotion = candidate.promotion
    return promotion.choosy or promotion.stacking.exclusive == "lane"


def _together(standing: Sequence[Standing], view: View) -> Found:
    """Decide group by group what competes; where crowds want the same units, one of them applies."""
    settled: list[Choice] = []
    contested: list[list[Candidate]] = []
    best = view.bundle.best_deal
    for group in components(standing, view.open):
        crowds = [one for one in group if isinstance(one, Crowd)]
        if len(crowds) == len(group) and _of_one_pool(crowds):
            settled += _of_crowds(crowds, best)
        elif len(group) == 1 and isinstance(group[0], Candidate):
            settled += alone(group[0], view.free)
        else:
            competing = [one for one in group if isinstance(one, Candidate)]
            for crowd in crowds:
                competing += crowd.candidates(crowd.level.rivals)
            contested.append(sorted(competing, key=_place))
    if not contested:
        return Found(tuple(sorted(settled, key=_place_of_choice)))
    parts: list[Chain] = [only((choice,)) for choice in settled]
    if not best:
        parts += [only(in_turn(group, view.free)) for group in contested]
        return Found(joined(parts)[0].choices)
    plans, exact = best_deal(contested, view.free, view.bundle.step_budget)
    return Found(joined(parts + plans)[0].choices, exact)


def _place(candidate: Candidate) -> int:
    return candidate.entry.place


def _place_of_choice(choice: Choice) -> int:
    return choice[0].entry.place


def _of_one_pool(crowds: list[Crowd]) -> bool:
    pool = crowds[0].pool
    return all(crowd.pool is pool for crowd in crowds)


def _of_crowds(crowds: list[Crowd], best_deal: bool) -> tuple[Choice, ...]:
    """Who of crowds that want the same units saves the most, of equals the first by rank; or simply the first."""
    most, chosen, of = 0, None, None
    for crowd in crowds:
        able = crowd.first(best_deal)
        if able is not None:
            saving = able.worth(crowd.pool.base)
            earlier = chosen is None or able.entry.place < chosen.entry.place
            if (saving > most or (saving == most and earlier)) if best_deal else earlier:
                most, chosen, of = saving, able, crowd
    if chosen is None or of is None:
        return ()
    candidate = of.candidate(chosen, most)
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
    if not candidate.allowed(candidate.first) and candidate.opening(free) is None:
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
