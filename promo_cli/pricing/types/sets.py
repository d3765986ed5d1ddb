"""Complete sets of units: how buy X get Y, combos, mixes and upsells form, count and price them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from promo_cli.pricing.money import half_up
from promo_cli.pricing.types.base import SCALE, Ceiling, Free, Offer, Option, Taken, Terms
from promo_cli.pricing.types.spread import first, share_out
from promo_cli.pricing.units import Cut, Run


class Block:
    """`times` equal sets: the units of one set by run, those of them that get cheaper, and what one set is cut by.

    `saving` is in minor units times the offer's `below`, so that shares of a unit stay exact until they are added up.
    """

    __slots__ = ("cheaper", "saving", "times", "units")

    def __init__(self, times: int, units: Taken, cheaper: Taken, saving: int) -> None:
        self.times = times
        self.units = units
        self.cheaper = cheaper
        self.saving = saving


class Sets(Offer):
    """Any number of complete sets, the first ones formed first. Each type that works by sets says how they form.

    More sets save more, because none is formed that saves nothing. Units contribute in groups of `size`, so that of
    those free some are left over; 0 if they do not. Offers of equal `shape` form the same sets, each for
    a `price`; None compares with nothing.
    """

    __slots__ = ("_blocks", "_formed", "below", "price", "runs", "shape", "size", "terms")

    def __init__(
        self,
        runs: list[Run],
        reach: tuple[int, ...],
        terms: Terms,
        below: int = 1,
        shape: tuple[object, ...] | None = None,
        price: int = 0,
        size: int = 0,
    ) -> None:
        super().__init__(reach)
        self.runs = runs
        self.terms = terms
        self.below = below
        self.shape = shape
        self.price = price
        self.size = size
        self._formed: Free | None = None
        self._blocks: list[Block] = []

    def form(self, free: Free) -> list[Block]:
        """Form all sets that save something from free units, in the order in which they are used."""
        raise NotImplementedError

    def bound(self) -> dict[int, int]:
        """Return what a unit of a run can contribute to any set, in parts of 1/SCALE minor unit."""
        raise NotImplementedError

    def ceiling(self) -> Ceiling:
        """Return what one unit can contribute to any set."""
        return Ceiling(None, self.bound(), 1 if self.below > 1 else 0)

    def outdoes(self, other: Offer, strictly: bool) -> bool:
        """The same sets, any number of them, for less; a floor could level the difference.

        Equal offers are both kept: one set by each may be earlier in order than two by one.
        """
        if not isinstance(other, Sets) or self.reach != other.reach or self.shape is None:
            return False
        if self.terms.max_applications is not None or self.terms.max_units is not None:
            return False
        return (
            self.shape == other.shape
            and self.price < other.price
            and not any(self.runs[i].line.floor for i in self.reach)
        )

    def first(self, free: Free) -> Option | None:
        """Return the option with the most sets."""
        blocks = self._of(free)
        times = self._most(blocks)
        return self._option(blocks, times) if times > 0 else None

    def options(self, free: Free) -> Iterator[Option]:
        """Yield one option per number of sets, the most first."""
        blocks = self._of(free)
        for times in range(self._most(blocks), 0, -1):
            yield self._option(blocks, times)

    def cuts(self, option: Option) -> list[Cut]:
        """Return what each cheaper unit gets off."""
        floored = any(self.runs[i].line.floor for i, _ in option.cheaper)
        return share_out(self.runs, option.cheaper, option.worth, floored)

    def _of(self, free: Free) -> list[Block]:
        if self._formed is not free:  # the lane's start is asked about more than once
            self._formed, self._blocks = free, self.form(free)
        return self._blocks

    def _most(self, blocks: list[Block]) -> int:
        most, terms = 0, self.terms
        for block in blocks:
            most += block.times
        if terms.max_applications is not None:
            most = min(most, terms.max_applications)
        if terms.max_units is not None or terms.max_units_per_line is not None:
            most = min(most, self._within(blocks))
        return most

    def _within(self, blocks: list[Block]) -> int:
        """How many sets come before the first whose cheaper units would be too many, in all or on a line."""
        used: dict[int | None, int] = {}
        within = 0
        for block in blocks:
            needed: dict[int | None, int] = {None: 0}
            for i, count in block.cheaper:
                line = self.runs[i].line.number
                needed[None] += count
                needed[line] = needed.get(line, 0) + count
            fitting = block.times
            for place, count in needed.items():
                limit = self.terms.max_units if place is None else self.terms.max_units_per_line
                if limit is not None:
                    fitting = min(fitting, (limit - used.get(place, 0)) // count)
            for place, count in needed.items():
                used[place] = used.get(place, 0) + count * fitting
            within += fitting
            if fitting < block.times:
                break
        return within

    def _option(self, blocks: list[Block], times: int) -> Option:
        if times == blocks[0].times == 1:  # one set alone is as it was formed
            only = blocks[0]
            return Option(self._saved(only.saving, only.cheaper), only.units, 1, only.cheaper)
        used: dict[int, int] = {}
        cheaper: dict[int, int] = {}
        saving, left = 0, times
        for block in blocks:
            repeat = min(block.times, left)
            left -= repeat
            saving += block.saving * repeat
            for i, count in block.units:
                used[i] = used.get(i, 0) + count * repeat
            for i, count in block.cheaper:
                cheaper[i] = cheaper.get(i, 0) + count * repeat
            if not left:
                break
        gets = tuple(sorted(cheaper.items()))
        return Option(self._saved(saving, gets), tuple(sorted(used.items())), times, gets)

    def _saved(self, saving: int, gets: Taken) -> int:
        worth, room, runs = half_up(saving, self.below), 0, self.runs
        for i, count in gets:
            room += runs[i].room * count
        return worth if worth < room else room


def chunks(units: Iterable[tuple[int, int]], size: int) -> list[tuple[int, Taken]]:
    """Cut units into groups of `size` in their order; equal groups in a row come as (how many, one of them)."""
    groups: list[tuple[int, Taken]] = []
    begun: list[tuple[int, int]] = []
    missing = size
    for i, available in units:
        count = available
        if begun:
            part = min(count, missing)
            begun.append((i, part))
            count, missing = count - part, missing - part
            if missing:
                continue
            groups.append((1, tuple(begun)))
            begun, missing = [], size
        if count >= size:
            groups.append((count // size, ((i, size),)))
            count %= size
        if count:
            begun, missing = [(i, count)], size - count
    return groups


def free_of(reach: tuple[int, ...], free: Free) -> list[tuple[int, int]]:
    """Return the free units of some runs."""
    return [(i, free[i]) for i in reach if free[i]]


def tail(units: Taken, count: int) -> Taken:
    """Return the last `count` units of a group."""
    kept = []
    for i, available in reversed(units):
        if count <= 0:
            break
        kept.append((i, min(available, count)))
        count -= available
    return tuple(reversed(kept))


def together(lists: Sequence[list[tuple[int, Taken]]], least: int) -> Iterator[tuple[int, Taken]]:
    """Join one group of every list into one set, in their order, while at least `least` lists still have one.

    Equal sets in a row come as (how many, one of them).
    """
    waiting = [iter(groups) for groups in lists]
    heads = [next(groups, None) for groups in waiting]
    while sum(head is not None for head in heads) >= least > 0:
        ready = [head for head in heads if head is not None]
        times = min(count for count, _ in ready)
        yield times, joined(units for _, units in ready)
        for i, head in enumerate(heads):
            if head is not None:
                heads[i] = (head[0] - times, head[1]) if head[0] > times else next(waiting[i], None)


def joined(groups: Iterable[Iterable[tuple[int, int]]]) -> Taken:
    """Return the units of all groups as one."""
    units: dict[int, int] = {}
    for group in groups:
        for i, count in group:
            units[i] = units.get(i, 0) + count
    return tuple(sorted(units.items()))


def buys_and_gets(
    pool: Sequence[tuple[int, int]], wanted: Sequence[tuple[int, int]], buy: int, get: int
) -> Iterator[tuple[int, Taken, Taken]]:
    """Yield (how many, the units bought, the units got) for sets of `buy` from a pool and `get` of what is wanted.

    As many sets as possible; gets are the first units wanted, buys the first of the pool that are not needed as gets.
    """
    in_pool = {i for i, _ in pool}
    bought, gotten = sum(count for _, count in pool), sum(count for _, count in wanted)

    def impossible(times: int) -> bool:
        shared = sum(count for i, count in first(wanted, times * get) if i in in_pool)
        return bought - shared < times * buy

    most = bisect_left(range(1, gotten // get + 1), True, key=impossible)
    gets = first(wanted, most * get)
    needed = dict(gets)
    buys = [(i, count - needed.get(i, 0)) for i, count in pool if count > needed.get(i, 0)]
    lefts, rights = chunks(buys, buy), chunks(gets, get)
    while lefts and rights:
        (left_times, left), (right_times, right) = lefts.pop(0), rights.pop(0)
        times = min(left_times, right_times)
        yield times, left, right
        if left_times > times:
            lefts.insert(0, (left_times - times, left))
        if right_times > times:
            rights.insert(0, (right_times - times, right))


def priced(runs: list[Run], groups: Iterable[tuple[int, Taken]], price: int) -> list[Block]:
    """Return the groups that get cheaper at a price for each, in minor units."""
    blocks = []
    for times, units in groups:
        saving = -price
        for i, count in units:
            saving += runs[i].running * count
        if saving > 0:
            blocks.append(Block(times, units, units, saving))
    return blocks


def spread_price(runs: list[Run], parts: Sequence[tuple[Sequence[int], int]], price: int) -> dict[int, int]:
    """Return bounds for sets of a price: each part (its runs, how many units) bears a share by its dearest unit.

    Whatever units make a set, it saves no more than each of them costs above its share of the price.
    """
    tops = [max((runs[i].running for i in reach), default=0) for reach, _ in parts]
    total = sum(top * units for top, (_, units) in zip(tops, parts, strict=True))
    bound: dict[int, int] = {}
    for top, (reach, _) in zip(tops, parts, strict=True):
        share = SCALE * price * top // total if total else 0
        for i in reach:
            bound[i] = max(bound.get(i, 0), SCALE * runs[i].running - share, 0)
    return bound
