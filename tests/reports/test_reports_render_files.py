import datetime as dt
import io
import json
import re
import warnings
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from promo_cli.diagnostics import Failure
from promo_cli.reports import render_xlsx as excel
from promo_cli.reports.render_any import FORMATS, format_of, rendered
from promo_cli.reports.render_json import render_json
from promo_cli.reports.render_numbers import in_order
from promo_cli.reports.render_parquet import render_parquet
from promo_cli.reports.render_pdf import render_pdf
from promo_cli.reports.render_png import render_png
from promo_cli.reports.render_xlsx import render_xlsx
from promo_cli.reports.result import Blank, Column, Money, Row, Section
from tests.reports.render_samples import promotions, report

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1", "http://example.com", "{=1}", "'=1")


def texts(values: tuple[str, ...]) -> Section:
    """A section with a text in each row."""
    rows: tuple[Row, ...] = tuple((value, number) for number, value in enumerate(values))
    return Section("texts", "Texts", False, (Column("text", "Text", "text"), Column("n", "N", "count")), rows)


def workbook(data: bytes) -> openpyxl.Workbook:
    """The workbook, read by another library than the one that wrote it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*extension is not supported")  # bars in cells, which openpyxl does not know
        return openpyxl.load_workbook(io.BytesIO(data))


def test_the_workbook_says_what_the_json_says() -> None:
    """Every cell read back equals the JSON's value: amounts, shares, days, texts, totals; a blank says why."""
    result = report()
    book = workbook(render_xlsx(result))
    document = json.loads(render_json(result), parse_float=Decimal)
    sheets = book.worksheets[1:]
    assert len(sheets) == len(document["sections"])
    for sheet, section in zip(sheets, document["sections"], strict=True):
        columns = section["columns"]
        assert [cell.value for cell in sheet[excel.TABLE_ROW + 1]][: len(columns)] == [
            each["title"] for each in columns
        ]
        blanks = {(each["row"], each["column"]): each["why"] for each in section["blanks"]}
        lines = [*section["rows"], *([section["total"]] if section["total"] else [])]
        for number, line in enumerate(lines):
            at = excel.TABLE_ROW + 2 + number + (number == len(section["rows"]))
            for place, column in enumerate(columns, 1):
                found = sheet.cell(at, place).value
                expected = blanks.get((number, column["name"]), line[column["name"]])
                if isinstance(found, dt.datetime):
                    found = found.date().isoformat()
                elif isinstance(found, int | float):
                    found = Decimal(repr(found))
                assert found == expected, f"{section['name']} {column['name']} {number}"


@pytest.mark.parametrize(
    ("money", "code"), [(Money("IDR", 0), "#,##0"), (Money("USD", 2), "#,##0.00"), (Money("KWD", 3), "#,##0.000")]
)
def test_amounts_have_the_decimals_of_the_currency(money: Money, code: str) -> None:
    """An amount is a number in the currency's format, a share is a percentage, a day is a date."""
    book = workbook(render_xlsx(report(money=money)))
    sheet = book["By promotion"]
    row = excel.TABLE_ROW + 2
    assert [sheet.cell(row, at).number_format for at in (1, 2, 3, 5)] == ["@", "#,##0", code, "0.0%"]
    assert isinstance(sheet.cell(row, 3).value, int)
    assert book["By day"].cell(row, 1).is_date


def test_no_text_becomes_a_formula_or_a_link() -> None:
    """Whatever a name begins with, it is the text that it was."""
    data = render_xlsx(report(title="=1+1", caveats=FORMULAS, sections=(texts(FORMULAS),)))
    sheet = workbook(data)["Texts"]
    cells = [sheet.cell(excel.TABLE_ROW + 2 + number, 1) for number in range(len(FORMULAS))]
    assert [cell.value for cell in cells] == list(FORMULAS)
    assert {cell.data_type for cell in cells} == {"s"}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
    assert not any("<f>" in text or "<hyperlink" in text for text in sheets)


def test_the_workbook_has_native_charts() -> None:
    """Bars, lines and dots are charts of Excel over the cells; a heat map colours its cells."""
    with zipfile.ZipFile(io.BytesIO(render_xlsx(report()))) as archive:
        charts = {name: archive.read(name).decode() for name in archive.namelist() if "charts/chart" in name}
        heat = [name for name in archive.namelist() if b"colorScale" in archive.read(name)]
    kinds = sorted(re.findall(r"<c:(barChart|lineChart|scatterChart)>", "".join(charts.values())))
    assert kinds == ["barChart", "barChart", "barChart", "lineChart", "scatterChart"]
    assert "'By promotion'!$B$5:$B$8" in "".join(charts.values())
    assert len(heat) == 1


def test_sheets_have_names_that_excel_takes() -> None:
    """Titles that are long, alike or have special characters become names of their own."""
    titles = ("A" * 40, "A" * 40, "What/when: [all]?", "summary", "'")
    sections = tuple(replace(promotions(), name=f"s{number}", title=title) for number, title in enumerate(titles))
    assert workbook(render_xlsx(report(sections=sections))).sheetnames == [
        "Summary",
        "A" * 31,
        f"{'A' * 29} 2",
        "What when   all",
        "summary 2",
        "Section",
    ]


