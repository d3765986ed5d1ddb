"""Discounts over whatever is free in a scope: a share of it, an amount off it, or so much off every unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from promo_cli.pricing.money import allocate, half_up
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.types.base import (
    SCALE,
    Ceiling,
    Free,
    Lump,
    Offer,
    Option,
    Pool,
    Portion,
    Rung,
    Stand,
    Taken,
    Terms,
)
from promo_cli.pricing.units import Cut, Run


class Each(NamedTuple):
    """An amount off every unit."""

    amount: int


class Down(NamedTuple):
    """Every unit down to a price; units that cost no more are left alone."""

    price: int


Formula = Portion | Lump | Each | Down


@dataclass(eq=False)
class Spread:
    """Takes every free unit of its reach, or as many as the terms allow, and discounts them together."""

    runs: Sequence[Run]
    pool: Pool
    formula: Formula
    terms: Terms

    @property
    def reach(self) -> tuple[int, ...]:
        """The runs of its pool."""
        return self.pool.reach

    @property
    def floored(self) -> bool:
        """Whether some unit may not go down to nothing."""
        return self.pool.floored

    @property
    def steady(self) -> bool:
        """There is but one option."""
        return True

    def ceiling(self) -> Ceiling:
        """Return the cap or amount, and what the formula takes off each unit."""
        runs, formula = self.runs, self.formula
        match formula:
            case Portion(above, below, cap):
                each = {i: -(-SCALE * above * runs[i].running // below) for i in self.reach}
                if self.floored:
                    each = {
                        i: SCALE * runs[i].room if self.terms.redistribute else min(amount, SCALE * runs[i].room)
                        for i, amount in each.items()
                    }
                return Ceiling(cap, each, len({runs[i].line.number for i in self.reach}) if self.terms.by_line else 1)
            case Lump(amount):
                return Ceiling(amount, {i: SCALE * runs[i].room for i in self.reach})
            case _:
                return Ceiling(None, {i: SCALE * max(0, _off(formula, runs[i])) for i in self.reach})

    def outdoes(self, other: Offer, *, strictly: bool) -> bool:
        """All units of the same pool, by a formula that gives more."""
        if not isinstance(other, Spread) or self.pool is not other.pool or self.terms != other.terms:
            return False
        if self.terms.selective or self.terms.by_line or (strictly and self.floored):
            return False
        return _gives_more(self.formula, other.formula, self._least() if strictly else None, self.floored)

    def options(self, free: Free) -> Iterator[Option]:
        """Yield the one way to apply it; with fewer units free, one that saves nothing may save something."""
        taken = self._taken(free)
        if taken:
            yield Option(self._worth(taken), taken, 1, taken)

    def cuts(self, option: Option) -> list[Cut]:
        """Return what each unit gets off, shared by value where the discount is one amount."""
        if isinstance(self.formula, Each | Down):
            return [(i, count, _off(self.formula, self.runs[i])) for i, count in option.cheaper]
        if isinstance(self.formula, Portion) and self.terms.by_line and not self._capped(option.cheaper):
            return self._cuts_by_line(option.cheaper)
        return share_out(self.runs, option.cheaper, option.worth, self.floored)

    def dropped(self, option: Option) -> int:
        """Return what floors held back."""
        if not self.floored:
            return 0
        runs = [(self.runs[i], count) for i, count in option.cheaper]
        base = sum(run.running * count for run, count in runs)
        match self.formula:
            case Portion(above, below, cap):
                nominal = half_up(base * above, below)
                nominal = nominal if cap is None else min(nominal, cap)
            case Lump():
                nominal = self._most(self.formula, base)
            case Each(amount):
                nominal = sum(min(amount, run.running) * count for run, count in runs)
            case Down(price):
                nominal = sum((run.running - price) * count for run, count in runs)
        return max(0, nominal - option.worth)

    def _least(self) -> int:
        """What the cheapest unit costs that can give something."""
        return min([self.runs[i].running for i, _ in self.pool.taken], default=0)

    def _taken(self, free: Free) -> Taken:
        pool, runs, formula = self.pool, self.runs, self.formula
        units = pool.taken
        if free is not pool.free:
            units = tuple([(i, free[i]) for i in pool.reach if free[i] and runs[i].running > runs[i].line.floor])
        if isinstance(formula, Down):
            units = tuple([(i, count) for i, count in units if runs[i].running > formula.price])
        return self._limited(units) if self.terms.selective else units

    def _limited(self, taken: Taken) -> Taken:
        """As many units as the terms allow, the cheapest first unless they say dearest."""
        terms = self.terms
        units = list(taken if terms.dearest else reversed(taken))
        if terms.max_units_per_line is not None:
            units = self._per_line(units, terms.max_units_per_line)
        most = sum(count for _, count in units)
        if terms.max_units is not None:
            most = min(most, terms.max_units)
        groups = most // terms.every_quantity
        if terms.max_applications is not None and terms.every_quantity > 1:
            groups = min(groups, terms.max_applications)
        return tuple(sorted(first(units, groups * terms.every_quantity)))

    def _per_line(self, taken: list[tuple[int, int]], most: int) -> list[tuple[int, int]]:
        left: dict[int, int] = {}
        kept = []
        for i, count in taken:
            line = self.runs[i].line.number
            allowed = min(count, left.get(line, most))
            left[line] = left.get(line, most) - allowed
            if allowed:
                kept.append((i, allowed))
        return kept

    def _worth(self, taken: Taken) -> int:
        runs = self.runs
        match self.formula:
            case Portion():
                return self._portion(taken)
            case Lump():
                worth = self._most(self.formula, self._base(taken))
                return min(worth, sum(runs[i].room * count for i, count in taken)) if self.floored else worth
            case _:
                return sum(_off(self.formula, runs[i]) * count for i, count in taken)

    def _portion(self, taken: Taken) -> int:
        if self.terms.by_line and not self._capped(taken):
            return sum(units * amount for _, units, amount in self._cuts_by_line(taken))
        above, below, cap = self._rate(taken)
        runs = self.runs
        base = self._base(taken)
        if not self.floored:
            return half_up(base * above, below) if cap is None else cap
        if self.terms.redistribute:
            total = half_up(base * above, below) if cap is None else cap
            return min(total, sum(runs[i].room * count for i, count in taken))
        if cap is not None:
            above, below = cap, base
        return half_up(sum(min(above * runs[i].running, below * runs[i].room) * count for i, count in taken), below)

    def _rate(self, taken: Taken) -> Portion:
        """The portion; its cap only where it is less than what the units would get."""
        assert isinstance(self.formula, Portion)
        above, below, cap = self.formula
        if cap is not None and self._base(taken) * above <= cap * below:
            return Portion(above, below)
        return self.formula

    def _base(self, taken: Taken) -> int:
        if taken is self.pool.taken:
            return self.pool.base
        runs = self.runs
        return sum([runs[i].running * count for i, count in taken])

    def _capped(self, taken: Taken) -> bool:
        return self._rate(taken).cap is not None

    def _cuts_by_line(self, taken: Taken) -> list[Cut]:
        lines: dict[int, list[tuple[int, int]]] = {}
        for i, count in taken:
            lines.setdefault(self.runs[i].line.number, []).append((i, count))
        assert isinstance(self.formula, Portion)
        uncapped = Portion(self.formula.above, self.formula.below)
        cuts: list[Cut] = []
        for units in lines.values():
            terms = _BY_TOTAL[self.terms.redistribute]
            alone = Spread(self.runs, self.pool, uncapped, terms)
            cuts += share_out(self.runs, units, alone._portion(tuple(units)), self.floored)
        return cuts

    @staticmethod
    def _most(lump: Lump, base: int) -> int:
        return min(lump.amount, half_up(base * lump.above, lump.below))


def _gives_more(one: Formula, other: Formula, least: int | None, floored: bool) -> bool:
    """Whether a formula gives at least as much as another on any units; with the price of the cheapest unit, more.

    An amount is all that the units cost, capped; where floors hold, it is not compared with a percentage, because it
    moves what they hold back to other units.
    """
    match one, other:
        case Lump(), Lump() if least is not None and one[1:] == other[1:]:
            return one.amount > other.amount < least
        case ((Portion() | Lump()), (Portion() | Lump())) if not floored or type(one) is type(other):
            (above, below, cap), (less, of, limit) = _as_portion(one), _as_portion(other)
            gain, capped = above * of - less * below, cap is not None and (limit is None or cap < limit)
            if least is None:
                return gain >= 0 and not capped
            return gain * least >= below * of and not capped and (cap is None or cap != limit)
        case Each(amount), Each(less):
            return amount >= less if least is None else amount > less < least
    return False


def _as_portion(formula: Portion | Lump) -> Portion:
    return formula if isinstance(formula, Portion) else Portion(formula.above, formula.below, formula.amount)


def _off(formula: Formula, run: Run) -> int:
    match formula:
        case Each(amount):
            return min(amount, run.room)
        case Down(price):
            return min(run.running - price, run.room)
    raise TypeError(formula)


def spread(stand: Stand, formula: Formula, terms: Terms) -> Spread | Refusal:
    """Return the offer of a formula over the pool."""
    pool = stand.whole
    return Spread(stand.runs, pool, formula, terms) if pool.reach else Refusal(Reason.NOTHING_IN_SCOPE)


def ladder(least: int, formula: Formula, terms: Terms) -> tuple[Rung, ...]:
    """Return one rung from a minimum on, if the formula shares one amount over all units in scope."""
    if terms.selective or terms.by_line or not isinstance(formula, Portion | Lump):
        return ()
    return (Rung(least, None, formula),)


def first(units: Sequence[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """Return the first `most` units of runs."""
    kept = []
    for i, count in units:
        if most <= 0:
            break
        kept.append((i, min(count, most)))
        most -= count
    return kept


def share_out(runs: Sequence[Run], units: Sequence[tuple[int, int]], total: int, floored: bool) -> list[Cut]:
    """Return `total` shared over units by value, each at most its room; `floored`: that may be less than its price."""
    prices = [runs[i].running for i, _ in units]
    rooms = [runs[i].room for i, _ in units] if floored else prices
    shares = allocate(total, prices, rooms, [count for _, count in units])
    return [(i, count, amount) for (i, _), parts in zip(units, shares, strict=True) for count, amount in parts]


_BY_TOTAL = {
    redistribute: Terms(None, None, None, 1, False, None, redistribute, False) for redistribute in (False, True)
}
