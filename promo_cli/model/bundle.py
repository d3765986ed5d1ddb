"""A store's bundle as tills read it: header, products, and one compiled promotion per line.

Amounts are exact decimals in major units. Fields without a default are always present; the others where they are set.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from promo_cli.model.base import AllOr, Amount, Date, Id, Strict, Text, by_kind
from promo_cli.model.compiled_rules import CompiledRules, FullTime, Weekday
from promo_cli.model.promotion import (
    Condition,
    CrossBrand,
    Limits,
    PriceRange,
    StackingRule,
    Stage,
    Voucher,
)

Version = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
"""The first 12 hexadecimal digits of a SHA-256 hash."""


class HeaderCompany(Strict):
    """Who runs the promotions."""

    id: Id
    """The company's id."""
    name: Text
    """What people call it."""


class HeaderCurrency(Strict):
    """The currency of every amount."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    """The ISO 4217 code."""
    exponent: Annotated[int, Field(ge=0, le=3)]
    """How many digits amounts have after the point."""


class HeaderCategory(Strict):
    """A node of the category tree."""

    name: Text
    """What people call it."""
    parent: Id | None
    """The category above it; null at the top."""


class Header(Strict):
    """What holds for every promotion of the bundle."""

    schema_version: Literal[1]
    """Raised when a reader of the old form could misread the new one; a till keeps its old bundle then."""
    requires: list[str]
    """Features a reader must know to read this bundle at all."""
    company: HeaderCompany
    """Who runs the promotions."""
    currency: HeaderCurrency
    """The currency of every amount."""
    prices: Literal["gross"]
    """Prices are what the customer sees."""
    timezone: Text
    """The IANA time zone of the store's clock."""
    strategy: Literal["best_deal", "priority"]
    """How promotions of one lane compete."""
    lanes: list[Id]
    """The lanes in order; discounts of different lanes add up."""
    step_budget: Annotated[int, Field(ge=1)]
    """How many steps the search may take per lane."""
    holidays: list[Date]
    """The days on which promotions with `exclude_holidays` rest, ascending."""
    categories: dict[Id, HeaderCategory]
    """The category tree by id."""
    tiers: list[Id]
    """The member tiers from the lowest to the highest."""
    payments: list[Id]
    """The payment methods, sorted."""


class BundleProduct(Strict):
    """A product the store may sell. Its cost is never published."""

    name: Text
    """What the receipt says."""
    category: Id | None
    """Its category."""
    brand: Id | None
    """The brand that sells it; null: sold everywhere."""
    price: Amount
    """The list price per unit or kilogram."""
    unit: Literal["each", "kg"]
    """Sold by the piece or by weight."""
    min_price: Amount | None = None
    """No promotion makes a unit cheaper than this."""
    tags: list[Id] = []
    """Words by which scopes choose products."""
    discountable: Literal[False] | None = None
    """False where no promotion may touch it."""


class CompiledValidity(Strict):
    """When: days inclusive, hours half-open by the store's clock."""

    start_date: Date
    """The first day."""
    end_date: Date | None
    """The last day, inclusive; null: open-ended."""
    time_start: FullTime | None
    """The hour it begins; null: the whole day."""
    time_end: FullTime | None
    """The hour it ends, exclusive; before `time_start` it is the next morning."""
    days_of_week: list[Weekday]
    """The days it begins on, ISO 1 to 7, ascending; all seven where every day."""
    exclude_holidays: bool
    """Whether it rests on the header's holidays."""
    exclude_dates: list[Date] = []
    """Single days on which it rests."""


