"""The hand-made bundles of these tests have the shape the compiler writes."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from promo_cli.compiler import compile_promotion
from promo_cli.model.promotion import Promotion
from promo_cli.model.rules import RULES
from tests.pricing.strategies import ALL_TYPES, Chooser
from tests.pricing.strategies_build import promotion

OUR_SECTIONS = ("conditions", "limits", "stacking", "targeting", "validity")


def _written(compiled: dict[str, Any]) -> dict[str, Any]:
    """The source of a compiled promotion: what the compiler adds taken away."""
    added = {"apply_to", "member_only", "compiler_version", "version"}
    hours = {"type", "time_start", "time_end", "days_of_week"}
    rules = {key: value for key, value in compiled["rules"].items() if key not in hours}
    return {**{key: value for key, value in compiled.items() if key not in added}, "rules": rules}


@pytest.mark.parametrize("kind", ALL_TYPES)
def test_generated_promotion_is_what_the_compiler_writes(kind: str) -> None:
    """Compiling the source of a generated promotion gives that promotion, field by field."""
    for seed in range(40):
        fields = ALL_TYPES[kind](Chooser(Random(seed), 2))
        made = promotion("P", kind, fields.pop("rules"), **fields)
        compiled = compile_promotion(Promotion[RULES[kind]].model_validate(_written(made)), "test")
        assert {**compiled, "version": made["version"]} == made
