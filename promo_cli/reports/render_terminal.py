"""A report for a terminal: what matters first, then tables with bars in 80 columns, then how complete it all is.

Text is cut where there is no room, figures never: a table that is too wide goes on below, with its first column again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from textwrap import wrap

from promo_cli.diagnostics.visible import BOLD, ELLIPSIS, YELLOW, cells, paint, visible
from promo_cli.reports.render_numbers import NUMERIC, Numbers, in_order, intervals, numbers_of, rows_of, unit_of
from promo_cli.reports.render_words import completeness_lines
from promo_cli.reports.result import Column, Figure, ReportResult, Row, Section, Value

WIDTH = 80

_DIM, _GREEN = "\033[2m", "\033[32m"
_BAR_CELLS = 8
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = "▁▂▃▄▅▆▇█"
_GAP = 2
_LEAST_TEXT = 8


@dataclass(frozen=True, slots=True)
class _Shown:
    """A column as it is printed: its title, a text for each row, a bar for each row, and how wide all are."""

    title: str
    texts: tuple[str, ...]
    bars: tuple[str, ...]
    right: bool
    width: int


def render_terminal(result: ReportResult, *, width: int = WIDTH, color: bool = False) -> str:
    """Return the report as text of at most `width` columns; `color` adds terminal colours."""
    numbers = replace(numbers_of(result), minus="-")
    lines = [paint(visible(result.title), BOLD, color)]
    about = " · ".join(part for part in (result.subtitle, unit_of(result)) if part)
    lines += [paint(line, _DIM, color) for line in wrap(visible(about), width)]
    lines += ["", *_headline(result, numbers, width, color)]
    first, *others = [visible(each) for each in result.caveats] or ["Final."]
    lines += [paint(line, "" if result.completeness.is_final else YELLOW, color) for line in wrap(first, width)]
    for section in in_order(result):
        lines += ["", paint(visible(section.title), BOLD, color)]
        lines += [paint(line, _DIM, color) for line in wrap(visible(section.note), width)]
        lines += _sparks(section, numbers, width, color)
        lines += ["", *(_figures if section.figures else _table)(section, numbers, width, color)]
    lines.append("")
    for text in [*others, *completeness_lines(result.completeness, numbers)]:
        lines += wrap(text, width)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _headline(result: ReportResult, numbers: Numbers, width: int, color: bool) -> Iterator[str]:
    if not result.headline:
        return
    titles, values = [], []
    for figure in result.headline:
        value = _whole(figure, numbers)
        title = visible(figure.column.title[:1].upper() + figure.column.title[1:])
        size = max(_size(value), _size(title))
        titles.append(_fitted(title, size))
        values.append(_fitted(value, size))
    for start, end in _pieces([_size(each) for each in titles], width):
        yield paint("  ".join(titles[start:end]), _DIM, color)
        yield paint("  ".join(values[start:end]), BOLD, color)
        yield ""


def _whole(figure: Figure, numbers: Numbers) -> str:
    bounds = numbers.bounds(figure.low, figure.high, figure.column)
    return numbers.figure(figure) + (f" ({bounds})" if bounds else "")


def _figures(section: Section, numbers: Numbers, width: int, color: bool) -> Iterator[str]:
    for row in section.rows:
        named = [
            (visible(column.title), _cell(row, at, column, ends, numbers)) for at, column, ends in intervals(section)
        ]
        left = min(max(_size(title) for title, _ in named), width // 2)
        right = max(_size(text) for _, text in named)
        for title, text in named:
            if left + right + _GAP <= width:
                yield f" {_fitted(title, left)}{' ' * (_GAP + right - _size(text))}{text}"
            else:
                yield from (f" {title}", *wrap(text, width - 4, initial_indent="    ", subsequent_indent="    "))


def _table(section: Section, numbers: Numbers, width: int, color: bool) -> Iterator[str]:
    rows = rows_of(section)
    if not rows:
        yield " Nothing."
        return
    columns = [
        _shown(section, at, column, ends, numbers) for at, column, ends in intervals(section) if not column.detail
    ]
    if sum(each.width for each in columns) + _GAP * len(columns) > width:
        columns = [replace(each, bars=(), width=_width_of(each.title, each.texts)) for each in columns]
    for number, (start, end) in enumerate(_blocks(columns, width)):
        block = [*columns[:1], *columns[start:end]] if number else columns[start:end]
        if number:
            yield ""
        yield from _block(_fit(block, width), section, len(rows), color)


def _blocks(columns: Sequence[_Shown], width: int) -> Iterator[tuple[int, int]]:
    """Yield which columns stand side by side: all where they fit, else the first again with as many as fit."""
    key = _least(columns[0])
    room = width - key - _GAP
    after = list(_pieces([_least(each) for each in columns[1:]], room)) or [(0, 0)]
    for number, (start, end) in enumerate(after):
        yield (start + 1 if number else 0, end + 1)


def _least(column: _Shown) -> int:
    return column.width if column.right else min(column.width, max(_LEAST_TEXT, _size(column.title)))


def _pieces(widths: Sequence[int], room: int) -> Iterator[tuple[int, int]]:
    """Cut a row of widths into as few pieces as fit into `room`; a piece has at least one."""
    start, taken = 0, 0
    for at, width in enumerate(widths):
        if at > start and taken + _GAP + width > room:
            yield start, at
            start, taken = at, 0
        taken += width + (_GAP if at > start else 0)
    if widths:
        yield start, len(widths)


def _fit(block: Sequence[_Shown], width: int) -> list[_Shown]:
    """Narrow the widest texts until the block fits."""
    fitted = list(block)
    while sum(each.width + _GAP for each in fitted) - _GAP + 1 > width:
        texts = [at for at, each in enumerate(fitted) if not each.right and each.width > _LEAST_TEXT]
        if not texts:
            break
        widest = max(texts, key=lambda at: fitted[at].width)
        fitted[widest] = replace(fitted[widest], width=fitted[widest].width - 1)
    return fitted


def _block(block: Sequence[_Shown], section: Section, count: int, color: bool) -> Iterator[str]:
    gap = " " * _GAP
    yield " " + paint(gap.join(_padded(each.title, each) for each in block), _DIM, color)
    yield " " + "─" * (sum(each.width for each in block) + _GAP * (len(block) - 1))
    for at in range(count):
        total = bool(section.total) and at == count - 1
        shown = []
        for each in block:
            text = each.texts[at]
            if each.bars:
                bar = each.bars[at] + " " * (_BAR_CELLS - len(each.bars[at]))
                room = each.width - _BAR_CELLS - 1
                text = f"{' ' * (room - _size(text))}{text} {paint(bar, _GREEN, color and not total)}"
                shown.append(text)
            else:
                shown.append(_padded(text, each))
        yield " " + paint(gap.join(shown), BOLD, color and total)


def _shown(section: Section, at: int, column: Column, ends: tuple[int, int] | None, numbers: Numbers) -> _Shown:
    texts = tuple(_cell(row, at, column, ends, numbers) for row in rows_of(section))
    bars: tuple[str, ...] = ()
    if column.bar:
        values = [row[at] for row in section.rows]
        bars = (*(_bar(value, values) for value in values), *([""] if section.total else []))
    title = visible(column.title)
    width = _width_of(title, texts) + (_BAR_CELLS + 1 if bars else 0)
    return _Shown(title, texts, bars, column.type in NUMERIC, width)


def _width_of(title: str, texts: Sequence[str]) -> int:
    return max(map(_size, (title, *texts)))


def _cell(row: Row, at: int, column: Column, ends: tuple[int, int] | None, numbers: Numbers) -> str:
    text = visible(numbers.cell(row[at], column))
    bounds = numbers.bounds(row[ends[0]], row[ends[1]], column) if ends else ""
    return f"{text} ({bounds})" if bounds else text


def _sparks(section: Section, numbers: Numbers, width: int, color: bool) -> Iterator[str]:
    """Yield a line of small bars for each value that is drawn over time."""
    if section.chart is None or section.chart.kind != "line" or section.chart.series or len(section.rows) < 3:
        return
    for name in section.chart.y:
        at = next(index for index, column in enumerate(section.columns) if column.name == name)
        column = section.columns[at]
        values = [Decimal(row[at]) if isinstance(row[at], int | Decimal) else None for row in section.rows]  # type: ignore[arg-type]
        known = [value for value in values if value is not None]
        if not known or max(known) <= 0:
            continue
        top = f"  {visible(column.title)}, at most {numbers.cell(max(known), column, symbol=True)}"
        values = _thinned(values, max(width - len(top) - 1, 20))
        line = "".join(" " if value is None else _LEVELS[_level(value, max(known))] for value in values)
        yield f" {paint(line, _GREEN, color)}{paint(top, _DIM, color)}"


def _level(value: Decimal, largest: Decimal) -> int:
    return max(0, min(len(_LEVELS) - 1, int(value / largest * len(_LEVELS))))


def _thinned(values: list[Decimal | None], most: int) -> list[Decimal | None]:
    """Take the largest of each few neighbours, so that at most `most` are left."""
    step = -(-len(values) // most)
    parts = [[value for value in values[at : at + step] if value is not None] for at in range(0, len(values), step)]
    return [max(part, default=None) for part in parts]


def _bar(value: Value, values: Sequence[Value]) -> str:
    largest = max((Decimal(each) for each in values if isinstance(each, int | Decimal)), default=Decimal(0))
    if not isinstance(value, int | Decimal) or value <= 0 or largest <= 0:
        return ""
    eighths = max(1, round(Decimal(value) / largest * _BAR_CELLS * 8))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _size(text: str) -> int:
    return sum(width for _, width in cells(text))


def _padded(text: str, column: _Shown) -> str:
    if column.bars:
        return f"{text:>{column.width - _BAR_CELLS - 1}}{' ' * (_BAR_CELLS + 1)}"
    return " " * (column.width - _size(text)) + text if column.right else _fitted(text, column.width)


def _fitted(text: str, width: int) -> str:
    """Return a text in exactly so many cells: cut, or filled with spaces."""
    shown = cells(text)
    taken = sum(size for _, size in shown)
    if taken > width:
        while taken >= width:
            taken -= shown.pop()[1]
        shown.append((ELLIPSIS, 1))
        taken += 1
    return "".join(char for char, _ in shown) + " " * (width - taken)
