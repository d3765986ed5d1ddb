from typing import Any

import pytest

from promo_cli.compiler.targeting import by_store, stores_of
from promo_cli.model.reference import Store

STORES = [
    Store(id="JKT1", name="Jakarta 1", brand="kopi", region="jakarta", tags=["mall", "24h"]),
    Store(id="JKT2", name="Jakarta 2", brand="mie", region="jakarta", tags=["mall"]),
    Store(id="BALI", name="Bali", brand="kopi", region="bali"),
    Store(id="FOOD", name="Food court", brands=["kopi", "mie"], region="bali", tags=["mall"]),
    Store(id="BARE", name="No brand"),
]

CASES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["JKT1", "JKT2", "BALI", "FOOD", "BARE"]),
    ({"brands": ["kopi"]}, ["JKT1", "BALI", "FOOD", "BARE"]),
    ({"exclude_brands": ["kopi"]}, ["JKT2", "FOOD", "BARE"]),
    ({"stores": ["BALI", "JKT2"]}, ["JKT2", "BALI"]),
    ({"stores": {"regions": ["jakarta"]}}, ["JKT1", "JKT2"]),
    ({"stores": {"tags": ["mall"], "exclude": ["JKT2"]}}, ["JKT1", "FOOD"]),
    ({"stores": {"tags": ["mall", "24h"]}}, ["JKT1"]),
    ({"stores": ["BALI"], "brands": ["mie"]}, []),
]


@pytest.mark.parametrize(("targeting", "expected"), CASES)
def test_targeting_selects_stores(build: Any, targeting: dict[str, Any], expected: list[str]) -> None:
    """Brands, ids, regions and tags select; exclusions win; a store without a brand belongs to every brand."""
    assert stores_of(build(targeting=targeting), STORES) == expected


def test_looking_at_kinds_of_stores_equals_looking_at_each(build: Any) -> None:
    """The shortcut for large fleets gives every store exactly what looking at it alone would."""
    promotions = [build(code=f"P{index}", targeting=targeting) for index, (targeting, _) in enumerate(CASES)]
    expected = {
        store.id: tuple(i for i, promotion in enumerate(promotions) if stores_of(promotion, [store]))
        for store in STORES
    }
    assert by_store(promotions, STORES) == expected
