"""Which promotions of a lane apply, in which order, and to which units.

The best deal is the greatest discount over all orders of all subsets of the candidates, where each in turn takes every
unit of its scope that is still free, and a set any number of complete sets up to its maximum. Of equal totals the first
order by rank (priority, then id) wins, a shorter one before its continuations, then the one with more sets.

Candidates that cannot get in each other's way are searched apart (see `components`), the smallest groups first. Where
each of a group takes all units that any of it could want, the one that saves the most applies. Otherwise those that
another makes needless are forgotten (see `dominance`), and if one is left, it takes its best option. None of this takes
a step. Two or three with few options are tried out in every order (see `trying`), which costs as many steps as trying
each of them once.

What remains is proven in three strides. Discounts that treat every unit by itself are cut, so that the rivals fall into
clusters (see `parts`), and for each cluster it is found out what it can save at most (see `exploring`, and `bound`).
That gives a ceiling for all together, after rounding (see `rounding`). Then the first order that reaches the ceiling is
built from its beginning (see `ordering`), and it is the best deal, because nothing saves more. If there is no such
order, one of the rivals that were cut and got in each other's way is left whole, and it begins again.

**A step** is one run in the reach of one candidate. Trying an option in first place takes as many steps as all parts
that are then searched together, itself included, have runs in reach, each counting at least one; so does a part that
has no option. Joining two outcomes of clusters takes one step. Asking whether an option may come next in the order
takes as many as the clusters that it touches have runs; so does a rival that is asked for its options. A group with a
cluster of more than 100 parts, or in which trying each once would take more than a tenth of the budget, is not
searched. All groups of a lane share the header's step budget. A group that is not searched, or not to the end, is
decided by `fallback` instead, and the search is no longer exact. Steps, unlike time, are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from promo_cli.pricing.candidate import Candidate, Choice
from promo_cli.pricing.dominance import undominated
from promo_cli.pricing.exploring import Cluster, OutOfStepsError, Steps
from promo_cli.pricing.fallback import fallback
from promo_cli.pricing.ordering import Orders
from promo_cli.pricing.parts import clusters_of, rivals_of
from promo_cli.pricing.plans import Chain, only
from promo_cli.pricing.trying import few_options, tried_out
from promo_cli.pricing.types.base import Free

_MOST = 100  # parts of a cluster that is searched: the search nests once for each that applies


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
    exact, steps = True, Steps(budget)
    for group in sorted(contested, key=_smallest):
        best = _tried_out(group, free, steps, budget // 10) or _proven(group, free, steps, budget // 10)
        exact &= best is not None
        parts.append(only(fallback(group, free, budget)) if best is None else best)
    return parts, exact


def _smallest(group: Sequence[Candidate]) -> tuple[int, int]:
    return len(group), group[0].entry.place


def _tried_out(group: Sequence[Candidate], free: tuple[int, ...], steps: Steps, share: int) -> Chain | None:
    """Return the best plans of two or three with few options; None if they are more, or the steps do not suffice."""
    options = few_options(group, free)
    if options is None:
        return None
    size = _size(group)
    if size > share or size > steps.left:
        return None
    steps.pay(size)
    return tried_out(group, options, free)


def _proven(group: Sequence[Candidate], free: tuple[int, ...], steps: Steps, share: int) -> Chain | None:
    """Return the best plans, or None if the steps do not suffice."""
    rivals = rivals_of(group, free)
    try:
        while True:
            clusters = [Cluster(mask, members, free, steps) for mask, members in clusters_of(rivals)]
            for cluster in clusters:
                if len(cluster.parts) > _MOST or cluster.size > share:
                    return None
            for cluster in clusters:
                cluster.most(cluster.beginning, 0)
            orders = Orders(rivals, clusters, free, steps)
            found = orders.first(orders.ceiling(), share)
            if found is not None:
                return found
            rivals[orders.blamed].loose = False
    except OutOfStepsError:
        return None


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
