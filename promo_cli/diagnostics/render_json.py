"""For programs: one JSON document with every field of every finding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from promo_cli.diagnostics.document import json_text
from promo_cli.diagnostics.record import Diagnostic, Fix, Location, Range
from promo_cli.diagnostics.summary import count

SCHEMA = "promo.diagnostics/1"


def render(diagnostics: Iterable[Diagnostic], *, files: int) -> str:
    """`{schema, diagnostics, summary}`; `files` is how many files were read."""
    found = list(diagnostics)
    document = {
        "schema": SCHEMA,
        "diagnostics": [as_dict(one) for one in found],
        "summary": {**count(found), "files": files},
    }
    return json_text(document)


def as_dict(found: Diagnostic) -> dict[str, Any]:
    """One finding as plain values; lines and columns from 1, ends exclusive."""
    return {
        "code": found.code,
        "name": found.name,
        "severity": str(found.severity),
        "message": found.message,
        "primary": _location(found.primary) | {"label": found.label} if found.primary else None,
        "related": [_location(other.location) | {"message": other.message} for other in found.related],
        "notes": list(found.notes),
        "help": found.help,
        "fix": _fix(found.fix) if found.fix else None,
        "url": found.url,
        "fingerprint": found.fingerprint,
        "scope": {
            "stores": list(found.scope.stores),
            "products": list(found.scope.products),
            "dates": list(found.scope.dates),
        },
        "suppressed": found.suppressed,
        "suppression": {"kind": reason.kind, "reason": reason.reason} if (reason := found.suppression) else None,
    }


def _location(place: Location) -> dict[str, Any]:
    return {"path": place.path, "range": _range(place.range) if place.range else None, "pointer": place.pointer}


def _range(span: Range) -> dict[str, Any]:
    return {name: {"line": at.line, "column": at.column} for name, at in (("start", span.start), ("end", span.end))}


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "applicability": fix.applicability,
        "edits": [{"path": edit.path, "range": _range(edit.range), "content": edit.content} for edit in fix.edits],
    }
