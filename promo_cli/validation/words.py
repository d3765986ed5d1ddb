"""Numbers, days and lists as messages show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from promo_cli.model.base import DAYS
from promo_cli.model.settings import Currency

MOST_LISTED = 3


def money(amount: Decimal, currency: Currency) -> str:
    """`IDR 50,000`, `USD 12.50`; more decimals than the currency has are shown, for they are the finding."""
    digits = max(currency.exponent, -int(amount.normalize().as_tuple().exponent))
    return f"{currency.code} {amount:,.{digits}f}"


def number(value: Decimal) -> str:
    """Without trailing zeros or exponent: 20, 33.33."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def written(value: Decimal) -> str:
    """As people write it in a file, from 1,000 on in groups of three digits: 20, 200_000."""
    whole, point, rest = number(value).partition(".")
    return f"{int(whole):_}{point}{rest}"


def days(numbers: Sequence[int]) -> str:
    """`sat and sun`."""
    return listed([DAYS[day - 1] for day in sorted(set(numbers))], most=7)


def clock(time: dt.time) -> str:
    """`19:00`."""
    return time.strftime("%H:%M" if not time.second else "%H:%M:%S")


def listed(names: Sequence[str], most: int = MOST_LISTED) -> str:
    """`a`, `a and b`, `a, b and 5 more`."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def either(names: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def several(count: int, word: str) -> str:
    """`1 product`, `3 products`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
