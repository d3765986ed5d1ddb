"""For editors and grep: one line per finding."""

from __future__ import annotations

from collections.abc import Iterable

from promo_cli.diagnostics.record import Diagnostic
from promo_cli.diagnostics.visible import visible


def render(diagnostics: Iterable[Diagnostic]) -> str:
    """`path:line:column: severity[CODE] message`, with help where there is any."""
    return "".join(f"{visible(_line(found))}\n" for found in diagnostics)


def _line(found: Diagnostic) -> str:
    place = found.primary
    address = ""
    if place is not None:
        line, column = place.range.start if place.range else (1, 1)
        address = f"{place.path}:{line}:{column}: "
    advice = f" (help: {found.help})" if found.help else ""
    return f"{address}{found.severity}[{found.code}] {found.message}{advice}"
