"""What tills upload: one JSON object per line, one model per kind, version 1.

A till counts everything it writes with one `seq` per store and till, so that a missing line can be noticed, and names
it with an `event_id`, so that a second delivery can. Amounts are major units, exact. Unknown keys are allowed and kept,
because tills are updated before or after the back office; a known key with another type is refused.

The roadmap's plain bodies, `{"usages": [...]}` and `{"logs": [...]}`, have their own models at the end.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from promo_cli.model.base import Date, Id
from promo_cli.model.event_values import (
    Count,
    EventId,
    Flag,
    Moment,
    Money,
    Phone,
    Quantity,
    Ref,
    Score,
    Signed,
    Version,
    Words,
)


class Record(BaseModel):
    """A frozen, strictly typed object that keeps keys it does not know. A key that may be absent may also be null."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True, defer_build=True)


class Event(Record):
    """What every line has. `business_date` is the till's accounting day, which may end after midnight."""

    v: Version
    """The version of the line's meaning: 1."""
    event_id: EventId
    """The line's own id, a UUID of version 7. A second delivery has the same one."""
    store_id: Id
    """The store that speaks; the same as in the upload's key."""
    brand_id: Id | None = None
    """The brand that the store sold under."""
    pos_id: Ref
    """The till within the store; the same as in the upload's key."""
    seq: Count
    """The line's number at this till, from 1 without gaps, whatever the kind."""
    business_date: Date
    """The till's accounting day, which may end after midnight."""
    release_seq: Count | None = None
    """The number of the release that the till ran; none before its first."""


class Timed(Event):
    """An event with the till's clock."""

    at: Moment
    """When it happened, by the till's clock, with its offset from UTC."""


class Discount(Record):
    """The part of a line's discount that one promotion gave."""

    promotion_id: Ref
    """The promotion that gave it."""
    code: Ref | None = None
    """The promotion's code."""
    amount: Money
    """What it took off the line, in major units."""


class Line(Record):
    """One line of a bill: `net` is `list_amount` less `discount`; a return of a unit gives back its `unit_nets`."""

    line_id: Ref
    """The line's name on this bill; `#` and its place where the till gave it none."""
    product_id: Ref
    """What was sold."""
    category: Ref | None = None
    """The product's category when it was sold."""
    brand: Ref | None = None
    """The product's brand when it was sold."""
    quantity: Quantity
    """How many units, or kilograms with at most three decimals."""
    price: Money
    """The list price of one unit or kilogram, in major units, tax included."""
    list_amount: Money
    """Price times quantity, rounded once, in major units."""
    discount: Money
    """What all promotions took off the line, in major units."""
    net: Money
    """What is paid for the line: `list_amount` less `discount`, in major units."""
    unit_nets: list[Money] | None = None
    """What is paid for each unit, in order; they add up to `net`. A weighed line is one unit."""
    gift: Flag | None = None
    """Whether a promotion put the line on the bill."""
    discounts: list[Discount] | None = None
    """The line's discount by promotion; the amounts add up to `discount`."""


class Tender(Record):
    """A means of payment and what was paid with it."""

    method: Ref
    """The payment method's id."""
    amount: Money
    """What was paid with it, in major units."""


class Bill(Timed):
    """A completed sale."""

    kind: Literal["bill"]
    """What the line is."""
    bill_id: Ref
    """The bill's number, unique within its store."""
    status: Literal["completed"]
    """A sale is uploaded when it is completed."""
    channel: Ref | None = None
    """How it was sold, such as dine_in or takeaway."""
    member_id: Ref | None = None
    """The loyalty member who bought."""
    customer_key: Ref | None = None
    """A keyed hash of who bought, made by the till; never a phone or a name."""
    customer_type: Ref | None = None
    """`new` or `returning`, as the till knew it."""
    member_tier: Ref | None = None
    """The member's tier when they bought."""
    tender: list[Tender] | None = None
    """How it was paid; the amounts add up to `final_amount`."""
    subtotal: Money
    """All lines at list price, gifts included, in major units."""
    total_discount: Money
    """What all promotions took off, in major units."""
    final_amount: Money
    """What the customer paid: `subtotal` less `total_discount`, in major units."""
    lines: list[Line]
    """What was sold, in the order of the bill."""
    rewards: list[Any] | None = None
    """What the bill earned, as the receipt has it: promotion, type, method, amount or multiplier."""


