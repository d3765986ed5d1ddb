"""Which promotions of a lane apply, and to which units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from promo_cli.pricing.candidate import Candidate, Choice, compatible, without, worth
from promo_cli.pricing.types.base import Free


class Found(NamedTuple):
    """What was chosen, in order, and whether it is proven to be the best."""

    choices: tuple[Choice, ...]
    exact: bool = True


def in_turn(candidates: Sequence[Candidate], free: Free) -> Found:
    """Return what `strategy: priority` gives: each candidate, by rank, takes what it can of what is free."""
    choices: list[Choice] = []
    for candidate in candidates:
        if all(compatible(candidate.promotion, other.promotion) for other, _ in choices):
            option = next(candidate.options(free), None)
            if option is not None:
                choices.append((candidate, option))
                free = without(free, option)
    return Found(tuple(choices))


def best_deal(candidates: Sequence[Candidate], free: Free, budget: int) -> Found:
    """Return the greatest discount over all orders of all subsets."""
    best: tuple[Choice, ...] = ()

    def search(left: Sequence[Candidate], free: Free, so_far: tuple[Choice, ...]) -> None:
        nonlocal best
        if _preference(so_far) < _preference(best):
            best = so_far
        for candidate in left:
            rest = [c for c in left if c is not candidate and compatible(c.promotion, candidate.promotion)]
            for option in candidate.options(free):
                search(rest, without(free, option), (*so_far, (candidate, option)))

    search(candidates, free, ())
    return Found(best)


def _preference(choices: Sequence[Choice]) -> tuple[object, ...]:
    """Smaller is better: more discount, then the first order by rank, then more sets."""
    return (
        -worth(choices),
        [candidate.promotion.rank for candidate, _ in choices],
        [-option.times for _, option in choices],
    )
