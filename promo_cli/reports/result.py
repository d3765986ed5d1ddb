"""What a report says, before it is rendered in any form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Value = str | int | Decimal | dt.date | None
Row = tuple[Value, ...]

ColumnType = Literal["text", "date", "count", "amount", "percent", "number"]
COLUMN_TYPES: tuple[ColumnType, ...] = ("text", "date", "count", "amount", "percent", "number")


FINAL_SHARE = Decimal("0.98")
"""Below this share of what should have arrived, figures are provisional."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: amounts are in major units, a percent is a share from 0 to 1.

    A `detail` is left out where there is little room; a `bar` is drawn beside a value where bars can be drawn. A
    `derived` amount, such as an average, has more decimals than money has, and is shown with as many as the others.
    """

    name: str
    title: str
    type: ColumnType
    help: str = ""
    detail: bool = False
    bar: bool = False
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a report, or with `figures` a single row of key figures. `total` sums up the table, if anything."""

    name: str
    title: str
    figures: bool
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of what happened the figures know. Moments are UTC.

    `watermark` is the newest event of the store that has been silent longest. `closed_bills` counts bills in the day
    closes of tills, `closed_bills_here` those of them that have arrived. `numbered` counts the lines that tills have
    numbered, `missing` those of them that have not arrived.
    """

    watermark: dt.datetime | None
    stores_reporting: int
    stores_expected: int
    closed_bills: int
    closed_bills_here: int
    numbered: int
    missing: int
    quarantined: int
    duplicate: int

    @property
    def share(self) -> Decimal:
        """The smallest of the shares of stores, of closed bills and of numbered lines that are here, from 0 to 1."""
        return min(
            _share(self.stores_reporting, self.stores_expected),
            _share(self.closed_bills_here, self.closed_bills),
            _share(self.numbered - self.missing, self.numbered),
        )

    @property
    def is_final(self) -> bool:
        """Tell whether the figures may be called final."""
        return self.share >= FINAL_SHARE


@dataclass(frozen=True, slots=True)
class ReportResult:
    """A report's tables, what to keep in mind when reading them, and how complete they are."""

    name: str
    title: str
    parameters: Mapping[str, object]
    sections: tuple[Section, ...]
    caveats: tuple[str, ...]
    completeness: Completeness

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the first section."""
        return self.sections[0].columns

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the first section."""
        return self.sections[0].rows


def _share(part: int, whole: int) -> Decimal:
    return Decimal(part) / whole if whole else Decimal(1)
