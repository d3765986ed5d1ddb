"""Discounts over whatever is free in a scope: a share of it, an amount off it, or so much off every unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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


class Each:
    """An amount off every unit."""

    __slots__ = ("amount",)

    def __init__(self, amount: int) -> None:
        self.amount = amount


class Down:
    """Every unit down to a price; units that cost no more are left alone."""

    __slots__ = ("price",)

    def __init__(self, price: int) -> None:
        self.price = price


Formula = Portion | Lump | Each | Down


class Spread(Offer):
    """Takes every free unit of its reach, or as many as the terms allow, and discounts them together.

    `floored`: some unit may not go down to nothing.
    """

    __slots__ = ("floored", "formula", "pool", "runs", "terms")

    def __init__(self, runs: list[Run], pool: Pool, formula: Formula, terms: Terms) -> None:
        super().__init__(pool.reach, True, True)
        self.runs = runs
        self.pool = pool
        self.formula = formula
        self.terms = terms
        self.floored = pool.floored

    def ceiling(self) -> Ceiling:
        """Return the cap or amount, and what the formula takes off each unit."""
        runs, formula = self.runs, self.formula
        if isinstance(formula, Portion):
            above, below, redistributed = SCALE * formula.above, formula.below, self.terms.redistribute
            each: dict[int, int] = {}
            for i in self.reach:
                run = runs[i]
                amount = -(-above * run.running // below)
                if self.floored:
                    room = SCALE * run.room
                    amount = room if redistributed or room < amount else amount
                each[i] = amount
            halves = len({runs[i].line.number for i in self.reach}) if self.terms.by_line else 1
            return Ceiling(formula.cap, each, halves)
        if isinstance(formula, Lump):
            return Ceiling(formula.amount, {i: SCALE * runs[i].room for i in self.reach})
        return Ceiling(None, {i: SCALE * max(0, _off(formula, runs[i])) for i in self.reach})

    def outdoes(self, other: Offer, strictly: bool) -> bool:
        """All units of the same pool, by a formula that gives more."""
        if not isinstance(other, Spread) or self.pool is not other.pool:
            return False
        if self.terms is not other.terms and self.terms != other.terms:
            return False
        if self.terms.selective or self.terms.by_line or (strictly and self.floored):
            return False
        return _gives_more(self.formula, other.formula, self._least() if strictly else None, self.floored)

    def first(self, free: Free) -> Option | None:
        """Return the one way to apply it; with fewer units free, one that saves nothing may save something."""
        taken = self._taken(free)
        return Option(self._worth(taken), taken, 1, taken) if taken else None

    def options(self, free: Free) -> Iterable[Option]:
        """Return the one way to apply it."""
        option = self.first(free)
        return () if option is None else (option,)

    def cuts(self, option: Option) -> list[Cut]:
        """Return what each unit gets off, shared by value where the discount is one amount."""
        formula = self.formula
        if isinstance(formula, (Each, Down)):
            return [(i, count, _off(formula, self.runs[i])) for i, count in option.cheaper]
        if self.terms.by_line and isinstance(formula, Portion) and not self._capped(option.cheaper):
            return self._cuts_by_line(option.cheaper)
        return share_out(self.runs, option.cheaper, option.worth, self.floored)

    def dropped(self, option: Option) -> int:
        """Return what floors held back."""
        if not self.floored:
            return 0
        runs = self.runs
        base = self._base(option.cheaper)
        formula = self.formula
        if isinstance(formula, Portion):
            nominal = half_up(base * formula.above, formula.below)
            nominal = nominal if formula.cap is None else min(nominal, formula.cap)
        elif isinstance(formula, Lump):
            nominal = _most(formula, base)
        elif isinstance(formula, Each):
            nominal = sum([min(formula.amount, runs[i].running) * count for i, count in option.cheaper])
        else:
            nominal = sum([(runs[i].running - formula.price) * count for i, count in option.cheaper])
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
        runs, formula = self.runs, self.formula
        if isinstance(formula, Portion):
            return self._portion(formula, taken)
        if isinstance(formula, Lump):
            worth = _most(formula, self._base(taken))
            return min(worth, _room(runs, taken)) if self.floored else worth
        return sum([_off(formula, runs[i]) * count for i, count in taken])

    def _portion(self, formula: Portion, taken: Taken) -> int:
        base, cap = self._base(taken), formula.cap
        above, below = formula.above, formula.below
        if cap is not None and base * above <= cap * below:  # it would not get so much
            cap = None
        if cap is None and self.terms.by_line:
            return sum([units * amount for _, units, amount in self._cuts_by_line(taken)])
        if not self.floored:
            return half_up(base * above, below) if cap is None else cap
        if self.terms.redistribute:
            total = half_up(base * above, below) if cap is None else cap
            return min(total, _room(self.runs, taken))
        if cap is not None:
            above, below = cap, base
        runs = self.runs
        return half_up(sum([min(above * runs[i].running, below * runs[i].room) * count for i, count in taken]), below)

    def _base(self, taken: Taken) -> int:
        if taken is self.pool.taken:
            return self.pool.base
        runs, base = self.runs, 0
        for i, count in taken:
            base += runs[i].running * count
        return base

    def _capped(self, taken: Taken) -> bool:
        formula = self.formula
        if not isinstance(formula, Portion) or formula.cap is None:
            return False
        return self._base(taken) * formula.above > formula.cap * formula.below

    def _cuts_by_line(self, taken: Taken) -> list[Cut]:
        lines: dict[int, list[tuple[int, int]]] = {}
        for i, count in taken:
            lines.setdefault(self.runs[i].line.number, []).append((i, count))
        assert isinstance(self.formula, Portion)
        uncapped = Portion(self.formula.above, self.formula.below)
        cuts: list[Cut] = []
        for units in lines.values():
            alone = Spread(self.runs, self.pool, uncapped, _BY_TOTAL[self.terms.redistribute])
            own = tuple(units)
            cuts += share_out(self.runs, own, alone._portion(uncapped, own), self.floored)
        return cuts


def _most(lump: Lump, base: int) -> int:
    share = base if lump.above == lump.below else half_up(base * lump.above, lump.below)
    return lump.amount if lump.amount < share else share


def _room(runs: list[Run], taken: Taken) -> int:
    return sum([runs[i].room * count for i, count in taken])


def _gives_more(one: Formula, other: Formula, least: int | None, floored: bool) -> bool:
    """Whether a formula gives at least as much as another on any units; with the price of the cheapest unit, more.

    An amount is all that the units cost, capped; where floors hold, it is not compared with a percentage, because it
    moves what they hold back to other units.
    """
    if isinstance(one, Each) and isinstance(other, Each):
        return one.amount >= other.amount if least is None else one.amount > other.amount < least
    if least is not None and isinstance(one, Lump) and isinstance(other, Lump):
        alike = one.above == other.above and one.below == other.below
        if alike:
            return one.amount > other.amount < least
    if not isinstance(one, (Portion, Lump)) or not isinstance(other, (Portion, Lump)):
        return False
    if floored and isinstance(one, Portion) is not isinstance(other, Portion):
        return False
    mine, theirs = _as_portion(one), _as_portion(other)
    cap, limit = mine.cap, theirs.cap
    gain = mine.above * theirs.below - theirs.above * mine.below
    capped = cap is not None and (limit is None or cap < limit)
    if least is None:
        return gain >= 0 and not capped
    return gain * least >= mine.below * theirs.below and not capped and (cap is None or cap != limit)


def _as_portion(formula: Portion | Lump) -> Portion:
    return formula if isinstance(formula, Portion) else Portion(formula.above, formula.below, formula.amount)


def _off(formula: Each | Down, run: Run) -> int:
    off = formula.amount if isinstance(formula, Each) else run.running - formula.price
    room = run.room
    return off if off < room else room


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


def share_out(runs: list[Run], units: Taken, total: int, floored: bool) -> list[Cut]:
    """Return `total` shared over units by value, each at most its room; `floored`: that may be less than its price."""
    if not floored:
        return _by_value(runs, units, total)
    prices, rooms = [runs[i].running for i, _ in units], [runs[i].room for i, _ in units]
    shares = allocate(total, prices, rooms, [count for _, count in units])
    return [(i, count, amount) for (i, _), parts in zip(units, shares, strict=True) for count, amount in parts]


def _by_value(runs: list[Run], units: Taken, total: int) -> list[Cut]:
    """As `allocate` where every unit may go down to nothing; spelt out, because every receipt does it many times."""
    base = 0
    for i, count in units:
        base += runs[i].running * count
    if total >= base:
        return [(i, count, runs[i].running) for i, count in units]
    cuts: list[Cut] = []
    size, spare = len(units), total
    rests: list[int] = []  # the remainder, largest first, and the place, in one number: such numbers sort fastest
    for i, count in units:
        share = total * runs[i].running
        amount = share // base
        rest = share - amount * base
        spare -= amount * count
        if rest:
            rests.append(len(cuts) - rest * size)
        cuts.append((i, count, amount))
    if spare:
        rests.sort()
        for place in [rest % size for rest in rests]:
            i, count, amount = cuts[place]
            if count >= spare:
                cuts[place] = (i, spare, amount + 1)
                if count > spare:
                    cuts.insert(place + 1, (i, count - spare, amount))
                break
            cuts[place] = (i, count, amount + 1)
            spare -= count
    return cuts


_BY_TOTAL = {
    redistribute: Terms(None, None, None, 1, False, None, redistribute, False) for redistribute in (False, True)
}
