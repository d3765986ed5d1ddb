"""Promotions between which nothing but the id decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from promo_cli.model.reference import Product
from promo_cli.validation.conflicts.landscape import Landscape
from promo_cli.validation.conflicts.reach import Reach, bits, meet
from promo_cli.validation.conflicts.worth import on_each, takes_every_unit


class Tie(NamedTuple):
    """Promotions that are worth the same on a product; `chosen` has the smallest id."""

    chosen: Reach
    yielding: list[Reach]
    product: Product


def ties(land: Landscape, without: Collection[str]) -> list[Tie]:
    """Return promotions of one slot and one priority that are worth the same on a product, each yielding but once.

    `without` are codes that never apply anyway.
    """
    equal: dict[tuple[object, ...], list[Reach]] = defaultdict(list)
    found: dict[Reach, Tie] = {}
    best_deal = land.facts.workspace.settings.stacking.strategy == "best_deal"
    for reach in sorted(land.reaches, key=lambda one: one.id):
        yields = False
        for number in bits(reach.takes) if reach.code not in without and _plain(reach) else ():
            product = land.encoder.products[number]
            worth = on_each(reach.promotion, product) if best_deal else Decimal(1)
            if not worth:
                break
            same = equal[reach.slot, reach.rank[0], number, worth]
            other = None if yields else next((one for one in same if meet((one, reach))), None)
            if other is not None and land.sound(reach, other):
                found.setdefault(other, Tie(other, [], product)).yielding.append(reach)
                yields = True
            same.append(reach)
    return list(found.values())


def _plain(reach: Reach) -> bool:
    promotion = reach.promotion
    grouped = promotion.stacking.group is not None and promotion.stacking.rule not in (None, "all")
    choosy = grouped or promotion.stacking.never_with or promotion.stacking.exclusive
    return takes_every_unit(promotion) and not choosy and promotion.conditions is None
