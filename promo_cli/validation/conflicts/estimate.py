"""About what a promotion takes off units of one product: an estimate that says where to look; the engine decides."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal
from typing import Any, NamedTuple

from promo_cli.compiler.promotion import stage
from promo_cli.model import rules as model
from promo_cli.model.promotion import Promotion
from promo_cli.validation.conflicts.worth import minimum

Formula = Callable[[int, Decimal, Decimal], Decimal]
"""What comes off so many units that cost `running` in all, where minimums see `base`."""

_NOTHING = Decimal(0)
_MOST_UNITS = 1000


class Estimate(NamedTuple):
    """A promotion's rules, read once; amounts in major units."""

    formula: Formula
    minimum: Decimal
    after: bool
    """Whether minimums are measured after earlier discounts."""
    minima: tuple[Decimal, ...]
    """The spends from which on it gives more."""
    sizes: tuple[int, ...]
    """The numbers of units that it asks for."""

    def off(self, price: Decimal, count: int, running: Decimal) -> Decimal:
        """Return about what comes off `count` units of this price that cost `running` in all, and nothing else."""
        base = running if self.after else price * count
        return _NOTHING if self.minimum > base else self.formula(count, running, base)

    def counts(self, price: Decimal) -> set[int]:
        """Return how many units are worth trying: one, a set, and what reaches a minimum at this price."""
        found = {1, *self.sizes}
        if price > 0:
            found |= {int((least / price).to_integral_value(ROUND_CEILING)) for least in self.minima}
        return {count for count in found if 0 < count <= _MOST_UNITS}


def estimate(promotion: Promotion[Any]) -> Estimate:
    """Return the estimate of a promotion."""
    rules, least = promotion.rules, minimum(promotion)
    late = promotion.require_voucher or promotion.voucher or stage(promotion) != "item"
    after = (rules.measured or ("after" if late else "before")) == "after" if hasattr(rules, "measured") else True
    minima = (least, *(tier.min_amount for tier in getattr(rules, "tiers", ())))
    return Estimate(_formula(rules), least, after, minima, tuple(_sizes(rules)))


def _formula(rules: Any) -> Formula:
    match rules:
        case model.PercentDiscount():
            return _percent(rules.discount_percent, rules.max_discount_amount)
        case model.PaymentDiscount(discount_type="percent"):
            return _percent(rules.discount_value, rules.max_discount)
        case model.HappyHour(discount_percent=Decimal() as percent):
            return _percent(percent, None)
        case model.PaymentDiscount(discount_value=amount) | model.AmountDiscount(per="cart", discount_amount=amount):
            return lambda count, running, base: min(amount, running)
        case model.AmountDiscount(discount_amount=amount) | model.HappyHour(discount_amount=Decimal() as amount):
            return lambda count, running, base: min(amount * count, running)
        case model.HappyHour(special_price=Decimal() as price):
            return lambda count, running, base: max(running - price * count, _NOTHING)
        case model.BuyXGetY(get_product_id=None, buy_quantity=buy, get_quantity=get):
            percent, size = rules.get_discount_percent, buy + get
            return lambda count, running, base: running * (count // size) * get * percent / (100 * count)
        case model.MixMatch(allow_same_product=True, required_quantity=size, special_price=price):
            return lambda count, running, base: max(
                running * (count // size) * size / count - count // size * price, _NOTHING
            )
        case model.ThresholdTiers():
            return lambda count, running, base: _tier(rules, base, running)
    return lambda count, running, base: _NOTHING


def _percent(percent: Decimal, cap: Decimal | None) -> Formula:
    if cap is None:
        return lambda count, running, base: running * percent / 100
    return lambda count, running, base: min(running * percent / 100, cap)


def _tier(rules: model.ThresholdTiers, base: Decimal, running: Decimal) -> Decimal:
    reached = [tier for tier in rules.tiers if tier.is_active and tier.min_amount <= base]
    tier = max(reached, key=lambda tier: tier.min_amount, default=None)
    if tier is None or (tier.max_amount is not None and base >= tier.max_amount):
        return _NOTHING
    if tier.discount_type == "percent":
        return running * tier.discount_value / 100
    return min(tier.discount_value, running) if tier.discount_type == "amount" else _NOTHING


def _sizes(rules: Any) -> list[int]:
    sizes = [rules.every_quantity] if getattr(rules, "every_quantity", None) else []
    match rules:
        case model.BuyXGetY():
            sizes.append(rules.buy_quantity + rules.get_quantity)
        case model.MixMatch():
            sizes.append(rules.required_quantity)
    return sizes
