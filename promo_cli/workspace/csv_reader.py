"""CSV as spreadsheets write it: a header of field names, one entry per row, UTF-8, comma or semicolon.

A cell with several values separates them by `|`. Empty cells are absent fields, empty rows are skipped.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from promo_cli.diagnostics import Diagnostic, Location, Position, Range
from promo_cli.workspace import codes
from promo_cli.workspace.limits import Limits
from promo_cli.workspace.problems import too_large
from promo_cli.workspace.reader import BOM, Document, not_text
from promo_cli.workspace.scalars import Ambiguous, plain
from promo_cli.workspace.tree import steps

LIST_SEPARATOR = "|"


def read(path: str, data: bytes, limits: Limits) -> Document:
    """The rows as maps of text (None for an empty or broken one), and everything wrong with the table itself."""
    document = Document()
    if len(data) > limits.bytes:
        document.diagnostics.append(too_large(path, len(data), limits.bytes))
        return document
    try:
        text = data.removeprefix(BOM).decode()
    except UnicodeDecodeError:
        document.diagnostics.append(not_text(path, data))
        return document
    header, rows = list[str](), list[Any]()
    try:
        for line, row in _rows(text):
            if line == 1:
                header, document.value = [name.strip() for name in row], rows
                document.diagnostics += _header_problems(path, header)
            elif not any(cell.strip() for cell in row):
                rows.append(None)
            elif len(row) == len(header):
                rows.append({name: cell.strip() for name, cell in zip(header, row, strict=True) if cell.strip()})
            else:
                rows.append(None)
                document.diagnostics.append(_uneven(path, line, len(row), len(header)))
    except _Broken as error:
        message = "a quote in this row or the next ones is not closed, or text follows it"
        advice = "put quotes around the whole cell, and write a quote inside it twice"
        where = _start_of(path, error.line)
        document.diagnostics.append(codes.BAD_CSV.at(where, message, notes=[f"stopped at: {error}"], help=advice))
        return document
    if document.value is None:
        document.diagnostics.append(codes.EMPTY.at(Location(path), "the file is empty", help="fill it, or delete it"))
    document.readable = document.value is not None
    return document


def typed(cells: dict[str, str], lists: frozenset[str], texts: frozenset[str]) -> dict[str, Any]:
    """Cells as values: those of `lists` split, those of `texts` as they are, the others read as YAML scalars."""
    values: dict[str, Any] = {}
    for name, cell in cells.items():
        if name in lists:
            values[name] = [part.strip() for part in cell.split(LIST_SEPARATOR) if part.strip()]
        else:
            value = cell if name in texts else plain(cell)
            values[name] = cell if isinstance(value, Ambiguous) else value
    return values


class Table:
    """Where the cells of a CSV file stand."""

    def __init__(self, data: bytes) -> None:
        text = data.removeprefix(BOM).decode("utf-8", "replace")
        self._lines = text.splitlines()
        self._delimiter = _delimiter(text)
        self._starts: list[int] = []
        self.header: list[str] = []
        with suppress(_Broken):
            for line, row in _rows(text):
                self.header = self.header or [name.strip() for name in row]
                self._starts.append(line)

    def locate(self, pointer: str) -> Range:
        """The cell at `/row/column`, rows from 0 below the header; the row's first where there is no such column.

        What is not in the table is shown by the header.
        """
        parts = steps(pointer)
        row = int(parts[0]) + 1 if parts and parts[0].isdigit() else 0
        number = self._starts[row] if row < len(self._starts) else 1
        return self._cell(number, self.header.index(parts[1]) if len(parts) > 1 and parts[1] in self.header else 0)

    def column(self, name: str) -> Range:
        """The cell of the header that names a column."""
        return self._cell(1, self.header.index(name))

    def _cell(self, number: int, index: int) -> Range:
        line = self._lines[number - 1] if number <= len(self._lines) else ""
        start, quoted = 0, False
        for at, char in enumerate(line):
            if char == '"':
                quoted = not quoted
            elif char == self._delimiter and not quoted:
                if index == 0:
                    return Range(Position(number, start + 1), Position(number, max(at, start + 1) + 1))
                index, start = index - 1, at + 1
        return Range(Position(number, start + 1), Position(number, max(len(line), start + 1) + 1))


class _Broken(Exception):  # noqa: N818  a finding, not an error of ours
    """The row that begins at `line` is no CSV."""

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        super().__init__(reason)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every row with the number of its first line; a row may run over several. Raises _Broken."""
    table = csv.reader(text.splitlines(keepends=True), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for row in table:
            yield line, row
            line = table.line_num + 1
    except csv.Error as error:
        raise _Broken(line, str(error)) from None


def _delimiter(text: str) -> str:
    """Spreadsheets in countries with a decimal comma separate by semicolon."""
    header = text.partition("\n")[0]
    return ";" if ";" in header and "," not in header else ","


def _header_problems(path: str, header: list[str]) -> list[Diagnostic]:
    where, advice = _start_of(path, 1), "give every column one field's name"
    if "" in header:
        return [codes.BAD_CSV.at(where, "a column of the header has no name", help=advice)]
    twice = sorted({name for name in header if header.count(name) > 1})
    return [codes.BAD_CSV.at(where, f"the header names the column `{name}` twice", help=advice) for name in twice]


def _uneven(path: str, line: int, found: int, expected: int) -> Diagnostic:
    message = f"this row has {found} cells, the header {expected} columns"
    advice = "put quotes around a cell that holds the separator, or complete the row"
    return codes.BAD_CSV.at(_start_of(path, line), message, help=advice)


def _start_of(path: str, line: int) -> Location:
    return Location(path, Range(Position(line, 1), Position(line, 2)))
