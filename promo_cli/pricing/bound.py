"""How much candidates can still save at most, so that a search may stop where nothing better can come."""

from __future__ import annotations

from collections.abc import Sequence

from promo_cli.pricing.types.base import SCALE, Ceiling, Free


def most(ceilings: Sequence[Ceiling], free: Free) -> int:
    """Return an amount in minor units that offers cannot exceed together on these free units.

    An offer counts with its cap where that is less than what it could take off all its units; the others count unit by
    unit, each unit once, with the most that any of them could take off it. Both overestimate, and so does their sum.
    """
    lumps = halves = 0
    best: dict[int, int] = {}
    for cap, each, slack in ceilings:
        if cap is not None and cap * SCALE <= sum([free[i] * amount for i, amount in each.items()]):
            lumps += cap
            continue
        halves += slack
        for i, amount in each.items():
            if amount > best.get(i, 0):
                best[i] = amount
    units = sum([free[i] * amount for i, amount in best.items()])
    return lumps + (2 * units + halves * SCALE) // (2 * SCALE)
