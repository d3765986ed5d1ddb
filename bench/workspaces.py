"""Made-up workspaces of any size: the same seed gives the same files."""

from __future__ import annotations

import json
import random
import re
import time
from pathlib import Path
from typing import Any

CATEGORIES = 20
PRODUCTS = 500
REGIONS = 10


def write(folder: Path, promotions: int, stores: int) -> None:
    """Write a workspace of one brand with this many promotions and stores."""
    random_numbers = random.Random(20260201)
    (folder / "promotions").mkdir(parents=True)
    (folder / "stores").mkdir()
    (folder / "promo.yaml").write_text(
        "company: {id: bench, name: Bench}\ncurrency: {code: IDR, exponent: 0}\ntimezone: Asia/Jakarta\n"
        "environments:\n  local: {target: out/bucket}\n"
    )
    _put(folder / "stores/brands.yaml", [{"id": "brand", "name": "Brand"}])
    catalog: dict[str, Any] = {
        "categories": [{"id": f"c{i:02}", "name": f"Category {i}"} for i in range(CATEGORIES)],
        "products": [
            {
                "id": f"p{i:03}",
                "name": f"Product {i}",
                "brand": "brand",
                "category": f"c{i % CATEGORIES:02}",
                "price": random_numbers.randrange(10, 100) * 1000,
            }
            for i in range(PRODUCTS)
        ],
    }
    _put(folder / "stores/catalog.yaml", catalog)
    _put(
        folder / "stores/stores.yaml",
        [
            {
                "id": f"st-{i:04}",
                "name": f"Store {i}",
                "brand": "brand",
                "region": f"r{i % REGIONS}",
                "channels": ["dine_in", "takeaway"],
                "tags": ["mall"] if i % 3 else [],
            }
            for i in range(stores)
        ],
    )
    for i in range(promotions):
        (folder / "promotions" / f"promo{i:04}.yaml").write_text(promotion(random_numbers, i, stores))


def change_one(folder: Path) -> None:
    """Give one promotion another name, never the same twice."""
    path = folder / "promotions/promo0001.yaml"
    path.write_text(re.sub("(?m)^name: .*$", f"name: Promotion of {time.time_ns()}", path.read_text()))


def promotion(random_numbers: random.Random, i: int, stores: int) -> str:
    """Return one promotion as a marketer would write it, of one of four types."""
    category = f"c{random_numbers.randrange(CATEGORIES):02}"
    targeting = ("{}", f"{{stores: {{regions: [r{i % REGIONS}]}}}}", "{stores: {tags: [mall]}}")[i % 3]
    if i % 50 == 0:
        named = random_numbers.sample(range(stores), min(stores, 20))
        targeting = "{stores: [" + ", ".join(f"st-{n:04}" for n in named) + "]}"
    kind, rules = (
        ("percent_discount", f"{{discount_percent: {random_numbers.choice((5, 10, 15, 20))}}}"),
        ("buy_x_get_y", "{buy_quantity: 2, get_quantity: 1}"),
        ("amount_discount", "{discount_amount: 5_000, min_purchase: 50_000}"),
        ("mix_match", "{required_quantity: 3, special_price: 25_000}"),
    )[i % 4]
    return (
        f"code: PROMO{i:04}\nname: Promotion number {i}\npromo_type: {kind}\nowner: marketing\n"
        f"validity: {{start_date: 2026-01-01, end_date: 2027-12-31, days_of_week: [mon, tue, wed, thu, fri]}}\n"
        f"scope: {{apply_to: category, categories: [{category}]}}\ntargeting: {targeting}\nrules: {rules}\n"
        f"execution_priority: {i % 10}\n"
        f"tests:\n  - name: one item\n    at: 2026-02-02 10:00\n"
        f"    cart: {{items: [{{product_id: p{i % PRODUCTS:03}, quantity: 1}}]}}\n    expect: {{}}\n"
    )


def _put(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value) + "\n")  # JSON is YAML
