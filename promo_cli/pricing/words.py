"""Amounts and discounts in words that a cashier can read out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

Money = Callable[[int], str]
"""Writes minor units as money."""

_SIGNS = {"IDR": "Rp ", "USD": "$"}
_KEPT: Final = 100_000
_SMALL: Final = 250_000

_small_of: dict[int, list[Decimal | None]] = {}
"""By exponent, small amounts in major units by their place: quicker than any dict, and a receipt asks fifty times."""


class Currency:
    """Amounts of one currency, in major units and in words. What it was asked for last is kept."""

    __slots__ = ("_said", "_scale", "_sign", "_small", "_units", "code", "exponent")

    def __init__(self, code: str, exponent: int) -> None:
        self.code = code
        self.exponent = exponent
        self._scale: int = 10**exponent
        self._sign = _SIGNS.get(code, f"{code} ")
        if exponent not in _small_of:
            _small_of[exponent] = [None] * (_SMALL if exponent else 0)
        self._small = _small_of[exponent]
        self._units = [Decimal(f"1E-{places}") for places in range(exponent + 1)]
        self._said: dict[int, str] = {}

    def major(self, minor: int) -> int | Decimal:
        """Return minor units as the number receipts carry, as `money.major`, in the context `money.EXACT` alone."""
        if minor % self._scale == 0:
            return minor // self._scale
        if not 0 < minor < _SMALL:
            return self._fraction(minor)
        small = self._small[minor]
        if small is None:
            small = self._small[minor] = self._fraction(minor)
        return small

    def _fraction(self, minor: int) -> Decimal:
        places = self.exponent
        while minor % 10 == 0:
            minor //= 10
            places -= 1
        return self._units[places] * minor

    def say(self, minor: int) -> str:
        """Return minor units as people write money: `Rp 10,000`, `$12.50`, `KWD 1.250`."""
        said = self._said.get(minor)
        if said is None:
            if len(self._said) >= _KEPT:
                self._said.clear()
            said = self._said[minor] = self._sign + number(minor, self.exponent)
        return said


def number(minor: int, exponent: int) -> str:
    """Return minor units as a number in major ones: `10,000`, `12.50`."""
    whole, rest = divmod(minor, 10**exponent)
    return f"{whole:,}" + (f".{rest:0{exponent}d}" if exponent else "")


def percent(hundredths: int) -> str:
    """Return hundredths of a percent as people write it: 20%, 33.33%."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}%" if not rest else f"{whole}.{rest:02d}".rstrip("0") + "%"
