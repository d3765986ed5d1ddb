"""Made-up reports for the tests of renderings: every type of column, every kind of chart, every kind of blank."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from promo_cli.reports.result import (
    Blank,
    Chart,
    Column,
    Completeness,
    Figure,
    Money,
    ReportResult,
    Row,
    Section,
)

WATERMARK = dt.datetime(2026, 2, 28, 15, 0)  # noqa: DTZ001 -- UTC, as stored
COMPLETE = Completeness(WATERMARK, 22, 22, 2382, 2382, 30545, 0, 1, 2)
STORES = ("Thamrin", "Kemang", "Menteng", "Seminyak")
BRANDS = ("Kopi Teras", "Ayam Juara", "Roti Lembut", "Mie Bahari")

CODE = Column("code", "Promotion", "text")
USES = Column("uses", "Uses", "count", bar=True)
DISCOUNT = Column("discount", "Discount", "amount")
NET = Column("net", "Net of bills", "amount", detail=True)
SHARE = Column("share", "Penetration", "percent")
LIFT = Column("lift", "Incremental net", "amount", interval=("low", "high"), help="against the holdout")
LOW, HIGH = Column("low", "From", "amount"), Column("high", "To", "amount")
DAY = Column("day", "Day", "date")


def report(**changes: Any) -> ReportResult:
    """Return a report with a chart of every kind."""
    settings: dict[str, Any] = {
        "name": "sample",
        "title": "Promotions in February",
        "parameters": {"since": dt.date(2026, 2, 1), "until": dt.date(2026, 2, 28), "brands": ["kopi-teras"]},
        "subtitle": "1 Feb to 28 Feb 2026, Kopi Teras",
        "headline": (
            Figure(USES, 12_840),
            Figure(Column("discount", "Discount given", "amount"), 184_250_000),
            Figure(LIFT, 402_000_000, 310_500_000, 493_500_000),
            Figure(Column("roi", "Return on investment", "ratio"), Decimal("1.84")),
        ),
        "sections": (promotions(), days(), brands(), effects(), journey(), stores(), typed()),
        "caveats": ("Net is not incremental: many would have bought anyway.", "Staff meals count as bills."),
        "completeness": COMPLETE,
        "as_of": dt.date(2026, 2, 28),
        "money": Money("IDR", 0),
    }
    return ReportResult(**{**settings, **changes})


def promotions() -> Section:
    """Bars, a detail, a total."""
    rows: tuple[Row, ...] = (
        ("WEEKEND20", 4210, 92_450_000, 512_000_000, Decimal("0.548")),
        ("BUNS-3PLUS1", 1830, 21_960_000, 140_000_000, Decimal("0.212")),
        ("FREE-ICED-TEA", 912, 8_208_000, 77_000_000, Decimal("0.094")),
        ("MEMBER-GOLD", 0, 0, 0, None),
    )
    return Section(
        "promotions",
        "By promotion",
        False,
        (CODE, USES, DISCOUNT, NET, SHARE),
        rows,
        ("Total", 6952, 122_618_000, 729_000_000, Decimal("0.401")),
        chart=Chart("bar", "code", ("uses",)),
    )


def days() -> Section:
    """A line over four weeks."""

    def row(number: int) -> Row:
        day = dt.date(2026, 2, 1) + dt.timedelta(days=number)
        uses = 300 + 40 * (number % 7) + (220 if day.weekday() >= 5 else 0)
        return (day, uses, uses * 21_500)

    return Section(
        "days",
        "By day",
        False,
        (DAY, USES, DISCOUNT),
        tuple(row(number) for number in range(28)),
        chart=Chart("line", "day", ("discount",)),
    )


def brands() -> Section:
    """A heat map, with a cell that is suppressed."""

    def rows() -> Iterator[Row]:
        for at, bought in enumerate(BRANDS):
            for number, then in enumerate(BRANDS):
                hidden = at == 3 and number == 1
                yield (bought, then, Blank.SUPPRESSED if hidden else 40 * at + 25 * number + 12)

    columns = (
        Column("first", "Bought first", "text"),
        Column("then", "Then", "text"),
        Column("customers", "Customers", "count"),
    )
    return Section(
        "brands",
        "Who buys at two brands",
        False,
        columns,
        tuple(rows()),
        depth="below",
        chart=Chart("heatmap", "then", ("customers",), "first"),
        note="Cells under 10 persons are suppressed.",
    )


def effects() -> Section:
    """Estimates with intervals, one without, one that cannot be known."""
    rows: tuple[Row, ...] = (
        ("WEEKEND20", 210_000_000, 160_000_000, 260_000_000),
        ("BUNS-3PLUS1", -12_000_000, -40_000_000, 16_000_000),
        ("FREE-ICED-TEA", Blank.UNDEFINED, None, None),
    )
    return Section(
        "effects",
        "What came on top",
        False,
        (CODE, LIFT, LOW, HIGH),
        rows,
        depth="below",
        chart=Chart("interval", "code", ("lift",)),
        note="Grade A: customers held out at random; Welch's t, 95 %.",
    )


def journey() -> Section:
    """A funnel."""
    rows: tuple[Row, ...] = (("Trigger bought", 2400), ("Benefit offered", 1310), ("Benefit taken", 402))
    columns = (Column("step", "Step", "text"), Column("customers", "Customers", "count"))
    return Section(
        "journey", "From trigger to benefit", False, columns, rows, chart=Chart("funnel", "step", ("customers",))
    )


def stores() -> Section:
    """A scatter plot."""
    columns = (
        Column("store", "Store", "text"),
        Column("bills", "Bills", "count"),
        Column("discount", "Discount", "amount"),
    )
    rows: tuple[Row, ...] = tuple(
        (store, 400 + 310 * at, 9_100_000 + 3_700_000 * at) for at, store in enumerate(STORES)
    )
    return Section(
        "stores", "Stores", False, columns, rows, depth="below", chart=Chart("scatter", "bills", ("discount",))
    )


def typed() -> Section:
    """A single row of key figures, one of each type."""
    columns = (
        Column("first_day", "First use", "date"),
        Column("uses", "Uses", "count"),
        Column("average", "Average bill", "amount", derived=True),
        Column("rate", "Take rate", "percent"),
        Column("factor", "Return on investment", "ratio"),
        Column("hours", "Hours to convert", "number"),
        Column("new", "New customers", "count"),
        Column("cac", "Cost of a new customer", "amount"),
    )
    row: Row = (
        dt.date(2026, 2, 1),
        6952,
        Decimal("88412.55"),
        Decimal("0.3125"),
        Decimal("1.84"),
        Decimal("12.5"),
        None,
        Blank.UNDEFINED,
    )
    return Section("key", "Key figures", True, columns, (row,), depth="below")
