"""What has to be said about a new promotion of each type, and how an answer is read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Set
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from promo_cli.model.base import DAYS, EndOfDay
from promo_cli.pipeline.draft import Tier, Wish

Answers = dict[str, Any]

_PERCENT_DIGITS = 2
"""Numbers this short are percentages where an amount would do as well; `100%` and `5%` say it."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to say: what a person is asked, the flags that say it, and the answer if nobody says anything.

    `flags` are names of wishes, of which one is enough; the first is what a person's answer becomes. Without a default
    the promotion cannot be made; an empty one leaves the wish out.
    """

    words: str
    flags: tuple[str, ...]
    default: str | None = None


_PERCENT = Question("Percent off", ("percent",))
_AMOUNT = Question("Amount off", ("amount",))
_BENEFIT = Question("Percent, or an amount such as 5_000", ("percent", "amount"))
_WHAT = Question("Which products or categories? (ids with commas; empty: everything)", ("products", "categories"), "")
_MINIMUM = Question("From which purchase on? (empty: any)", ("min_purchase",), "")
_METHODS = Question("Payment methods (ids with commas)", ("payment_methods",))

QUESTIONS: dict[str, tuple[Question, ...]] = {
    "percent_discount": (_PERCENT, _WHAT, _MINIMUM),
    "amount_discount": (_AMOUNT, _WHAT, _MINIMUM),
    "buy_x_get_y": (
        Question("Which products or categories? (ids with commas)", ("products", "categories")),
        Question("Buy how many", ("buy",), "2"),
        Question("Get how many free", ("get",), "1"),
    ),
    "combo": (
        Question("Which products together? (ids with commas, two or more)", ("products",)),
        Question("Price of all together", ("price",)),
    ),
    "free_item": (
        Question("Which product is the gift? (id)", ("gift",)),
        Question("From which purchase on? (empty: with a product)", ("min_purchase", "products"), ""),
        Question("With which product? (id)", ("products", "min_purchase")),
    ),
    "happy_hour": (
        Question("Hours, such as 14:00-17:00", ("hours",)),
        Question("Percent off, or an amount off each unit such as 5_000", ("percent", "amount", "price")),
        _WHAT,
    ),
    "cashback": (_BENEFIT, _MINIMUM),
    "payment_discount": (_METHODS, _BENEFIT, _MINIMUM),
    "package": (
        Question(
            "Parts: products, and categories to choose from (ids with commas, two or more)", ("products", "categories")
        ),
        Question("Price of all together", ("price",)),
    ),
    "mix_match": (
        Question("From which category or products? (ids with commas)", ("categories", "products")),
        Question("How many units", ("quantity",), "3"),
        Question("Price of all together", ("price",)),
    ),
    "upsell": (
        Question("With which product? (id)", ("products",)),
        Question("Which product at the special price? (id)", ("offer",)),
        Question("Its special price", ("price",)),
    ),
    "threshold_tier": (
        Question("Steps, such as 100_000:5, 200_000:10 (from amount: percent off)", ("tiers",)),
        _WHAT,
    ),
}
"""What each type needs beside its code, name and days."""


def missing(promo_type: str, answers: Answers) -> list[Question]:
    """The questions that nobody has answered."""
    return [one for one in QUESTIONS[promo_type] if not any(answers.get(flag) for flag in one.flags)]


def answered(question: Question, text: str, categories: Set[str]) -> Answers:
    """What a person's answer says; where two wishes are asked for at once, the answer decides which it is."""
    if {"products", "categories"} <= set(question.flags):
        ids = _ids(text)
        return {
            "products": [one for one in ids if one not in categories],
            "categories": [one for one in ids if one in categories],
        }
    if question.flags[:2] == ("percent", "amount"):
        is_percent = text.endswith("%") or len(text.strip()) <= _PERCENT_DIGITS
        return {"percent" if is_percent else "amount": text}
    return {question.flags[0]: text}


def flag(name: str) -> str:
    """The option that says a wish: `--min-purchase`."""
    return f"--{_FLAGS.get(name, name).replace('_', '-')}"


_FLAGS = {
    "products": "product",
    "categories": "category",
    "brands": "brand",
    "payment_methods": "payment",
    "tiers": "tier",
}


def wish_of(answers: Answers) -> Wish:
    """The wish that texts say. Raises ValueError that names the flag and what was expected."""
    said: dict[str, Any] = {}
    for name, answer in answers.items():
        if answer:
            try:
                said[name] = READERS[name](answer)
            except (ValueError, InvalidOperation):
                raise ValueError(f"{flag(name)}: expected {_EXPECTED.get(name, 'an id')}, found {answer!r}") from None
    return Wish(**said)


def _number(text: str) -> Decimal:
    if not re.fullmatch(r"[0-9]+(_[0-9]+)*(\.[0-9]+)?%?", text.strip()):
        raise ValueError(text)
    return Decimal(text.strip().rstrip("%").replace("_", ""))


def _count(text: str) -> int:
    return int(text)


def _ids(text: str | list[str]) -> tuple[str, ...]:
    parts = text if isinstance(text, list) else [text]
    return tuple(dict.fromkeys(one.strip() for part in parts for one in part.split(",") if one.strip()))


def _days(text: str) -> tuple[int, ...]:
    return tuple(sorted({DAYS.index(day.strip().lower()[:3]) + 1 for day in text.split(",") if day.strip()}))


def _hours(text: str) -> tuple[dt.time, dt.time]:
    begin, end = text.replace(" ", "").split("-")
    return _time(begin), EndOfDay() if end in ("24", "24:00") else _time(end)


def _time(text: str) -> dt.time:
    hour, _, minute = text.partition(":")
    return dt.time(int(hour), int(minute or 0))


def _tiers(text: str | list[str]) -> tuple[Tier, ...]:
    return tuple(Tier(*(_number(part) for part in one.split(":"))) for one in _ids(text))


def _word(text: str) -> str:
    return text.strip()


READERS: dict[str, Callable[[Any], Any]] = {
    "name": _word,
    "owner": _word,
    "start": dt.date.fromisoformat,
    "end": dt.date.fromisoformat,
    "hours": _hours,
    "days": _days,
    "categories": _ids,
    "products": _ids,
    "brands": _ids,
    "percent": _number,
    "amount": _number,
    "price": _number,
    "min_purchase": _number,
    "buy": _count,
    "get": _count,
    "quantity": _count,
    "gift": _word,
    "offer": _word,
    "payment_methods": _ids,
    "tiers": _tiers,
}
"""How the text of each wish is read."""

_EXPECTED = {
    "start": "a day such as 2026-02-28",
    "end": "a day such as 2026-02-28",
    "hours": "hours such as 14:00-17:00",
    "days": "days such as sat,sun",
    "percent": "a number such as 20 or 12.5",
    "amount": "an amount such as 25000 or 12.50",
    "price": "an amount such as 25000 or 12.50",
    "min_purchase": "an amount such as 25000 or 12.50",
    "buy": "a whole number",
    "get": "a whole number",
    "quantity": "a whole number",
    "tiers": "steps such as 100_000:5",
}
