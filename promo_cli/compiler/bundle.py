"""What stands in a store's bundle beside its promotions: the header and the products, as canonical bytes.

Nothing in it names the store, the moment or the tool, so equal stores share one bundle, and a bundle changes only when
what it says changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from promo_cli.model.promotion import Promotion
from promo_cli.model.reference import Category, Holiday, PaymentMethod, Product, Tier
from promo_cli.model.settings import Settings
from promo_cli.protocol import canonical

SCHEMA_VERSION = 1
"""Raised when a till that knows only the old form could misread the new one."""


def header(
    settings: Settings,
    timezone: str,
    *,
    categories: Iterable[Category],
    holidays: Iterable[Holiday],
    tiers: Iterable[Tier],
    payments: Iterable[PaymentMethod],
) -> bytes:
    """Return the header line of a store in this IANA time zone."""
    return canonical.dumps(
        {
            "schema_version": SCHEMA_VERSION,
            "requires": [],
            "company": {"id": settings.company.id, "name": settings.company.name},
            "currency": {"code": settings.currency.code, "exponent": settings.currency.exponent},
            "prices": settings.prices,
            "timezone": timezone,
            "strategy": settings.stacking.strategy,
            "lanes": settings.stacking.lanes,
            "step_budget": settings.stacking.step_budget,
            "holidays": sorted({holiday.date.isoformat() for holiday in holidays}),
            "categories": {c.id: {"name": c.name, "parent": c.parent} for c in categories},
            "tiers": [tier.id for tier in tiers],
            "payments": sorted(payment.id for payment in payments),
        }
    )


def brands_covered(own: Collection[str], promotions: Iterable[Promotion[Any]]) -> frozenset[str] | None:
    """Return the brands whose products a store's bundle holds; None where the store sells any brand.

    Those are the store's own, and those whose spend or benefit a cross-brand promotion counts in the same cart.
    """
    if not own:
        return None
    crossing = (p.cross_brand for p in promotions if p.cross_brand and p.cross_brand.type == "trigger_benefit")
    return frozenset(own).union(*({*cross.trigger_brands, *cross.benefit_brands} for cross in crossing))


def products(catalogue: Iterable[Product], brands: Collection[str] | None) -> bytes:
    """Return the line of products of these brands, or of none. Costs are left out: bundles leave the house."""
    sold = (p for p in catalogue if brands is None or p.brand is None or p.brand in brands)
    return canonical.dumps({product.id: _product(product) for product in sold})


def _product(product: Product) -> dict[str, Any]:
    compiled: dict[str, Any] = {
        "name": product.name,
        "category": product.category,
        "brand": product.brand,
        "price": product.price,
        "unit": product.unit,
    }
    if product.min_price is not None:
        compiled["min_price"] = product.min_price
    if product.tags:
        compiled["tags"] = product.tags
    if not product.discountable:
        compiled["discountable"] = False
    return compiled
