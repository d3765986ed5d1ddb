"""A report as an Excel workbook: typed cells, native charts, and no text that becomes a formula.

Nothing is cut off: a report that Excel cannot hold whole is refused.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from promo_cli.diagnostics import Failure
from promo_cli.reports import codes
from promo_cli.reports.render_numbers import NUMERIC, Numbers, numbers_of, unit_of
from promo_cli.reports.render_words import completeness_lines
from promo_cli.reports.render_xlsx_charts import add_chart
from promo_cli.reports.result import Blank, Column, ReportResult, Row, Section, Value

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

MOST_ROWS = 1_048_576
MOST_TEXT = 32_767
MOST_DIGITS = 15
"""Excel keeps numbers as binary fractions, of which 15 digits are exact."""

TABLE_ROW = 3
"""Where a section's column titles stand, counted from 0."""

_MADE = dt.datetime(2000, 1, 1)  # noqa: DTZ001 -- Excel's properties have no zone; a fixed moment gives fixed bytes
_EARLIEST = dt.date(1900, 3, 1)
_TITLE = {"bold": True, "font_size": 16, "font_color": "#1d1c1a"}
_MUTED = {"font_color": "#5f5b53"}
_HEAD = {"bold": True, "font_color": "#5f5b53", "bottom": 1, "bottom_color": "#5f5b53", "valign": "bottom"}


def render_xlsx(result: ReportResult) -> bytes:
    """Return the workbook: a summary, then a sheet for each section. The same report gives the same bytes.

    Raises Failure (CFG605) for what Excel cannot hold: too many rows, too long a text, too many digits.
    """
    import xlsxwriter  # type: ignore[import-untyped]

    _refuse_what_excel_cuts(result)
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties({"title": result.title, "comments": result.subtitle, "created": _MADE})
    numbers = numbers_of(result)
    formats = _Formats(book, numbers)
    _summary(book.add_worksheet("Summary"), result, numbers, formats)
    taken = {"summary"}
    for section in result.sections:
        sheet = book.add_worksheet(_sheet_name(section.title, taken))
        _section(book, sheet, section, formats)
    book.close()
    return file.getvalue()


class _Formats:
    """The workbook's cell formats, each made once."""

    def __init__(self, book: Workbook, numbers: Numbers) -> None:
        self._book = book
        places = "." + "0" * numbers.places if numbers.places else ""
        self._codes = {
            "amount": f"#,##0{places}",
            "count": "#,##0",
            "percent": "0.0%",
            "ratio": '0.00"×"',
            "number": "#,##0.###",
            "date": "d mmm yyyy",
            "text": "@",
        }
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def of(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]

    def cell(self, kind: str, **properties: Any) -> Any:
        return self.of(num_format=self._codes[kind], **properties)


def _summary(sheet: Worksheet, result: ReportResult, numbers: Numbers, formats: _Formats) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 3, 18)
    sheet.write_string(0, 0, result.title, formats.of(**_TITLE))
    sheet.write_string(
        1, 0, " · ".join(each for each in (result.subtitle, unit_of(result)) if each), formats.of(**_MUTED)
    )
    at = 3
    if result.headline:
        for column, title in enumerate(("Figure", "Value", "From", "To")):
            sheet.write_string(at, column, title, formats.of(**_HEAD, align="left" if column == 0 else "right"))
        for figure in result.headline:
            at += 1
            sheet.write_string(at, 0, figure.column.title, formats.cell("text"))
            for column, value in enumerate((figure.value, figure.low, figure.high), 1):
                _write(sheet, at, column, value, figure.column, formats, bold=column == 1)
        at += 2
    for line in (*result.caveats, *completeness_lines(result.completeness, numbers)):
        sheet.write_string(at, 0, line, formats.of(**_MUTED))
        at += 1


