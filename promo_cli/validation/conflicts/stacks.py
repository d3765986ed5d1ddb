"""The worst that promotions of different stages and lanes add up to on a product, found by search, shown by a cart.

For each product, with so many units of it that sets are complete or minimums are reached, one promotion of every slot
is chosen by branch and bound so that least is left to pay. The search is bounded: few quantities, and in each slot the
few that take off most. Its figures are estimates; a stack counts only if the engine's receipt says so too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import nsmallest
from typing import Any
from weakref import WeakKeyDictionary

from promo_cli.model.promotion import Promotion
from promo_cli.model.reference import Product
from promo_cli.validation.conflicts.landscape import Landscape, by_terms
from promo_cli.validation.conflicts.reach import Reach, meet
from promo_cli.validation.conflicts.witness import Witness

_LAST_STAGE = 2  # what is earned lowers no price
_COUNTS = 6
_CHOICES = 4
_STEPS = 120

_Groups = Sequence[Sequence[Reach]]
"""Promotions of one slot, those of the same terms together."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Promotions that together leave less than `least` of a product's units to pay, with the cart that shows it."""

    by: tuple[Reach, ...]
    product: Product
    paid: Decimal
    least: Decimal
    witness: Witness

    @property
    def depth(self) -> Decimal:
        """How much of the list value is taken off, from 0 to 1."""
        listed = Decimal(self.witness.receipt["lines"][0]["list_amount"])
        return 1 - self.paid / listed if listed else Decimal(0)


def stacks(land: Landscape, least: dict[str, Decimal], *, floors: bool = False) -> Iterator[Stack]:
    """Yield, for each product in `least` (the price of a unit that should remain), the deepest stack that goes below.

    Stacks in which one promotion alone goes below are another rule's. `floors`: what should remain is the product's
    `min_price`, and a stack goes below if the engine had to hold something back.
    """
    for number, product in enumerate(land.encoder.products):
        bar = least.get(product.id)
        if bar is None or not product.discountable or product.price <= 0:
            continue
        each = (land.touching(slot, 1 << number) for slot in sorted(land.slots) if slot[0] <= _LAST_STAGE)
        slots = [by_terms(reaches, _CHOICES) for reaches in each if reaches]
        if len(slots) > 1 and (found := _deepest(land, product, slots, bar, floors)):
            yield found


def _deepest(land: Landscape, product: Product, slots: Sequence[_Groups], bar: Decimal, floors: bool) -> Stack | None:
    price = product.price
    first = max(land.estimate(group[0]).off(price, 1, price) for group in slots[0])
    lefts = {price, price - first}  # later stages measure minimums after the first one's discount
    every = [land.estimate(group[0]) for groups in slots for group in groups]
    tried = sorted({count for one in every for left in lefts for count in one.counts(left)})
    best: Stack | None = None
    for count in tried[:_COUNTS]:
        search = _Search(land, product, count, bar, slots)
        if search.hopeless:
            continue
        search.run(0, (), product.price * count)
        found = search.shown(floors)
        if found and (best is None or found.depth > best.depth):
            best = found
    return best


class _Search:
    """One product in one quantity: chooses at most one promotion of each slot so that least is left."""

    def __init__(
        self,
        land: Landscape,
        product: Product,
        count: int,
        bar: Decimal,
        slots: Sequence[_Groups],
    ) -> None:
        self._land, self._product, self._count = land, product, count
        listed = product.price * count
        self._bar = bar * count
        self._slots: list[list[tuple[Decimal, Reach]]] = []
        for groups in slots:
            worths = ((land.estimate(group[0]).off(product.price, count, listed), group) for group in groups)
            useful = ((worth, group) for worth, group in worths if worth > 0 and listed - worth >= self._bar)
            each = ((worth, one) for worth, group in useful for one in group)
            self._slots.append(nsmallest(_CHOICES, each, key=lambda item: (-item[0], item[1].rank)))
        most = [slot[0][0] if slot else Decimal(0) for slot in self._slots]
        self._rest = [sum(most[place:], Decimal(0)) for place in range(len(most) + 1)]
        self.hopeless = listed - self._rest[0] >= self._bar
        self._steps = _STEPS
        self._left = self._bar
        self._best: tuple[Reach, ...] = ()

    def run(self, place: int, chosen: tuple[Reach, ...], left: Decimal) -> None:
        """Try every choice from a slot on that can still end below the best so far."""
        self._steps -= 1
        if left - self._rest[place] >= self._left or self._steps < 0:
            return
        if place == len(self._slots):
            if meet(chosen):
                self._left, self._best = left, chosen
            return
        for _, one in self._slots[place]:
            if all(_combine(self._land, other, one) for other in chosen) and self._land.sound(one):
                cut = self._land.estimate(one).off(self._product.price, self._count, left)
                self.run(place + 1, (*chosen, one), left - cut)
        self.run(place + 1, chosen, left)

    def shown(self, floors: bool) -> Stack | None:
        """Return what was found, if the engine finds it too."""
        wanted = self._land.encoder.mask([self._product.id])
        place = self._land.witnesses.place(self._best, wanted) if len(self._best) > 1 else None
        if place is None:
            return None
        witness = self._land.witnesses.priced(place, self._best, {self._product.id: self._count})
        if witness is None:
            return None
        line = witness.receipt["lines"][0]
        paid, codes = Decimal(line["net"]), {one["code"] for one in line["discounts"]}
        by = tuple(one for one in self._best if one.code in codes)
        held_back = any("dropped" in one for one in witness.receipt["applied"])
        if len(by) < 2 or not (held_back if floors else paid < self._bar):
            return None
        return Stack(by, self._product, paid, self._bar, witness)


_combined: WeakKeyDictionary[Landscape, dict[tuple[str, str], bool]] = WeakKeyDictionary()


def _combine(land: Landscape, one: Reach, other: Reach) -> bool:
    """Tell whether two promotions can come together on one bill; the same pairs meet on many products."""
    known, pair = _combined.setdefault(land, {}), (one.id, other.id)
    if pair not in known:
        known[pair] = _compatible(one.promotion, other.promotion) and meet((one, other))
    return known[pair]


def _compatible(one: Promotion[Any], other: Promotion[Any]) -> bool:
    first, second = one.stacking, other.stacking
    grouped = first.group is not None and first.group == second.group and first.rule not in (None, "all")
    alone = "cart" in (first.exclusive, second.exclusive) or first.exclusive == "units"
    return not (grouped or alone or other.code in first.never_with or one.code in second.never_with)
