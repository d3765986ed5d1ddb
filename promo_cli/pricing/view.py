"""The units at a lane's start, matched against the scopes of the bundle once for all promotions of the lane."""

from __future__ import annotations

from typing import Final

from promo_cli.pricing.bundle import PreparedBundle
from promo_cli.pricing.clock import Window, closed
from promo_cli.pricing.conditions import Measured
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.sale import Sale
from promo_cli.pricing.scope import Scope
from promo_cli.pricing.types.base import Pool
from promo_cli.pricing.units import Run, canonical


class Held:
    """The runs in a scope, with a bit for each in `mask`, and what they are worth.

    `before` discounts, and `after` those of earlier stages, in minor units; `units` is how many they are.
    """

    __slots__ = ("after", "before", "mask", "runs", "units")

    def __init__(self) -> None:
        self.runs: list[int] = []
        self.mask = 0
        self.units = 0
        self.before = 0
        self.after = 0

    def add(self, i: int, run: Run) -> None:
        """Take one more run, the last of those so far."""
        count = run.count
        self.runs.append(i)
        self.mask |= 1 << i
        self.units += count
        self.before += run.line.price * count
        self.after += run.at_stage * count


_NOTHING: Final = Held()


class View:
    """The units at a lane's start, matched against the scopes of the bundle. Runs are in canonical order.

    `open` has a bit for every run with free units.
    """

    __slots__ = (
        "_answer",
        "_asked",
        "_barred",
        "_closed",
        "_held",
        "_pools",
        "_reach",
        "bundle",
        "free",
        "one_moment",
        "open",
        "runs",
        "sale",
    )

    def __init__(self, sale: Sale) -> None:
        self.sale = sale
        self.bundle = sale.bundle
        self.one_moment = sale.one_moment
        self.runs: list[Run] = canonical(sale.runs)
        self.free: tuple[int, ...] = tuple([0 if run.sealed else run.count for run in self.runs])
        self.open = sum([1 << i for i in range(len(self.free)) if self.free[i]])
        self._held = _matched(self.runs, self.bundle)
        self._barred = _barred(self.runs) if sale.bundle.barring else frozenset[int]()
        self._reach: dict[int, tuple[int, ...]] = {}
        self._closed: dict[int, Refusal | None] = {}
        self._asked: Window | None = None
        self._answer: Refusal | None = None
        self._pools: dict[tuple[int, ...], Pool] = {}

    def closed(self, window: Window) -> Refusal | None:
        """Return why nothing in the cart falls into a window: at its time, in the item stage when it was ordered."""
        if window is self._asked:  # equal windows of a bundle are one object, and most promotions share one
            return self._answer
        key = id(window)
        if key not in self._closed:
            why = closed(window, self.sale.cart.at)
            if not self.one_moment:
                reasons = [closed(window, line.ordered_at) for line in self.sale.cart.lines]
                why = None if None in reasons else why or reasons[0]
            self._closed[key] = None if why is None else Refusal(Reason(why.value))
        self._asked, self._answer = window, self._closed[key]
        return self._answer

    def pool(self, reach: tuple[int, ...]) -> Pool:
        """Return some runs with what they hold; runs at their floor can give nothing."""
        pool = self._pools.get(reach)
        if pool is None:
            base, floored = 0, False
            taken: list[tuple[int, int]] = []
            for i in reach:
                run, count = self.runs[i], self.free[i]
                floor = run.line.floor
                if floor:
                    floored = True
                if count and run.running > floor:
                    taken.append((i, count))
                    base += run.running * count
            pool = self._pools[reach] = Pool(reach, self.free, tuple(taken), base, floored)
        return pool

    def mask(self, reach: tuple[int, ...]) -> int:
        """Return a number with a bit for each of some runs."""
        mask = 0
        for i in reach:
            mask |= 1 << i
        return mask

    def held(self, number: int) -> tuple[int, ...]:
        """Return the runs in a scope, ascending."""
        return tuple(self._held.get(number, _NOTHING).runs)

    def discountable(self, number: int) -> tuple[int, ...]:
        """Return the runs in a scope that may get cheaper, ascending."""
        reach = self._reach.get(number)
        if reach is None:
            reach = self.held(number)
            if self._barred:
                reach = tuple([i for i in reach if i not in self._barred])
            self._reach[number] = reach
        return reach

    def measured(self, number: int, how: str) -> Measured:
        """Return units and value in a scope, `before` discounts or `after` those of earlier stages."""
        return Measured(self._held.get(number, _NOTHING).units, self.value(number, how))

    def value(self, number: int, how: str) -> int:
        """Return the value in a scope, measured so."""
        held = self._held.get(number)
        if held is None:
            return 0
        return held.before if how == "before" else held.after

    def in_hours(self, held: tuple[int, ...], window: Window) -> tuple[int, ...]:
        """Return those runs that were ordered while a promotion ran; later stages have tested the cart's time."""
        if self.one_moment:
            return held
        return tuple([i for i in held if closed(window, self.runs[i].line.ordered_at) is None])

    def spent(self, number: int, how: str, window: Window) -> int:
        """Return what the runs of a scope in a window's hours are worth, measured so."""
        if self.one_moment:
            return self.value(number, how)
        held = Held()
        for i in self.in_hours(self.held(number), window):
            held.add(i, self.runs[i])
        return held.before if how == "before" else held.after


def _barred(runs: list[Run]) -> frozenset[int]:
    barring = (i for i, run in enumerate(runs) for part in run.parts or (run,) if not part.line.product.discountable)
    return frozenset(barring)


def _matched(runs: list[Run], bundle: PreparedBundle) -> dict[int, Held]:
    found: dict[int, Held] = {}
    all_runs = Held()
    for number in bundle.everywhere:
        found[number] = all_runs
    dynamic = bundle.dynamic
    for i in range(len(runs)):
        run = runs[i]
        all_runs.add(i, run)
        for number in _packaged(run, bundle) if run.parts else bundle.scopes_of(run.line.product):
            if dynamic and number in dynamic and not _passes(dynamic[number], run):
                continue
            held = found.get(number)
            if held is None:
                held = found[number] = Held()
            held.add(i, run)
    return found


def _packaged(run: Run, bundle: PreparedBundle) -> tuple[int, ...]:
    """A package is in a scope that names neither products nor categories, and that leaves out none of its parts."""
    common = set.intersection(*(set(bundle.scopes_of(part.line.product)) for part in run.parts))
    return tuple(sorted(common & bundle.whole))


def _passes(scope: Scope, run: Run) -> bool:
    if scope.undiscounted and run.running != run.line.price:
        return False
    if scope.cheapest is not None and run.line.each < scope.cheapest:
        return False
    return scope.dearest is None or run.line.each <= scope.dearest
