"""A report as one JSON document, for programs. Amounts are exact numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from promo_cli.protocol import canonical
from promo_cli.reports.result import Blank, Completeness, ReportResult, Row, Section

SCHEMA = "promo.report/1"


def as_document(result: ReportResult) -> dict[str, Any]:
    """Return the report as JSON values; rows are objects by column name."""
    return {
        "schema": SCHEMA,
        "report": result.name,
        "title": result.title,
        "parameters": {name: _plain(value) for name, value in result.parameters.items()},
        "sections": [_section(section) for section in result.sections],
        "caveats": list(result.caveats),
        "completeness": _completeness(result.completeness),
    }


def render_json(result: ReportResult) -> str:
    """Return the report as canonical JSON text."""
    return canonical.dumps(as_document(result)).decode()


def _section(section: Section) -> dict[str, Any]:
    def record(row: Row) -> dict[str, Any]:
        return {column.name: _plain(value) for column, value in zip(section.columns, row, strict=True)}

    return {
        "name": section.name,
        "title": section.title,
        "columns": [{"name": each.name, "title": each.title, "type": each.type} for each in section.columns],
        "rows": [record(row) for row in section.rows],
        "total": record(section.total) if section.total else None,
    }


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
        "share": round(found.share, 6),
        "final": found.is_final,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Blank):
        return value.value
    return value.isoformat() if isinstance(value, dt.date) else value
