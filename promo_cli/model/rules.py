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
    """How often per bill, such as complete sets. Default: as often as it fits; free items once."""
    max_units: int | None = None
    """How many units per bill are discounted at most. Default: no limit."""
    max_units_per_line: int | None = None
    """How many units of one line are discounted at most. Default: no limit."""
    every_quantity: int | None = None
    """Discount whole groups of so many units only, such as 2 for pairs. Default: 1."""
    select: Literal["cheapest", "dearest"] | None = None
    """Which units are discounted where not all are. Default: cheapest."""
    measured: Literal["before", "after"] | None = None
    """Whether `min_purchase` looks at prices before or after earlier discounts. Default: before in the item stage,
    after in later stages and with vouchers."""
    floor_percent: Literal["drop", "redistribute"] | None = None
    """What becomes of a percentage that a product's `min_price` cuts: dropped, or taken off other units.
    Default: drop."""
    round: Literal["total", "line"] | None = None
    """Whether the discount is rounded once, or on every line. Default: total."""


class PercentDiscount(DiscountRules):
    """A percentage off the scope, at most `max_discount_amount`."""

    discount_percent: Percent
    """Percent off, such as 20 or 33.33."""
    max_discount_amount: Amount | None = None
    """The most it takes off a bill, in major units. Default: no cap."""
    min_purchase: Amount = Decimal(0)
    """The least spend in its scope, inclusive, in major units."""


class AmountDiscount(DiscountRules):
    """An amount off the scope, once per cart or on every unit; never more than the scope is worth."""

    discount_amount: Amount
    """What it takes off, in major units."""
    per: Literal["cart", "unit"] = "cart"
    """Whether it is taken off once, or off every unit."""
    min_purchase: Amount = Decimal(0)
    """The least spend in its scope, inclusive, in major units."""


class BuyXGetY(DiscountRules):
    """Of every X + Y units in the cart, Y at `get_discount_percent` off.

    `same_product_only` defaults to true, and to false where `get_product_id` names another product.
    """

    buy_quantity: int
    """X: units at full price in each set."""
    get_quantity: int
    """Y: units at a discount in each set; they must be in the cart."""
    get_discount_percent: Percent = Decimal(100)
    """Percent off the Y units; 100 is free."""
    get_product_id: Id | None = None
    """The product the Y units must be. Default: any of the set."""
    same_product_only: bool | None = None
    """Whether a set is of one product. Default: true, unless `get_product_id` is named; false: any units in scope."""


class ComboProduct(Strict):
    """One product of a combo and how many of it."""

    product_id: Id
    """The product."""
    quantity: int = 1
    """How many units of it."""


class Combo(DiscountRules):
    """The listed products together for `combo_price`."""

    combo_price: Amount
    """The price of the whole set, in major units."""
    products: list[ComboProduct]
    """What the set is made of; at least two products."""
    all_required: bool = True
    """Whether a set needs every product; if not, two of them are enough."""


class FreeItem(DiscountRules):
    """Extra units as a gift, when the trigger product or the minimum is met."""

    min_purchase: Amount = Decimal(0)
    """The least spend in its scope, inclusive, in major units."""
    trigger_product_id: Id | None = None
    """The product that must be bought. Default: none, the spend decides."""
    trigger_min_qty: int = 1
    """How many units of the trigger product it takes."""
    free_product_id: Id | None = None
    """The gift."""
    free_product_ids: list[Id] | None = None
    """Gifts to choose from, instead of `free_product_id`; the cart claims one."""
    free_quantity: int = 1
    """How many units are given."""


class HappyHour(DiscountRules):
    """Within the hours of `validity`: a percentage, an amount per unit, or a special unit price; exactly one."""

    discount_percent: Percent | None = None
    """Percent off."""
    discount_amount: Amount | None = None
    """What is taken off each unit, in major units."""
    special_price: Amount | None = None
    """The price of each unit, in major units."""


