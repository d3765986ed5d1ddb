"""Rivals cut into parts at the discounts that treat every unit by itself.

A percentage that no cap holds back gives the same on a unit whatever else it takes, so only its order ties its units
together. Cut into parts, one for each *cluster* of units that others fight for, it may take its units of one cluster
early and those of another late. That allows more than is possible, so what the clusters can give at most, each for
itself, bounds what the rivals can give together. It is nearly always reached, because a rival that comes too late for
some of its units would not have got them in its own time either.

A *loose* rival is one that can be cut: its discount is an amount for each unit, summed, with nothing but one rounding
of the sum. All others are *tight*. A cluster holds the runs that tight rivals share, directly or through others, or
that they refuse each other over; every other run is a cluster of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from promo_cli.pricing.candidate import Candidate, compatible
from promo_cli.pricing.types.base import SCALE, Lump, Portion
from promo_cli.pricing.types.sets import Sets
from promo_cli.pricing.types.spread import Spread


class Part:
    """A rival, or what of it lies in one cluster.

    `place` is the rival's in rank. `reach` are runs of the cluster that had free units at the start, `amounts` what a
    unit of each can count with, in parts of 1/SCALE, `cap` likewise what all can (-1: no cap), `halves` how many half
    minor units rounding may add; units count in groups of `size`, if it is not 0. `bit` stands for the part, `barred`
    for those that cannot follow it, itself included; `mask` are the digits of its reach in a number of free units (see
    `exploring`). `cut`: other parts of the same rival lie elsewhere; `lump`: what it saves does not come off units.
    """

    __slots__ = (
        "amounts",
        "barred",
        "bit",
        "candidate",
        "cap",
        "cost",
        "cut",
        "halves",
        "lump",
        "mask",
        "place",
        "reach",
        "size",
    )

    def __init__(
        self,
        place: int,
        candidate: Candidate,
        reach: list[int],
        amounts: list[int],
        mask: int,
        cap: int,
        halves: int,
        size: int,
        cut: bool,
    ) -> None:
        self.place: int = place
        self.candidate: Candidate = candidate
        self.reach: list[int] = reach
        self.amounts: list[int] = amounts
        self.cap: int = cap
        self.halves: int = halves
        self.size: int = size
        self.cut: bool = cut
        self.lump: bool = cap >= 0 and not any(amounts)
        self.cost: int = max(1, len(reach))
        self.mask: int = mask
        self.bit: int = 0
        self.barred: int = 0


class Rival:
    """A candidate of a group: what bounds it, whom it refuses (a bit for each place), and whether it can be cut."""

    __slots__ = ("amounts", "barred", "candidate", "cap", "halves", "loose", "mask", "place", "size")

    def __init__(self, place: int, candidate: Candidate, barred: int, free: tuple[int, ...]) -> None:
        offer = candidate.offer
        cap, amounts, halves = offer.ceiling()
        if candidate.budget is not None:
            cap = candidate.budget if cap is None else min(cap, candidate.budget)
        self.place: int = place
        self.candidate: Candidate = candidate
        self.amounts: dict[int, int] = dict(amounts)
        self.cap: int = -1 if cap is None else cap * SCALE
        self.halves: int = halves
        self.size: int = offer.size if isinstance(offer, Sets) else 0
        self.mask: int = 0
        for i in offer.reach:
            if free[i]:
                self.mask |= 1 << i
        self.barred: int = barred
        self.loose: bool = barred == 1 << place and candidate.budget is None and self._each_by_itself(free)

    def _each_by_itself(self, free: tuple[int, ...]) -> bool:
        offer = self.candidate.offer
        if not isinstance(offer, Spread) or offer.terms.selective or offer.terms.by_line:
            return False
        formula = offer.formula
        if isinstance(formula, Lump) or (isinstance(formula, Portion) and (offer.floored or SCALE % formula.below)):
            return False
        if self.cap < 0:
            return True
        most = 0
        for i, amount in self.amounts.items():
            most += amount * free[i]
        return most <= self.cap


def rivals_of(group: Sequence[Candidate], free: tuple[int, ...]) -> list[Rival]:
    """Return the candidates of a group, which come by rank."""
    barred = [1 << place for place in range(len(group))]
    for place, candidate in enumerate(group):
        if candidate.promotion.choosy:
            for other_place, other in enumerate(group):
                if not compatible(candidate.promotion, other.promotion):
                    barred[place] |= 1 << other_place
                    barred[other_place] |= 1 << place
    return [Rival(place, candidate, barred[place], free) for place, candidate in enumerate(group)]


def clusters_of(rivals: list[Rival]) -> list[tuple[int, list[Rival]]]:
    """Return for each cluster a bit for every run in it, and its rivals by rank."""
    tight: list[tuple[int, int, int]] = []  # runs, places, and whom they refuse
    reach = 0
    for rival in rivals:
        reach |= rival.mask
        if rival.loose:
            continue
        mask, places, barred = rival.mask, 1 << rival.place, rival.barred
        others = []
        for known in tight:
            if known[0] & mask or known[2] & 1 << rival.place:
                mask, places, barred = mask | known[0], places | known[1], barred | known[2]
            else:
                others.append(known)
        others.append((mask, places, barred))
        tight = others
    for mask, _, _ in tight:
        reach &= ~mask
    found = tight
    bit = 1
    while bit <= reach:
        if reach & bit:
            found.append((bit, 0, 0))
        bit <<= 1
    return [
        (mask, [rival for rival in rivals if (rival.mask & mask if rival.loose else places >> rival.place & 1)])
        for mask, places, _ in found
    ]
