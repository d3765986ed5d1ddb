"""What every model shares: strict shapes, and scalars that accept exactly what people write.

Shapes are checked here; whether a value makes sense (a percent above 100, a negative amount) is a rule of
`validation`, so that one wrong number does not hide the other findings in the file. The JSON Schemas carry the
bounds all the same, for editors.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"(\d{2}):(\d{2})(?::(\d{2}))?")


class Strict(BaseModel):
    """A frozen shape without unknown keys. Validators are built on first use: most commands need few of them."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, strict=True)


def nothing() -> Any:
    """The default of a list that is empty unless something is written: made anew, which is quicker than a copy."""
    return Field(default_factory=list, json_schema_extra={"default": []})


def expected(what: str) -> PydanticCustomError:
    """The error of a scalar that is not what its field takes; `what` completes "expected …"."""
    return PydanticCustomError("expected", "expected {what}", {"what": what})


def by_kind(what: str) -> Discriminator:
    """Chooses a union's branch by what was written (Tag "str", "list", "dict"), so that a wrong value is one error."""
    return Discriminator(_kind, custom_error_type="expected", custom_error_message=f"expected {what}")


def _kind(value: Any) -> str | None:
    if isinstance(value, BaseModel):
        return "dict"
    return type(value).__name__ if isinstance(value, str | list | dict) else None


def _number(value: Any) -> Decimal:
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise expected("a number such as 25000 or 12.50, without quotes, units or separators")


def _date(value: Any) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise expected("a day that exists, written year-month-day such as 2026-02-28") from None
    raise expected("a date written year-month-day, such as 2026-02-28")


def _time(value: Any) -> dt.time:
    if isinstance(value, dt.time):
        return value
    if isinstance(value, str) and (match := _TIME.fullmatch(value)):
        hour, minute, second = (int(part or 0) for part in match.groups())
        if hour < 24 and minute < 60 and second < 60:
            return dt.time(hour, minute, second)
    raise expected("a time of day from 00:00 to 23:59, such as 22:00")


class EndOfDay(dt.time):
    """Midnight as the end of a day, written 24:00; equal to 00:00, which is when it is."""


def _end(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    ends = isinstance(value, EndOfDay) or value in ("24:00", "24:00:00")
    return EndOfDay() if ends else read(_time(value))


def _day(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 7:
        return value
    if isinstance(value, str) and value.lower() in DAYS:
        return DAYS.index(value.lower()) + 1
    raise expected("a day of the week: mon, tue, wed, thu, fri, sat, sun, or 1 (Monday) to 7")


def _amount_schema(**bounds: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "number", **bounds})


Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
"""An id: letters, digits, dot, underscore and hyphen, at most 64; unique ignoring case."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
"""Words for people."""

Number = Annotated[Decimal, BeforeValidator(_number), _amount_schema()]
"""An exact decimal."""

Amount = Annotated[Decimal, BeforeValidator(_number), _amount_schema(minimum=0)]
"""Money in major units, exact: 25000 rupiah, 12.50 dollars."""

Percent = Annotated[Decimal, BeforeValidator(_number), _amount_schema(minimum=0, maximum=100)]
"""A percentage with at most two decimals: 20 or 33.33."""

Quantity = Annotated[Decimal, BeforeValidator(_number), _amount_schema(exclusiveMinimum=0)]
"""How many units, or kilograms with at most three decimals."""

Date = Annotated[dt.date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
"""A calendar day, inclusive wherever it bounds a period."""

ClockTime = Annotated[
    dt.time, BeforeValidator(_time), WithJsonSchema({"type": "string", "pattern": r"^\d{2}:\d{2}(:\d{2})?$"})
]
"""The store's wall clock."""

EndTime = Annotated[
    dt.time, WrapValidator(_end), WithJsonSchema({"type": "string", "pattern": r"^\d{2}:\d{2}(:\d{2})?$"})
]
"""The same where something ends, exclusive: 24:00 is midnight."""

Day = Annotated[
    int,
    BeforeValidator(_day),
    WithJsonSchema({"anyOf": [{"enum": list(DAYS)}, {"type": "integer", "minimum": 1, "maximum": 7}]}),
]
"""A day of the week, ISO: Monday is 1."""

AllOr = Annotated[Literal["all"], Tag("str")] | Annotated[list[Id], Tag("list")]
"""The word `all`, or a list of ids."""