class Refund(Timed):
    """Goods given back (`refund`) or a sale undone (`void`). Quantities and amounts are positive: what is given back.

    `bill_id` is its own number. Without a receipt there is no `original_bill_id`.
    """

    kind: Literal["refund", "void"]
    """Goods given back, or the whole sale undone."""
    bill_id: Ref
    """The return's own number."""
    original_bill_id: Ref | None = None
    """The bill that it gives back; none for a return without a receipt."""
    reason: Words | None = None
    """Why, in words."""
    lines: list[Line]
    """What was given back, with what had been paid for it; all amounts are positive."""
    total_refund: Money
    """What the customer got back, in major units."""


class Usage(Event):
    """One use of a promotion on a bill. A phone is stored only as its keyed hash; a missing `at` is `used_at`."""

    kind: Literal["usage"]
    """What the line is."""
    promotion_id: Ref
    """The promotion that was used."""
    code: Ref | None = None
    """The promotion's code."""
    bill_id: Ref
    """The bill that it was used on."""
    member_id: Ref | None = None
    """The loyalty member who used it."""
    customer_phone: Phone | None = None
    """The customer's phone, or better its keyed hash made by the till. Stored as a keyed hash only."""
    original_amount: Money | None = None
    """The bill before any discount, in major units."""
    discount_amount: Money
    """What it cost: taken off the bill or credited as money, in major units; 0 for points."""
    used_at: Moment
    """When it was used, with the offset from UTC."""
    at: Moment | None = None
    """The same, by the till's clock; `used_at` where missing."""


class Log(Timed):
    """One decision of a till: a promotion was applied to a bill, or rejected and why."""

    kind: Literal["log"]
    """What the line is."""
    bill_id: Ref
    """The bill that was decided on."""
    promotion_id: Ref
    """The promotion."""
    status: Literal["applied", "rejected"]
    """Whether it was applied."""
    reason_code: Ref | None = None
    """Why it was rejected, as the receipt names it, such as `min_purchase`."""
    reason: Words | None = None
    """The same in words; for an applied one what it did."""
    validation_details: Any = None
    """What was checked, in whatever form the till has."""
    original_amount: Money | None = None
    """The bill before any discount, in major units."""
    discount_amount: Money | None = None
    """What this promotion took off, in major units."""
    final_amount: Money | None = None
    """The bill with this promotion alone, in major units."""


class Eligible(Timed):
    """A promotion was offered on a bill and not applied: the denominator of its take rate."""

    kind: Literal["eligible"]
    """What the line is."""
    bill_id: Ref
    """The bill that it was offered on."""
    promotion_id: Ref
    """The promotion."""
    code: Ref | None = None
    """The promotion's code."""
    reason_code: Ref | None = None
    """Why it was not taken, such as `not_claimed` or `units_taken`."""


class VoucherRedeem(Timed):
    """A voucher was redeemed, or `status` says undone. `voucher` is its serial or its code's hash, never a person."""

    kind: Literal["voucher_redeem"]
    """What the line is."""
    voucher: Ref
    """The voucher's serial, or the hash of its code; never who holds it."""
    status: Literal["redeemed", "reversed"] | None = None
    """`redeemed`, or `reversed` when it was undone. Default: `redeemed`."""
    batch: Ref | None = None
    """The batch it was issued in."""
    promotion_id: Ref
    """The promotion that it unlocks."""
    bill_id: Ref
    """The bill that it was redeemed on."""
    member_id: Ref | None = None
    """The loyalty member who redeemed it."""
    customer_key: Ref | None = None
    """A keyed hash of who redeemed it."""
    amount: Money | None = None
    """What it took off, in major units."""


