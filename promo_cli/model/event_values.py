"""The values that uploads are made of: amounts, quantities, moments and texts, with their bounds and JSON Schemas."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from promo_cli.model.base import expected

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
