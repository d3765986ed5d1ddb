"""Amounts and discounts in words that a cashier can read out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from promo_cli.pricing.money import fraction

Money = Callable[[int], str]
"""Writes minor units as money."""

_SIGNS = {"IDR": "Rp ", "USD": "$"}
_SMALL = 250_000
_KEPT = 100_000
_small_of: dict[int, list[Decimal | None]] = {}


def _small(exponent: int) -> list[Decimal | None]:
    """Small amounts in major units by their place, which needs no hashing: a receipt asks for half a hundred."""
    if exponent not in _small_of:
        _small_of[exponent] = [None] * (_SMALL if exponent else 0)
    return _small_of[exponent]


class Currency:
    """Amounts of one currency, in major units and in words. What it was asked for last is kept."""

    __slots__ = ("_both", "_large", "_scale", "_sign", "_small", "code", "exponent")

    def __init__(self, code: str, exponent: int) -> None:
        self.code = code
        self.exponent = exponent
        self._scale: int = 10**exponent
        self._sign = _SIGNS.get(code, f"{code} ")
        self._small = _small(exponent)
        self._large: dict[int, Decimal] = {}
        self._both: dict[int, tuple[str, int | Decimal]] = {}

    def major(self, minor: int) -> int | Decimal:
        """Return minor units as the number receipts carry, as `money.major`."""
        if minor % self._scale == 0:
            return minor // self._scale
        if 0 < minor < _SMALL:
            small = self._small[minor]
            if small is None:
                small = self._small[minor] = fraction(minor, self.exponent)
            return small
        large = self._large.get(minor)
        if large is None:
            if len(self._large) >= _KEPT:
                self._large.clear()
            large = self._large[minor] = fraction(minor, self.exponent)
        return large

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
