"""How much candidates can still save at most, so that a search may stop where nothing better can come.

An offer counts with its cap where that is less than what it could take off all its free units. The others count unit by
unit, each unit once, with the most that any of them could take off it. Both overestimate, and so does their sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from promo_cli.pricing.types.base import SCALE, Ceiling, Free, Option


@dataclass(eq=False)
class Bound:
    """The bound for some offers on some free units, and for what remains of both behind any one of them.

    `first` is what a unit of a run counts with and for which offer, `second` what it counts with without that offer.
    """

    free: Free
    ceilings: Mapping[int, Ceiling]
    capped: frozenset[int]
    lumps: int
    halves: int
    units: int
    first: Mapping[int, tuple[int, int]]
    second: Mapping[int, int]

    @property
    def most(self) -> int:
        """What the offers cannot exceed together, in minor units."""
        return self.lumps + (2 * self.units + self.halves * SCALE) // (2 * SCALE)

    def behind(self, place: int, option: Option) -> int:
        """What the others cannot exceed together behind this option of the offer at `place`."""
        cap, each, slack = self.ceilings[place]
        first, second, units = self.first, self.second, self.units
        lumps, halves = self.lumps, self.halves
        if place in self.capped:
            lumps -= cap or 0
        else:
            halves -= slack
            for i in each:
                amount, owner = first[i]
                if owner == place:
                    units -= self.free[i] * (amount - second.get(i, 0))
        for i, count in option.taken:
            amount, owner = first.get(i, (0, -1))
            units -= count * (second.get(i, 0) if owner == place else amount)
        return lumps + (2 * units + halves * SCALE) // (2 * SCALE)


def bound(ceilings: Mapping[int, Ceiling], free: Free) -> Bound:
    """Return the bound for offers, by their place in rank."""
    lumps = halves = units = 0
    capped = set()
    first: dict[int, tuple[int, int]] = {}
    second: dict[int, int] = {}
    for place, (cap, each, slack) in ceilings.items():
        if cap is not None and (not each or cap * SCALE <= sum([free[i] * amount for i, amount in each.items()])):
            lumps += cap
            capped.add(place)
            continue
        halves += slack
        for i, amount in each.items():
            best = first.get(i)
            if best is None:
                first[i] = amount, place
                units += free[i] * amount
            elif amount > best[0]:
                first[i], second[i] = (amount, place), best[0]
                units += free[i] * (amount - best[0])
            elif amount > second.get(i, 0):
                second[i] = amount
    return Bound(free, ceilings, frozenset(capped), lumps, halves, units, first, second)
