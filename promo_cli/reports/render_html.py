"""A report as one HTML file: styles and charts inside, nothing to fetch and nothing to run."""

from __future__ import annotations

from collections.abc import Iterator

from promo_cli.reports import charts, charts_draw
from promo_cli.reports.render_numbers import Numbers, numbers_of, unit_of
from promo_cli.reports.render_page import asset, page_environment
from promo_cli.reports.render_words import completeness_lines
from promo_cli.reports.result import ReportResult, Section

DESK, PHONE = 760, 330
"""Widths of charts in pixels; the page shows the one that fits."""


def render_html(result: ReportResult) -> str:
    """Return the page; the same report gives the same text."""
    from markupsafe import Markup

    numbers = numbers_of(result)
    # What is drawn is ours, and texts in it are escaped; so is the stylesheet.
    drawings = {section.name: [Markup(text) for text in _drawn(section, numbers)] for section in result.sections}  # noqa: S704
    css = Markup(asset("assets/promo.css"))  # noqa: S704
    depths = [(depth, [each for each in result.sections if each.depth == depth]) for depth in ("first", "below")]
    return (
        page_environment(numbers)
        .get_template("report.html.jinja")
        .render(
            result=result,
            unit=unit_of(result),
            depths=[(depth, sections) for depth, sections in depths if sections],
            drawings=drawings,
            completeness=list(completeness_lines(result.completeness, numbers)),
            css=css,
        )
    )


def _drawn(section: Section, numbers: Numbers) -> Iterator[str]:
    for width in (DESK, PHONE):
        spec = charts.vega_lite(section, numbers, width=width)
        if spec:
            yield charts_draw.svg(spec, numbers, charts.summary(section, numbers), f"{section.name}-{width}")
