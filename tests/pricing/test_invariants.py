"""The promises of pricing, on generated bundles and carts; a seeded sample, the same on every run."""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pricing.invariants import INVARIANTS
from tests.pricing.strategies import World, world, worlds

FULL = os.environ.get("PROMO_PROOF") == "full"
SEEDS = 4_000 if FULL else 120

SHRINKING = settings(
    max_examples=500 if FULL else 30,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""Few examples by default, because making them costs more than pricing them; a failing one is shrunk."""


@pytest.mark.slow
@pytest.mark.parametrize("name", INVARIANTS)
def test_invariant_holds_on_seeded_carts(name: str) -> None:
    """Each promise of pricing holds for bundles of all twelve types, three exponents, several lanes and stages."""
    found = [
        (seed, violation) for seed in range(SEEDS) for violation in INVARIANTS[name](*world(Random(seed)), Random(seed))
    ]
    assert found == []


@SHRINKING
@given(worlds, st.randoms(use_true_random=False))
def test_every_invariant_holds_on_carts_that_shrink(made: World, random: Random) -> None:
    """The same on carts that hypothesis chooses, so that a violation comes as the smallest cart that shows it."""
    found = {name: list(check(*made, random)) for name, check in INVARIANTS.items()}
    assert not any(found.values()), found
