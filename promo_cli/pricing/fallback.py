"""What decides where a search would take too long: the better of greedy with local swaps, and priority."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from promo_cli.pricing.candidate import Candidate, Choice, compatible, without, worth
from promo_cli.pricing.types.base import Free


def fallback(candidates: Sequence[Candidate], free: Free, budget: int) -> tuple[Choice, ...]:
    """Return a good choice without proof, in bounded work.

    Greedy: again and again the option that saves the most takes its units; of equals the first by rank. Local swaps:
    each candidate left out, by rank, is put in front of each that applies, and the order played again; what saves
    more is kept, until nothing does or the orders played have cost a tenth of the step budget, counted as in `search`.
    Of greedy and priority the better, of equals priority.
    """
    greedy = _swapped(_greedy(candidates, free), candidates, free, budget // 10)
    turns = in_turn(candidates, free)
    return greedy if worth(greedy) > worth(turns) else turns


def in_turn(candidates: Iterable[Candidate], free: Free) -> tuple[Choice, ...]:
    """Return what `strategy: priority` gives: each candidate in its order takes what it can of what is free."""
    choices: list[Choice] = []
    for candidate in candidates:
        if _joins(candidate, choices):
            option = next(candidate.options(free), None)
            if option is not None:
                choices.append((candidate, option))
                free = without(free, option)
    return tuple(choices)


def _joins(candidate: Candidate, choices: Sequence[Choice]) -> bool:
    own = candidate.promotion
    others = [other.promotion for other, _ in choices]
    return all(not (own.choosy or other.choosy) or compatible(own, other) for other in others)


def _greedy(candidates: Sequence[Candidate], free: Free) -> tuple[Choice, ...]:
    left, choices = list(candidates), list[Choice]()
    while True:
        offers = [(candidate, option) for candidate in left for option in candidate.options(free)][:]
        if not offers:
            return tuple(choices)
        best = max(offers, key=lambda choice: choice[1].worth)
        choices.append(best)
        free = without(free, best[1])
        left = [c for c in left if c is not best[0] and compatible(c.promotion, best[0].promotion)]


def _swapped(
    choices: tuple[Choice, ...], candidates: Sequence[Candidate], free: Free, budget: int
) -> tuple[Choice, ...]:
    improved = True
    while improved:
        improved = False
        applied = [candidate for candidate, _ in choices]
        for candidate in candidates:
            if candidate in applied:
                continue
            for place in range(len(applied)):
                order = [*applied[:place], candidate, *applied[place:]]
                budget -= sum(max(1, len(one.offer.reach)) for one in order)
                if budget < 0:
                    return choices
                trial = in_turn(order, free)
                if worth(trial) > worth(choices):
                    choices, improved = trial, True
                    break
            if improved:
                break
    return choices
