"""The promises of pricing, on generated bundles and carts; a seeded sample, the same on every run."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pricing.invariants import INVARIANTS
from tests.pricing.strategies import worlds

QUICK = settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.parametrize("name", INVARIANTS)
def test_invariant_holds_on_generated_carts(name: str) -> None:
    """Each promise of pricing holds for bundles of all twelve types, three exponents, several lanes and stages."""

    @QUICK
    @given(worlds, st.randoms(use_true_random=False))
    def holds(world: tuple[dict[str, Any], dict[str, Any]], random: Random) -> None:
        bundle, cart = world
        assert list(INVARIANTS[name](bundle, cart, random)) == []

    holds()
