"""Promotions that an earlier stage or lane always keeps out: by `never_with`, or because it keeps units to itself."""

from __future__ import annotations

from collections.abc import Iterator

from promo_cli.validation.conflicts.landscape import Landscape
from promo_cli.validation.conflicts.reach import Reach, within
from promo_cli.validation.conflicts.runs import covers
from promo_cli.validation.conflicts.worth import minimum, takes_every_unit, unconditional


def kept_out(land: Landscape) -> Iterator[tuple[Reach, Reach, str]]:
    """Yield promotions that never apply, each with the earlier one that always does, and what keeps it out.

    Certain only where the earlier one competes with nobody in its own lane, so that it is never passed over.
    """
    for earlier in land.reaches:
        stacking = earlier.promotion.stacking
        for later in land.reaches if stacking.exclusive == "units" else _named(land, earlier):
            reason = "exclusive" if stacking.exclusive == "units" else "never_with"
            if earlier.slot < later.slot and _always_first(land, earlier, later) and land.sound(earlier, later):
                yield later, earlier, reason


def _named(land: Landscape, earlier: Reach) -> Iterator[Reach]:
    for code in dict.fromkeys((*earlier.promotion.stacking.never_with, *land.refusing.get(earlier.code, ()))):
        if code in land.by_code:
            yield land.by_code[code]


def _always_first(land: Landscape, earlier: Reach, later: Reach) -> bool:
    """Whoever could get the later one gets the earlier one before."""
    promotion = earlier.promotion
    alone = [one for one in land.touching(earlier.slot, later.takes) if one is not earlier]
    return (
        bool(later.takes)
        and not later.takes & ~earlier.takes
        and not alone
        and unconditional(promotion)
        and takes_every_unit(promotion)
        and not minimum(promotion)
        and within(later, earlier)
        and covers(earlier.runs, later.runs)
    )
