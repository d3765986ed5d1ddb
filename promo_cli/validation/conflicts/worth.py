"""What a promotion is worth on one unit: exactly, where units do not depend on each other, or at most.

Where a promotion is worth the same on each unit whatever else is bought, and another can never be worth more on any of
them, the search never prefers the other: every choice with it becomes at least as good when the first takes its units.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from promo_cli.model import rules as model
from promo_cli.model.promotion import Limits, Promotion
from promo_cli.model.reference import Product
from promo_cli.validation.facts import Facts

OPTIONS = ("max_applications", "max_units", "max_units_per_line", "every_quantity")
"""What narrows the units that a promotion takes."""


def takes_every_unit(promotion: Promotion[Any]) -> bool:
    """Tell whether a promotion, where it applies, discounts every unit of its scope that is free."""
    simple = isinstance(
        promotion.rules, model.PercentDiscount | model.AmountDiscount | model.HappyHour | model.PaymentDiscount
    )
    return simple and all(getattr(promotion.rules, name) is None for name in OPTIONS)


def unconditional(promotion: Promotion[Any]) -> bool:
    """Tell whether a promotion is there for every customer it reaches who buys something in its scope."""
    shown = promotion.require_voucher or promotion.voucher or promotion.cross_brand or promotion.conditions
    doubtful = promotion.require_fresh or promotion.scope.not_already_discounted or promotion.scope.unit_price
    stacking = promotion.stacking
    chosen = stacking.group is not None and stacking.rule not in (None, "all")
    alone = stacking.exclusive in ("cart", "lane")
    return promotion.is_auto_apply and promotion.limits == Limits() and not (shown or doubtful or chosen or alone)


def always_ready(promotion: Promotion[Any]) -> bool:
    """Tell whether it is also kept out by no other promotion that it names, and leaves the units to later ones."""
    return unconditional(promotion) and not promotion.stacking.never_with and promotion.stacking.exclusive is None


def minimum(promotion: Promotion[Any]) -> Decimal:
    """Return the spend in its scope that a promotion asks for, in major units."""
    return getattr(promotion.rules, "min_purchase", Decimal(0))


def on_each(promotion: Promotion[Any], product: Product) -> Decimal | None:
    """Return what a promotion takes off every unit of a product, whatever else is bought; None if it depends."""
    rules = promotion.rules
    if not takes_every_unit(promotion) or getattr(rules, "max_discount_amount", None) is not None:
        return None
    match rules:
        case model.PaymentDiscount(discount_type="percent", max_discount=None):
            return product.price * rules.discount_value / 100
        case model.AmountDiscount(per="unit"):
            return min(rules.discount_amount, product.price)
        case model.PercentDiscount():
            return product.price * rules.discount_percent / 100
        case model.HappyHour(special_price=Decimal() as price):
            return max(product.price - price, Decimal(0))
        case model.HappyHour(discount_amount=Decimal() as amount):
            return min(amount, product.price)
        case model.HappyHour(discount_percent=Decimal() as percent):
            return product.price * percent / 100
    return None


def at_most(promotion: Promotion[Any], products: Sequence[Product], facts: Facts) -> dict[str, Decimal] | None:
    """Return by product id what a unit can be worth in it at most; sets are shared out over their units by price.

    A set of value v for a price s saves (v - s)/v of it, which is greatest for the dearest set. None where unknown.
    """
    rules = promotion.rules
    percent: Decimal | None = None
    match rules:
        case (
            model.AmountDiscount(per="unit", discount_amount=amount)
            | model.HappyHour(discount_amount=Decimal() as amount)
        ):
            return {one.id: min(amount, one.price) for one in products}
        case model.HappyHour(special_price=Decimal() as price):
            return {one.id: max(one.price - price, Decimal(0)) for one in products}
        case model.PercentDiscount():
            percent = rules.discount_percent
        case model.HappyHour():
            percent = rules.discount_percent
        case model.PaymentDiscount(discount_type="percent"):
            percent = rules.discount_value
        case model.BuyXGetY(get_product_id=None) if rules.select != "dearest":
            percent = rules.get_quantity * rules.get_discount_percent / (rules.buy_quantity + rules.get_quantity)
        case model.Combo(all_required=True):
            total = sum((facts.products[part.product_id].price * part.quantity for part in rules.products), Decimal(0))
            percent = (total - rules.combo_price) * 100 / total
        case model.MixMatch() if products:
            total = max(one.price for one in products) * rules.required_quantity
            percent = (total - rules.special_price) * 100 / total
        case model.Upsell():
            offered = facts.products[rules.upsell_product_id].price
            total = offered + facts.products[rules.required_product_id].price * rules.required_min_qty
            percent = (offered - rules.special_price) * 100 / total
    return None if percent is None else {one.id: one.price * percent / 100 for one in products}
