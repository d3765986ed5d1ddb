"""For GitHub Actions: workflow commands, which the pull request shows at the lines they are about.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from promo_cli.diagnostics.record import Diagnostic, Location, Severity
from promo_cli.diagnostics.visible import visible

MOST_SHOWN = 10
"""Annotations of one level that GitHub shows per step; it drops the rest without a word."""

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(diagnostics: Iterable[Diagnostic], text: str) -> str:
    """The findings as `text`, for the log, and then as annotations, with a line about those that GitHub leaves out."""
    live = [found for found in diagnostics if not found.suppressed]
    shown, left = [], 0
    for severity in LEVELS:
        alike = [found for found in live if found.severity is severity]
        shown += alike[:MOST_SHOWN]
        left += len(alike[MOST_SHOWN:])
    more = (
        f"GitHub shows {MOST_SHOWN} annotations of a kind; {left} more findings are in the text above.\n"
        if left
        else ""
    )
    return _inert(text) + commands(shown) + more


def commands(diagnostics: Iterable[Diagnostic]) -> str:
    """One workflow command per finding."""
    return "".join(_command(found) for found in diagnostics)


def _inert(text: str) -> str:
    """The text in a bracket in which the runner obeys nothing: excerpts of files may look like commands.

    The closing word must not be known to who wrote the files; a hash of the text cannot stand in the text.
    """
    token = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"::stop-commands::{token}\n{text.rstrip()}\n::{token}::\n" if text.strip() else ""


def _command(found: Diagnostic) -> str:
    properties = [*_place(found.primary), f"title={_property(f'{found.code} {found.name}')}"]
    message = "\n".join(
        visible(part) for part in (found.message, *found.notes, found.help and f"help: {found.help}") if part
    )
    return f"::{LEVELS[found.severity]} {','.join(properties)}::{_data(message)}\n"


def _place(place: Location | None) -> list[str]:
    if place is None:
        return []
    where = [f"file={_property(place.path)}"]
    if place.range is not None:
        start, end = place.range
        where += [f"line={start.line}", f"endLine={end.line}", f"col={start.column}"]
        # Columns hold only where the range is on one line; theirs is inclusive.
        where += [f"endColumn={max(end.column - 1, start.column)}"] if end.line == start.line else []
    return where


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