class Cashback(Strict):
    """Earned after payment on the net of the scope; changes no price."""

    cashback_type: Literal["percent", "amount"]
    """Whether `cashback_value` is a percentage or an amount."""
    cashback_value: Amount
    """How much is earned: percent, or major units."""
    cashback_max: Amount | None = None
    """The most a bill earns, in major units. Default: no cap."""
    min_purchase: Amount = Decimal(0)
    """The least spend in its scope, inclusive, in major units."""
    payment_methods: list[Id] = []
    """Only for these payment methods. Default: any."""
    cashback_method: Literal["points", "wallet", "voucher"] = "points"
    """As what it is credited."""
    measured: Literal["before", "after"] | None = None
    """Whether `min_purchase` looks at prices before or after discounts. Default: after."""


class PaymentDiscount(DiscountRules):
    """Off the part paid by a listed method."""

    payment_methods: list[Id]
    """The payment methods that earn it."""
    discount_type: Literal["percent", "amount"]
    """Whether `discount_value` is a percentage or an amount."""
    discount_value: Amount
    """How much is taken off: percent, or major units."""
    max_discount: Amount | None = None
    """The most it takes off a bill, in major units. Default: no cap."""
    min_purchase: Amount = Decimal(0)
    """The least spend in its scope, inclusive, in major units; the whole bill counts, however it is paid."""


class PackageItem(Strict):
    """A part of a package: a product, or a choice from a category."""

    item_type: Literal["product", "category"]
    """Whether the part is one product or a choice from a category."""
    product_id: Id | None = None
    """The product, for `item_type: product`."""
    category_id: Id | None = None
    """The category to choose from, for `item_type: category`."""
    quantity: Quantity = Decimal(1)
    """How many units of the product, or of each choice."""
    is_required: bool = True
    """Whether the package needs the part."""
    min_selection: int | None = None
    """The fewest choices from the category. Default: 1."""
    max_selection: int | None = None
    """The most choices from the category. Default: `min_selection`."""


class Package(DiscountRules):
    """A set menu at `package_price`, one unit afterwards."""

    package_name: Text
    """What the receipt calls it."""
    package_price: Amount
    """The price of the whole package, in major units."""
    items: list[PackageItem]
    """Its parts."""
    allow_modification: bool = False
    """Whether the till lets the customer change parts; the price does not depend on it."""


class MixMatch(DiscountRules):
    """Any `required_quantity` units of the category (or the scope) for `special_price`."""

    category_id: Id | None = None
    """The category to choose from. Default: the promotion's scope."""
    required_quantity: int
    """How many units make a set."""
    special_price: Amount
    """The price of a whole set, in major units."""
    allow_same_product: bool = True
    """Whether one product may be in a set more than once."""


class Upsell(DiscountRules):
    """With every `required_min_qty` of one product, one unit of another at `special_price`."""

    required_product_id: Id
    """The product that must be bought."""
    required_min_qty: int = 1
    """How many units of it earn one unit at the special price."""
    upsell_product_id: Id
    """The product at the special price."""
    special_price: Amount
    """The price of one unit of it, in major units."""
    upsell_message: Annotated[str, Field(max_length=500)] = ""
    """What the till tells the cashier to offer while the product is not in the cart."""


class ThresholdTier(Strict):
    """One step: from `min_amount` up to but not including `max_amount`."""

    tier_name: Text
    """What the step is called."""
    min_amount: Amount
    """Where it begins, inclusive, in major units."""
    max_amount: Amount | None = None
    """Where it ends, exclusive, in major units. Default: open."""
    discount_type: Literal["percent", "amount", "free_product", "points_multiplier"]
    """What the step gives."""
    discount_value: Amount = Decimal(0)
    """Percent or major units, for `percent` and `amount`."""
    free_product_id: Id | None = None
    """The gift, for `free_product`."""
    points_multiplier: Amount | None = None
    """How many times the points, for `points_multiplier`."""
    is_active: bool = True
    """Switch a step off without deleting it."""


class ThresholdTiers(DiscountRules):
    """Spend more, get more: the highest step reached applies, and only it."""

    tiers: list[ThresholdTier]
    """The steps, without gaps or overlaps."""


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
