"""A report on paper, as PDF: the same content as its page, set with fonts that come with the typesetter."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Any

from promo_cli.protocol import canonical
from promo_cli.reports import charts, charts_draw
from promo_cli.reports.render_numbers import NUMERIC, Numbers, day_text, intervals, numbers_of, unit_of
from promo_cli.reports.render_page import asset
from promo_cli.reports.render_words import completeness_lines
from promo_cli.reports.result import Blank, Column, ReportResult, Row, Section

_FONT = "Libertinus Serif"
_WIDTH = 620
_MOST_COLUMNS = 6
_LONG = 20


def render_pdf(result: ReportResult) -> bytes:
    """Return the document; the same report gives the same bytes, because it holds no moment of its making."""
    import typst

    numbers = numbers_of(result)
    drawings = {f"{section.name}.svg": text.encode() for section, text in _drawn(result.sections, numbers)}
    parts: Any = {
        "main.typ": asset("templates/report.typ").encode(),
        "data.json": canonical.dumps(_content(result, numbers, set(drawings))),
    }
    made: bytes = typst.compile(parts | drawings, format="pdf", timestamp=0)
    return made


def _drawn(sections: Sequence[Section], numbers: Numbers) -> Iterator[tuple[Section, str]]:
    for section in sections:
        spec = charts.vega_lite(section, numbers, width=_WIDTH, font=_FONT)
        if spec:
            yield section, charts_draw.svg(spec, numbers, key=section.name)


def _content(result: ReportResult, numbers: Numbers, drawings: set[str]) -> dict[str, Any]:
    first, *others = result.caveats or ("",)
    final = result.completeness.is_final
    as_of = f"{result.title}, as of {day_text(result.as_of)}" if result.as_of else result.title
    return {
        "title": result.title,
        "kind": "Report" if final else "Provisional report",
        "about": " · ".join(part for part in (result.subtitle, unit_of(result)) if part),
        "final": final,
        "caveat": first,
        "footer": as_of,
        "headline": [
            {
                "title": each.column.title[:1].upper() + each.column.title[1:],
                "value": numbers.figure(each),
                "bounds": numbers.bounds(each.low, each.high, each.column),
            }
            for each in result.headline
        ],
        "groups": [
            {
                "name": name,
                "sections": [_section(each, numbers, drawings) for each in result.sections if each.depth == depth],
            }
            for depth, name in (("first", ""), ("below", "In depth"))
            if any(each.depth == depth for each in result.sections)
        ],
        "notes": [*others, *completeness_lines(result.completeness, numbers)],
    }


def _section(section: Section, numbers: Numbers, drawings: set[str]) -> dict[str, Any]:
    shown = [each for each in intervals(section) if section.figures or not _left_out(each[1], section)]
    drawing = f"{section.name}.svg"
    return {
        "title": section.title,
        "note": section.note,
        "figures": section.figures,
        "drawing": drawing if drawing in drawings else "",
        "words": charts.summary(section, numbers),
        "left": charts.note(section) if drawing in drawings else "",
        "columns": [{"title": column.title, "right": column.type in NUMERIC} for _, column, _ in shown],
        "rows": [_cells(row, shown, numbers) for row in section.rows],
        "total": _cells(section.total, shown, numbers) if section.total else [],
    }


def _left_out(column: Column, section: Section) -> bool:
    return column.detail and len(section.columns) > _MOST_COLUMNS


def _breakable(text: str) -> str:
    """Let a long word end a line after its hyphens and dots, where paper is narrow."""
    return re.sub(r"(?<=[-_./])(?=\S{6})", "\u200b", text) if len(text) > _LONG else text


def _cells(
    row: Row, shown: Sequence[tuple[int, Column, tuple[int, int] | None]], numbers: Numbers
) -> list[dict[str, Any]]:
    return [
        {
            "text": day_text(value)
            if isinstance(value := row[at], dt.date)
            else _breakable(numbers.cell(value, column)),
            "bounds": numbers.bounds(row[ends[0]], row[ends[1]], column) if ends else "",
            "blank": value is None or isinstance(value, Blank),
        }
        for at, column, ends in shown
    ]
