"""Amounts and discounts in words that a cashier can read out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

Money = Callable[[int], str]
"""Writes minor units as money."""

_SIGNS = {"IDR": "Rp ", "USD": "$"}
_KEPT = 100_000


class Currency:
    """Amounts of one currency, in major units and in words. Words that it was asked for last are kept."""

    __slots__ = ("_said", "_scale", "_sign", "_units", "code", "exponent")

    def __init__(self, code: str, exponent: int) -> None:
        self.code = code
        self.exponent = exponent
        self._scale: int = 10**exponent
        self._sign = _SIGNS.get(code, f"{code} ")
        self._units = [Decimal(f"1E-{places}") for places in range(exponent + 1)]
        self._said: dict[int, str] = {}

    def major(self, minor: int) -> int | Decimal:
        """Return minor units as the number receipts carry, as `money.major`, in the context `money.EXACT` alone.

        A product takes a fifth of the time of a Decimal read from text, and no more than finding one that was kept.
        """
        if minor % self._scale == 0:
            return minor // self._scale
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
