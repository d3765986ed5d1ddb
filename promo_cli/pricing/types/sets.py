"""Complete sets of units: how buy X get Y, combos, mixes and upsells form, count and price them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from promo_cli.pricing.money import half_up
from promo_cli.pricing.types.base import Free, Option, Taken, Terms
from promo_cli.pricing.types.spread import share_out
from promo_cli.pricing.units import Cut, Run


class Block(NamedTuple):
    """`times` equal sets: the units of one set by run, those of them that get cheaper, and what one set is cut by.

    `saving` is in minor units times the offer's `below`, so that shares of a unit stay exact until they are added up.
    """

    times: int
    units: Taken
    cheaper: Taken
    saving: int


Form = Callable[[Free], Sequence[Block]]
"""Forms all sets that save something from free units, in the order in which they are used."""


@dataclass(frozen=True, slots=True, eq=False)
class Sets:
    """Any number of complete sets, the first ones formed first. `each` prices every cheaper unit by itself."""

    runs: Sequence[Run]
    reach: tuple[int, ...]
    form: Form
    terms: Terms
    below: int = 1
    each: Callable[[Run], int] | None = None

    def options(self, free: Free) -> Iterator[Option]:
        """Yield one option per number of sets, the most first."""
        blocks = self.form(free)
        for times in range(self._most(blocks), 0, -1):
            yield self._option(blocks, times)

    def cuts(self, option: Option) -> list[Cut]:
        """Return what each cheaper unit gets off."""
        if self.each is not None:
            return [Cut(i, count, self.each(self.runs[i])) for i, count in option.cheaper]
        return share_out(self.runs, option.cheaper, option.worth)

    def dropped(self, option: Option) -> int:
        """Return what floors held back; sets promise a price, not an amount, so nothing."""
        return 0

    def _most(self, blocks: Sequence[Block]) -> int:
        most = sum(block.times for block in blocks)
        if self.terms.max_applications is not None:
            most = min(most, self.terms.max_applications)
        if self.terms.max_units is not None:
            left, within = self.terms.max_units, 0
            for block in blocks:
                size = sum(count for _, count in block.cheaper)
                fitting = min(block.times, left // size)
                within, left = within + fitting, left - fitting * size
                if fitting < block.times:
                    break
            most = min(most, within)
        return most

    def _option(self, blocks: Sequence[Block], times: int) -> Option:
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
        worth = min(half_up(saving, self.below), sum(self.runs[i].room * count for i, count in gets))
        return Option(worth, tuple(sorted(used.items())), times, gets)


def chunks(units: Sequence[tuple[int, int]], size: int) -> list[tuple[int, Taken]]:
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


def free_of(reach: Sequence[int], free: Free) -> list[tuple[int, int]]:
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


def paired(left: list[tuple[int, Taken]], right: list[tuple[int, Taken]]) -> Iterator[tuple[int, Taken, Taken]]:
    """Yield (how many, a left group, a right group) for the groups of two lists in their order, as far as both go."""
    lefts, rights = iter(left), iter(right)
    lefts_left = rights_left = 0
    one: Taken = ()
    other: Taken = ()
    while True:
        if not lefts_left:
            lefts_left, one = next(lefts, (0, ()))
        if not rights_left:
            rights_left, other = next(rights, (0, ()))
        times = min(lefts_left, rights_left)
        if not times:
            return
        lefts_left, rights_left = lefts_left - times, rights_left - times
        yield times, one, other
