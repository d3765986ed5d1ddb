"""Pricing, with reasons and allocation, against the least a Python engine has to do.

The floor adds up, for each cart, the subtotal of every promotion that a cart touches, from a prepared index. It does
not price.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bench import peers
from promo_cli.pricing import prepare, price

PRODUCTS = 500
CATEGORIES = 20
CARTS = 300
TYPES = ("category_percent", "cart_amount", "b2g1", "product_percent", "mixmatch", "tiers")


def workload(promotions: int, *, categories: int = CATEGORIES, seed: int = 1) -> dict[str, Any]:
    """Return products, promotions of six types and carts of eight lines."""
    rng = random.Random(seed)
    products = [
        {"id": f"P{i:03}", "category": f"C{i % categories:02}", "price": rng.randrange(100, 5000) * 10}
        for i in range(PRODUCTS)
    ]
    return {
        "products": products,
        "promotions": [_promotion(rng, i, products, categories) for i in range(promotions)],
        "carts": [_cart(rng, products, 8) for _ in range(CARTS)],
    }


def _promotion(rng: random.Random, i: int, products: Sequence[Mapping[str, Any]], categories: int) -> dict[str, Any]:
    kind = TYPES[i % len(TYPES)]
    neutral: dict[str, Any] = {"id": f"PR{i:05}", "type": kind}
    category = f"C{rng.randrange(categories):02}"
    match kind:
        case "category_percent":
            minimum, cap = rng.choice((0, 20_000, 50_000)), rng.choice((5_000, 10_000))
            neutral |= {"category": category, "percent": rng.choice((5, 10, 20)), "min_purchase": minimum, "cap": cap}
        case "cart_amount":
            neutral |= {"threshold": rng.randrange(10, 60) * 10_000, "amount": rng.randrange(1, 20) * 500}
        case "b2g1":
            neutral |= {"product": rng.choice(products)["id"]}
        case "product_percent":
            chosen = sorted(product["id"] for product in rng.sample(list(products), 5))
            neutral |= {"products": chosen, "percent": rng.choice((5, 10, 15))}
        case "mixmatch":
            neutral |= {"category": category, "count": 3, "price": rng.randrange(20, 90) * 1_000}
        case _:
            base = rng.randrange(5, 20) * 10_000
            neutral |= {"tiers": [{"min": base, "percent": 5}, {"min": base * 2, "percent": 10}]}
    return neutral


def _cart(rng: random.Random, products: Sequence[Mapping[str, Any]], lines: int) -> dict[str, Any]:
    return {"lines": [{"product": p["id"], "qty": rng.randint(1, 4)} for p in rng.sample(list(products), lines)]}


def floor(work: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], int]:
    """Return a function that adds up what each promotion's scope is worth in a cart."""
    by_product: dict[str, list[int]] = {product["id"]: [] for product in work["products"]}
    category_of = {product["id"]: product["category"] for product in work["products"]}
    price_of = {product["id"]: product["price"] for product in work["products"]}
    everywhere: list[int] = []
    for index, promotion in enumerate(work["promotions"]):
        named = promotion.get("products") or ([promotion["product"]] if "product" in promotion else None)
        if named is None and "category" not in promotion:
            everywhere.append(index)
            continue
        for product_id in named or [p for p, c in category_of.items() if c == promotion["category"]]:
            by_product[product_id].append(index)

    def add_up(cart: Mapping[str, Any]) -> int:
        worth: dict[int, int] = {}
        total = 0
        for line in cart["lines"]:
            amount = price_of[line["product"]] * line["qty"]
            total += amount
            for index in by_product[line["product"]]:
                worth[index] = worth.get(index, 0) + amount
        for index in everywhere:
            worth[index] = total
        return sum(amount // 100 for amount in worth.values())

    return add_up


def _per_cart(work: Callable[[Any], object], carts: Sequence[Any], seconds: float = 0.5) -> float:
    """Return the median time of one cart in milliseconds."""
    times: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for cart in carts:
            begin = time.perf_counter()
            work(cart)
            times.append(time.perf_counter() - begin)
            if begin > end:
                break
    return statistics.median(times) * 1000


def against_floor() -> None:
    """Print what a cart costs at 10, 100 and 1,000 promotions, as a ratio to the floor of the same run."""
    print("\npricing: carts of 8 lines, all six types, reasons and allocation on")
    for count in (10, 100, 1000):
        work = workload(count)
        base = _per_cart(floor(work), work["carts"])
        for strategy in ("best_deal", "priority"):
            own = _per_cart(peers.price_factory(work, strategy), work["carts"], 1.0)
            print(f"  {count:>5} promotions {strategy:<10} {own:9.3f} ms a cart   x {own / base:.1f} of the floor")


def shapes() -> None:
    """Print the figures that a till feels."""
    print("\npricing: shapes")
    rng = random.Random(2)
    work = workload(50)
    bundle = prepare(peers.bundle(work))
    _print("10 lines x 50 promotions", bundle, [_own(_cart(rng, work["products"], 10)) for _ in range(100)], "0.5 ms")
    work = workload(500)
    bundle = prepare(peers.bundle(work))
    _print("100 lines x 500 promotions", bundle, [_own(_cart(rng, work["products"], 100)) for _ in range(5)], "20 ms")
    many = [{"store_id": "bench", "at": peers.AT, "items": [{"product_id": "P001", "quantity": 6000}]}]
    _print("6,000 units on one line x 50 promotions", prepare(peers.bundle(workload(50))), many, "50 ms")
    few, crowd = _relevant(20, 20), _relevant(20, 10_000)
    carts = [_own(_cart(rng, few["products"][:20], 8)) for _ in range(50)]
    alone = _print("20 promotions, all relevant", prepare(peers.bundle(few)), carts, "")
    among = _print("20 relevant of 10,000", prepare(peers.bundle(crowd)), carts, "")
    print(f"    ratio {among / alone:.2f} (at most 2)")


def _relevant(relevant: int, promotions: int) -> dict[str, Any]:
    """Return a workload in which only the first promotions touch the first twenty products."""
    work = workload(0)
    first = [product["id"] for product in work["products"][:20]]
    others = [product["id"] for product in work["products"][20:]]
    work["promotions"] = [
        {
            "id": f"PR{i:05}",
            "type": "product_percent",
            "percent": 5 + i % 20,
            "products": [first[i % 20]] if i < relevant else [others[i % len(others)]],
        }
        for i in range(promotions)
    ]
    return work


def _own(cart: Mapping[str, Any]) -> dict[str, Any]:
    items = [{"product_id": line["product"], "quantity": line["qty"]} for line in cart["lines"]]
    return {"store_id": "bench", "at": peers.AT, "items": items}


def _print(title: str, bundle: Any, carts: Sequence[Any], target: str) -> float:
    own = _per_cart(lambda cart: price(cart, bundle), carts, 1.0)
    print(f"  {title:<44} p50 {own:9.3f} ms{f'   (at most {target})' if target else ''}")
    return own


def main() -> None:
    """Print all pricing figures."""
    against_floor()
    shapes()


if __name__ == "__main__":
    main()
