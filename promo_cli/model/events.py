"""What tills upload: one JSON object per line, one model per kind, version 1.

A till counts everything it writes with one `seq` per store and till, so that a missing line can be noticed, and names
it with an `event_id`, so that a second delivery can. Amounts are major units, exact. Unknown keys are allowed and kept,
because tills are updated before or after the back office; a known key with another type is refused.

The roadmap's plain bodies, `{"usages": [...]}` and `{"logs": [...]}`, have their own models at the end.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from promo_cli.model.base import Date, Id, expected

VERSION = 1
"""The version that a line's `v` must have. It changes only when the meaning of an existing key changes."""

MAX_AMOUNT = Decimal(10) ** 12
"""Amounts stay below a trillion major units: far above any bill, far below where a reader would lose digits."""

MAX_PLACES = 3
"""Digits after the point: no currency in use has more than three, and no quantity is finer than grams."""

_MOMENT = re.compile(r"(19|20)\d{2}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII)


def _version(value: Any) -> int:
    if type(value) is not int or value != VERSION:
        raise expected(f"the number {VERSION}")  # a Literal takes true and 1.0 for 1
    return value


def _decimal(value: Any) -> Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise expected("a number such as 25000 or 12.5, without quotes")
    if abs(value) >= MAX_AMOUNT:
        raise expected("a number below 1000000000000")
    if value != round(value, MAX_PLACES):
        raise expected(f"a number with at most {MAX_PLACES} digits after the point")
    return value


def _at_least_zero(value: Any) -> Decimal:
    if (number := _decimal(value)) < 0:
        raise expected("a number that is not negative")
    return number


def _above_zero(value: Any) -> Decimal:
    if (number := _decimal(value)) <= 0:
        raise expected("a number above 0")
    return number


def _moment(value: Any) -> dt.datetime:
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        with contextlib.suppress(ValueError):
            return dt.datetime.fromisoformat(value)
    raise expected("a moment with its offset, such as 2026-02-07T10:00:00+07:00")


def _number_schema(**bounds: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "number", **bounds})


Version = Annotated[int, BeforeValidator(_version), WithJsonSchema({"const": VERSION, "type": "integer"})]
"""The version of an event's meaning."""

Ref = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""A name given by another system: a bill number, a member id, a key. Printable, at most 128 characters."""

Words = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]
"""Text for people."""

Phone = Annotated[str, StringConstraints(max_length=128, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""A telephone number as typed, or its keyed hash made by the till (64 hexadecimal digits). Never stored as it came."""

EventId = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]
"""A UUID; version 7 (RFC 9562) keeps them in the order of their making."""

Count = Annotated[int, Field(ge=0, lt=2**53)]
"""A whole number that every JSON reader keeps exactly."""

Score = Annotated[int, Field(ge=1, le=5)]
"""Satisfaction, from 1 (bad) to 5 (good)."""

Money = Annotated[Decimal, BeforeValidator(_at_least_zero), _number_schema(minimum=0, exclusiveMaximum=10**12)]
"""An amount in major units, exact, not negative."""

Signed = Annotated[
    Decimal, BeforeValidator(_decimal), _number_schema(exclusiveMinimum=-(10**12), exclusiveMaximum=10**12)
]
"""An amount in major units, exact, of either sign."""

Quantity = Annotated[Decimal, BeforeValidator(_above_zero), _number_schema(exclusiveMinimum=0)]
"""Units, or kilograms with at most three decimals."""

