"""How much parts of rivals can still save at most, so that a search may stop where nothing better can come.

Every free unit is given to the part that could take the most off it: no plan takes more off each. A part of which only
whole groups of units count (a set of three) cannot count with all it is given if that is no multiple: of those too many
it loses the ones whose second best part is nearly as good. A part with a cap may count with its cap instead and leave
the units to the others; whichever gives less bounds as well. Every one of these is more than any plan can have, because
it only leaves out conditions: that a rival takes what is free at its turn, all of it, and in one order with the others.
"""

from __future__ import annotations

from promo_cli.pricing.parts import Part
from promo_cli.pricing.types.base import SCALE


class Bounds:
    """What the parts of a cluster can save at most; `shifts` and `fields` are the digits of free units, run by run."""

    __slots__ = ("_amounts", "_fields", "_numbers", "_parts", "_shifts")

    def __init__(self, parts: list[Part], shifts: list[int], fields: list[int]) -> None:
        self._parts: list[Part] = parts
        self._shifts: list[int] = shifts
        self._fields: list[int] = fields
        # By run: what parts can take off a unit at most, in parts of 1/SCALE, the most first, and their numbers.
        self._amounts: list[list[int]] = []
        self._numbers: list[list[int]] = []
        claims: list[list[tuple[int, int]]] = [[] for _ in shifts]
        for number, part in enumerate(parts):
            for i, amount in zip(part.reach, part.amounts, strict=True):
                if amount > 0:
                    claims[i].append((-amount, number))
        for claim in claims:
            claim.sort()
            self._amounts.append([-amount for amount, _ in claim])
            self._numbers.append([number for _, number in claim])

    def most(self, alive: int, free: int) -> int:
        """Return what the parts alive cannot exceed together on free units, in parts of 1/SCALE."""
        lumps = 0
        units = alive
        capped: list[Part] = []
        for part in self._parts:
            if part.cap >= 0 and part.bit & alive:
                if part.lump:
                    lumps += part.cap
                elif part.cap <= self._all(part, free):
                    capped.append(part)
                    units &= ~part.bit
                    lumps += part.cap
        least = lumps + self._unit_by_unit(units, free)
        for part in capped:
            other = lumps - part.cap + self._unit_by_unit(units | part.bit, free)
            if other < least:
                least, lumps, units = other, lumps - part.cap, units | part.bit
        return least

    def _all(self, part: Part, free: int) -> int:
        total = 0
        for k in range(len(part.reach)):
            i = part.reach[k]
            total += ((free & self._fields[i]) >> self._shifts[i]) * part.amounts[k]
        return total

    def _unit_by_unit(self, units: int, free: int) -> int:
        parts = self._parts
        total = 0
        grouped: list[tuple[int, int, int]] = []  # who owns units, what each loses with its second best, how many
        for i in range(len(self._fields)):
            count = free & self._fields[i]
            if not count:
                continue
            count >>= self._shifts[i]
            amounts = self._amounts[i]
            numbers = self._numbers[i]
            best, owner, second = 0, -1, 0
            for k in range(len(numbers)):
                number = numbers[k]
                if units >> number & 1:
                    if owner < 0:
                        best, owner = amounts[k], number
                    else:
                        second = amounts[k]
                        break
            if owner >= 0:
                total += best * count
                if parts[owner].size:
                    grouped.append((owner, best - second, count))
        if grouped:
            total -= self._left_over(grouped, free)
        halves = 0
        for part in parts:
            if part.bit & units:
                halves += part.halves
        return total + halves * SCALE // 2

    def _left_over(self, grouped: list[tuple[int, int, int]], free: int) -> int:
        """What is lost at least because only whole groups of units count."""
        grouped.sort()
        total = 0
        last, over = -1, 0
        for n in range(len(grouped)):
            owner, lost, count = grouped[n]
            if owner != last:
                last = owner
                over = -self._in_groups(self._parts[owner], free)
                for k in range(n, len(grouped)):
                    if grouped[k][0] != owner:
                        break
                    over += grouped[k][2]
            if over > 0:
                total += lost * min(count, over)
                over -= count
        return total

    def _in_groups(self, part: Part, free: int) -> int:
        """How many free units whole groups hold at most."""
        there = 0
        for i in part.reach:
            there += (free & self._fields[i]) >> self._shifts[i]
        return there // part.size * part.size
