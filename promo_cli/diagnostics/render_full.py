"""For people: each finding with an excerpt of the file, marks, notes, help and the fix as a change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from promo_cli.diagnostics.record import Diagnostic, Location, Severity
from promo_cli.diagnostics.snippet import Mark, cut, draw
from promo_cli.diagnostics.visible import BLUE, BOLD, CYAN, GREEN, RED, YELLOW, paint, visible

WIDTH = 110
"""Cells of source shown of one line."""

STYLES = {Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.INFO: CYAN}

Read = Callable[[str], str | None]
"""Gives the text of a file of the workspace by its path, or None."""


def render(diagnostics: Iterable[Diagnostic], read: Read, *, colour: bool = False, width: int = WIDTH) -> str:
    """All findings, a blank line after each."""
    cache: dict[str, list[str]] = {}

    def lines(path: str) -> list[str]:
        if path not in cache:
            # Only the newlines YAML knows, and no byte-order mark: both would shift the numbering.
            text = (read(path) or "").removeprefix("\ufeff")
            cache[path] = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return cache[path]

    return "".join("\n".join(_one(found, lines, colour, width)) + "\n\n" for found in diagnostics)


def _one(found: Diagnostic, lines: Callable[[str], list[str]], colour: bool, width: int) -> list[str]:
    style = STYLES[found.severity]
    head = paint(f"{found.severity}[{found.code}]", style, colour)
    out = [f"{head}{paint(f': {visible(found.message)}', BOLD, colour)}"]
    gutter = len(str(_last_line(found)))
    drawn = False
    for index, (path, places) in enumerate(_by_file(found).items()):
        arrow = "-->" if index == 0 else ":::"
        out.append(f"{' ' * gutter}{paint(arrow, BLUE, colour)} {visible(_address(places[0][0]))}")
        marks = [
            Mark(place.range, label, primary, style if primary else BLUE)
            for place, label, primary in places
            if place.range is not None
        ]
        if marks:
            out += draw(lines(path), marks, gutter, width, colour)
            drawn = True
    out += _remarks(found, gutter, drawn, colour)
    change = _change(found, lines, gutter, colour, width)
    if change:
        bar = paint(" " * gutter + " |", BLUE, colour)
        out += [bar, *change]
    return out


def _by_file(found: Diagnostic) -> dict[str, list[tuple[Location, str, bool]]]:
    places: dict[str, list[tuple[Location, str, bool]]] = {}
    if found.primary is not None:
        places[found.primary.path] = [(found.primary, found.label or "", True)]
    for other in found.related:
        places.setdefault(other.location.path, []).append((other.location, other.message, False))
    return places


def _address(place: Location) -> str:
    return f"{place.path}:{place.range.start.line}:{place.range.start.column}" if place.range else place.path


def _last_line(found: Diagnostic) -> int:
    places = [found.primary, *(other.location for other in found.related)]
    edits = found.fix.edits if found.fix else ()
    ranges = [place.range for place in places if place and place.range] + [edit.range for edit in edits]
    return max((span.start.line for span in ranges), default=1)


def _remarks(found: Diagnostic, gutter: int, drawn: bool, colour: bool) -> list[str]:
    remarks = [("note", note) for note in found.notes] + ([("help", found.help)] if found.help else [])
    space = " " * gutter
    out = [paint(f"{space} |", BLUE, colour)] if drawn and remarks else []
    for word, text in remarks:
        first, *more = text.split("\n")
        out.append(f"{space} {paint('=', BLUE, colour)} {paint(f'{word}:', BOLD, colour)} {visible(first)}")
        out += [f"{space}   {' ' * len(word)}  {visible(line)}" for line in more]
    return out


def _change(
    found: Diagnostic, lines: Callable[[str], Sequence[str]], gutter: int, colour: bool, width: int
) -> list[str]:
    """The fix as removed and added lines, where it stays within single lines."""
    if found.fix is None or any(edit.range.start.line != edit.range.end.line for edit in found.fix.edits):
        return []
    changed: dict[tuple[str, int], tuple[str, int]] = {}
    for edit in sorted(found.fix.edits, key=lambda edit: edit.range, reverse=True):
        number, first = edit.range.start
        at = (edit.path, number)
        source = lines(edit.path)
        old = changed[at][0] if at in changed else source[number - 1] if number <= len(source) else ""
        changed[at] = (old[: first - 1] + edit.content + old[edit.range.end.column - 1 :], first)
    out = []
    for (path, number), (new, first) in sorted(changed.items()):
        source = lines(path)
        old = source[number - 1] if number <= len(source) else ""
        for sign, text, style in (("-", old, RED), ("+", new, GREEN)):
            if text.strip() or sign == "+":
                lead = paint(f"{number:>{gutter}}", BLUE, colour)
                shown = cut(text, first - 1, width)[0]
                out.append(f"{lead} {paint(f'{sign} {shown}'.rstrip(), style, colour)}")
    return out
