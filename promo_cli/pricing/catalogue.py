"""Products and the category tree of a bundle."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from promo_cli.pricing.errors import BundleError
from promo_cli.pricing.reading import Fields


class Product:
    """What is sold. `price` and `floor` are per piece, or per kilogram where `weighed`, in minor units.

    `categories` are its own `category` and all above. `shown` is a line of a receipt as far as the product decides it.
    `scopes` and `grounds` are what the bundle has found out about it, None before it was asked, as is its price in
    `major` units.
    """

    __slots__ = (
        "brand",
        "categories",
        "category",
        "discountable",
        "floor",
        "grounds",
        "id",
        "major",
        "name",
        "price",
        "scopes",
        "shown",
        "tags",
        "weighed",
    )

    def __init__(
        self,
        id: str,  # noqa: A002 - what it is called in every document
        name: str,
        price: int,
        floor: int,
        weighed: bool,
        discountable: bool,
        brand: str | None,
        category: str | None,
        categories: tuple[str, ...],
        tags: frozenset[str],
    ) -> None:
        self.id = id
        self.name = name
        self.price = price
        self.floor = floor
        self.weighed = weighed
        self.discountable = discountable
        self.brand = brand
        self.category = category
        self.categories = categories
        self.tags = tags
        self.scopes: tuple[int, ...] | None = None
        self.grounds: frozenset[int] | None = None
        self.major: int | Decimal | None = None
        filled_in = ("quantity", "price", "list_amount", "discount", "net", "unit_nets", "discounts")
        self.shown: dict[str, Any] = {
            "product_id": id,
            "name": name,
            "category": category,
            "brand": brand,
            **dict.fromkeys(filled_in),
        }


def read_product(
    product_id: str, values: Mapping[str, Any], ancestry: Mapping[str, tuple[str, ...]], exponent: int
) -> Product:
    """Return one product of a bundle. Raises BundleError."""
    fields = Fields(values, exponent, f"products.{product_id}")
    category = fields.optional("category")
    if category is not None and category not in ancestry:
        raise BundleError(f"{fields.where}.category: expected a category of the header, found {category!r}")
    return Product(
        id=product_id,
        name=fields.text("name"),
        price=fields.price("price"),
        floor=fields.amount("min_price") or 0,
        weighed=fields.choice("unit", ("each", "kg")) == "kg",
        discountable=fields.flag("discountable", True),
        brand=fields.optional("brand"),
        category=category,
        categories=ancestry[category] if category else (),
        tags=frozenset(fields.ids("tags")),
    )


def read_ancestry(categories: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return each category with all categories above it, nearest first. Raises BundleError for a broken tree."""
    ancestry = {}
    for category in categories:
        chain: list[str] = []
        above: str | None = category
        while above is not None:
            if above in chain or above not in categories:
                raise BundleError(f"header.categories.{category}: its parents form no tree at {above!r}")
            chain.append(above)
            above = categories[above].get("parent")
        ancestry[category] = tuple(chain)
    return ancestry