class Feedback(Timed):
    """A customer's score. Free text is not collected, because people write names into it."""

    kind: Literal["feedback"]
    """What the line is."""
    bill_id: Ref | None = None
    """The bill it is about."""
    promotion_id: Ref | None = None
    """The promotion it is about."""
    score: Score
    """From 1 (bad) to 5 (good)."""


class Exposure(Timed):
    """A unit met an arm of an experiment, either arm. `unit` is what was assigned: a customer or a store."""

    kind: Literal["exposure"]
    """What the line is."""
    experiment: Ref
    """The experiment."""
    variant: Ref
    """The arm that the unit is in; the control arm is reported as well."""
    unit: Ref
    """What was put into the arm: a member, a customer's keyed hash, or a store."""
    bill_id: Ref | None = None
    """The bill at which it was seen."""
    customer_key: Ref | None = None
    """A keyed hash of who bought, to join bills by."""


class Sync(Timed):
    """Which release a till runs, and how its last sync ended."""

    kind: Literal["sync"]
    """What the line is."""
    release_seq: Count
    """The release that the till runs after it; 0 for none."""
    status: Ref
    """How it ended, such as updated, current or refused."""
    detail: Words | None = None
    """What went wrong, in words."""


class DayClose(Timed):
    """Control totals of one till's business day.

    `bills` counts completed bills, `net` sums their `final_amount` and `discount` their `total_discount`, both before
    returns; `refunds` sums `total_refund` of refunds and voids. `first_seq` and `last_seq` bound the day's lines, this
    one excluded; both are 0 for a day without any.
    """

    kind: Literal["day_close"]
    """What the line is."""
    bills: Count
    """How many bills were completed."""
    net: Signed
    """The sum of their `final_amount`, before returns, in major units."""
    discount: Money
    """The sum of their `total_discount`, before returns, in major units."""
    refunds: Money
    """The sum of `total_refund` of the day's refunds and voids, in major units."""
    first_seq: Count
    """The number of the day's first line; 0 for a day without any."""
    last_seq: Count
    """The number of the day's last line before this one; 0 for a day without any."""


EVENTS: dict[str, type[Event]] = {
    "bill": Bill,
    "refund": Refund,
    "void": Refund,
    "usage": Usage,
    "log": Log,
    "eligible": Eligible,
    "voucher_redeem": VoucherRedeem,
    "feedback": Feedback,
    "exposure": Exposure,
    "sync": Sync,
    "day_close": DayClose,
}
"""The model of each `kind`."""


class BodyUsage(Record):
    """A use as the roadmap's POST body has it; store, till and day come from the object's key where missing."""

    promotion_id: Ref
    """The promotion that was used."""
    bill_id: Ref
    """The bill that it was used on."""
    member_id: Ref | None = None
    """The loyalty member who used it."""
    customer_phone: Phone | None = None
    """The customer's phone, or better its keyed hash. Stored as a keyed hash only."""
    discount_amount: Money
    """What it took off the bill, in major units."""
    used_at: Moment
    """When it was used, with the offset from UTC."""
    store_id: Id | None = None
    """The store; the one in the upload's key where missing."""
    brand_id: Id | None = None
    """The brand that the store sold under."""


class BodyLog(Record):
    """A log as the roadmap's POST body has it. It has no time of its own."""

    bill_id: Ref
    """The bill that was decided on."""
    promotion_id: Ref
    """The promotion."""
    status: Literal["applied", "rejected"]
    """Whether it was applied."""
    reason: Words | None = None
    """Why, in words."""
    validation_details: Any = None
    """What was checked, in whatever form the till has."""
    original_amount: Money | None = None
    """The bill before any discount, in major units."""
    discount_amount: Money | None = None
    """What this promotion took off, in major units."""
    final_amount: Money | None = None
    """The bill with this promotion alone, in major units."""
    store_id: Id | None = None
    """The store; the one in the upload's key where missing."""
    brand_id: Id | None = None
    """The brand that the store sold under."""


BODIES: dict[str, tuple[str, type[Record]]] = {"usages": ("usage", BodyUsage), "logs": ("log", BodyLog)}
"""Of each body's only key: the kind its records are, and their model."""
