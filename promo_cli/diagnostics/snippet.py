"""An excerpt of a file with marks under what is meant, as rustc and ruff draw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from promo_cli.diagnostics.record import Range
from promo_cli.diagnostics.visible import BLUE, ELLIPSIS, cells, paint, visible

CONTEXT = 24
"""Cells kept before the first mark when a long line is cut."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to underline and what to write beside it; the primary one gets carets in its own style."""

    range: Range
    label: str
    primary: bool
    style: str


_Signs = dict[int, tuple[str, str]]
"""What stands in which column, and its style."""


@dataclass(frozen=True, slots=True)
class _Span:
    """A mark on one line, in terminal cells."""

    start: int
    end: int
    mark: Mark


def draw(lines: Sequence[str], marks: Sequence[Mark], gutter: int, width: int, colour: bool) -> list[str]:
    """The lines that carry marks, each with its number and its marks below; gaps between them are shown."""
    numbers = sorted({mark.range.start.line for mark in marks if mark.range.start.line <= len(lines)})
    bar = paint(" " * gutter + " |", BLUE, colour)
    drawn = [bar]
    before = None
    for number in numbers:
        if before is not None and number == before + 2:
            drawn.append(_source(lines[number - 2], number - 1, gutter, width, colour))
        elif before is not None and number > before + 1:
            drawn.append(paint("...", BLUE, colour))
        here = [mark for mark in marks if mark.range.start.line == number]
        drawn += _marked(lines[number - 1], number, here, gutter, width, colour)
        before = number
    return drawn


def _source(line: str, number: int, gutter: int, width: int, colour: bool) -> str:
    shown = cut(line, 0, width)[0]
    return f"{paint(f'{number:>{gutter}} |', BLUE, colour)} {shown}".rstrip()


def _marked(line: str, number: int, marks: Sequence[Mark], gutter: int, width: int, colour: bool) -> list[str]:
    spans = sorted((_span(line, mark) for mark in marks), key=lambda span: (span.start, span.mark.primary))
    shown, shift = cut(line, spans[0].start, width)
    spans = [_Span(_within(s.start - shift, width - 1), _within(s.end - shift, width), s.mark) for s in spans]
    bar = paint(" " * gutter + " |", BLUE, colour)
    head = f"{paint(f'{number:>{gutter}} |', BLUE, colour)} {shown}".rstrip()
    return [head, *(f"{bar} {row}" for row in _rows(spans, colour))]


def _span(line: str, mark: Mark) -> _Span:
    """Where the mark stands in cells; one that runs over lines is marked to the end of its first."""
    widths = [width for _, width in cells(line)]
    start, end = mark.range
    first = min(start.column - 1, len(widths))
    last = min(end.column - 1, len(widths)) if end.line == start.line else len(line.rstrip())
    left = sum(widths[:first])
    return _Span(left, max(left + sum(widths[first:last]), left + 1), mark)


def _within(column: int, width: int) -> int:
    return max(0, min(column, width))


def _rows(spans: Sequence[_Span], colour: bool) -> list[str]:
    """The underlines with the rightmost label beside them, then the other labels, each under its own mark."""
    underline: _Signs = {}
    for span in sorted(spans, key=lambda span: span.mark.primary):
        sign = "^" if span.mark.primary else "-"
        underline.update((column, (sign, span.mark.style)) for column in range(span.start, span.end))
    last = spans[-1]
    rows = [_line(underline | _written(max(underline) + 2, last.mark), colour)]
    waiting = [span for span in spans[:-1] if span.mark.label]
    while waiting:
        stems: _Signs = {span.start: ("|", span.mark.style) for span in waiting}
        rows.append(_line(stems, colour))
        lowest = waiting.pop()
        rows.append(_line(stems | _written(lowest.start, lowest.mark), colour))
    return rows


def _written(column: int, mark: Mark) -> _Signs:
    return {column + index: (char, mark.style) for index, char in enumerate(visible(mark.label))}


def _line(signs: _Signs, colour: bool) -> str:
    """One row of signs by their column, colours switched as seldom as possible."""
    text, column = "", 0
    for (style, _), run in groupby(enumerate(sorted(signs)), lambda item: (signs[item[1]][1], item[1] - item[0])):
        columns = [at for _, at in run]
        text += " " * (columns[0] - column) + paint("".join(signs[at][0] for at in columns), style, colour)
        column = columns[-1] + 1
    return text.rstrip()


def cut(line: str, first: int, width: int) -> tuple[str, int]:
    """The part of a line that fits, with the first mark in it, and how many cells were cut off at the left."""
    shown = cells(line)
    total = sum(width for _, width in shown)
    if total <= width:
        return "".join(text for text, _ in shown), 0
    skip = max(0, min(first - CONTEXT, total - width))
    text, at, shift = "", 0, 0
    for char, cell in shown:
        if at < skip:
            shift = at + cell
        elif at - shift < width - 1:
            text += char
        at += cell
    head = ELLIPSIS if shift else ""
    tail = ELLIPSIS if total - shift > width - 1 else ""
    return head + text[len(head) :] + tail, shift
