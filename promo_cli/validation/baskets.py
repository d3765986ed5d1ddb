"""What a customer would buy to whom a promotion is to apply: ordinary products, in the smallest number that does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_CEILING, Decimal
from itertools import islice
from typing import Any

from promo_cli.model import rules as model
from promo_cli.model.promotion import Promotion, Scope
from promo_cli.model.reference import Product, Store
from promo_cli.validation.occasion import leaves
from promo_cli.workspace import Workspace

Basket = dict[str, int | Decimal]
"""Units (or kilograms) by product id."""

_ODD = 6
"""How many units more are bought rather than the dearest or cheapest product of a range."""
_QUARTERS = 4
_KILOGRAM = 2
"""How many units a kilogram is as much trouble as."""
_CHOICES_TRIED = 4


def baskets(workspace: Workspace, promotion: Promotion[Any], store: Store) -> Iterator[Basket]:
    """Yield what may be bought, the likeliest first: what the rules need, and what conditions need on top of it."""
    shelf = _Shelf(workspace, promotion, store)
    needed: Basket = {}
    for leaf in leaves(promotion.conditions):
        if leaf.min_purchase is not None or leaf.min_quantity is not None:
            products = shelf.products(leaf.scope or Scope())
            enough = purchases(products, leaf.min_quantity or 1, leaf.min_purchase or Decimal(0))
            needed |= next(enough, {})
    cross = promotion.cross_brand
    if cross is not None and cross.type == "trigger_benefit":
        products = shelf.products(Scope(), cross.trigger_brands)
        needed |= next(purchases(products, 1, cross.trigger_min_amount or Decimal(0)), {})
    for basket in _of_rules(promotion, shelf):
        yield needed | {key: max(count, needed.get(key, 0)) for key, count in basket.items()}


def purchases(products: Sequence[Product], units: int, amount: Decimal) -> Iterator[Basket]:
    """Yield ways to buy at least so many units for at least so much: few units of a product of the middle first."""
    by_price = sorted(products, key=lambda product: product.price)
    middle = (len(by_price) - 1) // 2
    ways: list[tuple[float, Basket]] = []
    for rank, product in enumerate(by_price):
        if product.price <= 0:
            continue
        count: int | Decimal = max(units, int((amount / product.price).to_integral_value(ROUND_CEILING)))
        cost = float(count)
        if product.unit == "kg":
            quarters = (amount / product.price * _QUARTERS).to_integral_value(ROUND_CEILING)
            count = max(quarters, Decimal(1)) / _QUARTERS
            cost = units + _KILOGRAM * float(count)
        ways.append((cost + _ODD * abs(rank - middle) / len(by_price), {product.id: count}))
    ways.sort(key=lambda way: way[0])
    ordinary = [next(iter(basket)) for _, basket in ways]
    for _, basket in ways:
        yield basket
        if units > 1 and basket is ways[0][1]:
            yield dict.fromkeys(ordinary[:units], 1)
    for several in range(2, len(ordinary) + 1):
        yield dict.fromkeys(ordinary[:several], 1)


class _Shelf:
    """What a store sells of what a promotion is for."""

    def __init__(self, workspace: Workspace, promotion: Promotion[Any], store: Store) -> None:
        self._products = workspace.products
        self._parents = {category.id: category.parent for category in workspace.categories}
        self._store = store
        cross, targeted = promotion.cross_brand, promotion.targeting.brands
        brands = cross.benefit_brands if cross is not None and cross.benefit_brands else targeted
        self._brands = None if brands == "all" else brands

    def products(self, scope: Scope, brands: Iterable[str] | None = None) -> list[Product]:
        """Return what is sold here in a scope, of the promotion's brands or of others."""
        allowed = set(brands) if brands is not None else None if self._brands is None else set(self._brands)
        return [product for product in self._products if self._sold(product, allowed) and self._in(scope, product)]

    def _sold(self, product: Product, allowed: set[str] | None) -> bool:
        here = not self._store.all_brands or product.brand in (None, *self._store.all_brands)
        return here and product.discountable and (allowed is None or product.brand in allowed)

    def _in(self, scope: Scope, product: Product) -> bool:
        above = set(self._lineage(product.category))
        if product.id in scope.exclude_products or above & set(scope.exclude_categories):
            return False
        if scope.tags and not set(scope.tags) & set(product.tags):
            return False
        if scope.unit_price is not None:
            least, most = scope.unit_price.min, scope.unit_price.max
            if (least is not None and product.price < least) or (most is not None and product.price > most):
                return False
        if scope.apply_to == "category":
            return bool(above & set(scope.categories))
        return scope.apply_to == "all" or product.id in scope.products

    def _lineage(self, category: str | None) -> Iterator[str]:
        seen: set[str] = set()
        while category is not None and category not in seen:
            seen.add(category)
            yield category
            category = self._parents.get(category)


def _of_rules(promotion: Promotion[Any], shelf: _Shelf) -> Iterator[Basket]:
    """Yield baskets for the type of the promotion."""
    products = shelf.products(promotion.scope)
    match promotion.rules:
        case model.Combo() as rules:
            yield {part.product_id: part.quantity for part in rules.products}
        case model.Package() as rules:
            yield from (_package(rules, shelf, further) for further in range(_CHOICES_TRIED))
        case model.Upsell() as rules:
            yield {rules.required_product_id: rules.required_min_qty, rules.upsell_product_id: 1}
        case model.FreeItem(trigger_product_id=str(trigger)) as rules:
            yield {trigger: rules.trigger_min_qty}
        case model.MixMatch() as rules:
            if rules.category_id is not None:
                products = shelf.products(Scope(apply_to="category", categories=[rules.category_id]))
            yield from purchases(products, rules.required_quantity, Decimal(0))
        case model.BuyXGetY(get_product_id=str(get)) as rules:
            for basket in purchases(products, rules.buy_quantity, Decimal(0)):
                yield basket | {get: basket.get(get, 0) + rules.get_quantity}
        case model.BuyXGetY() as rules:
            yield from purchases(products, rules.buy_quantity + rules.get_quantity, Decimal(0))
        case model.ThresholdTiers() as rules:
            first = min((tier.min_amount for tier in rules.tiers if tier.is_active), default=Decimal(0))
            yield from purchases(products, 1, first)
        case rules:
            units = getattr(rules, "every_quantity", None) or 1
            yield from purchases(products, units, getattr(rules, "min_purchase", Decimal(0)))


def _package(rules: model.Package, shelf: _Shelf, further: int) -> Basket:
    """Return one package; of each choice the ordinary products, or so many places `further` in the list."""
    basket: Basket = {}
    for item in rules.items:
        chosen = [item.product_id] if item.product_id else []
        if item.category_id is not None:
            products = shelf.products(Scope(apply_to="category", categories=[item.category_id]))
            ordinary = [next(iter(one)) for one in islice(purchases(products, 1, Decimal(0)), len(products))]
            chosen = ordinary[further:][: item.min_selection or 1] or ordinary[:1]
        for product_id in chosen:
            basket[product_id] = basket.get(product_id, 0) + int(item.quantity)
    return basket
