"""What a chart is drawn from: a section's values as plain records, in a unit with short numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from promo_cli.reports.render_numbers import NUMERIC, Numbers
from promo_cli.reports.result import Blank, Chart, Column, Row, Section, Value

Spec = dict[str, Any]

_UNITS = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))


def records_of(section: Section, chart: Chart, numbers: Numbers) -> tuple[list[Spec], str]:
    """Return one record for each value to draw, and what their unit is called."""
    divisor, unit = unit_of(section, chart, numbers)
    x_column = column_of(section, chart.x)
    series = column_of(section, chart.series) if chart.series else None
    records = []
    for row in drawn_rows(section):
        for name in chart.y:
            column = column_of(section, name)
            value = row[place(section, name)]
            x = row[place(section, chart.x)]
            on_axis = chart.kind == "line" and isinstance(x, int | Decimal)
            shown = scaled(x, 1, x_column) if on_axis else label_of(x, x_column, numbers)
            records.append(
                {
                    "x": x.isoformat() if isinstance(x, dt.date) else shown,
                    "y": scaled(value, divisor, column),
                    "series": label_of(row[place(section, series.name)], series, numbers) if series else column.title,
                    "text": numbers.cell(value, column),
                }
            )
    return records, unit


def drawn_rows(section: Section) -> list[Row]:
    """Return the rows that have a place in the section's chart: not those of which it is withheld."""
    names = [name for name in (section.chart.x, section.chart.series) if name] if section.chart else []
    at = [place(section, name) for name in names]
    return [row for row in section.rows if not any(row[each] is None or isinstance(row[each], Blank) for each in at)]


def is_drawable(section: Section) -> bool:
    """Tell whether there is something to draw: a chart of nothing would say that there is nothing."""
    if section.chart is None:
        return False
    rows, names = drawn_rows(section), section.chart.y
    values = [value for row in rows for name in names if isinstance(value := row[place(section, name)], int | Decimal)]
    if section.chart.kind in ("line", "scatter"):
        return len(values) > 1
    return any(values) or (section.chart.kind == "interval" and bool(values))


def in_order_of(names: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return the names, in the order of `others` where they are the same, so that a square's diagonal is one."""
    return list(others) if set(names) == set(others) else list(names)


def unit_of(section: Section, chart: Chart, numbers: Numbers) -> tuple[int, str]:
    """Return the unit of a chart's values."""
    return unit_of_columns(section, [column_of(section, name) for name in chart.y], numbers)


def unit_of_columns(section: Section, columns: Sequence[Column], numbers: Numbers) -> tuple[int, str]:
    """Return what to divide values by so that an axis has short numbers, and what they are then."""
    values = [row[place(section, column.name)] for row in section.rows for column in columns]
    largest = max((abs(Decimal(value)) for value in values if isinstance(value, int | Decimal)), default=Decimal(0))
    divisor, word = next(((size, word) for size, word in _UNITS if largest >= 10 * size), (1, ""))
    kind = columns[0].type
    if kind in ("percent", "ratio"):
        divisor, word = 1, ""
    symbol = numbers.symbol.strip() if kind == "amount" else "%" if kind == "percent" else ""
    unit = " ".join(part for part in (word, symbol) if part)
    title = columns[0].title if len(columns) == 1 else ""
    return divisor, ", ".join(part for part in (title, unit) if part)


def scaled(value: Value, divisor: int, column: Column) -> float | None:
    """Return where a value lies on an axis."""
    if not isinstance(value, int | Decimal):
        return None
    # Only the place on the paper is a binary fraction; texts are made from the exact value.
    return float(round(Decimal(value) * (100 if column.type == "percent" else 1) / divisor, 6))


def label_of(value: Value, column: Column, numbers: Numbers) -> str:
    """Return a value as the name of a category."""
    text = numbers.cell(value, column)
    return text if column.type not in NUMERIC or len(text) < 30 else text[:29] + "…"


def place(section: Section, name: str) -> int:
    """Return where the column `name` is in a row."""
    return next(index for index, column in enumerate(section.columns) if column.name == name)


def column_of(section: Section, name: str) -> Column:
    """Return the column `name`."""
    return section.columns[place(section, name)]
