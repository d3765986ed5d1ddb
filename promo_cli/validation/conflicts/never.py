"""Promotions that apply to no cart even alone, found with the engine where their own rules leave doubt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from promo_cli.model import rules as model
from promo_cli.validation.conflicts.landscape import Landscape
from promo_cli.validation.conflicts.reach import Reach
from promo_cli.validation.conflicts.trials import carts_for
from promo_cli.validation.conflicts.witness import Witness
from promo_cli.validation.conflicts.worth import OPTIONS
from promo_cli.validation.sample import sample

_SIMPLE = model.PercentDiscount | model.AmountDiscount | model.HappyHour


def never_applies(land: Landscape) -> Iterator[tuple[Reach, Witness]]:
    """Yield promotions that apply to none of the carts made for them, with one of those.

    Only those are tried that could fail: with conditions or options, or sold in sets. Simple carts come first; what
    fails them gets those that previews use, which know conditions, brands and gifts.
    """
    applying: set[object] = set()
    for reach in land.reaches:
        alike = (reach.terms, reach.takes, reach.footprint)
        if alike in applying or not _doubtful(reach) or not land.sound(reach):
            continue
        if _surely_applies(land, reach) or _applies(land, reach):
            applying.add(alike)
        elif land.blameless(reach):
            shown = _last(land, reach)
            if shown is None:
                applying.add(alike)
            else:
                yield reach, shown


def _doubtful(reach: Reach) -> bool:
    promotion, rules = reach.promotion, reach.promotion.rules
    if promotion.conditions or promotion.cross_brand:
        return promotion.cross_brand is None or promotion.cross_brand.type == "trigger_benefit"
    return not isinstance(rules, _SIMPLE) or any(getattr(rules, name, None) is not None for name in OPTIONS)


def _surely_applies(land: Landscape, reach: Reach) -> bool:
    """Tell whether it takes something off so many units of one product that nothing but its own rules decides."""
    promotion = reach.promotion
    asking = promotion.conditions or promotion.cross_brand or promotion.scope.not_already_discounted
    if asking or any(getattr(promotion.rules, name, None) is not None for name in OPTIONS):
        return False
    least = Decimal(1).scaleb(-land.facts.currency.exponent)
    about = land.estimate(reach)
    prices = (one.price for one in land.products(reach.takes) if one.min_price is None and one.unit == "each")
    return any(about.off(price, count, price * count) >= least for price in prices for count in about.counts(price))


def _applies(land: Landscape, reach: Reach) -> bool:
    place = land.witnesses.place([reach], reach.takes) if reach.takes else None
    if place is None or reach.promotion.conditions or reach.promotion.cross_brand:
        return False
    tried = land.witnesses.outcomes(place, [reach], carts_for(land, reach, place))
    return any(outcome.applied for _, outcome in tried)


def _last(land: Landscape, reach: Reach) -> Witness | None:
    """Return the last cart of a preview, unless the promotion applies to it."""
    from promo_cli.pricing import CartError

    try:
        last = sample(land.facts.workspace, reach.promotion, land.facts.today)
    except CartError:
        return None
    if last is None or last.applies or last.receipt["rewards"]:
        return None
    store = next(one for one in land.facts.workspace.stores if one.id == last.store_id)
    place = land.witnesses.place([reach])
    return Witness(replace(place, store=store), last.cart, last.receipt) if place else None
