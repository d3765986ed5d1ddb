"""For code scanning: SARIF 2.1.0 (OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from promo_cli.diagnostics.document import json_text
from promo_cli.diagnostics.explain import explain
from promo_cli.diagnostics.record import Code, Diagnostic, Edit, Fix, Location, Range, Severity, Suppression
from promo_cli.diagnostics.visible import visible

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_KINDS = {"comment": "inSource", "baseline": "external"}


def render(diagnostics: Iterable[Diagnostic], codes: Mapping[str, Code], *, version: str, root_file: str) -> str:
    """One run with the rules that found something; findings about no file are shown at `root_file`.

    `codes` explains the rules, `version` is that of this tool. What is suppressed is there, with why it is.
    """
    found = list(diagnostics)
    used = sorted({one.code for one in found})
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "promo",
                        "semanticVersion": version,
                        "rules": [_rule(code, codes.get(code)) for code in used],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(one, used, root_file) for one in found],
            }
        ],
    }
    return json_text(document)


def _rule(name: str, code: Code | None) -> dict[str, Any]:
    if code is None:
        return {"id": name}
    text = explain(code)
    parts = [text.what, text.why, f"Fix: {text.fix}" if text.fix else ""]
    return {
        "id": code.code,
        "name": code.name,
        "shortDescription": {"text": text.what.partition("\n")[0]},
        "fullDescription": {"text": text.what},
        "help": {"text": "\n\n".join(part for part in parts if part)},
        "defaultConfiguration": {"level": LEVELS[code.severity]},
        "properties": {"tags": [code.code[:3]]},
    }


def _result(found: Diagnostic, used: Sequence[str], root_file: str) -> dict[str, Any]:
    words = [found.message, *found.notes, f"help: {found.help}" if found.help else ""]
    result: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": used.index(found.code),
        "level": LEVELS[found.severity],
        "message": {"text": "\n".join(visible(part) for part in words if part)},
        "locations": [{"physicalLocation": _place(found.primary or Location(root_file))}],
        "partialFingerprints": {"promo/v1": found.fingerprint},
    }
    if found.related:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _place(other.location), "message": {"text": visible(other.message)}}
            for number, other in enumerate(found.related, 1)
        ]
    if found.fix:
        result["fixes"] = [_fix(found.fix, found.help)]
    if found.suppression:
        result["suppressions"] = [_suppression(found.suppression)]
    return result


def _place(place: Location) -> dict[str, Any]:
    where: dict[str, Any] = {"artifactLocation": _file(place.path)}
    return where | {"region": _region(place.range)} if place.range else where


def _file(path: str) -> dict[str, Any]:
    """From the root of the repository, as an URI."""
    return {"uri": quote(path, errors="replace"), "uriBaseId": "%SRCROOT%"}


def _region(span: Range) -> dict[str, int]:
    start, end = span
    return {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}


def _fix(fix: Fix, advice: str | None) -> dict[str, Any]:
    paths = dict.fromkeys(edit.path for edit in fix.edits)
    return {
        "description": {"text": visible(advice or "correct the text")},
        "artifactChanges": [
            {
                "artifactLocation": _file(path),
                "replacements": [_replacement(edit) for edit in fix.edits if edit.path == path],
            }
            for path in paths
        ],
    }


def _replacement(edit: Edit) -> dict[str, Any]:
    return {"deletedRegion": _region(edit.range), "insertedContent": {"text": edit.content}}


def _suppression(why: Suppression) -> dict[str, Any]:
    return {"kind": _KINDS[why.kind]} | ({"justification": visible(why.reason)} if why.reason else {})
