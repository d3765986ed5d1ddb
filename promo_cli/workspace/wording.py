"""Plain words for a value that does not fit: what was expected, what was found, and how it would be written."""

from __future__ import annotations

import re
from calendar import monthrange
from decimal import Decimal
from typing import Any, NamedTuple

from promo_cli.workspace.scalars import MAX_DIGITS

LONGEST_SHOWN = 40

_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "string_type": "text",
    "list_type": "a list such as [one, two]",
    "dict_type": "a map of keys and values",
    "model_type": "a map of keys and values",
    "model_attributes_type": "a map of keys and values",
}

_ISO_LIKE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_CLOCK = re.compile(r"(\d{1,2})[:.h](\d{2})(?::\d{2})?")
_CLOCK_12 = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*([ap])\.?m\.?", re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?:[A-Z]{2,3}|[a-z]{2}\.?|[$€£¥])?\s*(\d{1,3}(?:[.,' ]\d{3})+|\d+)\s*(?:%|[A-Z]{3})?", re.IGNORECASE
)
_LONG_DAYS = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
_SHORT_DAYS = {day[:3] for day in _LONG_DAYS}
_TRUE_WORDS = {"true", "yes", "on", "y"}
_FALSE_WORDS = {"false", "no", "off", "n"}


class Repair(NamedTuple):
    """How the value would be written, and whether that is beyond doubt."""

    text: str
    safe: bool


def expectation(kind: str, message: str) -> str | None:
    """What a field takes, completing "expected …": the models' own words, ours for the rest; None without any."""
    if kind == "expected":
        return message.removeprefix("expected ")
    return _EXPECTED.get(kind)


def shown(value: Any) -> str:
    """What was found, as people would say it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value if len(value) <= LONGEST_SHOWN else value[:LONGEST_SHOWN] + "…"}"'
        case list():
            return "a list"
        case dict():
            return "a map"
        case _:
            return str(value)


def repair(what: str, value: Any) -> Repair | None:
    """How `value` would be written where `what` is expected, if that can be told."""
    if what == "text" and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Repair(f'"{value}"', safe=True)
    if what.startswith("a list") and isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        # Quotes around what is not a plain word: `a, b` in brackets would be two.
        text = str(value)
        return Repair(f"[{text}]", safe=True) if re.fullmatch(r"[\w.-]+", text) else None
    if what == "true or false" and isinstance(value, str):
        word = value.strip().lower()
        return (
            Repair("true", word == "true")
            if word in _TRUE_WORDS
            else (Repair("false", word == "false") if word in _FALSE_WORDS else None)
        )
    if what.startswith(("a number", "a whole number")):
        return _number(what, value)
    if what.startswith("a day of the week"):
        short = value[:3].lower() if isinstance(value, str) else ""
        return Repair(short, safe=value.lower() in _LONG_DAYS) if short in _SHORT_DAYS else None
    if what.startswith(("a date", "a day that")):
        return _date(value)
    if what.startswith("a time"):
        return _time(value)
    return None


def _number(what: str, value: Any) -> Repair | None:
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return Repair(str(int(value)), safe=True)
    if not isinstance(value, str):
        return None
    text = value.strip()
    if sum(map(str.isdigit, text)) > MAX_DIGITS:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", text) and ("." not in text or not what.startswith("a whole")):
        return Repair(text, safe=True)
    match = _AMOUNT.fullmatch(text)
    if not match:
        return None
    return Repair("_".join(re.split(r"[.,' ]", match[1])), safe=False)


def _date(value: Any) -> Repair | None:
    if not isinstance(value, str):
        return None
    text = value.strip()
    if match := _ISO_LIKE.fullmatch(text):
        year, month, day = match.groups()
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = match.groups()
        if int(day) <= 12:  # 03/04 is March to some and April to others
            return None
    else:
        return None
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31 and int(year) > 0):
        return None
    last = monthrange(int(year), int(month))[1]
    safe = bool(_ISO_LIKE.fullmatch(text)) and int(day) <= last
    return Repair(f"{year}-{int(month):02}-{min(int(day), last):02}", safe)


def _time(value: Any) -> Repair | None:
    text = f"{value:.2f}" if isinstance(value, Decimal) else f"{value}:00" if isinstance(value, int) else str(value)
    if match := _CLOCK_12.fullmatch(text.strip()):
        hour = int(match[1]) % 12 + (12 if match[3].lower() == "p" else 0)
        minute = int(match[2] or 0)
    elif match := _CLOCK.fullmatch(text.strip()):
        hour, minute = int(match[1]), int(match[2])
    else:
        return None
    if (hour, minute) == (24, 0):
        hour = 0
    if hour > 23 or minute > 59:
        return None
    return Repair(f"{hour:02}:{minute:02}", safe=isinstance(value, str) and ":" in value and hour == int(match[1]))
