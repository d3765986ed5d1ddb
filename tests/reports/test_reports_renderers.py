import csv
import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from promo_cli.reports.render_csv import render_csv
from promo_cli.reports.render_json import render_json
from promo_cli.reports.render_terminal import render_terminal
from promo_cli.reports.result import Column, Completeness, ReportResult, Section
from promo_cli.reports.run import run_report

COMPLETE = Completeness(dt.datetime(2026, 2, 7, 15, 0), 2, 2, 4, 4, 30, 0, 1, 2)  # noqa: DTZ001 -- UTC, as stored
COLUMNS = (
    Column("code", "Promotion", "text"),
    Column("uses", "Uses", "count", bar=True),
    Column("discount", "Discount", "amount"),
    Column("share", "Share", "percent"),
    Column("note", "Note", "text", detail=True),
)
ROWS: tuple[Any, ...] = (
    ("=HYPERLINK(1)", 1200, Decimal("1234567.5"), Decimal("0.255"), "-2"),
    ("[bold]é", 3, -5, None, None),
)


def report(**changes: Any) -> ReportResult:
    """A report of one table."""
    section = Section("main", "By promotion", False, COLUMNS, ROWS, ("Total", 1203, Decimal("1234562.5"), None, None))
    settings: dict[str, Any] = {"name": "r", "title": "Report", "parameters": {}, "sections": (section,)}
    return ReportResult(**{**settings, "caveats": ("Not incremental.",), "completeness": COMPLETE, **changes})


def test_terminal_shows_what_matters_first() -> None:
    """Title, period, uses and discount, one caveat; then the table; at the end how complete it is."""
    assert render_terminal(report(parameters={"since": "2026-02-06"})) == (
        "Report\n"
        "from 2026-02-06\n"
        "\n"
        "1,203 uses · 1,234,562.50 discount given\n"
        "Not incremental.\n"
        "\n"
        "By promotion\n"
        "\n"
        " Promotion        Uses                  Discount   Share\n"
        " ───────────────────────────────────────────────────────\n"
        " =HYPERLINK(1)   1,200   ████████   1,234,567.50   25.5%\n"
        " [bold]é             3   ▏                 -5.00     n/a\n"
        " Total           1,203              1,234,562.50     n/a\n"
        "\n"
        "Data up to 2026-02-07 15:00 UTC · 2 of 2 stores reporting\n"
        "Bills: 4 of 4 in day closes are here · 0 lines missing\n"
        "Lines: 1 quarantined · 2 duplicates\n"
    )


def test_terminal_says_provisional_before_anything_else() -> None:
    """While too much is missing, that is the caveat that matters."""
    few = Completeness(None, 1, 2, 0, 0, 0, 0, 0, 0)
    lines = render_terminal(report(completeness=few)).splitlines()
    assert lines[4] == "Provisional: 50% of what stores should have sent is here."
    assert "Not incremental." in lines


@pytest.mark.parametrize("color", [False, True])
def test_terminal_fits_eighty_columns(warehouse: Path, color: bool) -> None:
    """Whatever the names and figures are; colour is only in when it is asked for."""
    long = ("an extremely long promotion code that nobody should have given", 10**14, 10**17, Decimal(1), None)
    for result in (report(sections=(Section("m", "M", False, COLUMNS, (long,)),)), *real(warehouse)):
        text = render_terminal(result, color=color)
        assert color == ("\x1b[" in text)
        if not color:
            assert max(cell_len(line) for line in text.splitlines()) <= 80


def real(warehouse: Path) -> list[ReportResult]:
    """The built-in reports on the example warehouse."""
    return [run_report("overview", {}, warehouse), run_report("promotion", {"code": "BOGO"}, warehouse)]


def test_csv_is_plain_numbers_and_no_formulas() -> None:
    """A spreadsheet reads the numbers as numbers and runs nothing."""
    rows = list(csv.reader(io.StringIO(render_csv(report()))))
    assert rows == [
        ["code", "uses", "discount", "share", "note"],
        ["'=HYPERLINK(1)", "1200", "1234567.5", "0.255", "'-2"],
        ["[bold]é", "3", "-5", "", ""],
    ]


def test_csv_of_another_section(warehouse: Path) -> None:
    """Every section can be had by its name."""
    result = real(warehouse)[1]
    assert render_csv(result, "products").splitlines() == ["product,quantity,discount,net", "latte,2,45000,36000"]
    with pytest.raises(KeyError):
        render_csv(result, "nothing")


def test_json_has_exact_numbers_and_its_schema() -> None:
    """Amounts are JSON numbers as they are, days are ISO texts, and nothing is a float on the way."""
    text = render_json(report(parameters={"since": dt.date(2026, 2, 6)}))
    document = json.loads(text, parse_float=Decimal)
    assert document["schema"] == "promo.report/1"
    assert document["parameters"] == {"since": "2026-02-06"}
    (section,) = document["sections"]
    assert section["rows"][0]["discount"] == Decimal("1234567.5")
    assert section["rows"][1] == {"code": "[bold]é", "uses": 3, "discount": -5, "share": None, "note": None}
    assert section["total"]["uses"] == 1203
    assert document["completeness"]["watermark"] == "2026-02-07T15:00:00Z"
    assert document["completeness"]["final"] is True


def test_the_same_warehouse_gives_the_same_bytes(warehouse: Path) -> None:
    """Reports can be compared with a diff."""
    first, second = ([render_json(each) for each in real(warehouse)] for _ in range(2))
    assert first == second
