"""A report for a terminal: what matters first, then tables with bars in 80 columns, then how complete it all is."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from promo_cli.reports.result import Blank, Column, Completeness, ReportResult, Row, Section, Value

if TYPE_CHECKING:
    from rich.table import Table

WIDTH = 80

_HEADLINE = {"uses": "uses", "discount": "discount given", "net": "net"}
_BAR_CELLS = 8
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def render_terminal(result: ReportResult, *, width: int = WIDTH, color: bool = False) -> str:
    """Return the report as text of at most `width` columns; `color` adds terminal colours."""
    from rich.console import Console

    file = io.StringIO()
    places = _amount_places(result)
    console = Console(file=file, width=width, force_terminal=color, no_color=not color, highlight=False, markup=False)
    console.print(result.title, style="bold")
    console.print(_period(result), style="dim")
    console.print()
    console.print(_headline(result, places), style="bold")
    first, *others = _caveats(result)
    console.print(first)
    for section in result.sections:
        console.print()
        console.print(section.title, style="bold")
        console.print(_figures(section, places) if section.figures else _table(section, places))
    console.print()
    for line in [*others, *_completeness(result.completeness)]:
        console.print(line)
    lines = "\n".join(line.rstrip() for line in file.getvalue().splitlines())
    return re.sub("\n{3,}", "\n\n", lines).strip("\n") + "\n"


def _period(result: ReportResult) -> str:
    since, until = result.parameters.get("since"), result.parameters.get("until")
    days = " ".join(f"{word} {day}" for word, day in (("from", since), ("to", until)) if day) or "all days"
    others = [f"{name} {_listed(value)}" for name, value in result.parameters.items() if name not in ("since", "until")]
    return " · ".join([*others, days])


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _headline(result: ReportResult, places: int) -> str:
    section = result.sections[0]
    row = section.total or (section.rows[0] if section.figures and section.rows else None)
    if row is None:
        return "Nothing to report."
    cells = {column.name: _cell(value, column, places) for column, value in zip(section.columns, row, strict=True)}
    return " · ".join(f"{cells[name]} {words}" for name, words in _HEADLINE.items() if name in cells)


def _caveats(result: ReportResult) -> list[str]:
    found = result.completeness
    if found.is_final:
        return list(result.caveats) or ["Final."]
    return [f"Provisional: {found.share:.0%} of what stores should have sent is here.", *result.caveats]


def _figures(section: Section, places: int) -> Table:
    table = _grid(headed=False)
    table.add_column()
    table.add_column(justify="right")
    for row in section.rows:
        for column, value in zip(section.columns, row, strict=True):
            table.add_row(column.title, _cell(value, column, places))
    return table


def _table(section: Section, places: int) -> Table:
    table = _grid()
    shown = [(at, column) for at, column in enumerate(section.columns) if not column.detail]
    for _, column in shown:
        left = column.type in ("text", "date")
        table.add_column(column.title, justify="left" if left else "right", overflow="ellipsis", no_wrap=True)
        if column.bar:
            table.add_column("", width=_BAR_CELLS, no_wrap=True)
    for row in _rows(section):
        table.add_row(*_cells(section, shown, row, places), style="bold" if row is section.total else None)
    return table


def _grid(*, headed: bool = True) -> Table:
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD if headed else None, show_header=headed, pad_edge=False, padding=(0, 1))


def _cells(section: Section, shown: Sequence[tuple[int, Column]], row: Row, places: int) -> Iterator[str]:
    for at, column in shown:
        yield _cell(row[at], column, places)
        if column.bar:
            yield "" if row is section.total else _bar(row[at], [each[at] for each in section.rows])


def _cell(value: Value, column: Column, places: int) -> str:
    if value is None:
        return "n/a"
    if isinstance(value, Blank):
        return value.value
    if not isinstance(value, int | Decimal):
        return value if isinstance(value, str) else value.isoformat()
    if column.type == "percent":
        return f"{Decimal(value):.1%}"
    return f"{Decimal(value):,.{places}f}" if column.type == "amount" else f"{Decimal(value):,f}"


def _amount_places(result: ReportResult) -> int:
    """Give all amounts the same decimals: none, or as many as money needs and at least two."""
    amounts = [
        row[at]
        for section in result.sections
        for at, column in enumerate(section.columns)
        if column.type == "amount" and not column.derived
        for row in _rows(section)
    ]
    needed = max((-int(each.as_tuple().exponent) for each in amounts if isinstance(each, Decimal)), default=0)
    return max(needed, 2) if needed > 0 else 0


def _rows(section: Section) -> list[Row]:
    return [*section.rows, *([section.total] if section.total else [])]


def _bar(value: Value, values: Sequence[Value]) -> str:
    largest = max((Decimal(each) for each in values if isinstance(each, int | Decimal)), default=Decimal(0))
    if not isinstance(value, int | Decimal) or value <= 0 or largest <= 0:
        return ""
    eighths = max(1, round(Decimal(value) / largest * _BAR_CELLS * 8))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _completeness(found: Completeness) -> Iterator[str]:
    watermark = f"{found.watermark:%Y-%m-%d %H:%M} UTC" if found.watermark else "none"
    yield f"Data up to {watermark} · {found.stores_reporting} of {found.stores_expected} stores reporting"
    yield (
        f"Bills: {found.closed_bills_here:,} of {found.closed_bills:,} in day closes are here"
        f" · {found.missing:,} lines missing"
    )
    yield f"Lines: {found.quarantined:,} quarantined · {found.duplicate:,} duplicates"
