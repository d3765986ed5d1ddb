"""Conditions that use up the units that meet them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from promo_cli.pricing.conditions import Condition, Leaf, Tree, holds
from promo_cli.pricing.eligibility import measure
from promo_cli.pricing.promotion import Entry
from promo_cli.pricing.sale import facts_of
from promo_cli.pricing.types.base import Ceiling, Free, Offer, Option, Taken
from promo_cli.pricing.types.sets import joined
from promo_cli.pricing.units import Cut
from promo_cli.pricing.view import View


@dataclass(frozen=True)
class _Need:
    """So many units, worth so much; `order` is in which order runs are used up, `values` what one unit is worth."""

    order: tuple[int, ...]
    values: tuple[int, ...]
    quantity: int
    value: int


class Consuming(Offer):
    """An offer that first uses up what its conditions need; without enough free units it has no option."""

    __slots__ = ("inner", "needs")

    def __init__(self, inner: Offer, reach: tuple[int, ...], needs: tuple[_Need, ...]) -> None:
        super().__init__(reach, inner.steady)
        self.inner = inner
        self.needs = needs

    def ceiling(self) -> Ceiling:
        """As the offer inside."""
        return self.inner.ceiling()

    def options(self, free: Free) -> Iterator[Option]:
        """Yield the options of the offer inside on what the conditions leave."""
        left = list(free)
        used: list[tuple[int, int]] = []
        for need in self.needs:
            units = _used_up(need, left)
            if units is None:
                return
            used += units
        for option in self.inner.options(tuple(left)):
            taken = joined([option.taken, tuple(used)])
            yield Option(option.worth, taken, option.times, option.cheaper, option.gifts, option.sets)

    def cuts(self, option: Option) -> list[Cut]:
        """As the offer inside."""
        return self.inner.cuts(option)

    def dropped(self, option: Option) -> int:
        """As the offer inside."""
        return self.inner.dropped(option)


def consuming(offer: Offer, condition: Condition, entry: Entry, view: View) -> Offer:
    """Return the offer, or if its promotion's conditions consume, the offer that also uses up their units."""
    leaves = list(_consuming(condition, entry, view))
    if not leaves:
        return offer
    needs = tuple(_need(leaf, offer, entry, view) for leaf in leaves)
    reach = {*offer.reach, *(i for need in needs for i in need.order)}
    return Consuming(offer, tuple(sorted(reach)), needs)


def _consuming(condition: Condition, entry: Entry, view: View) -> Iterator[Leaf]:
    """Leaves whose units count: of `any` those of the first part that holds, of `not` none."""
    if isinstance(condition, Tree):
        parts = condition.parts if condition.join == "all" else ()
        if condition.join == "any":
            facts = facts_of(view.sale.cart)
            parts = tuple(part for part in condition.parts if holds(part, facts, measure(entry, view)))[:1]
        for part in parts:
            yield from _consuming(part, entry, view)
    elif condition.consumes:
        yield condition


def _need(leaf: Leaf, offer: Offer, entry: Entry, view: View) -> _Need:
    """Units that the offer does not want go first, then the dearest."""
    held = view.held(view.bundle.scopes[leaf.scope])
    order = tuple(sorted(held, key=lambda i: (i in offer.reach, i)))
    before = (leaf.measured or entry.promotion.how) == "before"
    values = tuple(view.runs[i].line.price if before else view.runs[i].at_stage for i in order)
    return _Need(order, values, leaf.min_quantity or 0, leaf.min_purchase or 0)


def _used_up(need: _Need, left: list[int]) -> Taken | None:
    """Take what is needed from the free units; None if there is not enough."""
    units: list[tuple[int, int]] = []
    quantity, value = need.quantity, need.value
    for i, each in zip(need.order, need.values, strict=True):
        if quantity <= 0 and value <= 0:
            break
        wanted = max(quantity, -(-value // each) if value > 0 and each else left[i] if value > 0 else 0)
        if count := min(left[i], wanted):
            units.append((i, count))
            left[i] -= count
            quantity, value = quantity - count, value - count * each
    return tuple(units) if quantity <= 0 and value <= 0 else None
