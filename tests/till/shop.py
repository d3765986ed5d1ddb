"""A small shop's bundle, in the form compilers write it, and a till that has synced it."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from promo_cli.protocol import bundle, canonical
from promo_cli.till.sync import sync
from tests.protocol.repository import Repository

NOW = datetime(2026, 2, 7, 3, tzinfo=UTC)
"""Ten in the morning in Jakarta, a Saturday."""

HEADER: dict[str, Any] = {
    "schema_version": 1,
    "requires": [],
    "company": {"id": "nusantara", "name": "Nusantara Foods"},
    "currency": {"code": "IDR", "exponent": 0},
    "prices": "gross",
    "timezone": "Asia/Jakarta",
    "strategy": "best_deal",
    "lanes": ["main"],
    "step_budget": 200_000,
    "holidays": [],
    "categories": {"drinks": {"name": "Drinks", "parent": None}, "food": {"name": "Food", "parent": None}},
    "tiers": ["silver", "gold"],
    "payments": ["cash", "qris"],
}
PRODUCTS: dict[str, Any] = {
    "latte": {"name": "Latte", "category": "drinks", "brand": "kopi", "price": 45_000, "unit": "each"},
    "tea": {"name": "Tea", "category": "drinks", "brand": "kopi", "price": 15_000, "unit": "each"},
    "cake": {"name": "Cake", "category": "food", "brand": "kopi", "price": 33_333, "unit": "each"},
    "beans": {"name": "Beans", "category": "food", "brand": None, "price": 240_000, "unit": "kg"},
}


def promotion(code: str, *, category: str = "drinks", **changes: Any) -> dict[str, Any]:
    """A compiled promotion: 20 % off a category, on all days, unless changed."""
    return {
        "id": code.lower(),
        "code": code,
        "name": code.title(),
        "description": "",
        "promo_type": "percent_discount",
        "apply_to": "category",
        "execution_stage": "item",
        "execution_priority": 0,
        "is_active": True,
        "is_auto_apply": True,
        "require_voucher": False,
        "member_only": False,
        "validity": {
            "start_date": "2026-01-01",
            "end_date": None,
            "time_start": None,
            "time_end": None,
            "days_of_week": [1, 2, 3, 4, 5, 6, 7],
            "exclude_holidays": False,
        },
        "scope": {
            "apply_to": "category",
            "categories": [category],
            "products": [],
            "exclude_categories": [],
            "exclude_products": [],
        },
        "targeting": {"stores": "all", "brands": "all", "customer_type": "all", "member_only": False},
        "rules": {"type": "percent", "discount_percent": 20, "max_discount_amount": None, "min_purchase": 0},
        "limits": {"max_uses": None, "max_uses_per_customer": None, "max_uses_per_day": None},
        "compiler_version": "1",
        "version": "0" * 12,
        **changes,
    }


def shop_bundle(*promotions: dict[str, Any]) -> bytes:
    """The shop's bundle with these promotions."""
    lines = [canonical.dumps(one) for one in sorted(promotions, key=lambda one: str(one["id"]))]
    return bundle.join(canonical.dumps(HEADER), canonical.dumps(PRODUCTS), lines)


def synced_till(folder: Path, *promotions: dict[str, Any]) -> Repository:
    """Publish the shop's bundle to a repository, and sync a till in ``folder`` with it."""
    repo = Repository()
    repo.publish({"s1": shop_bundle(*promotions)})
    assert sync(repo.storage, folder, "production", "s1", NOW, root=repo.root_bytes).status == "updated"
    return repo


def seeded() -> random.Random:
    """The same random for every test."""
    return random.Random(7)
