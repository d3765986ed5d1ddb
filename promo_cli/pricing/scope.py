"""What a promotion or a condition is about: products by category, by id, by tag, by brand, less the excluded.

A scope is compared by value, so the many promotions that share one are matched against a cart once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from promo_cli.pricing.catalogue import Product
from promo_cli.pricing.reading import Fields


@dataclass(frozen=True)
class Scope:
    """None in `products`, `categories` or `brands` means any; exclusions win over everything.

    `cheapest` and `dearest` bound the list price of one unit, inclusive, in minor units. `whole` scopes name no product
    or category, and only they reach packages.
    """

    products: frozenset[str] | None = None
    categories: frozenset[str] | None = None
    tags: frozenset[str] = frozenset()
    brands: frozenset[str] | None = None
    exclude_products: frozenset[str] = frozenset()
    exclude_categories: frozenset[str] = frozenset()
    exclude_brands: frozenset[str] = frozenset()
    cheapest: int | None = None
    dearest: int | None = None
    undiscounted: bool = False
    branded: bool = False

    @property
    def whole(self) -> bool:
        """Whether the scope names neither products nor categories."""
        return self.products is None and self.categories is None

    @property
    def dynamic(self) -> bool:
        """Whether the scope looks at prices or earlier discounts, so that the product does not decide alone."""
        return self.undiscounted or self.cheapest is not None or self.dearest is not None

    def holds(self, product: Product) -> bool:
        """Tell whether the product is in the scope, prices and earlier discounts aside."""
        if product.id in self.exclude_products or not self.exclude_categories.isdisjoint(product.categories):
            return False
        if self.products is not None and product.id not in self.products:
            return False
        if self.categories is not None and self.categories.isdisjoint(product.categories):
            return False
        if self.tags and self.tags.isdisjoint(product.tags):
            return False
        return self.sells(product.brand)

    def sells(self, brand: str | None) -> bool:
        """Tell whether a brand is in the scope.

        A product without a brand belongs to every brand, except where spend at named brands is counted.
        """
        if brand is None:
            return not self.branded
        return brand not in self.exclude_brands and (self.brands is None or brand in self.brands)


def read_scope(fields: Fields) -> Scope:
    """Return a `scope` section, as compiled or as written in a condition."""
    by = fields.choice("apply_to", ("all", "category", "product"))
    prices = fields.section("unit_price")
    return Scope(
        products=frozenset(fields.ids("products")) if by == "product" else None,
        categories=frozenset(fields.ids("categories")) if by == "category" else None,
        tags=frozenset(fields.ids("tags")),
        exclude_products=frozenset(fields.ids("exclude_products")),
        exclude_categories=frozenset(fields.ids("exclude_categories")),
        cheapest=prices.amount("min"),
        dearest=prices.amount("max"),
        undiscounted=fields.flag("not_already_discounted"),
    )


def of_products(scope: Scope, *product_ids: str) -> Scope:
    """Return the named products alone, with the brands of `scope`, which bind whatever gets cheaper."""
    return Scope(products=frozenset(product_ids), brands=scope.brands, exclude_brands=scope.exclude_brands)


def of_categories(scope: Scope, *categories: str) -> Scope:
    """Return `scope` narrowed to named categories."""
    return replace(scope, products=None, categories=frozenset(categories))