class CompiledScope(Strict):
    """What is discounted. Categories reach everything below them; exclusions win."""

    apply_to: Literal["all", "category", "product"]
    """What it looks at: everything, the listed categories, or the listed products."""
    categories: list[Id]
    """Category ids."""
    products: list[Id]
    """Product ids."""
    exclude_categories: list[Id]
    """Categories that are left out, with everything below them."""
    exclude_products: list[Id]
    """Products that are left out."""
    tags: list[Id] = []
    """Only products with one of these tags."""
    unit_price: PriceRange | None = None
    """Only products whose list price is in this range."""
    not_already_discounted: Literal[True] | None = None
    """True where units that are discounted already are left out."""


class CompiledTargeting(Strict):
    """For whom. Which stores is settled: a bundle holds what runs in its store."""

    stores: Literal["all"]
    """The bundle is the store's own, so there is nothing left to choose."""
    brands: Annotated[AllOr, by_kind("all, or a list of brand ids")]
    """`all`, or the brands whose products are discounted."""
    customer_type: Literal["all", "new", "returning"]
    """Everybody, or only new or returning customers."""
    member_only: bool
    """Whether the customer must be a member."""
    exclude_brands: list[Id] = []
    """Brands that are left out."""
    member_tiers: list[Id] = []
    """Only members of these tiers."""
    sales_channels: list[Id] = []
    """Only these channels."""
    exclude_channels: list[Id] = []
    """Channels that are left out."""


class CompiledLimits(Limits):
    """How often, counted over all tills. How often so far is not here: counters travel apart."""

    max_uses: int | None
    max_uses_per_customer: int | None
    max_uses_per_day: int | None


class CompiledCrossBrand(CrossBrand):
    """Spend at trigger brands unlocks a benefit at others."""

    enabled: Literal[True]
    """Always true; the section is absent otherwise."""


class CompiledPromotion(Strict):
    """One line of a bundle."""

    id: Id
    """The promotion's id."""
    code: Id
    """Names the promotion in reports and on receipts."""
    name: Text
    """What the receipt and the customer's screen say."""
    description: str
    """The offer in a sentence."""
    promo_type: str
    """One of the twelve types."""
    apply_to: Literal["all", "category", "product"]
    """A copy of `scope.apply_to`."""
    execution_stage: Stage
    """When in the bill."""
    execution_priority: int
    """Higher comes first."""
    is_active: bool
    """False: it does not apply."""
    is_auto_apply: bool
    """Whether it applies by itself; if not, only when the cart claims it."""
    require_voucher: bool
    """Whether the customer must show a voucher."""
    member_only: bool
    """A copy of `targeting.member_only`."""
    validity: CompiledValidity
    """When it runs."""
    scope: CompiledScope
    """What it discounts."""
    targeting: CompiledTargeting
    """For whom."""
    rules: CompiledRules
    """What it does; the fields follow from `rules.type`."""
    limits: CompiledLimits
    """How often it may be used."""
    compiler_version: str
    """Names the meaning of compiled fields; raised only when the same source compiles to something else."""
    version: Version
    """The first 12 hexadecimal digits of the SHA-256 of this line without `version`, as canonical JSON."""
    conditions: Condition | None = None
    """What the cart must hold, or the customer be, apart from what is discounted."""
    stacking: StackingRule | None = None
    """With what it may combine."""
    cross_brand: CompiledCrossBrand | None = None
    """Spend at one brand that unlocks a benefit at another."""
    voucher_codes: list[Id] = []
    """Codes that everybody shares."""
    voucher: Voucher | None = None
    """The batch of single codes that unlocks it."""
    require_fresh: Literal[True] | None = None
    """True where a till that has not synced for too long stops giving it."""
    recompute_on_return: Literal[True] | None = None
    """True where a return is priced anew."""
    tags: list[Id] = []
    """Words to find and report it by."""
    funder: Text | None = None
    """Who pays for the discount."""


class Bundle(Strict):
    """All that a till of one store needs to price offline."""

    header: Header
    """What holds for every promotion."""
    products: dict[Id, BundleProduct]
    """The products the store may sell, by id."""
    promotions: list[CompiledPromotion]
    """The promotions, sorted by id."""
