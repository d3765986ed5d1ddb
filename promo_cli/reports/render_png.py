"""The chart of one section as a picture, for slides and messages."""

from __future__ import annotations

from promo_cli.diagnostics import Failure
from promo_cli.reports import charts, charts_draw, codes
from promo_cli.reports.render_numbers import numbers_of
from promo_cli.reports.result import ReportResult


def render_png(result: ReportResult, section: str | None = None) -> bytes:
    """Return the chart of a section, by default of the first that has one.

    Raises KeyError for a section that the report does not have, Failure (CFG606) where there is nothing to draw.
    """
    numbers = numbers_of(result)
    chosen = result.sections if section is None else [{each.name: each for each in result.sections}[section]]
    for each in chosen:
        spec = charts.vega_lite(each, numbers, width=760)
        if spec:
            return charts_draw.png(spec, numbers)
    drawn = [each.name for each in result.sections if charts.vega_lite(each, numbers)]
    advice = f"choose --section {drawn[0]}" if drawn else "take another format, or a period with more in it"
    message = f"expected a section with a chart and values to draw, found none in {section or 'this report'}"
    raise Failure([codes.NOTHING_TO_DRAW.at(None, message, help=advice)], 1)
