"""Carts that a promotion should apply to, tried with the engine where sets alone prove nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from promo_cli.model import rules as model
from promo_cli.model.reference import Product
from promo_cli.validation.conflicts.landscape import Landscape, by_terms
from promo_cli.validation.conflicts.reach import Reach, within
from promo_cli.validation.conflicts.runs import covers
from promo_cli.validation.conflicts.witness import Place, Witness
from promo_cli.validation.conflicts.worth import unconditional

_RIVALS = 3
_SEARCHES = 100


@dataclass(frozen=True, slots=True)
class Tried:
    """A promotion that lost in every cart tried, to whom, in how many carts, and the first of them."""

    of: Reach
    by: tuple[Reach, ...]
    carts: int
    witness: Witness


def always_beaten(land: Landscape, without: Collection[str]) -> Iterator[Tried]:
    """Yield promotions that apply alone, but in no cart tried beside those that are always there when they are.

    At most so many promotions are tried, those with the most rivals first; `without` are codes already told of.
    """
    known: dict[object, list[Reach]] = {}
    left = [reach for reach in land.reaches if reach.code not in without]
    suspects = [(reach, rivals) for reach in left if (rivals := _rivals(land, reach, known))]
    suspects.sort(key=lambda item: (-len(item[1]), item[0].code))
    for reach, rivals in suspects[:_SEARCHES]:
        if land.sound(reach, *rivals) and (tried := _try(land, reach, rivals)):
            yield tried


def carts_for(land: Landscape, reach: Reach, place: Place) -> list[dict[str, int]]:
    """Return carts for a promotion, the likeliest first: what its type needs, in several products and quantities."""
    products = [one for one in land.products(reach.takes & place.sold) if one.price > 0]
    sold = {one.id for one in products}
    return [items for items in _carts(land, reach, products) if items.keys() <= sold]


def _carts(land: Landscape, reach: Reach, products: Sequence[Product]) -> Iterator[dict[str, int]]:
    rules = reach.promotion.rules
    match rules:
        case model.Combo():
            parts = {part.product_id: part.quantity for part in rules.products}
            yield from ({key: count * times for key, count in parts.items()} for times in (1, 2, 5))
            return
        case model.Upsell():
            yield {rules.required_product_id: rules.required_min_qty, rules.upsell_product_id: 1}
            return
        case model.BuyXGetY(get_product_id=str(extra)):
            for one in _spread([product for product in products if product.id != extra]):
                yield {one.id: rules.buy_quantity, extra: rules.get_quantity}
            return
    some, about = _spread(products), land.estimate(reach)
    for times in (1, 2, 10):
        for one in some:
            for count in sorted(about.counts(one.price), reverse=times == 1):
                yield {one.id: count * times}
    if len(some) > 1:
        yield {one.id: 1 for one in some}


def _rivals(land: Landscape, reach: Reach, known: dict[object, list[Reach]]) -> list[Reach]:
    """Those that are there whenever the promotion is, over all of its units; `known` for what was asked alike."""
    if not reach.takes or isinstance(reach.promotion.rules, model.Package):
        return []
    product = land.dearest(reach.takes)
    count = max(land.estimate(reach).counts(product.price))
    asked = (reach.slot, reach.takes, reach.footprint, count)
    if asked not in known:
        near = land.covering(reach.slot, reach.takes)
        wide = (one for one in near if within(reach, one) and covers(one.runs, reach.runs))
        sure = [group for group in by_terms(wide, _RIVALS + 1) if unconditional(group[0].promotion)]
        worths = [land.estimate(group[0]).off(product.price, count, product.price * count) for group in sure]
        each = ((-worth, one.rank, one) for worth, group in zip(worths, sure, strict=True) for one in group)
        known[asked] = [one for *_, one in nsmallest(_RIVALS + 1, each)]
    return [one for one in known[asked] if one is not reach][:_RIVALS]


def _try(land: Landscape, reach: Reach, rivals: Sequence[Reach]) -> Tried | None:
    place = land.witnesses.place([reach, *rivals], reach.takes)
    if place is None or reach.promotion.conditions or reach.promotion.cross_brand:
        return None
    carts = carts_for(land, reach, place)
    beaten_by: set[int] = set()
    number = 0
    for _, outcome in land.witnesses.outcomes(place, [reach, *rivals], carts):
        if 0 in outcome.applied or not outcome.exact:
            return None
        number += 1
        beaten_by |= outcome.applied
    shown = lost(land, reach, rivals, place) if beaten_by else None
    by = tuple(one for index, one in enumerate(rivals, start=1) if index in beaten_by)
    return Tried(reach, by, number, shown) if shown else None


def lost(land: Landscape, reach: Reach, rivals: Sequence[Reach], place: Place) -> Witness | None:
    """Return a cart to which a promotion applies alone, priced with those that keep it out."""
    alone = land.witnesses.outcomes(place, [reach], carts_for(land, reach, place))
    items = next((items for items, outcome in alone if outcome.applied), None)
    return None if items is None else land.witnesses.priced(place, [reach, *rivals], items)


def _spread(products: Sequence[Product]) -> list[Product]:
    """Return the cheapest, the dearest and one between."""
    ordered = sorted(products, key=lambda product: (product.price, product.id))
    return list({one.id: one for one in (ordered[:1] + ordered[-1:] + ordered[len(ordered) // 2 :][:1])}.values())