Moment = Annotated[dt.datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
"""A point in time with the offset of the till's clock."""

Flag = Annotated[bool, Field()]
"""true or false."""


class Record(BaseModel):
    """A frozen, strictly typed object that keeps keys it does not know. A key that may be absent may also be null."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True, defer_build=True)


class Event(Record):
    """What every line has. `business_date` is the till's accounting day, which may end after midnight."""

    v: Version
    event_id: EventId
    store_id: Id
    brand_id: Id | None = None
    pos_id: Ref
    seq: Count
    business_date: Date
    release_seq: Count | None = None


class Timed(Event):
    """An event with the till's clock."""

    at: Moment


class Discount(Record):
    """The part of a line's discount that one promotion gave."""

    promotion_id: Ref
    code: Ref | None = None
    amount: Money


class Line(Record):
    """One line of a bill: `net` is `list_amount` less `discount`; a return of a unit gives back its `unit_nets`."""

    line_id: Ref
    product_id: Ref
    category: Ref | None = None
    brand: Ref | None = None
    quantity: Quantity
    price: Money
    list_amount: Money
    discount: Money
    net: Money
    unit_nets: list[Money] | None = None
    gift: Flag | None = None
    discounts: list[Discount] | None = None


class Tender(Record):
    """A means of payment and what was paid with it."""

    method: Ref
    amount: Money


class Bill(Timed):
    """A completed sale."""

    kind: Literal["bill"]
    bill_id: Ref
    status: Literal["completed"]
    channel: Ref | None = None
    member_id: Ref | None = None
    customer_key: Ref | None = None
    customer_type: Ref | None = None
    tender: list[Tender] | None = None
    subtotal: Money
    total_discount: Money
    final_amount: Money
    lines: list[Line]
    rewards: list[Any] | None = None


class Refund(Timed):
    """Goods given back (`refund`) or a sale undone (`void`). Quantities and amounts are positive: what is given back.

    `bill_id` is its own number. Without a receipt there is no `original_bill_id`.
    """

    kind: Literal["refund", "void"]
    bill_id: Ref
    original_bill_id: Ref | None = None
    reason: Words | None = None
    lines: list[Line]
    total_refund: Money


class Usage(Event):
    """One use of a promotion on a bill. A phone is stored only as its keyed hash; a missing `at` is `used_at`."""

    kind: Literal["usage"]
    promotion_id: Ref
    code: Ref | None = None
    bill_id: Ref
    member_id: Ref | None = None
    customer_phone: Phone | None = None
    original_amount: Money | None = None
    discount_amount: Money
    used_at: Moment
    at: Moment | None = None


class Log(Timed):
    """One decision of a till: a promotion was applied to a bill, or rejected and why."""

    kind: Literal["log"]
    bill_id: Ref
    promotion_id: Ref
    status: Literal["applied", "rejected"]
    reason_code: Ref | None = None
    reason: Words | None = None
    validation_details: Any = None
    original_amount: Money | None = None
    discount_amount: Money | None = None
    final_amount: Money | None = None


class Eligible(Timed):
    """A promotion was offered on a bill and not applied: the denominator of its take rate."""

    kind: Literal["eligible"]
    bill_id: Ref
    promotion_id: Ref
    code: Ref | None = None
    reason_code: Ref | None = None


class VoucherRedeem(Timed):
    """A voucher was redeemed, or `status` says undone. `voucher` is its serial or its code's hash, never a person."""

    kind: Literal["voucher_redeem"]
    voucher: Ref
    status: Literal["redeemed", "reversed"] | None = None
    batch: Ref | None = None
    promotion_id: Ref
    bill_id: Ref
    member_id: Ref | None = None
    customer_key: Ref | None = None
    amount: Money | None = None


class Feedback(Timed):
    """A customer's score. Free text is not collected, because people write names into it."""

    kind: Literal["feedback"]
    bill_id: Ref | None = None
    promotion_id: Ref | None = None
    score: Score


class Exposure(Timed):
    """A unit met an arm of an experiment, either arm. `unit` is what was assigned: a customer or a store."""

    kind: Literal["exposure"]
    experiment: Ref
    variant: Ref
    unit: Ref
    bill_id: Ref | None = None
    customer_key: Ref | None = None


class Sync(Timed):
    """Which release a till runs, and how its last sync ended."""

    kind: Literal["sync"]
    release_seq: Count
    status: Ref
    detail: Words | None = None


class DayClose(Timed):
    """Control totals of one till's business day.

    `bills` counts completed bills, `net` sums their `final_amount` and `discount` their `total_discount`, both before
    returns; `refunds` sums `total_refund` of refunds and voids. `first_seq` and `last_seq` bound the day's lines, this
    one excluded; both are 0 for a day without any.
    """

    kind: Literal["day_close"]
    bills: Count
    net: Signed
    discount: Money
    refunds: Money
    first_seq: Count
    last_seq: Count


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
    bill_id: Ref
    member_id: Ref | None = None
    customer_phone: Phone | None = None
    discount_amount: Money
    used_at: Moment
    store_id: Id | None = None
    brand_id: Id | None = None


class BodyLog(Record):
    """A log as the roadmap's POST body has it. It has no time of its own."""

    bill_id: Ref
    promotion_id: Ref
    status: Literal["applied", "rejected"]
    reason: Words | None = None
    validation_details: Any = None
    original_amount: Money | None = None
    discount_amount: Money | None = None
    final_amount: Money | None = None
    store_id: Id | None = None
    brand_id: Id | None = None


BODIES: dict[str, tuple[str, type[Record]]] = {"usages": ("usage", BodyUsage), "logs": ("log", BodyLog)}
"""Of each body's only key: the kind its records are, and their model."""


def json_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema (2020-12) of each event kind, and of the roadmap's two bodies, by name."""
    named: dict[str, type[Record]] = {**EVENTS, "body_usage": BodyUsage, "body_log": BodyLog}
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {name: dialect | model.model_json_schema() for name, model in named.items()}
