"""For pull requests and step summaries: a table in Markdown, the errors first."""

from __future__ import annotations

import re
from collections.abc import Iterable

from promo_cli.diagnostics.record import Diagnostic, Location, Severity
from promo_cli.diagnostics.summary import sentence
from promo_cli.diagnostics.visible import visible

MOST_ROWS = 200
"""Rows of the table; a step summary of GitHub holds one megabyte."""

SIGNS = {Severity.ERROR: "❌ error", Severity.WARNING: "⚠️ warning", Severity.INFO: "ℹ️ info"}

_ACTIVE = re.compile(r"([\\`*_{}\[\]<>()#|~@!&])")


def render(diagnostics: Iterable[Diagnostic], *, files: int, title: str = "promo validate") -> str:
    """A heading, how many findings there are, and a row for each that counts."""
    found = list(diagnostics)
    live = [one for one in found if not one.suppressed]
    lines = [f"### {title}", "", f"{sentence(found, files)}."]
    rows = [_row(one) for severity in SIGNS for one in live if one.severity is severity]
    if rows:
        lines += ["", "| | where | what | do this |", "|---|---|---|---|", *rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        lines += ["", f"{len(rows) - MOST_ROWS:,} more findings are in the log."]
    return "\n".join(lines) + "\n"


def _row(found: Diagnostic) -> str:
    cells = [f"{SIGNS[found.severity]} {found.code}", _code(_address(found.primary)), found.message, found.help or ""]
    return f"| {cells[0]} | {cells[1]} | {_text(cells[2])} | {_text(cells[3])} |"


def _address(place: Location | None) -> str:
    if place is None:
        return ""
    return f"{place.path}:{place.range.start.line}" if place.range else place.path


def _code(text: str) -> str:
    return f"`{visible(text).replace('`', '').replace('|', chr(92) + '|')}`" if text else ""


def _text(text: str) -> str:
    """Plain words whatever a file has put into them; what we quote in backticks stays code."""
    parts = visible(text).split("`")
    if len(parts) % 2 == 0:
        return _ACTIVE.sub(r"\\\1", visible(text))
    return "".join(_code(part) if index % 2 else _ACTIVE.sub(r"\\\1", part) for index, part in enumerate(parts))
