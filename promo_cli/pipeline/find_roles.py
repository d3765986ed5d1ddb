"""What a product is to a promotion: discounted, a gift, what must be bought, or nothing, and why.

Scopes are the engine's own, read from the compiled promotion, so that what is found here is what a till finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from promo_cli.model import rules as model
from promo_cli.model.promotion import Promotion
from promo_cli.pricing.catalogue import Product
from promo_cli.pricing.conditions import leaves
from promo_cli.pricing.promotion import Promotion as Sold
from promo_cli.pricing.scope import Scope
from promo_cli.validation.words import listed

Kind = Literal["benefit", "trigger", "gift", "condition"]


class Role(NamedTuple):
    """What a product is to a promotion, and how it came to be: `is discounted`, `hot-coffee is below hot-drinks`."""

    kind: Kind
    what: str
    because: str


EVERYTHING = "everything is in scope"

_BENEFITS = {
    "buy_x_get_y": "makes up a set",
    "combo": "is part of the combo",
    "package": "is part of the package",
    "mix_match": "can be in the set",
    "cashback": "earns cashback",
    "payment_discount": "is discounted by the payment",
    "threshold_tier": "counts towards the tiers",
    "upsell": "is offered at the special price",
}


def roles(promotion: Promotion[Any], sold: Sold, product: Product) -> Iterator[Role]:
    """Yield everything a product is to a promotion; nothing where a till would not mention it."""
    yield from _gifts(promotion.rules, product)
    for scope in sold.rules.triggers():
        if promotion.promo_type != "package" and _holds(scope, product):
            bought = "must be among what is bought" if promotion.promo_type == "buy_x_get_y" else "must be bought"
            yield Role("trigger", bought, "named in `rules`")
    if _benefits(promotion, sold, product):
        what = _BENEFITS.get(promotion.promo_type, "is discounted")
        yield Role("benefit", what, _because(_benefit_scope(sold, product), product))
    elif _holds(sold.scope, product) and (sold.rules.minimum > 0 or promotion.promo_type == "threshold_tier"):
        what = "counts towards the minimum" if sold.rules.minimum > 0 else _BENEFITS["threshold_tier"]
        yield Role("trigger", what, _because(sold.scope, product))
    for leaf in leaves(sold.condition):
        counts = leaf.min_quantity is not None or leaf.max_quantity is not None or leaf.min_purchase is not None
        if counts and _holds(leaf.scope, product):
            yield Role("condition", "counts for a condition", _because(leaf.scope, product))
    if promotion.cross_brand is not None and product.brand in promotion.cross_brand.trigger_brands:
        yield Role("trigger", "unlocks it by what is spent", f"{product.brand} is a trigger brand")


def objection(promotion: Promotion[Any], sold: Sold, product: Product) -> str:
    """Say why a product is nothing to a promotion."""
    scope = sold.benefit
    if not product.discountable:
        return "is never discounted (`discountable: false`)"
    if product.id in scope.exclude_products:
        return "is excluded"
    if out := sorted(scope.exclude_categories & set(product.categories)):
        return f"is excluded with {out[0]}"
    if not scope.sells(product.brand):
        whose = f" ({listed(sorted(scope.brands))})" if scope.brands else ""
        return f"is of {product.brand}, and it is for other brands{whose}"
    if scope.products is not None and product.id not in scope.products:
        return f"is not one of {listed(sorted(scope.products))}"
    if scope.categories is not None and scope.categories.isdisjoint(product.categories):
        return f"is in {product.categories[0] if product.categories else 'no category'}, not in " + listed(
            sorted(scope.categories)
        )
    if scope.tags and scope.tags.isdisjoint(product.tags):
        return f"has none of the tags {listed(sorted(scope.tags))}"
    if not _priced(scope, product):
        return "costs more or less than `unit_price` allows"
    return "takes no part"


def _gifts(rules: Any, product: Product) -> Iterator[Role]:
    match rules:
        case model.FreeItem():
            if product.id == rules.free_product_id:
                yield Role("gift", "is the gift", "named in `rules`")
            elif product.id in (rules.free_product_ids or ()):
                yield Role("gift", "is a gift to choose", "named in `rules`")
        case model.ThresholdTiers():
            names = [tier.tier_name for tier in rules.tiers if tier.is_active and tier.free_product_id == product.id]
            if names:
                yield Role("gift", "is the gift", f"of {listed(names)}")


def _benefits(promotion: Promotion[Any], sold: Sold, product: Product) -> bool:
    rules = promotion.rules
    if isinstance(rules, model.FreeItem) or not (product.discountable or isinstance(rules, model.Cashback)):
        return False
    if isinstance(rules, model.Package):
        return any(_holds(scope, product) for scope in sold.rules.triggers())
    return _holds(sold.benefit, product)


def _benefit_scope(sold: Sold, product: Product) -> Scope:
    """The scope that holds a product: a package's are those of its parts."""
    parts = (scope for scope in sold.rules.triggers() if sold.benefit.whole and _holds(scope, product))
    return next(parts, sold.benefit)


def _holds(scope: Scope, product: Product) -> bool:
    return scope.holds(product) and _priced(scope, product)


def _priced(scope: Scope, product: Product) -> bool:
    above = scope.cheapest is None or product.price >= scope.cheapest
    return above and (scope.dearest is None or product.price <= scope.dearest)


def _because(scope: Scope, product: Product) -> str:
    """Say by what a scope holds a product."""
    if scope.products is not None:
        return "listed by itself"
    if scope.categories is not None:
        own, *_ = product.categories
        near = next(category for category in product.categories if category in scope.categories)
        return f"in {own}" if own == near else f"{own} is below {near}"
    if scope.tags:
        return f"tagged {listed(sorted(scope.tags & product.tags))}"
    if scope.brands is not None and product.brand is not None:
        return f"everything of {product.brand}"
    return EVERYTHING
