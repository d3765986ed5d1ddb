"""A promotion as people write it: one YAML file, one `code`, one of twelve `promo_type`s."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import ConfigDict, Field, SerializeAsAny, Tag

from promo_cli.model.base import AllOr, Amount, ClockTime, Date, Day, Id, Strict, Text, by_kind
from promo_cli.model.cart import Cart

STAGES = ("item", "order", "payment", "earn")
Stage = Literal["item", "order", "payment", "earn"]


class Validity(Strict):
    """When: days inclusive, hours half-open by the store's clock; `time_start > time_end` crosses midnight."""

    start_date: Date
    end_date: Date | None = None
    time_start: ClockTime | None = None
    time_end: ClockTime | None = None
    days_of_week: list[Day] = [1, 2, 3, 4, 5, 6, 7]
    exclude_holidays: bool = False
    exclude_dates: list[Date] = []


class PriceRange(Strict):
    """List unit prices from `min` to `max`, inclusive."""

    min: Amount | None = None
    max: Amount | None = None


class Scope(Strict):
    """What is discounted. Categories reach everything below them; exclusions win."""

    apply_to: Literal["all", "category", "product"] = "all"
    categories: list[Id] = []
    products: list[Id] = []
    exclude_categories: list[Id] = []
    exclude_products: list[Id] = []
    tags: list[Id] = []
    unit_price: PriceRange | None = None
    not_already_discounted: bool = False


class StoreSelection(Strict):
    """Stores by what they are: any listed region, all listed tags, less the excluded."""

    regions: list[Id] = []
    tags: list[Id] = []
    exclude: list[Id] = []


class Targeting(Strict):
    """Where and for whom."""

    brands: Annotated[AllOr, by_kind("all, or a list of brand ids")] = "all"
    exclude_brands: list[Id] = []
    stores: Annotated[
        AllOr | Annotated[StoreSelection, Tag("dict")],
        by_kind("all, a list of store ids, or a map with regions, tags, exclude"),
    ] = "all"
    customer_type: Literal["all", "new", "returning"] = "all"
    member_only: bool = False
    member_tiers: list[Id] = []
    sales_channels: list[Id] = []
    exclude_channels: list[Id] = []


class Condition(Strict):
    """What the cart must hold apart from what is discounted: a leaf, or leaves under `all`, `any`, `not`."""

    model_config = ConfigDict(populate_by_name=True)

    all: list[Condition] | None = None
    any: list[Condition] | None = None
    not_: Annotated[Condition | None, Field(alias="not")] = None
    min_quantity: int | None = None
    max_quantity: int | None = None
    min_purchase: Amount | None = None
    measured: Literal["before", "after"] | None = None
    scope: Scope | None = None
    consumes: bool = False
    order_number: int | None = None
    points: int | None = None
    birthday_within_days: int | None = None


class Limits(Strict):
    """How often, counted over all tills; `budget` is the discount it may give in all."""

    max_uses: int | None = None
    max_uses_per_customer: int | None = None
    max_uses_per_day: int | None = None
    budget: Amount | None = None


class StackingRule(Strict):
    """With what it may combine."""

    lane: Id | None = None
    group: Id | None = None
    rule: Literal["all", "first", "best_customer", "best_merchant"] | None = None
    exclusive: Literal["cart", "lane", "units"] | None = None
    never_with: list[Id] = []


class Reward(Strict):
    """What accumulated spend earns: a voucher of a batch, or a promotion."""

    voucher_batch: Id | None = None
    promotion: Id | None = None


class CrossBrand(Strict):
    """Spend at trigger brands unlocks a benefit at others: in the same cart, or across bills."""

    type: Literal["trigger_benefit", "accumulate"]
    trigger_brands: list[Id]
    trigger_min_amount: Amount | None = None
    benefit_brands: list[Id] = []
    window_days: int | None = None
    period: Literal["week", "month"] | None = None
    reward: Reward | None = None
    rules: dict[str, Any] | None = None


class OfflinePolicy(Strict):
    """What a till without network may accept: vouchers up to a value, or within a risk budget."""

    online_above: Amount | None = None
    risk_budget: Amount | None = None


class Voucher(Strict):
    """The batch whose codes unlock the promotion."""

    batch: Id
    use: Literal["single", "multi"] = "single"
    offline: Annotated[
        Annotated[Literal["home_store"], Tag("str")] | Annotated[OfflinePolicy, Tag("dict")],
        by_kind("home_store, or a map with online_above or risk_budget"),
    ] = "home_store"


class ExpectedLine(Strict):
    """What one line of the expected receipt must say."""

    product_id: Id
    quantity: Amount | None = None
    discount: Amount | None = None
    net: Amount | None = None
    gift: bool | None = None


class Expectation(Strict):
    """Any part of the receipt. `applied` lists exactly the promotions that apply, with amounts if given as a map."""

    subtotal: Amount | None = None
    total_discount: Amount | None = None
    final_amount: Amount | None = None
    applied: (
        Annotated[
            Annotated[list[Id], Tag("list")] | Annotated[dict[Id, Amount], Tag("dict")],
            by_kind("a list of promotion codes, or a map of code to amount"),
        ]
        | None
    ) = None
    skipped: (
        Annotated[
            Annotated[list[Id], Tag("list")] | Annotated[dict[Id, str], Tag("dict")],
            by_kind("a list of promotion codes, or a map of code to reason code"),
        ]
        | None
    ) = None
    lines: list[ExpectedLine] | None = None
    rewards: list[dict[str, Any]] | None = None
    hints: list[dict[str, Any]] | None = None


class PromotionTest(Strict):
    """A cart and what it must cost, run by `promo test`. `at` is the store's wall clock."""

    name: Text
    at: Text
    store: Id | None = None
    cart: Cart
    expect: Expectation


RulesT = TypeVar("RulesT", bound=Strict)


class Promotion(Strict, Generic[RulesT]):
    """One promotion file."""

    code: Id
    name: Text
    promo_type: str
    description: str = ""
    id: Id | None = None
    is_active: bool = True
    is_auto_apply: bool = True
    require_voucher: bool = False
    voucher_codes: list[Id] = []
    execution_stage: Stage | None = None
    execution_priority: int = 0
    require_fresh: bool = False
    recompute_on_return: bool = False
    owner: Text | None = None
    approved_by: Text | None = None
    tags: list[Id] = []
    funder: Text | None = None
    programme_cost: Amount | None = None
    validity: Validity
    scope: Scope = Scope()
    targeting: Targeting = Targeting()
    conditions: Condition | None = None
    rules: SerializeAsAny[RulesT]
    limits: Limits = Limits()
    stacking: StackingRule = StackingRule()
    cross_brand: CrossBrand | None = None
    voucher: Voucher | None = None
    tests: list[PromotionTest] = []