@pytest.mark.parametrize(
    ("section", "words"),
    [
        (texts(("x" * 32_768,)), "texts of at most 32,767 characters, found 32,768"),
        (
            Section("s", "S", False, (Column("a", "A", "amount"),), ((Decimal("1234567890123.456"),),)),
            "at most 15 digits",
        ),
    ],
    ids=["text", "digits"],
)
def test_what_excel_would_cut_is_refused(section: Section, words: str) -> None:
    """Whole or not at all: the message says where, what Excel holds, and what to do."""
    with pytest.raises(Failure) as failed:
        render_xlsx(report(sections=(section,)))
    (said,) = failed.value.diagnostics
    assert said.code == "CFG605"
    assert words in said.message
    assert "parquet" in (said.help or "")


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet that would be full is not begun."""
    monkeypatch.setattr(excel, "MOST_ROWS", 9)
    render_xlsx(report(sections=(texts(("a", "b", "c")),)))
    with pytest.raises(Failure, match="at most 3 rows, found 4"):
        render_xlsx(report(sections=(texts(("a", "b", "c", "d")),)))


def test_days_before_excels_calendar_are_texts() -> None:
    """Excel's calendar has a day too many in 1900; such a day is written as it is."""
    section = Section(
        "d", "D", False, (Column("day", "Day", "date"),), ((dt.date(1899, 12, 31),), (dt.date(2026, 1, 1),))
    )
    sheet = workbook(render_xlsx(report(sections=(section,))))["D"]
    assert [sheet.cell(excel.TABLE_ROW + 2 + at, 1).value for at in (0, 1)] == ["1899-12-31", dt.datetime(2026, 1, 1)]  # noqa: DTZ001


def test_parquet_has_types_that_do_not_depend_on_the_values(tmp_path: Path) -> None:
    """Days are days, amounts exact decimals, a withheld figure null; an empty section has the same columns."""
    path = tmp_path / "section.parquet"
    schemas = []
    for section in (promotions(), replace(promotions(), rows=())):
        path.write_bytes(render_parquet(report(sections=(section,))))
        with duckdb.connect() as con:
            schemas.append(con.execute(f"DESCRIBE FROM '{path}'").fetchall())
    assert schemas[0] == schemas[1]
    assert [row[1] for row in schemas[0]] == ["VARCHAR", "BIGINT", "DECIMAL(38,3)", "DECIMAL(38,3)", "DECIMAL(18,6)"]
    path.write_bytes(render_parquet(report(), "brands"))
    with duckdb.connect() as con:
        rows = con.execute(f"FROM '{path}'").fetchall()
    expected = next(each for each in report().sections if each.name == "brands").rows
    assert rows == [tuple(None if isinstance(value, Blank) else value for value in row) for row in expected]


def test_pdf_has_the_content_of_the_report(tmp_path: Path) -> None:
    """Title, figures, tables, notes and page numbers are text that can be searched for; markup in names is text."""
    import shutil
    import subprocess

    if shutil.which("pdftotext") is None:
        pytest.skip("there is no pdftotext here; on Debian: apt-get install poppler-utils")
    path = tmp_path / "report.pdf"
    names = (*report().sections, texts(("#panic() *bold* $x$", "<b>")))
    path.write_bytes(render_pdf(report(sections=names)))
    text = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout
    words = " ".join(text.split())
    for section in in_order(report()):
        assert section.title in words
    for found in (
        "Promotions in February",
        "Rp 184.250.000",
        "310.500.000 to",
        "#panic() *bold* $x$",
        "suppressed",
        "4/4",
    ):
        assert found in words.replace("\N{NO-BREAK SPACE}", " ").replace("4 / 4", "4/4"), found


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_the_same_bytes_again(form: str) -> None:
    """No rendering holds the moment of its making; reports of one day can be compared byte by byte."""
    assert rendered(report(), form) == rendered(report(), form)


def test_a_picture_is_of_the_section_asked_for() -> None:
    """By default the first chart; a section without one is refused, with one that has."""
    assert render_png(report()).startswith(b"\x89PNG")
    assert render_png(report()) == render_png(report(), "promotions") != render_png(report(), "days")
    with pytest.raises(Failure) as failed:
        render_png(report(), "key")
    assert failed.value.diagnostics[0].code == "CFG606"
    assert failed.value.diagnostics[0].help == "choose --section promotions"


def test_a_section_that_is_not_there_is_named() -> None:
    """The message lists the sections and guesses."""
    with pytest.raises(Failure) as failed:
        rendered(report(), "csv", "promotion")
    assert failed.value.diagnostics[0].code == "CFG602"
    assert failed.value.diagnostics[0].help == "did you mean promotions?"


@pytest.mark.parametrize(
    ("name", "form"), [("a.pdf", "pdf"), ("a.HTM", "html"), ("a.txt", "table"), ("a", "table"), ("a.b.xlsx", "xlsx")]
)
def test_the_name_of_a_file_says_its_format(name: str, form: str) -> None:
    """`--out report.pdf` needs no --format."""
    assert format_of(Path(name)) == form
    assert format_of(None) == "table"


def test_an_empty_report_is_rendered_everywhere() -> None:
    """A period without a sale gives a report that says so, in every format but a picture."""
    empty: Any = tuple(replace(each, rows=(), total=None) for each in report().sections)
    for form in FORMATS:
        if form == "png":
            with pytest.raises(Failure):
                rendered(report(sections=empty, headline=(), caveats=()), form)
        else:
            assert rendered(report(sections=empty, headline=(), caveats=()), form)
