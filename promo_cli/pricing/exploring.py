"""The most that the parts of a cluster can save: branch and bound over who comes first.

What a step is, `search` says. A state that was met before is not searched again.
"""

from __future__ import annotations

from promo_cli.pricing.bound import bound, claims_of
from promo_cli.pricing.parts import Part, Rival
from promo_cli.pricing.types.base import SCALE, Option


class OutOfStepsError(Exception):
    """The budget is used up before the best plan is known."""


class Steps:
    """What remains of the budget."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left: int = left

    def pay(self, steps: int) -> None:
        """Use up so many steps. Raises OutOfStepsError."""
        self.left -= steps
        if self.left < 0:
            raise OutOfStepsError


class Way:
    """One way to apply a part: what it saves, in parts of 1/SCALE, and the units it takes; no option if it is cut."""

    __slots__ = ("option", "taken", "worth")

    def __init__(self, worth: int, taken: list[tuple[int, int]], option: Option | None) -> None:
        self.worth: int = worth
        self.taken: list[tuple[int, int]] = taken
        self.option: Option | None = option


class State:
    """Parts that do not come apart, and the free units that they reach.

    They save at most `most`, in parts of 1/SCALE; exactly that, once `settled`. `trials` are all ways to begin, from
    the most promising, once they have been looked at.
    """

    __slots__ = ("alive", "free", "most", "near", "settled", "trials")

    def __init__(self, alive: int, free: tuple[int, ...], most: int) -> None:
        self.alive: int = alive
        self.free: tuple[int, ...] = free
        self.most: int = most
        self.settled: bool = False
        self.trials: list[Trial] | None = None
        self.near: dict[int, list[tuple[int, tuple[tuple[int, int], ...]]]] = {}


class Trial:
    """A part in first place, the states behind it, and what comes of both at most."""

    __slots__ = ("behind", "most", "part", "worth")

    def __init__(self, part: Part, worth: int, behind: list[State]) -> None:
        self.part: Part = part
        self.worth: int = worth
        self.behind: list[State] = behind
        self.most: int = worth
        for state in behind:
            self.most += state.most


class Cluster:
    """Runs that rivals fight for, numbered anew, with the rivals' parts; remembers every state it has met.

    `start` is what is free at the start, `beginning` the states there, `size` how many steps it takes to try every part
    once in first place.
    """

    __slots__ = (
        "_apart",
        "_claims",
        "_local",
        "_states",
        "_steps",
        "_ways",
        "_width",
        "all",
        "beginning",
        "mask",
        "parts",
        "runs",
        "size",
        "start",
    )

    def __init__(self, mask: int, rivals: list[Rival], free: tuple[int, ...], steps: Steps) -> None:
        self.mask: int = mask
        self.runs: list[int] = [i for i in range(len(free)) if mask >> i & 1]
        self._local: dict[int, int] = {run: k for k, run in enumerate(self.runs)}
        self.start: tuple[int, ...] = tuple([free[i] for i in self.runs])
        self._width: int = len(free)
        self.parts: list[Part] = [self._part(rival) for rival in rivals]
        for number, part in enumerate(self.parts):
            part.bit = 1 << number
        for part, rival in zip(self.parts, rivals, strict=True):
            part.barred = part.bit
            for other in self.parts:
                if rival.barred >> other.place & 1:
                    part.barred |= other.bit
        self.all: int = (1 << len(self.parts)) - 1
        cost = 0
        for part in self.parts:
            cost += part.cost
        self.size: int = cost * len(self.parts)
        self._claims = claims_of(self.parts, len(self.runs))
        self._steps: Steps = steps
        self._ways: dict[tuple[int, tuple[int, ...]], list[Way]] = {}
        self._states: dict[tuple[int, tuple[int, ...]], State] = {}
        self._apart: dict[tuple[int, tuple[int, ...]], list[State]] = {}
        self.beginning: list[State] = self.apart(self.all, self.start)

    def _part(self, rival: Rival) -> Part:
        reach: list[int] = []
        amounts: list[int] = []
        for k, run in enumerate(self.runs):
            if rival.mask >> run & 1:
                reach.append(k)
                amounts.append(rival.amounts.get(run, 0))
        cut = bool(rival.mask & ~self.mask)
        halves = 0 if cut else rival.halves
        cap = -1 if cut else rival.cap
        return Part(rival.place, rival.candidate, tuple(reach), tuple(amounts), cap, halves, rival.size, cut)

    def ways(self, part: Part, free: tuple[int, ...]) -> list[Way]:
        """Return the ways to apply a part to what is free, for sets the most sets first."""
        key = (part.bit, tuple([free[i] for i in part.reach]))
        ways = self._ways.get(key)
        if ways is None:
            ways = self._ways[key] = self._own(part, free) if part.cut else self._asked(part, free)
        return ways

    def _asked(self, part: Part, free: tuple[int, ...]) -> list[Way]:
        wide = [0] * self._width
        for k in part.reach:
            wide[self.runs[k]] = free[k]
        local = self._local
        return [
            Way(option.worth * SCALE, [(local[i], count) for i, count in option.taken], option)
            for option in part.candidate.options(tuple(wide))
        ]

    def _own(self, part: Part, free: tuple[int, ...]) -> list[Way]:
        worth = 0
        taken: list[tuple[int, int]] = []
        for k in range(len(part.reach)):
            i, amount = part.reach[k], part.amounts[k]
            if free[i] and amount:
                worth += free[i] * amount
                taken.append((i, free[i]))
        return [Way(worth, taken, None)] if worth else []

    def apart(self, alive: int, free: tuple[int, ...]) -> list[State]:
        """Return the states into which parts come apart with these free units, by their first parts."""
        key = (alive, free)
        found = self._apart.get(key)
        if found is None:
            found = self._apart[key] = [self._state(places, mask, free) for places, mask in self._groups(alive, free)]
        return found

    def _groups(self, alive: int, free: tuple[int, ...]) -> list[tuple[int, int]]:
        open_runs = 0
        for i in range(len(free)):
            if free[i]:
                open_runs |= 1 << i
        groups: list[tuple[int, int]] = []
        for part in self.parts:
            if not part.bit & alive:
                continue
            mask, members = part.mask & open_runs, part.bit
            if not mask and part.mask:
                continue
            others: list[tuple[int, int]] = []
            for group in groups:
                if group[1] & mask or group[0] & part.barred:
                    members |= group[0]
                    mask |= group[1]
                else:
                    others.append(group)
            others.append((members, mask))
            groups = others
        groups.sort(key=_lowest)
        return groups

    def _state(self, alive: int, mask: int, free: tuple[int, ...]) -> State:
        own = tuple([free[i] if mask >> i & 1 else 0 for i in range(len(free))])
        key = (alive, own)
        state = self._states.get(key)
        if state is None:
            state = self._states[key] = State(alive, own, bound(self.parts, self._claims, alive, own))
        return state

    def most(self, states: list[State], least: int) -> int:
        """Return what states save at most, or -1 if that is less than `least`; in parts of 1/SCALE."""
        spare = -least
        for state in states:
            spare += state.most
        if spare < 0:
            return -1
        total = 0
        for state in states:
            if not state.settled:
                before = state.most
                if not self._settle(state, before - spare):
                    return -1
                spare -= before - state.most
            total += state.most
        return total

    def _settle(self, state: State, least: int) -> bool:
        """Find out what a state saves at most, or only that it is less than `least`."""
        best = 0
        for trial in self.trials(state):
            wanted = max(best + 1, least)
            if trial.most < wanted:
                break
            found = self.most(trial.behind, wanted - trial.worth)
            if found >= 0:
                best = trial.worth + found
        if best < least:
            state.most = least - 1
            return False
        state.most = best
        state.settled = True
        return True

    def trials(self, state: State) -> list[Trial]:
        """Return all ways to begin, from the most promising; of equals by rank, then more sets."""
        if state.trials is None:
            trials: list[Trial] = []
            cost = 0
            for part in self.parts:
                if part.bit & state.alive:
                    cost += part.cost
            for part in self.parts:
                if part.bit & state.alive:
                    ways = self.ways(part, state.free)
                    self._steps.pay(cost * max(1, len(ways)))
                    for way in ways:
                        left = list(state.free)
                        for i, count in way.taken:
                            left[i] -= count
                        trials.append(Trial(part, way.worth, self.apart(state.alive & ~part.barred, tuple(left))))
            trials.sort(key=_promise)
            state.trials = trials
        return state.trials


def _lowest(group: tuple[int, int]) -> int:
    return group[0] & -group[0]


def _promise(trial: Trial) -> int:
    return -trial.most
