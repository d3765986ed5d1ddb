"""The promotion types: each reads its `rules` and says what it can do with the free units of a lane."""

from __future__ import annotations

from collections.abc import Callable

from promo_cli.pricing.errors import BundleError
from promo_cli.pricing.reading import Fields
from promo_cli.pricing.scope import Scope
from promo_cli.pricing.types import (
    amount,
    buy_x_get_y,
    cashback,
    combo,
    free_item,
    happy_hour,
    mix_match,
    package,
    payment,
    percent,
    threshold,
    upsell,
)
from promo_cli.pricing.types.base import Discount

Rules = Discount

_READERS: dict[str, Callable[[Fields, Scope], Rules]] = {
    "percent": percent.read,
    "amount": amount.read,
    "bogo": buy_x_get_y.read,
    "combo": combo.read,
    "free_item": free_item.read,
    "happy_hour": happy_hour.read,
    "cashback": cashback.read,
    "payment_discount": payment.read,
    "package": package.read,
    "mix_match": mix_match.read,
    "upsell": upsell.read,
    "threshold_tier": threshold.read,
}


def read_rules(fields: Fields, scope: Scope) -> Rules:
    """Return a `rules` section by its `type`. Raises BundleError for one this engine does not know."""
    kind = fields.text("type")
    if kind not in _READERS:
        raise BundleError(f"{fields.where}.type: expected one of {', '.join(_READERS)}, found {kind!r}")
    return _READERS[kind](fields, scope)
