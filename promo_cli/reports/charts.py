"""A section's chart as one Vega-Lite specification, for every rendering: values inside, nothing fetched.

Kinds and what they show are `result.Chart`'s. Colours are those of assets/promo.css in daylight; a page replaces them
by its own through the stylesheet. Figures in the chart are texts made here, and axes have round numbers in a unit that
their title names, so that a chart says the same as its table.
"""

from __future__ import annotations

from decimal import Decimal

from promo_cli.reports import charts_marks
from promo_cli.reports.charts_marks import INK, MOST_BARS, MUTED, RULE
from promo_cli.reports.charts_values import Spec, column_of, drawn_rows, is_drawable, label_of, place
from promo_cli.reports.render_numbers import Numbers
from promo_cli.reports.result import Section

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"

_DRAW = {
    "bar": charts_marks.bars,
    "funnel": charts_marks.bars,
    "line": charts_marks.lines,
    "heatmap": charts_marks.heatmap,
    "interval": charts_marks.intervals,
    "scatter": charts_marks.scatter,
}


def vega_lite(section: Section, numbers: Numbers, *, width: int = 640, font: str = "sans-serif") -> Spec | None:
    """Return the specification of a section's chart, `width` pixels wide; None where there is nothing to draw."""
    if section.chart is None or not is_drawable(section):
        return None
    spec = _DRAW[section.chart.kind](section, section.chart, numbers, width)
    return {
        "$schema": SCHEMA,
        "width": width,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": _config(font),
        **spec,
    }


def note(section: Section) -> str:
    """Return what a chart leaves out; nothing where it shows all."""
    if section.chart and section.chart.kind != "line":
        count = len({row[place(section, section.chart.x)] for row in drawn_rows(section)})
        if count > MOST_BARS and section.chart.kind != "scatter":
            return f"The chart has the first {MOST_BARS} of {count}; the table has all."
    return ""


def summary(section: Section, numbers: Numbers) -> str:
    """Return the chart in words, for who cannot see it: what is drawn, and its lowest and highest value."""
    chart = section.chart
    if chart is None:
        return ""
    column = column_of(section, chart.y[0])
    x = column_of(section, chart.x)
    found = [
        (value, row[place(section, chart.x)])
        for row in drawn_rows(section)
        if isinstance(value := row[place(section, column.name)], int | Decimal)
    ]
    if not found:
        return f"{section.title}: no values."
    (low, low_at), (high, high_at) = min(found, key=lambda each: each[0]), max(found, key=lambda each: each[0])
    lowest, highest = (numbers.cell(each, column, symbol=True) for each in (low, high))
    kind = {"line": "Line chart", "heatmap": "Heat map", "scatter": "Scatter plot", "interval": "Interval chart"}.get(
        chart.kind, "Bar chart"
    )
    places = f"lowest {lowest} at {label_of(low_at, x, numbers)}, highest {highest} at {label_of(high_at, x, numbers)}"
    return f"{kind} of {column.title} by {x.title}, {len(found)} values: {places}. The table has every value."


def _config(font: str) -> Spec:
    return {
        "background": "transparent",
        "font": font,
        "view": {"stroke": None},
        "axis": {
            "labelColor": MUTED,
            "titleColor": MUTED,
            "titleFontWeight": "normal",
            "labelFontSize": 11,
            "titleFontSize": 11,
            "gridColor": RULE,
            "domainColor": RULE,
            "tickColor": RULE,
            "labelPadding": 6,
            "ticks": False,
        },
        "axisY": {"domain": False, "labelColor": INK},
        "legend": {"labelColor": INK, "labelFontSize": 11},
        "text": {"fontSize": 11},
    }
