"""The units at a lane's start, matched against the scopes of the bundle once for all promotions of the lane."""

from __future__ import annotations

from collections.abc import Sequence

from promo_cli.pricing.bundle import Entry, PreparedBundle
from promo_cli.pricing.clock import Closed, Window, closed
from promo_cli.pricing.conditions import Measured
from promo_cli.pricing.sale import Sale
from promo_cli.pricing.scope import Scope
from promo_cli.pricing.types.base import Pool
from promo_cli.pricing.units import Run, canonical


class View:
    """The units at a lane's start, matched against the scopes of the bundle. Runs are in canonical order."""

    def __init__(self, sale: Sale) -> None:
        self.sale = sale
        self.runs: Sequence[Run] = canonical(sale.runs)
        self.free: tuple[int, ...] = tuple(0 if run.sealed else run.count for run in self.runs)
        self.one_moment = sale.one_moment
        self._barred = frozenset(
            i for i, run in enumerate(self.runs) if not all(part.product.discountable for part in run.parts or (run,))
        )
        self._held = _match(self.runs, sale.bundle)
        self._discountable: dict[int, tuple[int, ...]] = {}
        self._measured: dict[tuple[int, str], Measured] = {}
        self._closed: dict[int, Closed | None] = {}
        self._pools: dict[tuple[int, ...], Pool] = {}
        self._masks: dict[tuple[int, ...], int] = {}

    def closed(self, window: Window) -> Closed | None:
        """Return why nothing in the cart falls into a window: at its time, in the item stage when it was ordered."""
        key = id(window)  # equal windows of a bundle are one object
        if key not in self._closed:
            why = closed(window, self.sale.cart.at)
            if not self.one_moment:
                reasons = [closed(window, line.ordered_at) for line in self.sale.cart.lines]
                why = None if None in reasons else why or reasons[0]
            self._closed[key] = why
        return self._closed[key]

    def pool(self, reach: tuple[int, ...]) -> Pool:
        """Return some runs with what they hold."""
        if reach not in self._pools:
            runs, free = self.runs, self.free
            taken = tuple([(i, free[i]) for i in reach if free[i] and runs[i].running > runs[i].floor])
            base = sum([runs[i].running * count for i, count in taken])
            least = min([runs[i].running for i, _ in taken], default=0)
            self._pools[reach] = Pool(reach, free, taken, base, least, any(runs[i].floor for i in reach))
        return self._pools[reach]

    def mask(self, reach: tuple[int, ...]) -> int:
        """Return a number with a bit for each of some runs."""
        if reach not in self._masks:
            self._masks[reach] = sum([1 << run for run in reach])
        return self._masks[reach]

    def held(self, number: int) -> tuple[int, ...]:
        """Return the runs in a scope, ascending."""
        return self._held.get(number, ())

    def discountable(self, number: int) -> tuple[int, ...]:
        """Return the runs in a scope that may get cheaper."""
        if number not in self._discountable:
            held = self.held(number)
            barred = self._barred
            self._discountable[number] = tuple(i for i in held if i not in barred) if barred else held
        return self._discountable[number]

    def measured(self, number: int, how: str) -> Measured:
        """Return units and value in a scope, `before` discounts or `after` those of earlier stages."""
        key = (number, how)
        if key not in self._measured:
            self._measured[key] = self.total(self.held(number), how)
        return self._measured[key]

    def total(self, held: Sequence[int], how: str) -> Measured:
        """Return units and value of some runs."""
        runs = [self.runs[i] for i in held]
        value = sum((run.price if how == "before" else run.at_stage) * run.count for run in runs)
        return Measured(sum(run.count for run in runs), value)

    def in_hours(self, held: tuple[int, ...], entry: Entry) -> tuple[int, ...]:
        """Return those runs that were ordered while a promotion ran; later stages have tested the cart's time."""
        if self.one_moment:
            return held
        window = entry.promotion.window
        return tuple(i for i in held if closed(window, self.runs[i].ordered_at) is None)


def _match(runs: Sequence[Run], bundle: PreparedBundle) -> dict[int, tuple[int, ...]]:
    held: dict[int, list[int]] = {}
    for i, run in enumerate(runs):
        for number in _scopes_of(run, bundle):
            scope = bundle.dynamic.get(number)
            if scope is None or _passes(scope, run):
                held.setdefault(number, []).append(i)
    return {number: tuple(runs) for number, runs in held.items()}


def _scopes_of(run: Run, bundle: PreparedBundle) -> Sequence[int]:
    """A package is in a scope that names neither products nor categories, and that leaves out none of its parts."""
    if not run.parts:
        return bundle.scopes_of(run.product)
    common = set.intersection(*(set(bundle.scopes_of(part.product)) for part in run.parts))
    return sorted(common & bundle.whole)


def _passes(scope: Scope, run: Run) -> bool:
    if scope.undiscounted and run.running != run.price:
        return False
    if scope.cheapest is not None and run.each < scope.cheapest:
        return False
    return scope.dearest is None or run.each <= scope.dearest
