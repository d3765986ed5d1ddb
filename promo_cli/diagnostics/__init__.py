"""The one diagnostic record and its renderers.

A finding is a `Diagnostic`; every code it may carry is declared once as a `Code` in the `codes` module of the room
that reports it. Renderers are pure functions from diagnostics to text, one file each.
"""

from promo_cli.diagnostics.record import (
    Code,
    Diagnostic,
    Edit,
    Failure,
    Fix,
    Location,
    Position,
    Range,
    Related,
    Scope,
    Severity,
    Suppression,
    sort_key,
)

__all__ = [
    "Code",
    "Diagnostic",
    "Edit",
    "Failure",
    "Fix",
    "Location",
    "Position",
    "Range",
    "Related",
    "Scope",
    "Severity",
    "Suppression",
    "sort_key",
]
