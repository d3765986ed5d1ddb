"""A report as one JSON document, for programs. Amounts are exact numbers in major units, a percent is a share of 1."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from promo_cli.protocol import canonical
from promo_cli.reports.result import Blank, Column, Completeness, Figure, ReportResult, Row, Section

SCHEMA = "promo.report/1"


def as_document(result: ReportResult) -> dict[str, Any]:
    """Return the report as JSON values; rows are objects by column name.

    What cannot be known is null. Where a figure is withheld, `blanks` of its section says why.
    """
    return {
        "schema": SCHEMA,
        "report": result.name,
        "title": result.title,
        "subtitle": result.subtitle,
        "parameters": {name: _plain(value) for name, value in result.parameters.items()},
        "as_of": _plain(result.as_of),
        "currency": {"code": result.money.code, "exponent": result.money.places} if result.money else None,
        "headline": [_figure(figure) for figure in result.headline],
        "sections": [_section(section) for section in result.sections],
        "caveats": list(result.caveats),
        "completeness": _completeness(result.completeness),
    }


def render_json(result: ReportResult) -> str:
    """Return the report as canonical JSON text."""
    return canonical.dumps(as_document(result)).decode()


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        **_column(figure.column),
        "value": _plain(figure.value),
        "low": _plain(figure.low),
        "high": _plain(figure.high),
        "blank": figure.value.value if isinstance(figure.value, Blank) else None,
    }


def _section(section: Section) -> dict[str, Any]:
    chart = section.chart
    return {
        "name": section.name,
        "title": section.title,
        "note": section.note,
        "depth": section.depth,
        "chart": {"kind": chart.kind, "x": chart.x, "y": list(chart.y), "series": chart.series} if chart else None,
        "columns": [_column(each) for each in section.columns],
        "rows": [_record(section, row) for row in section.rows],
        "total": _record(section, section.total) if section.total else None,
        "blanks": [
            {"row": number, "column": column.name, "why": value.value}
            for number, row in enumerate(section.rows)
            for column, value in zip(section.columns, row, strict=True)
            if isinstance(value, Blank)
        ],
    }


def _record(section: Section, row: Row) -> dict[str, Any]:
    return {column.name: _plain(value) for column, value in zip(section.columns, row, strict=True)}


def _column(column: Column) -> dict[str, Any]:
    found = {"name": column.name, "title": column.title, "type": column.type}
    return found | ({"interval": list(column.interval)} if column.interval else {})


def _completeness(found: Completeness) -> dict[str, Any]:
    return {
        "watermark": f"{found.watermark.isoformat(timespec='seconds')}Z" if found.watermark else None,
        "stores_reporting": found.stores_reporting,
        "stores_expected": found.stores_expected,
        "closed_bills": found.closed_bills,
        "closed_bills_here": found.closed_bills_here,
        "numbered": found.numbered,
        "missing": found.missing,
        "quarantined": found.quarantined,
        "duplicate": found.duplicate,
        "over": found.over,
        "share": round(found.share, 6),
        "final": found.is_final,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Blank):
        return None
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return value
