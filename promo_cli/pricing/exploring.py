"""The search proper: the best plan for candidates that compete, in a budget of steps. `search` says what a step is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from promo_cli.pricing.bound import Bound, bound
from promo_cli.pricing.candidate import Candidate, Choice, compatible, without
from promo_cli.pricing.types.base import Ceiling, Option


class OutOfStepsError(Exception):
    """The budget is used up before the best plan is known."""


class Rival(NamedTuple):
    """A candidate by its place in rank; `mask` has a bit per run in reach, `barred` one per rival it refuses."""

    candidate: Candidate
    place: int
    mask: int
    ceiling: Ceiling
    barred: int
    cost: int


class Plan(NamedTuple):
    """What is worth how much: places in the order applied, and the number of sets of each, negative."""

    worth: int = 0
    order: tuple[int, ...] = ()
    times: tuple[int, ...] = ()
    choices: tuple[Choice, ...] = ()

    def better(self, other: Plan) -> bool:
        """Tell whether it saves more, or as much in an earlier order, or that with more sets."""
        return (-self.worth, self.order, self.times) < (-other.worth, other.order, other.times)

    def behind(self, rival: Rival, option: Option) -> Plan:
        """Return the plan in which a rival takes an option before all this."""
        return Plan(
            option.worth + self.worth,
            (rival.place, *self.order),
            (-option.times, *self.times),
            ((rival.candidate, option), *self.choices),
        )


_State = tuple[int, int, tuple[int, ...]]
"""Which rivals there are and which runs of their reach have free units, as bits, and how many of each."""


class Search:
    """Finds best plans from states; `left` is what remains of the budget."""

    def __init__(self, group: Sequence[Candidate], free: tuple[int, ...], budget: int) -> None:
        self.left = budget
        self._free = free
        self._rivals = [_rival(candidate, place, group) for place, candidate in enumerate(group)]
        self._known: dict[_State, Plan] = {}
        self._below: dict[_State, int] = {}

    def run(self, least: int) -> tuple[Choice, ...]:
        """Return the best choices, which save at least `least`. Raises OutOfStepsError."""
        plan = self._best(self._rivals, self._free, least)
        assert plan is not None
        return plan.choices

    def _best(self, rivals: Iterable[Rival], free: tuple[int, ...], least: int) -> Plan | None:
        """Return the best plan for what rivals can do with these free units, or None if it saves less than `least`."""
        open_runs = sum([1 << i for i, count in enumerate(free) if count])
        able = [rival for rival in rivals if rival.mask & open_runs or not rival.mask]
        groups = _apart(able, open_runs)
        bounds = [bound({rival.place: rival.ceiling for rival in group}, free) for group in groups]
        spare = sum([one.most for one in bounds]) - least
        plans = []
        for group, one in zip(groups, bounds, strict=True):
            plan = None if spare < 0 else self._of_group(group, free, open_runs, one, one.most - spare)
            if plan is None:
                return None
            spare -= one.most - plan.worth
            plans.append(plan)
        return merged(plans) if spare >= 0 else None

    def _of_group(
        self, rivals: Sequence[Rival], free: tuple[int, ...], open_runs: int, bound: Bound, least: int
    ) -> Plan | None:
        reach = 0
        for rival in rivals:
            reach |= rival.mask
        reach &= open_runs
        places = sum([1 << rival.place for rival in rivals])
        state = (places, reach, tuple([count for i, count in enumerate(free) if reach >> i & 1]))
        plan = self._known.get(state)
        if plan is None and self._below.get(state, bound.most + 1) > least:
            plan = self._explore(rivals, free, bound, least)
            if plan is None:
                self._below[state] = least
            else:
                self._known[state] = plan
        return None if plan is None or plan.worth < least else plan

    def _explore(self, rivals: Sequence[Rival], free: tuple[int, ...], bound: Bound, least: int) -> Plan | None:
        """Try every rival in first place, from the most promising; leave those that cannot be best."""
        cost = sum([rival.cost for rival in rivals])
        asked = [
            (option.worth + bound.behind(rival.place, option), rival, option)
            for rival in rivals
            for option in self._ask(rival, free, cost)
        ]
        asked.sort(key=_promise)
        best = Plan()
        for possible, rival, option in asked:
            if possible < max(best.worth, least):
                break
            if possible == best.worth and rival.place > best.order[0]:
                continue
            rest = [other for other in rivals if not rival.barred >> other.place & 1]
            then = self._best(rest, without(free, option), max(best.worth, least) - option.worth)
            if then is not None:
                plan = then.behind(rival, option)
                best = plan if plan.better(best) else best
        return best if best.worth >= least else None

    def _ask(self, rival: Rival, free: tuple[int, ...], cost: int) -> Iterator[Option]:
        self._pay(cost)
        if free is self._free and rival.candidate.first.times == 1:  # known from the lane's start
            if rival.candidate.allowed(rival.candidate.first):
                yield rival.candidate.first
            return
        for number, option in enumerate(rival.candidate.options(free)):
            if number:
                self._pay(cost)
            yield option

    def _pay(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise OutOfStepsError


def merged(plans: Sequence[Plan]) -> Plan:
    """Join plans that do not touch each other into the first order by rank that keeps each of them."""
    if len(plans) == 1:
        return plans[0]
    waiting = [[*reversed([*zip(plan.order, plan.times, plan.choices, strict=True)])] for plan in plans if plan.order]
    steps = []
    while waiting:
        steps.append(min(waiting, key=lambda plan: plan[-1][0]).pop())
        waiting = [plan for plan in waiting if plan]
    order, times, choices = zip(*steps, strict=True) if steps else ((), (), ())
    return Plan(sum(plan.worth for plan in plans), order, times, choices)


def _apart(rivals: Sequence[Rival], open_runs: int) -> list[list[Rival]]:
    """Group rivals whose free units overlap, or that may not both apply; groups come by their first rival."""
    groups: list[tuple[int, int, list[Rival]]] = []
    for rival in rivals:
        mask, places, members, others = rival.mask & open_runs, 1 << rival.place, [rival], []
        for group in groups:
            if group[0] & mask or group[1] & rival.barred:
                mask, places, members = mask | group[0], places | group[1], group[2] + members
            else:
                others.append(group)
        groups = [*others, (mask, places, members)]
    return sorted((sorted(members, key=_place) for _, _, members in groups), key=lambda group: group[0].place)


def _place(rival: Rival) -> int:
    return rival.place


def _promise(asked: tuple[int, Rival, Option]) -> int:
    return -asked[0]


def _rival(candidate: Candidate, place: int, group: Sequence[Candidate]) -> Rival:
    barred = 1 << place
    for other_place, other in enumerate(group):
        choosy = candidate.promotion.choosy or other.promotion.choosy
        if choosy and not compatible(candidate.promotion, other.promotion):
            barred |= 1 << other_place
    ceiling = candidate.offer.ceiling()
    if candidate.budget is not None:
        ceiling = ceiling._replace(cap=min(candidate.budget, candidate.budget if ceiling.cap is None else ceiling.cap))
    return Rival(candidate, place, candidate.mask, ceiling, barred, max(1, len(candidate.offer.reach)))
