"""What decides where a search would take too long: the better of greedy with local swaps, and priority."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from promo_cli.pricing.candidate import Candidate, Choice, compatible, without, worth
from promo_cli.pricing.types.base import Free, Option


def fallback(candidates: Sequence[Candidate], free: Free, budget: int) -> tuple[Choice, ...]:
    """Return a good choice without proof, in bounded work.

    Greedy: again and again the option that saves the most takes its units; of equals the first by rank. Local swaps:
    each candidate left out, by rank, is put in front of each that applies, and the order played again; what saves
    more is kept, until nothing does or the orders played have cost a tenth of the step budget, counted as in `search`.
    Of greedy and priority the better, of equals priority.
    """
    swapped = _swapped(greedy(candidates, free), candidates, free, budget // 10)
    turns = in_turn(candidates, free)
    return swapped if worth(swapped) > worth(turns) else turns


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


def greedy(candidates: Sequence[Candidate], free: Free) -> tuple[Choice, ...]:
    """Return the choices of again and again the option that saves the most; of equals the first by rank."""
    left, choices = list(candidates), list[Choice]()
    best: dict[Candidate, Option | None] = {candidate: _best(candidate, free) for candidate in left}
    while True:
        able = [(candidate, option) for candidate in left if (option := best[candidate]) is not None]
        if not able:
            return tuple(choices)
        chosen, option = max(able, key=lambda choice: choice[1].worth)
        choices.append((chosen, option))
        free = without(free, option)
        left = [candidate for candidate in left if candidate is not chosen and _joins(candidate, choices[-1:])]
        for candidate in left:
            if candidate.mask & chosen.mask:
                best[candidate] = _best(candidate, free)


def _best(candidate: Candidate, free: Free) -> Option | None:
    """The option that saves the most, of equals the one with the most sets."""
    if candidate.offer.steady:
        return next(candidate.options(free), None)
    return max(candidate.options(free), key=lambda option: option.worth, default=None)


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
