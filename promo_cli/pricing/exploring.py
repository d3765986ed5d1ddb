"""The most that the parts of a cluster can save: branch and bound over who comes first.

What a step is, `search` says. A state that was met before is not searched again.

How many units of each run are free is one number, with as many binary digits for each run as its units at the start
need. So taking units is one subtraction, and a state is told from others by two numbers.
"""

from __future__ import annotations

from promo_cli.pricing.bound import Bounds
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

    def __init__(self, worth: int, taken: int, option: Option | None) -> None:
        self.worth: int = worth
        self.taken: int = taken
        self.option: Option | None = option


class State:
    """Parts that do not come apart, and the free units that they reach.

    They save at most `most`, in parts of 1/SCALE; exactly that, once `settled`. `trials` are all ways to begin, from
    the most promising, once they have been looked at.
    """

    __slots__ = ("alive", "free", "most", "near", "settled", "trials")

    def __init__(self, alive: int, free: int, most: int) -> None:
        self.alive: int = alive
        self.free: int = free
        self.most: int = most
        self.settled: bool = False
        self.trials: list[Trial] | None = None
        self.near: dict[int, list[tuple[int, tuple[tuple[int, int], ...]]]] | None = None


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
        "_bounds",
        "_fields",
        "_shifts",
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
        self._shifts: list[int] = []
        self._fields: list[int] = []
        self.start: int = 0
        shift = 0
        for i in self.runs:
            digits = free[i].bit_length()
            self._shifts.append(shift)
            self._fields.append(((1 << digits) - 1) << shift)
            self.start |= free[i] << shift
            shift += digits
        self._width: int = len(free)
        self.parts: list[Part] = [self._part(rival) for rival in rivals]
        cost = 0
        for number, part in enumerate(self.parts):
            part.bit = 1 << number
            cost += part.cost
        for part, rival in zip(self.parts, rivals, strict=True):
            part.barred = part.bit
            if rival.barred != 1 << rival.place:
                for other in self.parts:
                    if rival.barred >> other.place & 1:
                        part.barred |= other.bit
        self.all: int = (1 << len(self.parts)) - 1
        self.size: int = cost * len(self.parts)
        self._bounds: Bounds = Bounds(self.parts, self._shifts, self._fields)
        self._steps: Steps = steps
        self._ways: dict[int, list[Way]] = {}
        self._states: dict[int, State] = {}
        self._apart: dict[int, list[State]] = {}
        self.beginning: list[State] = self.apart(self.all, self.start)

    def _part(self, rival: Rival) -> Part:
        reach: list[int] = []
        amounts: list[int] = []
        mask = 0
        for k, run in enumerate(self.runs):
            if rival.mask >> run & 1:
                reach.append(k)
                amounts.append(rival.amounts.get(run, 0))
                mask |= self._fields[k]
        cut = bool(rival.mask & ~self.mask)
        halves = 0 if cut else rival.halves
        cap = -1 if cut else rival.cap
        return Part(rival.place, rival.candidate, reach, amounts, mask, cap, halves, rival.size, cut)

    def ways(self, number: int, free: int) -> list[Way]:
        """Return the ways to apply a part, by its number, to what is free, for sets the most sets first."""
        part = self.parts[number]
        key = (free & part.mask) << len(self.parts) | part.bit
        ways = self._ways.get(key)
        if ways is None:
            ways = self._ways[key] = self._own(part, free) if part.cut else self._asked(part, free)
        return ways

    def _asked(self, part: Part, free: int) -> list[Way]:
        wide = [0] * self._width
        shift_of: dict[int, int] = {}
        for k in part.reach:
            run = self.runs[k]
            shift_of[run] = self._shifts[k]
            wide[run] = (free & self._fields[k]) >> self._shifts[k]
        ways: list[Way] = []
        for option in part.candidate.options(tuple(wide)):
            taken = 0
            for run, count in option.taken:
                taken += count << shift_of[run]
            ways.append(Way(option.worth * SCALE, taken, option))
        return ways

    def _own(self, part: Part, free: int) -> list[Way]:
        worth = taken = 0
        for n in range(len(part.reach)):
            k, amount = part.reach[n], part.amounts[n]
            if amount:
                units = free & self._fields[k]
                taken |= units
                worth += (units >> self._shifts[k]) * amount
        return [Way(worth, taken, None)] if worth else []

    def apart(self, alive: int, free: int) -> list[State]:
        """Return the states into which parts come apart with these free units, by their first parts."""
        key = free << len(self.parts) | alive
        found = self._apart.get(key)
        if found is None:
            found = self._apart[key] = self._come_apart(alive, free)
        return found

    def _come_apart(self, alive: int, free: int) -> list[State]:
        groups: list[int] = []  # parts by group, and the digits of what they reach
        reaches: list[int] = []
        for part in self.parts:
            if not part.bit & alive:
                continue
            live = part.mask & free
            if not live and part.mask:
                continue
            members, reach = part.bit, part.mask
            kept = 0
            for k in range(len(groups)):
                if reaches[k] & live or groups[k] & part.barred:
                    members |= groups[k]
                    reach |= reaches[k]
                else:
                    groups[kept] = groups[k]
                    reaches[kept] = reaches[k]
                    kept += 1
            del groups[kept:], reaches[kept:]
            groups.append(members)
            reaches.append(reach)
        states = [self._state(groups[k], free & reaches[k]) for k in range(len(groups))]
        if len(states) > 1:
            states.sort(key=_first)
        return states

    def _state(self, alive: int, free: int) -> State:
        key = free << len(self.parts) | alive
        state = self._states.get(key)
        if state is None:
            state = self._states[key] = State(alive, free, self._bounds.most(alive, free))
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
            for number, part in enumerate(self.parts):
                if part.bit & state.alive:
                    ways = self.ways(number, state.free)
                    self._steps.pay(cost * max(1, len(ways)))
                    others = state.alive & ~part.barred
                    trials += [Trial(part, way.worth, self.apart(others, state.free - way.taken)) for way in ways]
            trials.sort(key=_promise)
            state.trials = trials
        return state.trials


def _first(state: State) -> int:
    return state.alive & -state.alive


def _promise(trial: Trial) -> int:
    return -trial.most
