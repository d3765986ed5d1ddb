"""Which promotions of a lane apply, in which order, and to which units.

The best deal is the greatest discount over all orders of all subsets of the candidates, where each in turn takes every
unit of its scope that is still free, and a set any number of complete sets up to its maximum. Of equal totals the first
order by rank (priority, then id) wins, a shorter one before its continuations, then the one with more sets.

Candidates that cannot get in each other's way are searched apart (see `components`), the smallest groups first. Where
each of a group takes all units that any of it could want, the one that saves the most applies. Otherwise those that
another makes needless are forgotten (see `dominance`), and if one is left, it takes its best option. None of this takes
a step. What remains is searched (see `exploring`): every candidate is tried in first place, with each of its options,
and behind it the best of the others is found in the same way, again apart where they have come apart, and only once for
the same others and the same free units. Nothing is tried that cannot reach what has been found (see `bound`), at first
what `greedy` finds.

Two or three with few options are tried out in every order instead (see `trying`), which costs as much as trying each of
them once.

**A step** is one run in the reach of one candidate. Trying an option in first place takes as many steps as all
candidates that are then searched together, itself included, have runs in reach, each counting at least one; so does a
candidate that has no option. A group of more than 100 candidates, or in which trying each once would take more than a
tenth of the budget, is not searched. All groups of a lane share the header's step budget. A group that is not searched,
or not to the end, is decided by `fallback` instead, and the search is no longer exact. Steps, unlike time, are the same
on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from promo_cli.pricing.candidate import Candidate, Choice, worth
from promo_cli.pricing.dominance import undominated
from promo_cli.pricing.exploring import OutOfStepsError, Search
from promo_cli.pricing.fallback import fallback, greedy
from promo_cli.pricing.plans import Chain, only
from promo_cli.pricing.trying import few_options, tried_out
from promo_cli.pricing.types.base import Free

_MOST = 100  # candidates of a group that is searched: the search nests once for each that applies


def best_deal(groups: Iterable[Sequence[Candidate]], free: tuple[int, ...], budget: int) -> tuple[list[Chain], bool]:
    """Return for each group the greatest discount over all orders of all subsets, and whether that is proven.

    Candidates of one group come by rank; those of different groups cannot get in each other's way.
    """
    parts: list[Chain] = []
    contested = []
    for competing in groups:
        if len(competing) > 1 and _each_takes_all(competing, free):
            parts.append(only(_dearest(competing)))
            continue
        group = undominated(competing)
        if len(group) == 1:
            parts.append(only(alone(group[0], free)))
        else:
            contested.append(group)
    exact, left = True, budget
    for group in sorted(contested, key=lambda group: (len(group), group[0].entry.place)):
        best = None
        size = _size(group)
        if len(group) <= _MOST and size <= budget // 10:
            options = few_options(group, free)
            if options is None:
                best, left = _searched(group, free, left)
            else:
                best = tried_out(group, options, free) if size <= left else None
                left = max(0, left - size)
        exact &= best is not None
        parts.append(only(fallback(group, free, budget)) if best is None else best)
    return parts, exact


def _searched(group: Sequence[Candidate], free: tuple[int, ...], steps: int) -> tuple[Chain | None, int]:
    """Return the best plans, or None if these steps do not suffice, and the steps left."""
    search = Search(group, free, steps)
    try:
        return search.run(worth(greedy(group, free))), search.left
    except OutOfStepsError:
        return None, 0


def _size(group: Sequence[Candidate]) -> int:
    """How many steps it takes to try every candidate once in first place."""
    return len(group) * sum([max(1, len(candidate.offer.reach)) for candidate in group])


def alone(candidate: Candidate, free: Free) -> tuple[Choice, ...]:
    """Return what a candidate does that has no rival."""
    first = candidate.first
    best = first if candidate.offer.steady and candidate.allowed(first) else candidate.best(free)
    return () if best is None else ((candidate, best),)


def _each_takes_all(group: Sequence[Candidate], free: Free) -> bool:
    units = sum([free[i] for i in {i for candidate in group for i in candidate.offer.reach}])
    return all(
        candidate.first.times == 1 and sum([count for _, count in candidate.first.taken]) == units
        for candidate in group
    )


def _dearest(group: Sequence[Candidate]) -> tuple[Choice, ...]:
    able = [candidate for candidate in group if candidate.allowed(candidate.first)]
    best = max(able, key=lambda candidate: candidate.first.worth, default=None)
    return () if best is None else ((best, best.first),)
