import datetime as dt
from typing import Any

import pytest

from promo_cli.model.promotion import Promotion
from promo_cli.model.rules import RULES

BASE: dict[str, Any] = {
    "code": "TEST",
    "name": "Test",
    "promo_type": "percent_discount",
    "validity": {"start_date": dt.date(2026, 1, 1), "end_date": dt.date(2026, 12, 31)},
    "rules": {"discount_percent": 20},
}


def build(**fields: Any) -> Promotion[Any]:
    """Return a promotion of the given fields over a plain 20 % discount."""
    merged = {**BASE, **fields}
    return Promotion[RULES[merged["promo_type"]]].model_validate(merged)  # type: ignore[misc]


@pytest.fixture(name="build")
def _build() -> Any:
    return build
