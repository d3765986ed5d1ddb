"""A calendar as rows of marks that fit a terminal: a mark is a day, a week or a month, whichever fits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

from promo_cli.diagnostics.visible import BOLD, ELLIPSIS, GREEN, YELLOW, paint, visible
from promo_cli.pipeline.calendar import Calendar, Day, Row
from promo_cli.pipeline.calendar_words import hours as hours_in_words
from promo_cli.validation.words import several

if TYPE_CHECKING:
    from collections.abc import Iterable

_INDENT = "  "
_GAP = "  "
_LONGEST_CODE = 18
_LEAST_ROOM = 12
_WIDEST_CELL = 3
_ABSENT_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands for a day, a week or a month."""

    full: str
    part: str
    rests: str
    other: str
    off: str
    today: str = "v"
    holiday: str = "*"


SIGNS = Marks(full="█", part="▄", rests="x", other="·", off="░")
LETTERS = Marks(full="#", part="=", rests="x", other=".", off="-")
"""For terminals that know letters only."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How days become cells: the days of each, by number from the first, and how many characters a cell takes."""

    unit: str
    cells: tuple[range, ...]
    width: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How many characters the columns beside the picture take, and what is left for it."""

    label: int
    hours: int
    scale: Scale

    @property
    def left(self) -> int:
        """Where the picture begins."""
        return len(_INDENT) + self.label + len(_GAP)


def text(calendar: Calendar, *, width: int, marks: Marks = SIGNS, colour: bool = False) -> str:
    """Return the calendar in lines of at most `width` characters."""
    lines = list(_title(calendar, width))
    if calendar.rows:
        layout = _layout(calendar, width)
        lines += ["", *_heads(calendar, layout, marks), *_groups(calendar, layout, marks, colour)]
        lines += ["", *_legend(calendar, layout.scale, marks, width)]
    else:
        lines += ["", "Nothing runs on these days."]
    return "\n".join(line.rstrip() for line in [*lines, *_absent(calendar, width)])


def scale_of(first: dt.date, last: dt.date, room: int) -> Scale:
    """Return the finest scale that fits into `room` characters: days, else weeks from Monday, else months."""
    days = (last - first).days + 1
    if days <= room:
        return _scale("day", tuple(range(n, n + 1) for n in range(days)), room)
    weeks = _parted(first, days, lambda day: day.isoweekday() == 1)
    if len(weeks) <= room:
        return _scale("week", weeks, room)
    return _scale("month", _parted(first, days, lambda day: day.day == 1), room)


def _scale(unit: str, cells: tuple[range, ...], room: int) -> Scale:
    return Scale(unit, cells, max(1, min(room // len(cells), _WIDEST_CELL)))


def _parted(first: dt.date, days: int, begins: Callable[[dt.date], bool]) -> tuple[range, ...]:
    starts = [0, *(n for n in range(1, days) if begins(first + dt.timedelta(days=n)))]
    return tuple(range(start, end) for start, end in zip(starts, [*starts[1:], days], strict=True))


def cells(row: Row, scale: Scale, marks: Marks) -> Iterator[str]:
    """Yield the mark of every cell."""
    for days in scale.cells:
        found = row.days[days.start : days.stop]
        if Day.RUNS in found:
            whole = row.hours is None and all(day is Day.RUNS for day in found)
            yield marks.off if not row.active else marks.full if whole else marks.part
        elif Day.RESTS in found:
            yield marks.rests
        else:
            yield marks.other if Day.OTHER in found else " "


def _title(calendar: Calendar, width: int) -> Iterator[str]:
    days = (calendar.last - calendar.first).days + 1
    about = f" ({', '.join(calendar.filters)})" if calendar.filters else ""
    span = f"{_long(calendar.first)} to {_long(calendar.last)}, {several(days, 'day')}"
    yield from wrap(visible(f"{calendar.company}{about}: {span}"), width)


def _layout(calendar: Calendar, width: int) -> Layout:
    label = max(len(row.code) for row in calendar.rows)
    label = min(max(label, len("holiday * today v") - len(_INDENT)), _LONGEST_CODE)
    hours = max(len(_hours(row)) for row in calendar.rows)
    where = max(len(_where(row, calendar)) for row in calendar.rows)
    beside = len(_INDENT) + label + len(_GAP) + (hours + len(_GAP) if hours else 0) + len(_GAP) + where
    return Layout(label, hours, scale_of(calendar.first, calendar.last, max(width - beside, _LEAST_ROOM)))


def _groups(calendar: Calendar, layout: Layout, marks: Marks, colour: bool) -> Iterator[str]:
    for title, rows in calendar.groups:
        yield paint(visible(title), BOLD, colour)
        for row in rows:
            picture = "".join(
                _painted(mark, layout.scale.width, marks, colour) for mark in cells(row, layout.scale, marks)
            )
            said = [_hours(row).ljust(layout.hours)] if layout.hours else []
            yield _INDENT + _GAP.join([_cut(row.code, layout.label), picture, *said, _where(row, calendar)])


def _painted(mark: str, width: int, marks: Marks, colour: bool) -> str:
    style = {marks.full: GREEN, marks.part: GREEN, marks.rests: YELLOW}.get(mark, "")
    # A day that is crossed out is one sign; a bar fills the cell.
    return paint(
        (mark * width) if style == GREEN or mark == marks.off else mark.ljust(width), style, colour and style != ""
    )


def _heads(calendar: Calendar, layout: Layout, marks: Marks) -> Iterator[str]:
    """Yield the lines above the picture: months, days, and where today and holidays are."""
    scale, blank = layout.scale, " " * layout.left
    dates = [calendar.first + dt.timedelta(days=days.start) for days in scale.cells]
    begins = {number for number, date in enumerate(dates) if number == 0 or date.month != dates[number - 1].month}
    every = scale.width == _WIDEST_CELL
    if scale.unit == "month":
        yield blank + _ticks((str(d.year) if n == 0 or d.month == 1 else "" for n, d in enumerate(dates)), scale)
        yield blank + "".join(f"{date:%b}"[: max(1, scale.width - 1)].ljust(scale.width) for date in dates)
        return
    yield blank + _ticks((f"{date:%b}" if number in begins else "" for number, date in enumerate(dates)), scale)
    if scale.unit == "week":
        if every:
            yield blank + "".join(str(date.day).ljust(scale.width) for date in dates)
        return
    shown = (str(d.day) if every or n == 0 or d.isoweekday() == 1 else "" for n, d in enumerate(dates))
    yield blank + ("".join(day.ljust(scale.width) for day in shown) if every else _ticks(shown, scale))
    yield blank + "".join("MTWTFSS"[date.weekday()].ljust(scale.width) for date in dates)
    above = [_above(calendar, date, marks) for date in dates]
    told = {f"holiday {marks.holiday}": marks.holiday in above, f"today {marks.today}": marks.today in above}
    if any(told.values()):
        words = _INDENT + " ".join(word for word, there in told.items() if there)
        yield words.ljust(layout.left) + "".join(mark.ljust(scale.width) for mark in above)


def _above(calendar: Calendar, date: dt.date, marks: Marks) -> str:
    if date == calendar.today and date != calendar.first:
        return marks.today
    return marks.holiday if any(day == date for day, _ in calendar.holidays) else " "


def _ticks(labels: Iterable[str], scale: Scale) -> str:
    """Return labels at their cells; one that would touch the next is left out."""
    placed = [(number * scale.width, label) for number, label in enumerate(labels) if label]
    ends = [*(at for at, _ in placed[1:]), None]
    line = ""
    for (at, label), end in zip(placed, ends, strict=True):
        if end is None or at + len(label) < end:
            line = line.ljust(at) + label
    return line


def _legend(calendar: Calendar, scale: Scale, marks: Marks, width: int) -> Iterator[str]:
    used = {mark for row in calendar.rows for mark in cells(row, scale, marks)}
    some = "some hours" if scale.unit == "day" else "some days or hours"
    words = {
        marks.full: "all day" if scale.unit == "day" else "every day, all day",
        marks.part: some,
        marks.other: "not on this day" if scale.unit == "day" else f"on no day of the {scale.unit}",
        marks.rests: "rests (holiday or excluded)",
        marks.off: "switched off",
    }
    each = "" if scale.unit == "day" else f"one mark is a {scale.unit}   "
    yield from wrap(each + "   ".join(f"{mark} {told}" for mark, told in words.items() if mark in used), width)
    if scale.unit == "day" and calendar.holidays:
        named = ", ".join(f"{day.day} {day:%b} {name}" for day, name in calendar.holidays)
        yield from wrap(visible(f"{marks.holiday} {named}"), width, subsequent_indent=_INDENT)
    zones = sorted({zone for row in calendar.rows for zone in row.zones})
    if len(zones) > 1:
        yield from wrap(f"Days and hours are each store's own: {', '.join(zones)}.", width)


def _absent(calendar: Calendar, width: int) -> Iterator[str]:
    if not calendar.absent:
        return
    yield ""
    yield "Not on these days:"
    shown: Sequence[str] = [f"{one.code} {one.why}" for one in calendar.absent[:_ABSENT_SHOWN]]
    for line in shown:
        yield _INDENT + line if len(line) <= width - len(_INDENT) else _INDENT + line[: width - 3] + ELLIPSIS
    if (more := len(calendar.absent) - _ABSENT_SHOWN) > 0:
        yield f"{_INDENT}and {more:,} more; --json lists all"


def _cut(code: str, width: int) -> str:
    return code.ljust(width) if len(code) <= width else code[: width - 1] + ELLIPSIS


def _hours(row: Row) -> str:
    return hours_in_words(*row.hours) if row.hours else ""


def _where(row: Row, calendar: Calendar) -> str:
    everywhere = len(row.stores) == len(calendar.store_names)
    return "all stores" if everywhere else several(len(row.stores), "store")


def _long(day: dt.date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
