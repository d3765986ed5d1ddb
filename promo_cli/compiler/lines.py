"""The compiled lines of promotions: each follows from its promotion and the company, not from the day or the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from promo_cli.compiler.promotion import compile_promotion
from promo_cli.protocol import canonical

if TYPE_CHECKING:
    from promo_cli.model.promotion import Promotion


class Line(NamedTuple):
    """One promotion as bundles carry it: `text` is canonical JSON."""

    id: str
    text: bytes


def compile_line(promotion: Promotion[Any], company_id: str) -> Line:
    """Return a promotion's line."""
    compiled = compile_promotion(promotion, company_id)
    return Line(compiled["id"], canonical.dumps(compiled))
