"""A section's chart as one of Excel's own, beside the table whose cells it shows."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from promo_cli.reports.charts_marks import MOST_BARS, MUTED, RULE, SERIES, SHADES
from promo_cli.reports.charts_values import column_of, place
from promo_cli.reports.result import Section

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

_KINDS: dict[str, dict[str, str]] = {
    "bar": {"type": "bar"},
    "funnel": {"type": "bar"},
    "line": {"type": "line"},
    "interval": {"type": "bar"},
    "scatter": {"type": "scatter"},
}


def add_chart(book: Workbook, sheet: Worksheet, section: Section, first: int, last: int) -> None:
    """Add what the section's chart says, over the rows `first` to `last`; a heat map colours the cells themselves.

    Excel has no chart whose series are rows of one column, so that a chart with `series` stays a table.
    """
    chart = section.chart
    if chart is None or not section.rows:
        return
    if chart.kind == "heatmap":
        at = place(section, chart.y[0])
        scale = {"type": "2_color_scale", "min_color": SHADES[0], "max_color": "#6aaea5"}
        sheet.conditional_format(first, at, last, at, scale)
        return
    if chart.series is not None and chart.kind != "scatter":
        return
    made = book.add_chart(_KINDS[chart.kind])
    shown = last if chart.kind in ("line", "scatter") else min(last, first + MOST_BARS - 1)
    for number, name in enumerate(chart.y):
        at = place(section, name)
        made.add_series(
            {
                "name": [sheet.name, first - 1, at],
                "categories": [sheet.name, first, place(section, chart.x), shown, place(section, chart.x)],
                "values": [sheet.name, first, at, shown, at],
                **_style(section, number, shown - first + 1),
            }
        )
    made.set_title({"name": section.title, "overlay": False, "name_font": {"size": 12, "bold": True}})
    made.set_legend({"position": "top"} if len(chart.y) > 1 else {"none": True})
    quiet: dict[str, Any] = {"line": {"none": True}, "num_font": {"color": MUTED}}
    grid = {"major_gridlines": {"visible": True, "line": {"color": RULE, "width": 0.75}}}
    if chart.kind in ("bar", "funnel", "interval"):
        made.set_y_axis({**quiet, "reverse": True, "label_position": "low"})
        made.set_x_axis({**quiet, **grid})
    else:
        made.set_y_axis({**quiet, **grid})
        made.set_x_axis(
            {
                **quiet,
                "label_position": "low",
                "name": "" if chart.kind == "line" else column_of(section, chart.x).title,
            }
        )
    made.set_size({"width": 640, "height": max(300, 26 * (shown - first + 1) + 90) if chart.kind != "line" else 320})
    sheet.insert_chart(
        3, len(section.columns) + 1, made, {"description": f"{section.title}, chart of the table beside it"}
    )


def _style(section: Section, number: int, count: int) -> dict[str, Any]:
    chart = section.chart
    colour = SERIES[number % len(SERIES)]
    if chart is None or chart.kind in ("bar", "funnel"):
        return {"fill": {"color": colour}, "gap": 40, "data_labels": {"value": True}}
    if chart.kind == "line":
        return {"line": {"color": colour, "width": 2}, "smooth": False}
    if chart.kind == "scatter":
        return {"marker": {"type": "circle", "size": 7, "fill": {"color": colour}, "border": {"none": True}}}
    return {"fill": {"color": colour, "transparency": 55}, "gap": 60, "x_error_bars": _errors(section, count)}


def _errors(section: Section, count: int) -> dict[str, Any]:
    column = column_of(section, section.chart.y[0]) if section.chart else None
    if column is None or column.interval is None:
        return {"type": "fixed", "value": 0}
    at, low, high = (place(section, name) for name in (column.name, *column.interval))

    def away(row: Any, end: int) -> float:
        if not isinstance(row[at], int | Decimal) or not isinstance(row[end], int | Decimal):
            return 0
        return float(abs(Decimal(row[end]) - Decimal(row[at])))

    rows = section.rows[:count]
    return {
        "type": "custom",
        "plus_values": [away(row, high) for row in rows],
        "minus_values": [away(row, low) for row in rows],
        "line": {"color": MUTED},
    }
