"""A section's chart as the pages draw it: bars, heat maps and intervals as lists and tables, the rest for charts.js."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from promo_cli.reports.charts_values import column_of, drawn_rows, in_order_of, is_drawable, place
from promo_cli.reports.render_numbers import Numbers
from promo_cli.reports.result import Section, Value

MOST_BARS = 15


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its series' number, its value in words and its length up to 100, nothing for none."""

    name: str
    series: int
    value: str
    length: str


@dataclass(frozen=True, slots=True)
class Range:
    """An estimate with its interval: places from 0 to 100 on a common line; `zero` is where nothing would be."""

    name: str
    value: str
    bounds: str
    left: str
    width: str
    dot: str
    zero: str


def kind_of(section: Section) -> str:
    """Return how the section is drawn: bars, heat, ranges, plot (by charts.js) or nothing."""
    if section.chart is None:
        return ""
    kinds = {
        "bar": "bars",
        "funnel": "bars",
        "heatmap": "heat",
        "interval": "ranges",
        "line": "plot",
        "scatter": "plot",
    }
    return kinds[section.chart.kind] if is_drawable(section) else ""


def legend(section: Section) -> list[str]:
    """Return the names of the series of bars, if there are several."""
    return list(dict.fromkeys(name for _, name, _, _ in _values(section))) if kind_of(section) == "bars" else []


def bars(section: Section, numbers: Numbers) -> list[Bar]:
    """Return the bars of a section, those of one category side by side; below zero there is no bar."""
    found = _values(section)
    names = list(dict.fromkeys(name for name, *_ in found))[:MOST_BARS]
    series = list(dict.fromkeys(name for _, name, _, _ in found))
    largest = max((value for name, _, value, _ in found if value is not None and name in names), default=Decimal(0))
    return [
        Bar(
            numbers.cell(name, column_of(section, _chart(section).x)),
            series.index(of),
            numbers.cell(shown, column_of(section, of_column)),
            _percent(value, largest),
        )
        for (name, of, value, shown), of_column in zip(found, _columns(section, len(found)), strict=True)
        if name in names
    ]


def heat(section: Section, numbers: Numbers) -> dict[str, Any]:
    """Return a heat map as a table: titles across, then rows of (text, shade from 0 to 100 or nothing)."""
    chart = _chart(section)
    if chart.series is None:
        raise ValueError(f"section {section.name}: a heatmap needs a series")
    x, down, value = (place(section, name) for name in (chart.x, chart.series, chart.y[0]))
    rows = drawn_rows(section)
    names = list(dict.fromkeys(str(row[down]) for row in rows))
    across = in_order_of(list(dict.fromkeys(str(row[x]) for row in rows)), names)
    cells = {(str(row[down]), str(row[x])): row[value] for row in rows}
    largest = max((Decimal(each) for each in cells.values() if isinstance(each, int | Decimal)), default=Decimal(0))
    column = column_of(section, chart.y[0])
    return {
        "corner": f"{column_of(section, chart.series).title} ↓ {column_of(section, chart.x).title} →",
        "across": across,
        "rows": [
            (
                name,
                [
                    _cell(cells.get((name, each)), largest, numbers.cell(cells.get((name, each)), column))
                    for each in across
                ],
            )
            for name in names
        ],
    }


def ranges(section: Section, numbers: Numbers) -> list[Range]:
    """Return estimates with their intervals on one scale that has zero on it."""
    chart = _chart(section)
    column = column_of(section, chart.y[0])
    ends = column.interval or (column.name, column.name)
    at, low_at, high_at = (place(section, name) for name in (column.name, *ends))
    rows = [row for row in drawn_rows(section) if isinstance(row[at], int | Decimal)]
    known = [_number(row[each]) for row in rows for each in (at, low_at, high_at)]
    low = min([Decimal(0), *(each for each in known if each is not None)])
    high = max([Decimal(0), *(each for each in known if each is not None)])
    span = (high - low) or Decimal(1)

    def on_line(value: Value) -> Decimal:
        return ((_number(value) or Decimal(0)) - low) / span * 100

    found = []
    for row in rows:
        has = _number(row[low_at]) is not None and _number(row[high_at]) is not None
        left, right = (on_line(row[low_at]), on_line(row[high_at])) if has else (on_line(row[at]), on_line(row[at]))
        found.append(
            Range(
                numbers.cell(row[place(section, chart.x)], column_of(section, chart.x)),
                numbers.cell(row[at], column, symbol=True),
                numbers.bounds(row[low_at], row[high_at], column) if column.interval else "",
                *(f"{each:.2f}" for each in (left, right - left, on_line(row[at]), on_line(0))),
            )
        )
    return found


def plot(section: Section, numbers: Numbers) -> dict[str, Any]:
    """Return what charts.js draws of a line or a scatter plot."""
    chart = _chart(section)
    x, y = column_of(section, chart.x), column_of(section, chart.y[0])
    base = {
        "title": section.title,
        "x": {"title": x.title, "type": x.type},
        "y": {"title": y.title if len(chart.y) == 1 else "", "type": y.type},
    }
    if chart.kind == "scatter":
        named = chart.series or next((each.name for each in section.columns if each.type == "text"), chart.x)
        at, x_at, y_at = (place(section, name) for name in (named, chart.x, chart.y[0]))
        return base | {
            "points": [
                [row[x_at], row[y_at], numbers.cell(row[at], column_of(section, named))]
                for row in drawn_rows(section)
                if _number(row[x_at]) is not None and _number(row[y_at]) is not None
            ]
        }
    found = _values(section)
    names = list(dict.fromkeys(name for name, *_ in found))
    series = list(dict.fromkeys(of for _, of, _, _ in found))
    values = {(of, name): value for name, of, value, _ in found}
    if all(isinstance(name, int | Decimal) for name in names):
        names = sorted(names, key=lambda name: Decimal(str(name)))
        xs: list[Any] = list(names)
    else:
        xs = [each.isoformat() if isinstance(each, dt.date) else numbers.cell(each, x) for each in names]
    lines = [{"name": of, "values": [values.get((of, name)) for name in names]} for of in series]
    return base | {"xs": xs, "series": lines}


def _values(section: Section) -> list[tuple[Value, str, Decimal | None, Value]]:
    """Return for each value to draw: its category, its series, the number, and the value as it is."""
    chart = _chart(section)
    x = place(section, chart.x)
    found = []
    for row in drawn_rows(section):
        for name in chart.y:
            column = column_of(section, name)
            series = str(row[place(section, chart.series)]) if chart.series else column.title
            value = row[place(section, name)]
            found.append((row[x], series, _number(value), value))
    return found


def _columns(section: Section, count: int) -> list[str]:
    names = _chart(section).y
    return [names[number % len(names)] for number in range(count)]


def _chart(section: Section) -> Any:
    if section.chart is None:
        raise ValueError(f"section {section.name} has no chart")
    return section.chart


def _cell(value: Value, largest: Decimal, text: str) -> tuple[str, int | None]:
    number = _number(value)
    return (text, None if number is None or largest <= 0 else int(max(number, Decimal(0)) / largest * 100))


def _number(value: Value) -> Decimal | None:
    return Decimal(value) if isinstance(value, int | Decimal) else None


def _percent(value: Decimal | None, largest: Decimal) -> str:
    return f"{value / largest * 100:.2f}" if value is not None and value > 0 and largest > 0 else ""
