"""A promotion as people write it: one YAML file, one `code`, one of twelve `promo_type`s."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import ConfigDict, Field, SerializeAsAny, Tag

from promo_cli.model.base import AllOr, Amount, ClockTime, Date, Day, EndTime, Id, Strict, Text, by_kind, nothing
from promo_cli.model.expectation import PromotionTest

STAGES = ("item", "order", "payment", "earn")
Stage = Literal["item", "order", "payment", "earn"]


class Validity(Strict):
    """When: days inclusive, hours half-open by the store's clock; `time_start > time_end` crosses midnight."""

    start_date: Date
    """The first day."""
    end_date: Date | None = None
    """The last day, inclusive. Default: open-ended."""
    time_start: ClockTime | None = None
    """The hour it begins, by the store's clock. Default: the whole day."""
    time_end: EndTime | None = None
    """The hour it ends, exclusive, at the latest 24:00. Before `time_start` it is the next morning, which belongs to
    the day it began."""
    days_of_week: list[Day] = [1, 2, 3, 4, 5, 6, 7]
    """Days it begins on: mon to sun, or 1 (Monday) to 7. Default: every day."""
    exclude_holidays: bool = False
    """Whether it rests on the days of stores/holidays.yaml."""
    exclude_dates: list[Date] = nothing()
    """Single days on which it rests."""


class PriceRange(Strict):
    """List unit prices from `min` to `max`, inclusive."""

    min: Amount | None = None
    """The lowest list price per unit. Default: none."""
    max: Amount | None = None
    """The highest list price per unit. Default: none."""


class Scope(Strict):
    """What is discounted. Categories reach everything below them; exclusions win."""

    apply_to: Literal["all", "category", "product"] = "all"
    """What the promotion looks at: the whole cart, the listed categories, or the listed products."""
    categories: list[Id] = nothing()
    """Category ids, with `apply_to: category`; each reaches everything below it in the tree."""
    products: list[Id] = nothing()
    """Product ids, with `apply_to: product`."""
    exclude_categories: list[Id] = nothing()
    """Categories that are left out, with everything below them."""
    exclude_products: list[Id] = nothing()
    """Products that are left out."""
    tags: list[Id] = nothing()
    """Only products with one of these tags."""
    unit_price: PriceRange | None = None
    """Only products whose list price per unit is in this range."""
    not_already_discounted: bool = False
    """Whether units that an earlier stage or lane discounted are left out."""


class StoreSelection(Strict):
    """Stores by what they are: any listed region, all listed tags, less the excluded."""

    regions: list[Id] = nothing()
    """Stores of any of these regions. Default: every region."""
    tags: list[Id] = nothing()
    """Stores that carry all of these tags. Default: no tag needed."""
    exclude: list[Id] = nothing()
    """Ids of stores that are left out."""


class Targeting(Strict):
    """Where and for whom."""

    brands: Annotated[AllOr, by_kind("all, or a list of brand ids")] = "all"
    """`all`, or the brands whose products are discounted and whose stores run it."""
    exclude_brands: list[Id] = nothing()
    """Brands that are left out."""
    stores: Annotated[
        AllOr | Annotated[StoreSelection, Tag("dict")],
        by_kind("all, a list of store ids, or a map with regions, tags, exclude"),
    ] = "all"
    """`all`, a list of store ids, or a selection by regions and tags, to which new stores are added by themselves."""
    customer_type: Literal["all", "new", "returning"] = "all"
    """Everybody, or only customers who are new or have bought before."""
    member_only: bool = False
    """Whether the customer must be a member."""
    member_tiers: list[Id] = nothing()
    """Only members of these tiers. Default: any."""
    sales_channels: list[Id] = nothing()
    """Only these channels, such as dine_in or delivery. Default: any."""
    exclude_channels: list[Id] = nothing()
    """Channels that are left out."""


class Condition(Strict):
    """What the cart must hold apart from what is discounted: a leaf, or leaves under `all`, `any`, `not`."""

    model_config = ConfigDict(populate_by_name=True)

    all: list[Condition] | None = None
    """Conditions that must all hold."""
    any: list[Condition] | None = None
    """Conditions of which one must hold."""
    not_: Annotated[Condition | None, Field(alias="not")] = None
    """A condition that must not hold."""
    min_quantity: int | None = None
    """At least this many units in `scope`."""
    max_quantity: int | None = None
    """At most this many units in `scope`."""
    min_purchase: Amount | None = None
    """At least this much in `scope`, inclusive, in major units."""
    measured: Literal["before", "after"] | None = None
    """Whether `min_purchase` looks at prices before or after other discounts. Default: as the promotion measures."""
    scope: Scope | None = None
    """What is counted. Default: the whole cart."""
    consumes: bool = False
    """Whether the units that meet it are used up, so that they cannot be discounted as well."""
    order_number: int | None = None
    """This must be the customer's n-th order: 1 for the first."""
    points: int | None = None
    """The member must have at least this many points."""
    birthday_within_days: int | None = None
    """The member's birthday must be at most this many days away, past or to come."""


class Limits(Strict):
    """How often, counted over all tills; `budget` is the discount it may give in all."""

    max_uses: int | None = None
    """Uses in all. Default: no limit."""
    max_uses_per_customer: int | None = None
    """Uses per customer; an unknown customer does not get it. Default: no limit."""
    max_uses_per_day: int | None = None
    """Uses per day. Default: no limit."""
    budget: Amount | None = None
    """The discount it may give in all, in major units. Default: no limit."""


