"""Amounts and discounts in words that a cashier can read out."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

Money = Callable[[int], str]
"""Writes minor units as money."""

_SIGNS = {"IDR": "Rp ", "USD": "$"}


@lru_cache
def money_writer(currency: str, exponent: int) -> Money:
    """Return what writes minor units as money: `Rp 10,000`, `$12.50`, `KWD 1.250`."""
    sign = _SIGNS.get(currency, f"{currency} ")

    @lru_cache(maxsize=100_000)
    def write(minor: int) -> str:
        return sign + number(minor, exponent)

    return write


def number(minor: int, exponent: int) -> str:
    """Return minor units as a number in major ones: `10,000`, `12.50`."""
    whole, rest = divmod(minor, 10**exponent)
    return f"{whole:,}" + (f".{rest:0{exponent}d}" if exponent else "")


def percent(hundredths: int) -> str:
    """Return hundredths of a percent as people write it: 20%, 33.33%."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}%" if not rest else f"{whole}.{rest:02d}".rstrip("0") + "%"
