"""How many findings of which weight."""

from __future__ import annotations

from collections.abc import Iterable

from promo_cli.diagnostics.record import Diagnostic, Severity


def count(diagnostics: Iterable[Diagnostic]) -> dict[str, int]:
    """Errors and warnings; what is suppressed does not count."""
    live = [found.severity for found in diagnostics if not found.suppressed]
    return {"errors": live.count(Severity.ERROR), "warnings": live.count(Severity.WARNING)}


def sentence(diagnostics: Iterable[Diagnostic], files: int) -> str:
    """`2 errors and 1 warning in 40 files (3 suppressed)`, or that all is well."""
    diagnostics = list(diagnostics)
    counts = count(diagnostics)
    parts = [_number(counts["errors"], "error")] if counts["errors"] else []
    parts += [_number(counts["warnings"], "warning")] if counts["warnings"] else []
    hidden = sum(found.suppressed for found in diagnostics)
    where = f"in {_number(files, 'file')}" + (f" ({hidden:,} suppressed)" if hidden else "")
    return f"{' and '.join(parts)} {where}" if parts else f"No problems {where}"


def _number(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
