"""Amounts and discounts in words that a cashier can read out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from promo_cli.pricing.money import fraction

Money = Callable[[int], str]
"""Writes minor units as money."""

_SIGNS = {"IDR": "Rp ", "USD": "$"}
_KEPT = 100_000


class Currency:
    """Amounts of one currency, in major units and in words. What it was asked for last is kept."""

    __slots__ = ("_both", "_major", "_scale", "_sign", "code", "exponent")

    def __init__(self, code: str, exponent: int) -> None:
        self.code = code
        self.exponent = exponent
        self._scale: int = 10**exponent
        self._sign = _SIGNS.get(code, f"{code} ")
        self._major: dict[int, Decimal] = {}
        self._both: dict[int, tuple[str, int | Decimal]] = {}

    def major(self, minor: int) -> int | Decimal:
        """Return minor units as the number receipts carry, as `money.major`."""
        if minor % self._scale == 0:
            return minor // self._scale
        kept = self._major.get(minor)
        if kept is None:
            if len(self._major) >= _KEPT:
                self._major.clear()
            kept = self._major[minor] = fraction(minor, self.exponent)
        return kept

    def say(self, minor: int) -> str:
        """Return minor units as people write money: `Rp 10,000`, `$12.50`, `KWD 1.250`."""
        return self.both(minor)[0]

    def both(self, minor: int) -> tuple[str, int | Decimal]:
        """Return minor units as people write money, and in major units."""
        both = self._both.get(minor)
        if both is None:
            if len(self._both) >= _KEPT:
                self._both.clear()
            both = self._both[minor] = (self._sign + number(minor, self.exponent), self.major(minor))
        return both


def number(minor: int, exponent: int) -> str:
    """Return minor units as a number in major ones: `10,000`, `12.50`."""
    whole, rest = divmod(minor, 10**exponent)
    return f"{whole:,}" + (f".{rest:0{exponent}d}" if exponent else "")


def percent(hundredths: int) -> str:
    """Return hundredths of a percent as people write it: 20%, 33.33%."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}%" if not rest else f"{whole}.{rest:02d}".rstrip("0") + "%"
