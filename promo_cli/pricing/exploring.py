"""The search proper: the best plan for candidates that compete, in a budget of steps. `search` says what a step is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from promo_cli.pricing.bound import Bound, bound
from promo_cli.pricing.candidate import Candidate, compatible, without
from promo_cli.pricing.plans import NOTHING, Chain, best, joined
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


@dataclass(eq=False)
class _State:
    """Rivals and their free units: the bound, and the best plans if they are known, or what they do not reach."""

    rivals: Sequence[Rival]
    bound: Bound
    plans: Chain | None = None
    below: int | None = None


_Key = tuple[int, int, tuple[int, ...]]
"""Which rivals there are and which runs of their reach have free units, as bits, and how many of each."""


class Search:
    """Finds best plans from states; `left` is what remains of the budget."""

    def __init__(self, group: Sequence[Candidate], free: tuple[int, ...], budget: int) -> None:
        self.left = budget
        self._free = free
        self._rivals = [_rival(candidate, place, group) for place, candidate in enumerate(group)]
        self._reach = sorted({i for candidate in group for i in candidate.offer.reach})
        self._states: dict[_Key, _State] = {}
        self._options: dict[tuple[int, tuple[int, ...]], tuple[Option, ...]] = {}

    def run(self, least: int) -> Chain:
        """Return the best plans, which save at least `least`. Raises OutOfStepsError."""
        plans = self._best(self._rivals, self._free, least)
        assert plans is not None
        return plans

    def _best(self, rivals: Iterable[Rival], free: tuple[int, ...], least: int) -> Chain | None:
        """Return the best plans for what rivals can do with these free units; None if they save less than `least`."""
        open_runs = sum([1 << i for i in self._reach if free[i]])
        able = [rival for rival in rivals if rival.mask & open_runs or not rival.mask]
        states = [self._state(group, free, open_runs) for group in _apart(able, open_runs)]
        spare = sum([state.bound.most for state in states]) - least
        plans = []
        for state in states:
            most = state.bound.most
            found = None if spare < 0 else self._of_group(state, free, most - spare)
            if found is None:
                return None
            spare -= most - found[0].worth
            plans.append(found)
        return joined(plans) if spare >= 0 else None

    def _state(self, rivals: Sequence[Rival], free: tuple[int, ...], open_runs: int) -> _State:
        """Return the state of rivals that do not come apart; what is known of it is kept."""
        reach = places = 0
        for rival in rivals:
            reach |= rival.mask
            places |= 1 << rival.place
        reach &= open_runs
        key = (places, reach, tuple([free[i] for i in self._reach if reach >> i & 1]))
        state = self._states.get(key)
        if state is None:
            ceilings = {rival.place: rival.ceiling for rival in rivals}
            state = self._states[key] = _State(rivals, bound(ceilings, free))
        return state

    def _of_group(self, state: _State, free: tuple[int, ...], least: int) -> Chain | None:
        if state.plans is None and (state.below is None or state.below > least):
            state.plans = self._explore(state.rivals, free, state.bound, least)
            if state.plans is None:
                state.below = least
        return None if state.plans is None or state.plans[0].worth < least else state.plans

    def _explore(self, rivals: Sequence[Rival], free: tuple[int, ...], bound: Bound, least: int) -> Chain | None:
        """Try every rival in first place, from the most promising; leave those that cannot be best."""
        cost = sum([rival.cost for rival in rivals])
        asked = [
            (option.worth + bound.behind(rival.place, option), rival, option)
            for rival in rivals
            for option in self._ask(rival, free, cost)
        ]
        asked.sort(key=_promise)
        found = NOTHING
        for possible, rival, option in asked:
            worth = found[0].worth
            if possible < max(worth, least):
                break
            if possible == worth and rival.candidate.entry.place > found[0].order[0]:
                continue
            rest = [other for other in rivals if not rival.barred >> other.place & 1]
            then = self._best(rest, without(free, option), max(worth, least) - option.worth)
            if then is not None:
                found = best([*found, *(plan.behind((rival.candidate, option)) for plan in then)])
        return found if found[0].worth >= least else None

    def _ask(self, rival: Rival, free: tuple[int, ...], cost: int) -> tuple[Option, ...]:
        """Return what a rival can do; asking again with the same units free costs the same."""
        asked = (rival.place, tuple([free[i] for i in rival.candidate.offer.reach]))
        options = self._options.get(asked)
        if options is None:
            options = self._options[asked] = tuple(rival.candidate.options(free))
        self._pay(cost * max(1, len(options)))
        return options

    def _pay(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise OutOfStepsError


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
