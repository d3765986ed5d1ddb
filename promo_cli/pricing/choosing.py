"""Who of a lane's candidates applies: groups are settled, exclusives stand alone, the search does the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from promo_cli.pricing.candidate import Candidate, Choice, compatible, worth
from promo_cli.pricing.fallback import in_turn
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.search import Found, best_deal
from promo_cli.pricing.types.base import Free
from promo_cli.pricing.view import View


def choose(candidates: Sequence[Candidate], view: View) -> Found:
    """Return what applies of candidates that come by rank."""
    bundle = view.sale.bundle

    def search(some: Sequence[Candidate]) -> Found:
        return best_deal(some, view.free, bundle.step_budget) if bundle.best_deal else Found(in_turn(some, view.free))

    able = _one_of_each_group(candidates, view)
    alone = [candidate for candidate in able if candidate.promotion.stacking.exclusive == "lane"]
    if not alone:
        return search(able)
    together = search([candidate for candidate in able if candidate not in alone])
    singles = [search([candidate]) for candidate in alone]
    exact = all(found.exact for found in (together, *singles))
    return winner([together, *singles], bundle.best_deal)._replace(exact=exact)


def winner(rivals: Sequence[Found], best: bool) -> Found:
    """Return the one of several that wins: together first, then each exclusive alone, by rank.

    `best_deal`: the greatest discount, of equals the first. Otherwise the one that holds the highest promotion.
    """
    if best:
        return max(rivals, key=lambda found: worth(found.choices))
    applying = [found for found in rivals if found.choices]
    return min(applying, key=lambda found: min(c.promotion.rank for c, _ in found.choices), default=rivals[0])


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
) -> Iterator[tuple[str, Refusal]]:
    """Yield the id of every candidate that was not chosen, with why."""
    chosen = {candidate for candidate, _ in choices}
    for candidate in candidates:
        if candidate not in chosen:
            yield candidate.promotion.id, _why(candidate, choices, view.free)


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
