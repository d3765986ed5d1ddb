"""The `rules` section of the twelve promotion types, with the roadmap's field names.

Amounts are in major units. Every discounting type also takes the options of `DiscountRules`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from promo_cli.model.base import Amount, Id, Percent, Quantity, Strict, Text


class DiscountRules(Strict):
    """Options of every type that takes money off: how often, how many units, which, and how it is rounded."""

    max_applications: int | None = None
    max_units: int | None = None
    max_units_per_line: int | None = None
    every_quantity: int | None = None
    select: Literal["cheapest", "dearest"] | None = None
    measured: Literal["before", "after"] | None = None
    floor_percent: Literal["drop", "redistribute"] | None = None
    round: Literal["total", "line"] | None = None


class PercentDiscount(DiscountRules):
    """A percentage off the scope, at most `max_discount_amount`."""

    discount_percent: Percent
    max_discount_amount: Amount | None = None
    min_purchase: Amount = Decimal(0)


class AmountDiscount(DiscountRules):
    """An amount off the scope, once per cart or on every unit; never more than the scope is worth."""

    discount_amount: Amount
    per: Literal["cart", "unit"] = "cart"
    min_purchase: Amount = Decimal(0)


class BuyXGetY(DiscountRules):
    """Of every X + Y units in the cart, Y at `get_discount_percent` off.

    `same_product_only` defaults to true, and to false where `get_product_id` names another product.
    """

    buy_quantity: int
    get_quantity: int
    get_discount_percent: Percent = Decimal(100)
    get_product_id: Id | None = None
    same_product_only: bool | None = None


class ComboProduct(Strict):
    """One product of a combo and how many of it."""

    product_id: Id
    quantity: int = 1


class Combo(DiscountRules):
    """The listed products together for `combo_price`."""

    combo_price: Amount
    products: list[ComboProduct]
    all_required: bool = True


class FreeItem(DiscountRules):
    """Extra units as a gift, when the trigger product or the minimum is met."""

    min_purchase: Amount = Decimal(0)
    trigger_product_id: Id | None = None
    trigger_min_qty: int = 1
    free_product_id: Id | None = None
    free_product_ids: list[Id] | None = None
    free_quantity: int = 1


class HappyHour(DiscountRules):
    """Within the hours of `validity`: a percentage, an amount per unit, or a special unit price; exactly one."""

    discount_percent: Percent | None = None
    discount_amount: Amount | None = None
    special_price: Amount | None = None


class Cashback(Strict):
    """Earned after payment on the net of the scope; changes no price."""

    cashback_type: Literal["percent", "amount"]
    cashback_value: Amount
    cashback_max: Amount | None = None
    min_purchase: Amount = Decimal(0)
    payment_methods: list[Id] = []
    cashback_method: Literal["points", "wallet", "voucher"] = "points"
    measured: Literal["before", "after"] | None = None


class PaymentDiscount(DiscountRules):
    """Off the part paid by a listed method."""

    payment_methods: list[Id]
    discount_type: Literal["percent", "amount"]
    discount_value: Amount
    max_discount: Amount | None = None
    min_purchase: Amount = Decimal(0)


class PackageItem(Strict):
    """A part of a package: a product, or a choice from a category."""

    item_type: Literal["product", "category"]
    product_id: Id | None = None
    category_id: Id | None = None
    quantity: Quantity = Decimal(1)
    is_required: bool = True
    min_selection: int | None = None
    max_selection: int | None = None


class Package(DiscountRules):
    """A set menu at `package_price`, one unit afterwards."""

    package_name: Text
    package_price: Amount
    items: list[PackageItem]
    allow_modification: bool = False


class MixMatch(DiscountRules):
    """Any `required_quantity` units of the category (or the scope) for `special_price`."""

    category_id: Id | None = None
    required_quantity: int
    special_price: Amount
    allow_same_product: bool = True


class Upsell(DiscountRules):
    """With every `required_min_qty` of one product, one unit of another at `special_price`."""

    required_product_id: Id
    required_min_qty: int = 1
    upsell_product_id: Id
    special_price: Amount
    upsell_message: Annotated[str, Field(max_length=500)] = ""


class ThresholdTier(Strict):
    """One step: from `min_amount` up to but not including `max_amount`."""

    tier_name: Text
    min_amount: Amount
    max_amount: Amount | None = None
    discount_type: Literal["percent", "amount", "free_product", "points_multiplier"]
    discount_value: Amount = Decimal(0)
    free_product_id: Id | None = None
    points_multiplier: Amount | None = None
    is_active: bool = True


class ThresholdTiers(DiscountRules):
    """Spend more, get more: the highest step reached applies, and only it."""

    tiers: list[ThresholdTier]


RULES: dict[str, type[Strict]] = {
    "percent_discount": PercentDiscount,
    "amount_discount": AmountDiscount,
    "buy_x_get_y": BuyXGetY,
    "combo": Combo,
    "free_item": FreeItem,
    "happy_hour": HappyHour,
    "cashback": Cashback,
    "payment_discount": PaymentDiscount,
    "package": Package,
    "mix_match": MixMatch,
    "upsell": Upsell,
    "threshold_tier": ThresholdTiers,
}
"""The shape of `rules` for each `promo_type`, in the roadmap's order."""
