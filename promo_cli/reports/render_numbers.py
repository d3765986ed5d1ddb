"""Figures as people read them: separators, symbol and decimals by the currency, the same in every rendering."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from promo_cli.reports.result import Blank, Column, Figure, ReportResult, Row, Section, Value

NUMERIC = ("count", "amount", "percent", "number", "ratio")
"""Types of columns that are set to the right."""

MISSING = "n/a"

_NO_BREAK = "\N{NO-BREAK SPACE}"
_TO_ENGLISH = (",", ".")
_TO_CONTINENTAL = (".", ",")
# What stands before an amount, and the marks between thousands and before decimals, as the currency's country has them.
_HABITS: dict[str, tuple[str, tuple[str, str]]] = {
    "IDR": (f"Rp{_NO_BREAK}", _TO_CONTINENTAL),
    "VND": (f"VND{_NO_BREAK}", _TO_CONTINENTAL),
    "EUR": ("€", _TO_CONTINENTAL),
    "BRL": (f"R${_NO_BREAK}", _TO_CONTINENTAL),
    "USD": ("$", _TO_ENGLISH),
    "SGD": ("S$", _TO_ENGLISH),
    "MYR": (f"RM{_NO_BREAK}", _TO_ENGLISH),
    "PHP": ("₱", _TO_ENGLISH),
    "THB": ("฿", _TO_ENGLISH),
    "GBP": ("£", _TO_ENGLISH),
    "JPY": ("¥", _TO_ENGLISH),
    "INR": ("₹", _TO_ENGLISH),
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """How figures are written: what stands before amounts, the marks in numbers, and the decimals of amounts."""

    symbol: str
    thousands: str
    point: str
    places: int
    minus: str = "−"

    def plain(self, value: int | Decimal, places: int | None = None) -> str:
        """Return a number with separators, rounded to `places`, by default with the decimals it has."""
        text = f"{Decimal(value):,f}" if places is None else f"{Decimal(value):,.{places}f}"
        return text.translate({ord(","): self.thousands, ord("."): self.point}).replace("-", self.minus)

    def money(self, value: int | Decimal) -> str:
        """Return an amount in major units with its symbol: `Rp 12.500`, `−$0.50`."""
        text = self.plain(value, self.places)
        signed = text.startswith(self.minus)
        return f"{self.minus}{self.symbol}{text.removeprefix(self.minus)}" if signed else f"{self.symbol}{text}"

    def cell(self, value: Value, column: Column, *, symbol: bool = False) -> str:
        """Return what stands in a cell of `column`; amounts have their symbol only where it is asked for."""
        if value is None:
            return MISSING
        if isinstance(value, Blank):
            return value.value
        if not isinstance(value, int | Decimal):
            return value if isinstance(value, str) else value.isoformat()
        if column.type == "percent":
            return f"{self.plain(Decimal(value) * 100, 1)}%"
        if column.type == "ratio":
            return f"{self.plain(value, 2)}×"
        if column.type == "amount":
            return self.money(value) if symbol else self.plain(value, self.places)
        return self.plain(value)

    def figure(self, figure: Figure) -> str:
        """Return a figure of the headline, without its interval."""
        return self.cell(figure.value, figure.column, symbol=True)

    def bounds(self, low: Value, high: Value, column: Column, *, symbol: bool = False) -> str:
        """Return an interval, as in `90 to 150`; nothing where there is none."""
        if low is None or high is None or isinstance(low, Blank) or isinstance(high, Blank):
            return ""
        return f"{self.cell(low, column, symbol=symbol)} to {self.cell(high, column, symbol=symbol)}"


def numbers_of(result: ReportResult) -> Numbers:
    """Return how this report's figures are written on a page.

    Without a currency, amounts have as many decimals as the exact ones among them need.
    """
    if result.money is None:
        return Numbers("", *_TO_ENGLISH, _places_needed(result))
    symbol, marks = _HABITS.get(result.money.code, (f"{result.money.code}{_NO_BREAK}", _TO_ENGLISH))
    return Numbers(symbol, *marks, result.money.places)


def unit_of(result: ReportResult) -> str:
    """Return one line on what amounts are in; nothing where there are none, or no currency is known."""
    amounts = any(column.type == "amount" for section in result.sections for column in section.columns)
    return f"Amounts in {result.money.code}" if result.money and amounts else ""


def intervals(section: Section) -> Iterator[tuple[int, Column, tuple[int, int] | None]]:
    """Yield the columns to show: where each is, and where the ends of its interval are.

    The ends themselves are shown with their estimate and not as columns.
    """
    at = {column.name: index for index, column in enumerate(section.columns)}
    ends = {name for column in section.columns for name in column.interval or ()}
    for index, column in enumerate(section.columns):
        if column.name not in ends:
            yield index, column, (at[column.interval[0]], at[column.interval[1]]) if column.interval else None


def rows_of(section: Section) -> list[Row]:
    """Return all rows, the total last."""
    return [*section.rows, *([section.total] if section.total else [])]


def in_order(result: ReportResult) -> list[Section]:
    """Return the sections in the order of reading."""
    return [section for depth in ("first", "below") for section in result.sections if section.depth == depth]


def day_text(day: dt.date) -> str:
    """Return a day as people write it: `7 Feb 2026`."""
    return f"{day.day} {day:%b %Y}"


def _places_needed(result: ReportResult) -> int:
    amounts = [
        row[at]
        for section in result.sections
        for at, column in enumerate(section.columns)
        if column.type == "amount" and not column.derived
        for row in rows_of(section)
    ]
    needed = max((-int(each.as_tuple().exponent) for each in amounts if isinstance(each, Decimal)), default=0)
    return max(needed, 2) if needed > 0 else 0
