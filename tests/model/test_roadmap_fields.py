from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from promo_cli.compiler import compile_promotion
from promo_cli.model.promotion import Promotion
from promo_cli.model.rules import RULES
from promo_cli.workspace import load
from promo_cli.workspace.fields import models_in
from tools.roadmap_fields import TABLE, Row, roadmap_page

ROOT = Path(__file__).resolve().parents[2]
ROWS = [(section, row) for section, rows in TABLE.items() for row in rows]
EVERYTHING: dict[str, Any] = {
    "code": "ALL",
    "name": "All",
    "validity": {"start_date": "2026-01-01"},
    "targeting": {
        "exclude_brands": ["a"],
        "member_tiers": ["gold"],
        "sales_channels": ["dine_in"],
        "exclude_channels": ["delivery"],
    },
    "cross_brand": {
        "type": "trigger_benefit",
        "trigger_brands": ["a"],
        "benefit_brands": ["b"],
        "rules": {"points": 2},
    },
}
"""Every section that a promotion states only where it is set."""

RULES_BEYOND_THE_CHAIN: dict[str, dict[str, Any]] = {
    "percent_discount": {"discount_percent": 20},
    "free_item": {"trigger_product_id": "ramen", "free_product_id": "tea"},
}
"""What the example chain has no promotion for."""


def paths(value: Any, at: str = "") -> Iterator[str]:
    """Yield the path of everything in a value, `[]` for any element of a list."""
    yield at
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, f"{at}.{key}".removeprefix("."))
    if isinstance(value, list):
        for inner in value:
            yield from paths(inner, f"{at}[]")


@cache
def compiled_paths() -> dict[str, set[str]]:
    """Return all paths of compiled promotions by type: those of the chain, and more with every section."""
    found: dict[str, set[str]] = {promo_type: set() for promo_type in RULES}
    for promotion in load(ROOT).promotions:
        found[promotion.promo_type] |= set(paths(compile_promotion(promotion, "nusantara")))
    for promo_type, rules in RULES_BEYOND_THE_CHAIN.items():
        written = {**EVERYTHING, "promo_type": promo_type, "rules": rules}
        promotion = Promotion[RULES[promo_type]].model_validate(written)  # type: ignore[misc]
        found[promo_type] |= set(paths(compile_promotion(promotion, "nusantara")))
    return found


def is_field(model: type[BaseModel], path: str) -> bool:
    """Tell whether a dotted path names a field below a model."""
    models = [model]
    for step in path.replace("[]", "").split("."):
        fields = [one.model_fields[step] for one in models if step in one.model_fields]
        if not fields:
            return False
        models = list(models_in(fields[0].annotation))
    return True


def ids(value: Any) -> str | None:
    """Return a readable name of a test case."""
    return (value.json or value.source) if isinstance(value, Row) else None


@pytest.mark.parametrize(("section", "row"), ROWS, ids=ids)
def test_what_the_table_calls_written_can_be_written(section: str, row: Row) -> None:
    """Every source field is one of the models; below `rules`, of the shape of that type."""
    first, _, rest = row.source.partition(".")
    if first == "rules":
        assert is_field(RULES[section], rest)
    elif row.source:
        assert is_field(Promotion, row.source)


@pytest.mark.parametrize(("section", "row"), ROWS, ids=ids)
def test_what_the_table_calls_compiled_is_compiled(section: str, row: Row) -> None:
    """Every compiled field is found in a compiled promotion; below `rules`, in one of that type."""
    if row.compiled:
        types = [section] if section in RULES else list(RULES)
        assert any(row.compiled in compiled_paths()[promo_type] for promo_type in types)


def test_the_roadmaps_names_are_kept() -> None:
    """A compiled name differs from the roadmap's only where its short example differs from its own compiler."""
    renamed = {row.json for _, row in ROWS if row.json and row.compiled and row.json != row.compiled}
    assert renamed == {"priority", "is_member_only", "stores", "brands"}


def test_what_is_not_compiled_is_said_to_stand_elsewhere() -> None:
    """One field is missing, `compiled_at`; a counter and a step that is switched off are none of the promotion's."""
    elsewhere = {row.json or row.source: row.note for _, row in ROWS if not row.compiled}
    assert elsewhere.keys() == {"compiled_at", "limits.current_uses", "rules.tiers[].is_active"}
    assert "release" in elsewhere["compiled_at"]
    assert not any(path.endswith("compiled_at") for found in compiled_paths().values() for path in found)


def test_every_type_and_section_is_in_the_table() -> None:
    """Nothing that is compiled for every promotion is left out of the table."""
    assert TABLE.keys() >= RULES.keys()
    listed = {row.compiled.partition(".")[0] for _, row in ROWS}
    assert listed >= {
        path for path in set.intersection(*compiled_paths().values()) if path and "." not in path and "[" not in path
    }


def test_the_page_has_a_row_for_every_field() -> None:
    """The page is the whole table."""
    assert roadmap_page().count("\n| `") + roadmap_page().count("\n|  |") == len(ROWS)