class StackingRule(Strict):
    """With what it may combine."""

    lane: Id | None = None
    """The lane it competes in; discounts of different lanes add up. Default: main."""
    group: Id | None = None
    """A group of promotions in one lane, of which `rule` decides how many apply."""
    rule: Literal["all", "first", "best_customer", "best_merchant"] | None = None
    """Of its group: all, the highest priority, the best for the customer, or the smallest discount. Default: all."""
    exclusive: Literal["cart", "lane", "units"] | None = None
    """What it does not share: the whole cart, its lane, or the units it discounts. Default: nothing."""
    never_with: list[Id] = nothing()
    """Codes of promotions it never applies together with."""


class Reward(Strict):
    """What accumulated spend earns: a voucher of a batch, or a promotion."""

    voucher_batch: Id | None = None
    """The batch a voucher is given from."""
    promotion: Id | None = None
    """The code of the promotion it unlocks."""


class CrossBrand(Strict):
    """Spend at trigger brands unlocks a benefit at others: in the same cart, or across bills."""

    type: Literal["trigger_benefit", "accumulate"]
    """In the same cart, or across the bills of a period."""
    trigger_brands: list[Id]
    """The brands whose spend counts."""
    trigger_min_amount: Amount | None = None
    """The spend it takes, inclusive, in major units. Default: 0."""
    benefit_brands: list[Id] = nothing()
    """The brands whose products are discounted."""
    window_days: int | None = None
    """For `accumulate`: how many days back bills count."""
    period: Literal["week", "month"] | None = None
    """For `accumulate`: a customer earns the reward once in this period."""
    reward: Reward | None = None
    """For `accumulate`: what is earned."""
    rules: dict[str, Any] | None = None
    """Anything else for your own systems; carried through to tills as it is."""


class OfflinePolicy(Strict):
    """What a till without network may accept: vouchers up to a value, or within a risk budget."""

    online_above: Amount | None = None
    """Vouchers above this value need the network, in major units."""
    risk_budget: Amount | None = None
    """The value a till may accept without network in all, in major units."""


class Voucher(Strict):
    """The batch whose codes unlock the promotion."""

    batch: Id
    """The batch of codes."""
    use: Literal["single", "multi"] = "single"
    """Whether a code is used up by one bill."""
    offline: Annotated[
        Annotated[Literal["home_store"], Tag("str")] | Annotated[OfflinePolicy, Tag("dict")],
        by_kind("home_store, or a map with online_above or risk_budget"),
    ] = "home_store"
    """What a till without network accepts: codes of its own store only, or a limit by value."""


RulesT = TypeVar("RulesT", bound=Strict)


class Promotion(Strict, Generic[RulesT]):
    """One promotion file."""

    code: Id
    """Names the promotion in reports and on receipts, such as WEEKEND20. Never reuse one: the id derives from it."""
    name: Text
    """What the receipt and the customer's screen say."""
    description: str = ""
    """The offer in a sentence, for cashiers and customers."""
    promo_type: str
    """One of the twelve types; it decides the fields of `rules`."""
    id: Id | None = None
    """Default: a UUID that follows from the company's id and the code. Pin it before you rename a code."""
    is_active: bool = True
    """Switch it off without deleting the file."""
    is_auto_apply: bool = True
    """Whether it applies by itself; if not, only when the cart claims it."""
    require_voucher: bool = False
    """Whether the customer must show a voucher: one of `voucher_codes`, or one of the `voucher` batch."""
    voucher_codes: list[Id] = nothing()
    """Codes that everybody shares, such as PROMO10."""
    execution_stage: Stage | None = None
    """When in the bill: item, order, payment or earn; stages add up. Default: by type and scope."""
    execution_priority: int = 0
    """Higher comes first where two promotions are equally good, or where the strategy is `priority`."""
    require_fresh: bool = False
    """Whether a till that has not synced for too long stops giving it."""
    recompute_on_return: bool = False
    """Whether a return is priced anew: what is kept costs what it costs without the offer it no longer earns."""
    owner: Text | None = None
    """Who answers for it."""
    approved_by: Text | None = None
    """Who approved it, where it needs approval."""
    tags: list[Id] = nothing()
    """Words of your own to find and report it by."""
    funder: Text | None = None
    """Who pays for the discount, such as a bank or a supplier. Default: the company."""
    programme_cost: Amount | None = None
    """What running it costs apart from the discount, in major units; used for its return on investment."""
    validity: Validity
    """When it runs."""
    scope: Scope = Field(default_factory=Scope)
    """What it discounts. Default: everything."""
    targeting: Targeting = Field(default_factory=Targeting)
    """Where and for whom. Default: everywhere, for everybody."""
    conditions: Condition | None = None
    """What the cart must hold, or the customer be, apart from what is discounted."""
    rules: SerializeAsAny[RulesT]
    """What it does; the fields follow from `promo_type`."""
    limits: Limits = Field(default_factory=Limits)
    """How often it may be used. Default: without limit."""
    stacking: StackingRule = Field(default_factory=StackingRule)
    """With what it may combine. Default: one discount per item in a stage, the best for the customer."""
    cross_brand: CrossBrand | None = None
    """Spend at one brand that unlocks a benefit at another."""
    voucher: Voucher | None = None
    """The batch of single codes that unlocks it."""
    tests: list[PromotionTest] = nothing()
    """Carts and what they must cost; `promo test` runs them, and nothing is published while one fails."""
