"""Best deal against brute force: every order of every subset of promotions, on small carts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.pricing import oracle
from tests.pricing.invariants import against_oracle
from tests.pricing.strategies import World, contested_world, crowded_world, small_world
from tests.pricing.strategies_build import bundle, product, promotion, scope

FOUND = json.loads((Path(__file__).parent / "cases/found.json").read_text(), parse_float=Decimal)
"""Carts on which a search was once wrong. What the fuzz run finds is added."""

FULL = os.environ.get("PROMO_PROOF") == "full"
CARTS = 40_000 if FULL else 2_000
CONTESTED = 10_000 if FULL else 500

Maker = Callable[[Random], World]


def _check(world: Maker, seeds: range) -> None:
    found = [(seed, text) for seed in seeds for text in against_oracle(*world(Random(seed)))]
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_engine_equals_brute_force_on_small_carts(part: int) -> None:
    """Promotion by promotion and unit by unit, for ten types, lanes, stages, floors, caps, groups and exclusives."""
    _check(small_world, range(part * CARTS // 4, (part + 1) * CARTS // 4))


@pytest.mark.slow
@pytest.mark.parametrize("world", [contested_world, crowded_world])
def test_engine_equals_brute_force_where_promotions_contend(world: Maker) -> None:
    """The same where several promotions of one lane want the same units, or all of them."""
    _check(world, range(CONTESTED))


@pytest.mark.parametrize("case", FOUND, ids=lambda case: case["id"])
def test_engine_equals_brute_force_where_a_search_was_wrong(case: dict[str, Any]) -> None:
    """What was once found stays found."""
    assert list(against_oracle(case["bundle"], case["cart"])) == []


def test_contended_sample_needs_a_search() -> None:
    """On at least 30 % of the contended carts the first come, first served discount is not the greatest."""
    carts = [contested_world(Random(seed)) for seed in range(CONTESTED)]
    totals = [(oracle.price(cart, bundle).discount(), oracle.greedy(cart, bundle).discount()) for bundle, cart in carts]
    assert all(best >= greedy for best, greedy in totals)
    assert sum(best > greedy for best, greedy in totals) >= 0.3 * len(totals)


# --- the oracle itself, by hand ---------------------------------------------------------------------------------------

COFFEE = {"latte": product(10, "hot"), "tea": product(6, "cold"), "cake": product(8, "food")}
CATEGORIES = {name: {"name": name, "parent": None} for name in ("hot", "cold", "food")}


def _price(*promotions: dict[str, Any], strategy: str = "best_deal", **quantities: int) -> dict[str, int]:
    items = [{"line_id": name, "product_id": name, "quantity": quantity} for name, quantity in quantities.items()]
    cart = {"at": "2026-02-07T12:00:00", "items": items}
    return oracle.price(cart, bundle(promotions, COFFEE, categories=CATEGORIES, strategy=strategy)).applied()


def test_oracle_tries_every_order() -> None:
    """Taking the cake alone first leaves two lattes for the pair; either promotion first alone gives less."""
    half_cake = promotion("A", "percent_discount", {"discount_percent": 50}, scope=scope("product", products=["cake"]))
    pair = promotion("B", "mix_match", {"required_quantity": 2, "special_price": 11}, execution_priority=1)
    assert _price(half_cake, pair, latte=2, cake=1) == {"A": 400, "B": 900}
    assert _price(half_cake, pair, latte=1, cake=1) == {"B": 700}


def test_oracle_forms_sets_dearest_first() -> None:
    """Buy two get one over 10, 10, 8, 6, 6: the 8 of the first three is free, two units stay over."""
    any_in_scope = {"buy_quantity": 2, "get_quantity": 1, "same_product_only": False}
    assert _price(promotion("A", "buy_x_get_y", any_in_scope), latte=2, cake=1, tea=2) == {"A": 800}


def test_oracle_priority_serves_the_first() -> None:
    """Under priority the higher one takes the units although the other gives more."""
    small = promotion("A", "percent_discount", {"discount_percent": 10}, execution_priority=1)
    large = promotion("B", "percent_discount", {"discount_percent": 30})
    assert _price(small, large, strategy="priority", latte=1) == {"A": 100}
    assert _price(small, large, latte=1) == {"B": 300}