def _section(book: Workbook, sheet: Worksheet, section: Section, formats: _Formats) -> None:
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, section.title, formats.of(**_TITLE))
    if section.note:
        sheet.write_string(1, 0, section.note, formats.of(**_MUTED))
    for at, column in enumerate(section.columns):
        align = "right" if column.type in NUMERIC else "left"
        sheet.write_string(TABLE_ROW, at, column.title, formats.of(**_HEAD, align=align))
        if column.help:
            sheet.write_comment(TABLE_ROW, at, column.help, {"author": "promo"})
        sheet.set_column(at, at, _width(section, at))
    first, last = TABLE_ROW + 1, TABLE_ROW + len(section.rows)
    for number, row in enumerate(section.rows, first):
        _write_row(sheet, number, row, section, formats)
    if section.total:
        # A line apart, so that sorting and filtering leave it alone.
        _write_row(sheet, last + 2, section.total, section, formats, bold=True, top=1)
    sheet.freeze_panes(first, 1)
    if section.rows and not section.figures:
        sheet.autofilter(TABLE_ROW, 0, last, len(section.columns) - 1)
        for at, column in enumerate(section.columns):
            if column.bar:
                sheet.conditional_format(
                    first, at, last, at, {"type": "data_bar", "bar_color": "#9fcac3", "bar_solid": True}
                )
    add_chart(book, sheet, section, first, last)


def _write_row(sheet: Worksheet, number: int, row: Row, section: Section, formats: _Formats, **properties: Any) -> None:
    for at, (value, column) in enumerate(zip(row, section.columns, strict=True)):
        _write(sheet, number, at, value, column, formats, **properties)


def _write(
    sheet: Worksheet, row: int, at: int, value: Value, column: Column, formats: _Formats, **properties: Any
) -> None:
    style = formats.cell(column.type, **properties)
    if value is None:
        sheet.write_blank(row, at, None, style)
    elif isinstance(value, Blank):
        sheet.write_string(row, at, value.value, formats.of(italic=True, align="right", **_MUTED, **properties))
    elif isinstance(value, int | Decimal):
        # Fifteen digits are exact in Excel's numbers, and more were refused.
        sheet.write_number(row, at, float(value), style)
    elif isinstance(value, dt.date) and value >= _EARLIEST:
        sheet.write_datetime(row, at, dt.datetime.combine(value, dt.time()), style)
    else:
        # Written as a string whatever it begins with, so that it is never a formula or a link.
        sheet.write_string(row, at, str(value), formats.cell("text", **properties))


def _width(section: Section, at: int) -> float:
    texts = [section.columns[at].title, *(str(row[at]) for row in section.rows[:200] if row[at] is not None)]
    longest = max(map(len, texts))
    return min(max(longest * 1.15 + 2, 9), 48)


def _sheet_name(title: str, taken: set[str]) -> str:
    """Return a name that Excel takes: at most 31 characters, none of them special, unique whatever the case."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip().strip("'") or "Section"
    name, number = plain[:31].rstrip(), 1
    while name.lower() in taken:
        number += 1
        name = f"{plain[: 31 - len(str(number)) - 1].rstrip()} {number}"
    taken.add(name.lower())
    return name


def _refuse_what_excel_cuts(result: ReportResult) -> None:
    for section in result.sections:
        rows = len(section.rows) + TABLE_ROW + 3
        if rows > MOST_ROWS:
            raise _too_large(section, f"{len(section.rows):,}", f"at most {MOST_ROWS - TABLE_ROW - 3:,} rows")
        for row in (*section.rows, *([section.total] if section.total else [])):
            for column, value in zip(section.columns, row, strict=True):
                if isinstance(value, str) and len(value) > MOST_TEXT:
                    raise _too_large(section, f"{len(value):,}", f"texts of at most {MOST_TEXT:,} characters", column)
                if isinstance(value, int | Decimal) and _digits(value) > MOST_DIGITS:
                    raise _too_large(section, f"{value}", f"numbers of at most {MOST_DIGITS} digits", column)


def _digits(value: int | Decimal) -> int:
    return len(Decimal(value).normalize().as_tuple().digits)


def _too_large(section: Section, found: str, expected: str, column: Column | None = None) -> Failure:
    where = f"section {section.name}" + (f", column {column.name}" if column else "")
    advice = "ask for less, such as a shorter period with --from and --to, or take --format parquet or csv"
    message = f"{where}: Excel holds {expected}, found {found}"
    return Failure([codes.TOO_LARGE_FOR_EXCEL.at(None, message, help=advice)], 1)
