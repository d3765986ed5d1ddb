"""The `rules` of a compiled promotion. They say all that the source says, and state the roadmap's fields always.

A field listed here is always present; one that is only inherited is present where it is set.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from promo_cli.model import rules as source
from promo_cli.model.base import Amount, Id, Percent, Quantity, Strict, Text

FullTime = Annotated[str, StringConstraints(pattern=r"^\d{2}:\d{2}:\d{2}$")]
"""The store's wall clock with seconds, such as 22:00:00."""

Weekday = Annotated[int, Field(ge=1, le=7)]
"""A day of the week, ISO: Monday is 1."""


class Typed(Strict):
    """Rules that say which they are."""

    type: str
    """Which of the twelve shapes this is, in the roadmap's word."""


class PercentRules(source.PercentDiscount, Typed):
    """A percentage off the scope, at most `max_discount_amount`."""

    type: Literal["percent"]
    max_discount_amount: Amount | None
    min_purchase: Amount


class AmountRules(source.AmountDiscount, Typed):
    """An amount off the scope, once per cart or on every unit."""

    type: Literal["amount"]
    min_purchase: Amount


class BogoRules(source.BuyXGetY, Typed):
    """Of every X + Y units in the cart, Y at `get_discount_percent` off."""

    type: Literal["bogo"]
    get_discount_percent: Percent
    same_product_only: bool


class CompiledComboProduct(source.ComboProduct):
    """One product of a combo and how many of it."""

    quantity: int


class ComboRules(source.DiscountRules, Typed):
    """The listed products together for `combo_price`."""

    type: Literal["combo"]
    combo_price: Amount
    """The price of the whole set, in major units."""
    products: list[CompiledComboProduct]
    """What the set is made of."""
    all_required: bool
    """Whether a set needs every product; if not, two of them are enough."""


class FreeItemRules(source.FreeItem, Typed):
    """Extra units as a gift, when the trigger product or the minimum is met."""

    type: Literal["free_item"]
    min_purchase: Amount
    free_quantity: int


class HappyHourRules(source.HappyHour, Typed):
    """Within the hours: a percentage, an amount per unit, or a special unit price."""

    type: Literal["happy_hour"]
    discount_percent: Percent | None
    discount_amount: Amount | None
    special_price: Amount | None
    time_start: FullTime | None
    """A copy of the hour in `validity`."""
    time_end: FullTime | None
    """A copy of the hour in `validity`."""
    days_of_week: list[Weekday]
    """A copy of the days in `validity`."""


class CashbackRules(source.Cashback, Typed):
    """Earned after payment on the net of the scope; changes no price."""

    type: Literal["cashback"]
    cashback_max: Amount | None
    min_purchase: Amount
    payment_methods: list[Id]
    cashback_method: Literal["points", "wallet", "voucher"]


class PaymentDiscountRules(source.PaymentDiscount, Typed):
    """Off the part paid by a listed method."""

    type: Literal["payment_discount"]
    max_discount: Amount | None
    min_purchase: Amount


class ProductPart(Strict):
    """A product of a package."""

    item_type: Literal["product"]
    """The part is one product."""
    product_id: Id
    """The product."""
    quantity: Quantity
    """How many units."""
    is_required: bool
    """Whether the package needs the part."""


class CategoryPart(Strict):
    """A choice of a package."""

    item_type: Literal["category"]
    """The part is a choice from a category."""
    category_id: Id
    """The category to choose from."""
    quantity: Quantity
    """How many units of each choice."""
    is_required: bool
    """Whether the package needs the part."""
    min_selection: int | None
    """The fewest choices. Null: 1."""
    max_selection: int | None
    """The most choices. Null: `min_selection`."""


class PackageRules(source.DiscountRules, Typed):
    """A set menu at `package_price`, one unit afterwards."""

    type: Literal["package"]
    package_name: Text
    """What the receipt calls it."""
    package_price: Amount
    """The price of the whole package, in major units."""
    items: list[Annotated[ProductPart | CategoryPart, Field(discriminator="item_type")]]
    """Its parts."""
    allow_modification: bool
    """Whether the till lets the customer change parts."""


class MixMatchRules(source.MixMatch, Typed):
    """Any `required_quantity` units of the category (or the scope) for `special_price`."""

    type: Literal["mix_match"]
    category_id: Id | None
    allow_same_product: bool


class UpsellRules(source.Upsell, Typed):
    """With every `required_min_qty` of one product, one unit of another at `special_price`."""

    type: Literal["upsell"]
    required_min_qty: int
    upsell_message: str


class CompiledTier(Strict):
    """One step: from `min_amount` up to but not including `max_amount`. Steps that are switched off are left out."""

    tier_name: Text
    """What the step is called."""
    min_amount: Amount
    """Where it begins, inclusive, in major units."""
    max_amount: Amount | None
    """Where it ends, exclusive, in major units. Null: open."""
    discount_type: Literal["percent", "amount", "free_product", "points_multiplier"]
    """What the step gives."""
    discount_value: Amount
    """Percent or major units, for `percent` and `amount`."""
    free_product_id: Id | None = None
    """The gift, for `free_product`."""
    points_multiplier: Amount | None = None
    """How many times the points, for `points_multiplier`."""


class ThresholdRules(source.DiscountRules, Typed):
    """Spend more, get more: the highest step reached applies, and only it."""

    type: Literal["threshold_tier"]
    tiers: list[CompiledTier]
    """The steps, by `min_amount` ascending."""


CompiledRules = Annotated[
    PercentRules
    | AmountRules
    | BogoRules
    | ComboRules
    | FreeItemRules
    | HappyHourRules
    | CashbackRules
    | PaymentDiscountRules
    | PackageRules
    | MixMatchRules
    | UpsellRules
    | ThresholdRules,
    Field(discriminator="type"),
]
"""Of the twelve shapes the one that `type` names."""
