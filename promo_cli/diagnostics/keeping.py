"""Findings as plain lists and back, for results that are kept between runs."""

from __future__ import annotations

from typing import Any

from promo_cli.diagnostics.record import (
    Diagnostic,
    Edit,
    Fix,
    Location,
    Position,
    Range,
    Related,
    Scope,
    Severity,
    Suppression,
)


def to_plain(found: Diagnostic) -> dict[str, Any]:
    """The finding as JSON can hold it, without what is not set."""
    plain: dict[str, Any] = {
        "code": found.code,
        "name": found.name,
        "severity": str(found.severity),
        "message": found.message,
        "label": found.label,
        "notes": found.notes,
        "help": found.help,
        "url": found.url,
        "primary": found.primary and _place(found.primary),
        "related": [[_place(other.location), other.message] for other in found.related],
        "fix": found.fix and [found.fix.applicability, [[e.path, _span(e.range), e.content] for e in found.fix.edits]],
        "scope": [found.scope.stores, found.scope.products, found.scope.dates] if found.scope != Scope() else None,
        "suppression": found.suppression and [found.suppression.kind, found.suppression.reason],
    }
    return {name: value for name, value in plain.items() if value is not None and value != () and value != []}


def from_plain(plain: dict[str, Any]) -> Diagnostic:
    """The finding that `to_plain` was given, from what JSON has made of it."""
    made = dict(plain)
    made["severity"] = Severity(made["severity"])
    made["notes"] = tuple(made.get("notes", ()))
    if "primary" in made:
        made["primary"] = _location(made["primary"])
    made["related"] = tuple(Related(_location(place), message) for place, message in made.get("related", ()))
    if "fix" in made:
        kind, edits = made["fix"]
        made["fix"] = Fix(kind, tuple(Edit(path, _range(span), content) for path, span, content in edits))
    if "scope" in made:
        made["scope"] = Scope(*map(tuple, made["scope"]))
    if "suppression" in made:
        made["suppression"] = Suppression(*made["suppression"])
    return Diagnostic(**made)


def _place(place: Location) -> list[Any]:
    return [place.path, place.range and _span(place.range), place.pointer]


def _span(span: Range) -> list[int]:
    return [*span.start, *span.end]


def _location(plain: list[Any]) -> Location:
    path, span, pointer = plain
    return Location(path, span and _range(span), pointer)


def _range(plain: list[int]) -> Range:
    return Range(Position(*plain[:2]), Position(*plain[2:]))
