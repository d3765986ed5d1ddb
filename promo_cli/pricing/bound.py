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

Claim = tuple[int, int]
"""What a part can take off a unit at most, in parts of 1/SCALE, and the number of the part."""


def claims_of(parts: list[Part], runs: int) -> list[list[Claim]]:
    """Return for each run what parts can take off a unit of it, the most first."""
    claims: list[list[Claim]] = [[] for _ in range(runs)]
    for number, part in enumerate(parts):
        for i, amount in zip(part.reach, part.amounts, strict=True):
            if amount > 0:
                claims[i].append((-amount, number))
    for claim in claims:
        claim.sort()
    return claims


def bound(parts: list[Part], claims: list[list[Claim]], alive: int, free: tuple[int, ...]) -> int:
    """Return what the parts alive cannot exceed together on free units, in parts of 1/SCALE."""
    lumps = 0
    units = alive
    capped: list[Part] = []
    for part in parts:
        if part.bit & alive and part.cap >= 0 and part.cap <= _all(part, free):
            capped.append(part)
            units &= ~part.bit
            lumps += part.cap
    least = lumps + _unit_by_unit(parts, claims, units, free)
    for part in capped:
        other = lumps - part.cap + _unit_by_unit(parts, claims, units | part.bit, free)
        if other < least:
            least, lumps, units = other, lumps - part.cap, units | part.bit
    return least


def _all(part: Part, free: tuple[int, ...]) -> int:
    total = 0
    for k in range(len(part.reach)):
        total += free[part.reach[k]] * part.amounts[k]
    return total


def _unit_by_unit(parts: list[Part], claims: list[list[Claim]], units: int, free: tuple[int, ...]) -> int:
    total = 0
    grouped: dict[int, list[tuple[int, int]]] = {}  # by part: what a unit loses with its second best, and how many
    for i in range(len(free)):
        count = free[i]
        if not count:
            continue
        best, owner, second = 0, -1, 0
        for amount, number in claims[i]:
            if parts[number].bit & units:
                if owner < 0:
                    best, owner = -amount, number
                else:
                    second = -amount
                    break
        total += best * count
        if owner >= 0 and parts[owner].size:
            lost = grouped.get(owner)
            if lost is None:
                grouped[owner] = [(best - second, count)]
            else:
                lost.append((best - second, count))
    for number, lost in grouped.items():
        total -= _left_over(parts[number], lost, free)
    halves = 0
    for part in parts:
        if part.bit & units:
            halves += part.halves
    return total + halves * SCALE // 2


def _left_over(part: Part, lost: list[tuple[int, int]], free: tuple[int, ...]) -> int:
    """What is lost at least because only whole groups of units count."""
    there = owned = 0
    for i in part.reach:
        there += free[i]
    for _, count in lost:
        owned += count
    over = owned - there // part.size * part.size
    if over <= 0:
        return 0
    lost.sort()
    total = 0
    for each, count in lost:
        total += each * min(count, over)
        over -= count
        if over <= 0:
            break
    return total
