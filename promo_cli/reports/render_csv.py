"""One section of a report as CSV (RFC 4180), for spreadsheets: plain numbers, and no text that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from promo_cli.protocol.canonical import decimal_text
from promo_cli.reports.result import Blank, ReportResult, Section, Value

_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "\n")


def render_csv(result: ReportResult, section: str | None = None) -> str:
    """Return a section, by default the first that is a table, with a line of column names and without its total.

    Raises KeyError for a section that the report does not have.
    """
    chosen = section_of(result, section)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in chosen.columns])
    writer.writerows([_cell(value) for value in row] for row in chosen.rows)
    return text.getvalue()


def section_of(result: ReportResult, name: str | None) -> Section:
    """Return the section `name`, by default the first that is a table. Raises KeyError."""
    if name is not None:
        return {each.name: each for each in result.sections}[name]
    return next((each for each in result.sections if not each.figures), result.sections[0])


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Blank):
        return value.value
    if isinstance(value, Decimal):
        return decimal_text(value)
    text = str(value)
    # A leading apostrophe makes a spreadsheet show the text instead of computing it.
    return f"'{text}" if isinstance(value, str) and text.startswith(_RUN_BY_SPREADSHEETS) else text
