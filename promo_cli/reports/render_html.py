"""A report as one HTML file: styles and charts inside, nothing to fetch and nothing to run."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files
from typing import Any

from promo_cli.reports import charts, charts_draw
from promo_cli.reports.render_numbers import (
    NUMERIC,
    Numbers,
    day_text,
    intervals,
    numbers_of,
    unit_of,
)
from promo_cli.reports.render_words import completeness_lines
from promo_cli.reports.result import Blank, ReportResult, Section, Value

DESK, PHONE = 760, 330
"""Widths of charts in pixels; the page shows the one that fits."""


def render_html(result: ReportResult) -> str:
    """Return the page; the same report gives the same text."""
    import jinja2
    from markupsafe import Markup

    numbers = numbers_of(result)
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.tests["blank"] = lambda value: isinstance(value, Blank)
    drawings = {section.name: [Markup(text) for text in _drawn(section, numbers)] for section in result.sections}  # noqa: S704 -- drawn by us, texts in it escaped
    return (
        environment.from_string(asset("templates/report.html.jinja")).render(
            result=result,
            numbers=numbers,
            numeric=NUMERIC,
            unit=unit_of(result),
            parts=[
                (depth, found)
                for depth in ("first", "below")
                if (found := [section for section in result.sections if section.depth == depth])
            ],
            drawings=drawings,
            shown=lambda section: list(intervals(section)),
            text=numbers.cell,
            bounds=numbers.bounds,
            share=bar_share,
            day=day_text,
            chart_note=charts.note,
            completeness=list(completeness_lines(result.completeness, numbers)),
            css=Markup(asset("assets/promo.css")),  # noqa: S704 -- our own stylesheet
        )
        + "\n"
    )


def _drawn(section: Section, numbers: Numbers) -> Iterator[str]:
    for width in (DESK, PHONE):
        spec = charts.vega_lite(section, numbers, width=width)
        if spec:
            yield charts_draw.svg(spec, numbers, charts.summary(section, numbers), f"{section.name}-{width}")


def bar_share(section: Section, at: int, value: Value) -> Any:
    """Return how long a bar in a table is, from 0 to 100; None where there is none, or the chart has it already."""
    if section.chart and section.chart.kind in ("bar", "funnel") and section.columns[at].name in section.chart.y:
        return None
    values = [row[at] for row in section.rows]
    largest = max((Decimal(each) for each in values if isinstance(each, int | Decimal)), default=Decimal(0))
    if not isinstance(value, int | Decimal) or largest <= 0:
        return None
    return round(max(Decimal(value), Decimal(0)) / largest * 100, 1).normalize()


def asset(name: str) -> str:
    """Return the text of a file of this room's templates and assets."""
    return (files("promo_cli.reports") / name).read_text(encoding="utf-8")
