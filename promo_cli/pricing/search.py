"""Which promotions of a lane apply, in which order, and to which units.

The best deal is the greatest discount over all orders of all subsets of the candidates, where each in turn takes every
unit of its scope that is still free, and a set any number of complete sets up to its maximum. Of equal totals the first
order by rank (priority, then id) wins, a shorter one before its continuations, then the one with more sets.

Candidates that cannot get in each other's way are searched apart (see `components`), the smallest groups first. Where
each of a group takes all units that any of it could want, the one that saves the most applies. Otherwise candidates that
another makes needless are forgotten (see `dominance`), and if one is left, it takes its best option. None of this takes
a step. For what remains, orders are tried depth first. Behind an order so far, every candidate that still has free units in reach is
asked for its options, and they are followed from the one that saves the most, of equals by rank, then most sets. A
branch is left where

- it cannot exceed the best order found so far (see `bound`), nor equal it with an earlier order;
- it puts a candidate right behind one of lower rank that shares no run with it and refuses it not: the other way round
  they give the same, earlier in order;
- the same units were free for the same candidates before, behind an order that was worth more, or as much and earlier.

**A step** is one run of units looked at. A candidate's cost is the number of runs in its reach, at least one. At every
order so far, the bound over the candidates that have free units in reach takes the sum of their costs; then each option
that one of them is asked for takes its cost, and so does its answer that it has none at all. All groups of a lane share
the header's step budget. A group that does not finish within what is left of it is decided by `fallback` instead, and
the search is no longer exact. Steps, unlike time, are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from promo_cli.pricing.bound import most
from promo_cli.pricing.candidate import Candidate, Choice, compatible, without
from promo_cli.pricing.components import components
from promo_cli.pricing.dominance import undominated
from promo_cli.pricing.fallback import fallback
from promo_cli.pricing.types.base import Ceiling, Free, Option


class Found(NamedTuple):
    """What was chosen, in order, and whether it is proven to be the best."""

    choices: tuple[Choice, ...]
    exact: bool = True


class _OutOfStepsError(Exception):
    pass


def best_deal(candidates: Sequence[Candidate], free: tuple[int, ...], budget: int) -> Found:
    """Return the greatest discount over all orders of all subsets, exact within a budget of steps."""
    parts: list[tuple[Choice, ...]] = []
    exact, left = True, budget
    for competing in components(candidates, free):
        if len(competing) > 1 and _each_takes_all(competing, free):
            parts.append(_dearest(competing))
            continue
        group = undominated(competing)
        if len(group) == 1:
            parts.append(_alone(group[0], free))
            continue
        search = _Search(group, free, left)
        try:
            search.run()
        except _OutOfStepsError:
            exact = False
            parts.append(fallback(group, free, budget))
        else:
            parts.append(search.best)
        left = search.left
    return Found(_merged(parts), exact)


def _alone(candidate: Candidate, free: Free) -> tuple[Choice, ...]:
    best: Option | None = candidate.first
    if not candidate.offer.steady:
        best = max(candidate.options(free), key=lambda option: (option.worth, option.times), default=None)
    elif not candidate.allowed(candidate.first):
        best = next(candidate.options(free), None)
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


def _merged(parts: Sequence[tuple[Choice, ...]]) -> tuple[Choice, ...]:
    """Join orders that do not touch each other into the first order by rank that keeps each of them."""
    waiting = [list(reversed(part)) for part in parts if part]
    merged: list[Choice] = []
    while waiting:
        head = min(waiting, key=lambda part: part[-1][0].promotion.rank)
        merged.append(head.pop())
        waiting = [part for part in waiting if part]
    return tuple(merged)


class _Rival(NamedTuple):
    candidate: Candidate
    place: int
    mask: int
    ceiling: Ceiling
    barred: int
    cost: int


class _Search:
    """Depth first over the orders of one group; `left` is what remains of the budget."""

    def __init__(self, group: Sequence[Candidate], free: tuple[int, ...], budget: int) -> None:
        self.left = budget
        self.best: tuple[Choice, ...] = ()
        self._worth = 0
        self._order: tuple[int, ...] = ()
        self._times: tuple[int, ...] = ()
        self._free = free
        self._rivals = [_rival(candidate, place, group) for place, candidate in enumerate(group)]
        self._seen: dict[tuple[tuple[int, ...], int], tuple[int, tuple[int, ...], tuple[int, ...]]] = {}

    def run(self) -> None:
        """Search. Raises _OutOfStepsError."""
        self._extend(self._rivals, self._free, (), 0, (), ())

    def _extend(
        self,
        rivals: Sequence[_Rival],
        free: tuple[int, ...],
        choices: tuple[Choice, ...],
        so_far: int,
        order: tuple[int, ...],
        times: tuple[int, ...],
    ) -> None:
        self._note(choices, so_far, order, times)
        holes = sum([1 << i for i, count in enumerate(free) if count])
        rivals = [rival for rival in rivals if rival.mask & holes or not rival.mask]
        if not rivals or self._hopeless(so_far, order, rivals, free):
            return
        last = self._rivals[order[-1]] if order else None
        asked = [
            (rival, option)
            for rival in rivals
            if last is None or rival.place > last.place or rival.mask & last.mask
            for option in self._ask(rival, free)
        ]
        asked.sort(key=_promise)
        for rival, option in asked:
            rest = [other for other in rivals if not rival.barred >> other.place & 1]
            self._branch(rest, without(free, option), choices, so_far, order, times, rival, option)

    def _branch(
        self,
        rest: Sequence[_Rival],
        free: tuple[int, ...],
        choices: tuple[Choice, ...],
        so_far: int,
        order: tuple[int, ...],
        times: tuple[int, ...],
        rival: _Rival,
        option: Option,
    ) -> None:
        so_far, order, times = so_far + option.worth, (*order, rival.place), (*times, -option.times)
        key = (free, sum([1 << other.place for other in rest]))
        now = (-so_far, order, times)
        before = self._seen.get(key)
        if before is None or now < before:
            self._seen[key] = now
            self._extend(rest, free, (*choices, (rival.candidate, option)), so_far, order, times)

    def _note(self, choices: tuple[Choice, ...], so_far: int, order: tuple[int, ...], times: tuple[int, ...]) -> None:
        if (-so_far, order, times) < (-self._worth, self._order, self._times):
            self.best, self._worth, self._order, self._times = choices, so_far, order, times

    def _hopeless(self, so_far: int, order: tuple[int, ...], rivals: Sequence[_Rival], free: tuple[int, ...]) -> bool:
        """Whether no continuation can be better, or as good and earlier in order."""
        self._pay(sum([rival.cost for rival in rivals]))
        missing = self._worth - so_far
        possible = most([rival.ceiling for rival in rivals], free)
        return possible < missing or (possible == missing and order > self._order[: len(order)])

    def _ask(self, rival: _Rival, free: tuple[int, ...]) -> Iterator[Option]:
        self._pay(rival.cost)
        if free is self._free and rival.candidate.first.times == 1:  # known from the lane's start
            if rival.candidate.allowed(rival.candidate.first):
                yield rival.candidate.first
            return
        for number, option in enumerate(rival.candidate.options(free)):
            if number:
                self._pay(rival.cost)
            yield option

    def _pay(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise _OutOfStepsError


def _promise(asked: tuple[_Rival, Option]) -> int:
    return -asked[1].worth


def _rival(candidate: Candidate, place: int, group: Sequence[Candidate]) -> _Rival:
    barred = 1 << place
    for other_place, other in enumerate(group):
        choosy = candidate.promotion.choosy or other.promotion.choosy
        if choosy and not compatible(candidate.promotion, other.promotion):
            barred |= 1 << other_place
    ceiling = candidate.offer.ceiling()
    if candidate.budget is not None:
        ceiling = ceiling._replace(cap=min(candidate.budget, candidate.budget if ceiling.cap is None else ceiling.cap))
    return _Rival(candidate, place, candidate.mask, ceiling, barred, max(1, len(candidate.offer.reach)))
