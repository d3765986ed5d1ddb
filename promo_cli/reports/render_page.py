"""What makes pages of reports' results: the templates, and the words and figures that they use."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from promo_cli.protocol.canonical import decimal_text
from promo_cli.reports import charts
from promo_cli.reports.render_numbers import NUMERIC, Numbers, day_text, intervals
from promo_cli.reports.result import Blank, Section, Value

if TYPE_CHECKING:
    from jinja2 import Environment


def page_environment(numbers: Numbers, package: str | None = None) -> Environment:
    """Return the templates' environment: texts are escaped, and a name that is not there is an error.

    Templates are this room's, and those of `package` in its templates/ folder.
    """
    import jinja2

    loaders = [jinja2.PackageLoader(name) for name in (package, "promo_cli.reports") if name]
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.ChoiceLoader(loaders),
        keep_trailing_newline=True,
    )
    environment.tests["blank"] = lambda value: isinstance(value, Blank)
    environment.globals |= {
        "numbers": numbers,
        "numeric": NUMERIC,
        "text": numbers.cell,
        "bounds": numbers.bounds,
        "day": day_text,
        "shown": lambda section: list(intervals(section)),
        "share": bar_share,
        "sort_key": sort_key,
        "chart_note": charts.note,
    }
    return environment


def bar_share(section: Section, at: int, value: Value) -> Any:
    """Return how long a bar in a table is, from 0 to 100; None where there is none, or the chart has it already."""
    if section.chart and section.chart.kind in ("bar", "funnel") and section.columns[at].name in section.chart.y:
        return None
    values = [row[at] for row in section.rows]
    largest = max((Decimal(each) for each in values if isinstance(each, int | Decimal)), default=Decimal(0))
    if not isinstance(value, int | Decimal) or largest <= 0:
        return None
    return decimal_text(round(max(Decimal(value), Decimal(0)) / largest * 100, 1))


def sort_key(value: Value) -> str:
    """Return what a cell is sorted by; nothing where there is no figure."""
    if isinstance(value, int | Decimal):
        return decimal_text(Decimal(value))
    return value.isoformat() if isinstance(value, dt.date) else ""


def asset(name: str) -> str:
    """Return the text of a file of this room's templates and assets."""
    return (files("promo_cli.reports") / name).read_text(encoding="utf-8")
