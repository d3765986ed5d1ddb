"""What a report says, before it is rendered in any form. A renderer needs to know nothing else.

In the order of reading: `title` and `subtitle`; the `headline`, a few figures; `caveats`, of which the first matters
most and belongs beside the headline; the sections of depth "first"; then those of depth "below"; the remaining caveats;
`completeness`. Sections and rows are sorted already: keep their order.

Values: amounts are exact and in major units, a percent is a share from 0 to 1, days are days, everything else is text.
None is "n/a": it cannot be known from this data. A `Blank` says why there is no figure although there could be one.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal


class Blank(enum.Enum):
    """Why a cell is empty: `suppressed` to protect persons, or `undefined` because its denominator may be zero."""

    SUPPRESSED = "suppressed"
    UNDEFINED = "undefined"


Value = str | int | Decimal | dt.date | Blank | None
Row = tuple[Value, ...]

ColumnType = Literal["text", "date", "count", "amount", "percent", "number", "ratio"]
COLUMN_TYPES: tuple[ColumnType, ...] = ("text", "date", "count", "amount", "percent", "number", "ratio")

Depth = Literal["first", "below"]
DEPTHS: tuple[Depth, ...] = ("first", "below")

ChartKind = Literal["bar", "line", "heatmap", "interval", "funnel", "scatter"]
CHART_KINDS: tuple[ChartKind, ...] = ("bar", "line", "heatmap", "interval", "funnel", "scatter")

FINAL_SHARE = Decimal("0.98")
"""Below this share of what should have arrived, figures are provisional."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `amount` is money in major units, `percent` a share from 0 to 1, `ratio` a factor such as 1.8.

    A `detail` is left out where there is little room; a `bar` is drawn beside a value where bars can be drawn. A
    `derived` amount, such as an average, has more decimals than money has, and is shown with as many as the others.
    `interval` names the two columns that hold the ends of this one's 95 % interval; those are shown with it, as in
    "120 (90 to 150)", and not as columns of their own where that is possible.
    """

    name: str
    title: str
    type: ColumnType
    help: str = ""
    detail: bool = False
    bar: bool = False
    derived: bool = False
    interval: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """How a section is drawn, by names of its columns.

    `y` has one column or several of one unit; `series` splits rows into lines or colours. A heatmap is `x` by `series`,
    coloured by `y`; an interval is `y` with its column's `interval` for each `x`; a funnel is `y` falling along `x`.
    """

    kind: ChartKind
    x: str
    y: tuple[str, ...]
    series: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a report, or with `figures` a single row of key figures. `total` sums up the table, if anything.

    `note` is one line under the title: the method, the denominator, or why the table is empty.
    """

    name: str
    title: str
    figures: bool
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    depth: Depth = "first"
    chart: Chart | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the headline; `low` and `high` are the ends of its 95 % interval, where it has one."""

    column: Column
    value: Value
    low: Value = None
    high: Value = None


@dataclass(frozen=True, slots=True)
class Money:
    """The currency of all amounts (ISO 4217), and how many decimals it has."""

    code: str
    places: int


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of what happened the figures know. Moments are UTC.

    `watermark` is the newest event of the store that has been silent longest. `closed_bills` counts bills in the day
    closes of tills, `closed_bills_here` those of them that have arrived. `numbered` counts the lines that tills have
    numbered, `missing` those of them that have not arrived. `over` tells whether stores have been heard of on the last
    day that was asked for, or later. `final_share` is the least share that may be called final.
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
    over: bool = True
    final_share: Decimal = FINAL_SHARE

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
        return self.over and self.share >= self.final_share


@dataclass(frozen=True, slots=True)
class ReportResult:
    """A report: what it says, what to keep in mind when reading it, and how complete it is.

    `parameters` are those that were given; `subtitle` says the same in words. `as_of` is the last business day that
    was looked at. `caveats` begin with "Provisional: …" when the figures may not be called final.
    """

    name: str
    title: str
    parameters: Mapping[str, object]
    sections: tuple[Section, ...]
    caveats: tuple[str, ...]
    completeness: Completeness
    subtitle: str = ""
    headline: tuple[Figure, ...] = ()
    as_of: dt.date | None = None
    money: Money | None = None

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
