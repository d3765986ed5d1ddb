"""Our side of a comparison with other engines: neutral workloads to our bundles and carts.

A workload is `{products: [{id, category, price}], promotions: [{id, type, …}], carts: [{lines: [{product, qty}]}]}`,
money in minor units of a currency with two decimals.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from promo_cli.compiler import compile_promotion
from promo_cli.model.promotion import Promotion
from promo_cli.model.rules import RULES
from promo_cli.pricing import prepare, price

AT = "2026-02-07T12:00:00"


def price_factory(work: Mapping[str, Any], strategy: str = "best_deal") -> Callable[[Mapping[str, Any]], int]:
    """Prepare a workload once; the function returned prices a cart and gives its total discount in minor units.

    Promotions stack as ours do: per stage a unit is discounted once, and the best combination is found.
    """
    prepared = prepare(bundle(work, strategy))
    carts: dict[int, dict[str, Any]] = {}

    def price_cart(cart: Mapping[str, Any]) -> int:
        # Translating the neutral cart into ours is not pricing; each is translated once.
        own = carts.get(id(cart))
        if own is None:
            items = [{"product_id": line["product"], "quantity": line["qty"]} for line in cart["lines"]]
            own = carts[id(cart)] = {"store_id": "bench", "at": AT, "items": items}
        return int(price(own, prepared)["total_discount"] * 100)

    return price_cart


def bundle(work: Mapping[str, Any], strategy: str = "best_deal") -> dict[str, Any]:
    """Return a workload as a bundle."""
    categories = sorted({product["category"] for product in work["products"]})
    return {
        "header": {
            "schema_version": 1,
            "requires": [],
            "company": {"id": "bench", "name": "Bench"},
            "currency": {"code": "USD", "exponent": 2},
            "prices": "gross",
            "timezone": "Asia/Jakarta",
            "strategy": strategy,
            "lanes": ["main"],
            "step_budget": 200_000,
            "holidays": [],
            "categories": {category: {"name": category, "parent": None} for category in categories},
            "tiers": [],
            "payments": [],
        },
        "products": {
            product["id"]: {
                "name": product["id"],
                "category": product["category"],
                "brand": None,
                "price": _major(product["price"]),
                "unit": "each",
            }
            for product in work["products"]
        },
        "promotions": sorted(
            (compile_promotion(promotion(one), "bench") for one in work["promotions"]), key=lambda line: line["id"]
        ),
    }


def promotion(neutral: Mapping[str, Any]) -> Promotion[Any]:
    """Return a neutral promotion as one of ours."""
    promo_type, rules = _rules(neutral)
    scope: dict[str, Any] = {"apply_to": "all"}
    if "category" in neutral:
        scope = {"apply_to": "category", "categories": [neutral["category"]]}
    elif "product" in neutral or "products" in neutral:
        scope = {"apply_to": "product", "products": neutral.get("products") or [neutral["product"]]}
    return Promotion[RULES[promo_type]].model_validate(  # type: ignore[misc]
        {
            "code": neutral["id"],
            "name": neutral["id"],
            "promo_type": promo_type,
            "validity": {"start_date": dt.date(2026, 1, 1)},
            "scope": scope,
            "rules": rules,
        }
    )


def _rules(neutral: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    match neutral["type"]:
        case "category_percent" | "product_percent":
            rules = {"discount_percent": neutral["percent"], "min_purchase": _major(neutral.get("min_purchase", 0))}
            if neutral.get("cap") is not None:
                rules["max_discount_amount"] = _major(neutral["cap"])
            return "percent_discount", rules
        case "cart_amount":
            amount, minimum = _major(neutral["amount"]), _major(neutral["threshold"])
            return "amount_discount", {"discount_amount": amount, "min_purchase": minimum}
        case "b2g1":
            return "buy_x_get_y", {"buy_quantity": 2, "get_quantity": 1}
        case "mixmatch":
            return "mix_match", {"required_quantity": neutral["count"], "special_price": _major(neutral["price"])}
    tiers = [
        {
            "tier_name": f"T{number}",
            "min_amount": _major(tier["min"]),
            "discount_type": "percent" if "percent" in tier else "amount",
            "discount_value": tier["percent"] if "percent" in tier else _major(tier["amount"]),
        }
        for number, tier in enumerate(neutral["tiers"], start=1)
    ]
    return "threshold_tier", {"tiers": tiers}


def _major(minor: int) -> Decimal:
    return Decimal(minor) / 100
