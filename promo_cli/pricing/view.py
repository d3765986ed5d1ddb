"""The units at a lane's start, matched against the scopes of the bundle once for all promotions of the lane."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

from promo_cli.pricing.bundle import PreparedBundle
from promo_cli.pricing.clock import Window, closed
from promo_cli.pricing.conditions import Measured
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.sale import Sale
from promo_cli.pricing.scope import Scope
from promo_cli.pricing.types.base import Pool
from promo_cli.pricing.units import Run, canonical


class View:
    """The units at a lane's start, matched against the scopes of the bundle. Runs are in canonical order."""

    def __init__(self, sale: Sale) -> None:
        self.sale = sale
        self.bundle = sale.bundle
        self.runs: Sequence[Run] = canonical(sale.runs)
        self.free: tuple[int, ...] = tuple([0 if run.sealed else run.count for run in self.runs])
        self._bits = [1 << i for i in range(len(self.runs))]
        self._units = [*enumerate(self.free)]
        # What the free units of each run cost; nothing where they stand at their floor and can give nothing.
        self._costs = [
            run.running * count if run.running > run.line.floor else 0
            for run, count in zip(self.runs, self.free, strict=True)
        ]
        self._all_give = all(self._costs)
        self.open = sum(compress(self._bits, self.free))
        self.one_moment = sale.one_moment
        self._held = dict.fromkeys(sale.bundle.everywhere, tuple(range(len(self.runs))))
        self._matched = False  # against the scopes that do not hold everything
        self._barred = _barred(self.runs) if sale.bundle.barring else frozenset[int]()
        self._discountable: dict[int, tuple[int, ...]] = {}
        self._values: dict[str, list[int]] = {}
        self._value: dict[tuple[int, str], int] = {}
        self._closed: dict[int, Refusal | None] = {}
        self._pools: dict[tuple[int, ...], Pool] = {}
        self._masks: dict[tuple[int, ...], int] = {}

    def closed(self, window: Window) -> Refusal | None:
        """Return why nothing in the cart falls into a window: at its time, in the item stage when it was ordered."""
        key = id(window)  # equal windows of a bundle are one object
        if key not in self._closed:
            why = closed(window, self.sale.cart.at)
            if not self.one_moment:
                reasons = [closed(window, line.ordered_at) for line in self.sale.cart.lines]
                why = None if None in reasons else why or reasons[0]
            self._closed[key] = None if why is None else Refusal(Reason(why.value))
        return self._closed[key]

    def pool(self, reach: tuple[int, ...]) -> Pool:
        """Return some runs with what they hold."""
        pool = self._pools.get(reach)
        if pool is None:
            giving = reach if self._all_give else [i for i in reach if self._costs[i]]
            taken = tuple(map(self._units.__getitem__, giving))
            base = sum(map(self._costs.__getitem__, giving))
            floored = self.bundle.floored and any(self.runs[i].line.floor for i in reach)
            pool = self._pools[reach] = Pool(reach, self.free, taken, base, floored)
        return pool

    def mask(self, reach: tuple[int, ...]) -> int:
        """Return a number with a bit for each of some runs."""
        mask = self._masks.get(reach)
        if mask is None:
            mask = self._masks[reach] = sum(map(self._bits.__getitem__, reach))
        return mask

    def held(self, number: int) -> tuple[int, ...]:
        """Return the runs in a scope, ascending."""
        held = self._held.get(number)
        if held is None and not self._matched:
            self._matched = True
            self._held.update(_match(self.runs, self.bundle))
            held = self._held.get(number)
        return held or ()

    def discountable(self, number: int) -> tuple[int, ...]:
        """Return the runs in a scope that may get cheaper."""
        if not self._barred:
            return self.held(number)
        if number not in self._discountable:
            self._discountable[number] = tuple([i for i in self.held(number) if i not in self._barred])
        return self._discountable[number]

    def measured(self, number: int, how: str) -> Measured:
        """Return units and value in a scope, `before` discounts or `after` those of earlier stages."""
        return Measured(sum([self.runs[i].count for i in self.held(number)]), self.value(number, how))

    def value(self, number: int, how: str) -> int:
        """Return the value in a scope, measured so."""
        value = self._value.get((number, how))
        if value is None:
            value = self._value[number, how] = self.total(self.held(number), how)
        return value

    def total(self, held: Sequence[int], how: str) -> int:
        """Return the value of some runs, measured so."""
        values = self._values.get(how)
        if values is None:
            if how == "before":
                values = [run.line.price * run.count for run in self.runs]
            else:
                values = [run.at_stage * run.count for run in self.runs]
            self._values[how] = values
        return sum(map(values.__getitem__, held))

    def in_hours(self, held: tuple[int, ...], window: Window) -> tuple[int, ...]:
        """Return those runs that were ordered while a promotion ran; later stages have tested the cart's time."""
        if self.one_moment:
            return held
        return tuple([i for i in held if closed(window, self.runs[i].line.ordered_at) is None])

    def spent(self, number: int, how: str, window: Window) -> int:
        """Return what the runs of a scope in a window's hours are worth, measured so."""
        if self.one_moment:
            return self.value(number, how)
        return self.total(self.in_hours(self.held(number), window), how)


def _barred(runs: Sequence[Run]) -> frozenset[int]:
    barring = (i for i, run in enumerate(runs) for part in run.parts or (run,) if not part.line.product.discountable)
    return frozenset(barring)


def _match(runs: Sequence[Run], bundle: PreparedBundle) -> dict[int, tuple[int, ...]]:
    held: dict[int, list[int]] = {}
    dynamic = bundle.dynamic
    for i, run in enumerate(runs):
        for number in _packaged(run, bundle) if run.parts else bundle.scopes_of(run.line.product):
            if number in dynamic and not _passes(dynamic[number], run):
                continue
            if number in held:
                held[number].append(i)
            else:
                held[number] = [i]
    return {number: tuple(runs) for number, runs in held.items()}


def _packaged(run: Run, bundle: PreparedBundle) -> Sequence[int]:
    """A package is in a scope that names neither products nor categories, and that leaves out none of its parts."""
    common = set.intersection(*(set(bundle.scopes_of(part.line.product)) for part in run.parts))
    return sorted(common & bundle.whole)


def _passes(scope: Scope, run: Run) -> bool:
    if scope.undiscounted and run.running != run.line.price:
        return False
    if scope.cheapest is not None and run.line.each < scope.cheapest:
        return False
    return scope.dearest is None or run.line.each <= scope.dearest
