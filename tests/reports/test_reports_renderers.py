import csv
import datetime as dt
import io
import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from promo_cli.diagnostics.visible import cells
from promo_cli.reports import charts, charts_marks
from promo_cli.reports.render_csv import render_csv
from promo_cli.reports.render_html import render_html
from promo_cli.reports.render_json import render_json
from promo_cli.reports.render_numbers import numbers_of
from promo_cli.reports.render_page import asset
from promo_cli.reports.render_terminal import render_terminal
from promo_cli.reports.result import Blank, Column, Completeness, Figure, Money, ReportResult, Row, Section
from tests.reports.render_samples import promotions, report

COLUMNS = (
    Column("code", "Promotion", "text"),
    Column("uses", "Uses", "count", bar=True),
    Column("discount", "Discount", "amount"),
    Column("share", "Share", "percent"),
    Column("note", "Note", "text", detail=True),
)
ROWS: tuple[Row, ...] = (
    ("=HYPERLINK(1)", 1200, Decimal("1234567.5"), Decimal("0.255"), "-2"),
    ("[bold]é", 3, -5, None, None),
    ("<b>&\x1b[31m", Blank.SUPPRESSED, 0, Blank.UNDEFINED, None),
)


def small(**changes: Any) -> ReportResult:
    """A report of one table with awkward texts, in dollars."""
    section = Section("main", "By promotion", False, COLUMNS, ROWS, ("Total", 1203, Decimal("1234562.5"), None, None))
    figures = (Figure(COLUMNS[1], 1203), Figure(Column("discount", "Discount given", "amount"), Decimal("1234562.5")))
    settings: dict[str, Any] = {"name": "r", "title": "Report", "parameters": {}, "subtitle": "from 2026-02-06"}
    settings |= {
        "sections": (section,),
        "headline": figures,
        "money": Money("USD", 2),
        "caveats": ("Not incremental.",),
    }
    return report(**{**settings, **changes})


def test_terminal_shows_what_matters_first() -> None:
    """Title, period, headline, one caveat; then the table; at the end how complete it is. Nothing moves the cursor."""
    assert render_terminal(small()) == (
        "Report\n"
        "from 2026-02-06 · Amounts in USD\n"
        "\n"
        "Uses   Discount given\n"
        "1,203  $1,234,562.50\n"
        "\n"
        "Not incremental.\n"
        "\n"
        "By promotion\n"
        "\n"
        " Promotion            Uses               Discount      Share\n"
        " ───────────────────────────────────────────────────────────\n"
        " =HYPERLINK(1)       1,200 ████████  1,234,567.50      25.5%\n"
        " [bold]é                 3 ▏                -5.00        n/a\n"
        " <b>&\N{REPLACEMENT CHARACTER}[31m      suppressed                   0.00  undefined\n"
        " Total               1,203           1,234,562.50        n/a\n"
        "\n"
        "Data up to 28 Feb 2026, 15:00 UTC · 22 of 22 stores reporting\n"
        "Bills: 2,382 of 2,382 in day closes are here · 0 lines missing\n"
        "Lines: 1 quarantined · 2 duplicates\n"
    )


def test_terminal_reads_from_first_to_in_depth() -> None:
    """Sections of the first screen stand before those below, with notes, intervals and sparklines."""
    text = render_terminal(report())
    places = [text.index(title) for title in ("By day", "From trigger to benefit", "Who buys at two brands")]
    assert places == sorted(places)
    assert "Grade A: customers held out at random; Welch's t, 95 %." in text
    assert "210.000.000 (160.000.000 to 260.000.000)" in text
    assert re.search(r"▆▄▅▅▅▆█.* Discount, at most Rp\s16\.340\.000", text)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_terminal_fits_and_never_cuts_a_figure(width: int) -> None:
    """Names are cut and tables go on below, but every figure is there whole."""
    many = tuple(Column(f"c{number}", f"Column {number}", "amount", bar=number == 1) for number in range(1, 9))
    row: Row = ("an extremely long promotion code that nobody should have given", *(10**14 + n for n in range(1, 9)))
    wide = Section("m", "M", False, (COLUMNS[0], *many), (row,))
    text = render_terminal(small(sections=(wide,)), width=width)
    assert max(sum(size for _, size in cells(line)) for line in text.splitlines()) <= width
    assert all(f"{10**14 + number:,}.00" in text for number in range(1, 9))
    assert text.count("an extre") > 1, "each part of the table says what its rows are"


def test_terminal_has_colour_only_on_request() -> None:
    """Without colour there is no escape in the text, and it says the same."""
    plain, coloured = render_terminal(report()), render_terminal(report(), color=True)
    assert "\x1b" not in plain
    assert "\x1b" in coloured
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in bare.splitlines()] == plain.splitlines()


def test_provisional_is_what_matters_first() -> None:
    """While too much is missing, the caveat beside the headline says so, in every rendering."""
    few = Completeness(None, 1, 2, 0, 0, 0, 0, 0, 0)
    said = small(completeness=few, caveats=("Provisional: 50% is here.", "Not incremental."))
    assert render_terminal(said).splitlines()[6] == "Provisional: 50% is here."
    assert '<p class="caveat provisional">Provisional: 50% is here.</p>' in render_html(said)


@pytest.mark.parametrize(
    ("money", "value", "text"),
    [
        (Money("IDR", 0), 12_500, "Rp\N{NO-BREAK SPACE}12.500"),
        (Money("IDR", 0), -12_500, "−Rp\N{NO-BREAK SPACE}12.500"),
        (Money("USD", 2), Decimal("-1234.5"), "−$1,234.50"),
        (Money("BHD", 3), Decimal("1.2"), "BHD\N{NO-BREAK SPACE}1.200"),
        (None, Decimal("1234.5"), "1,234.50"),
    ],
    ids=["rupiah", "less-rupiah", "dollars", "dinars", "unknown"],
)
def test_amounts_are_written_as_the_currency_is(money: Money | None, value: Decimal, text: str) -> None:
    """Separators, symbol and decimals follow the currency; without one, two decimals as soon as one is needed."""
    section = Section("main", "M", False, COLUMNS, (("A", 1, Decimal("0.5"), None, None),))
    assert numbers_of(report(money=money, sections=(section,))).money(value) == text


def test_csv_is_plain_numbers_and_no_formulas() -> None:
    """A spreadsheet reads the numbers as numbers and runs nothing; a withheld figure says why."""
    rows = list(csv.reader(io.StringIO(render_csv(small()))))
    assert rows == [
        ["code", "uses", "discount", "share", "note"],
        ["'=HYPERLINK(1)", "1200", "1234567.5", "0.255", "'-2"],
        ["[bold]é", "3", "-5", "", ""],
        ["<b>&\x1b[31m", "suppressed", "0", "undefined", ""],
    ]


def test_csv_of_another_section() -> None:
    """Every section can be had by its name; by default the first table."""
    assert render_csv(report(), "journey").splitlines()[0] == "step,customers"
    figures_first = report(sections=(replace(promotions(), figures=True), promotions()))
    assert render_csv(figures_first) == render_csv(report(), "promotions")
    with pytest.raises(KeyError):
        render_csv(report(), "nothing")


def test_json_has_exact_numbers_and_its_schema() -> None:
    """Amounts are JSON numbers as they are, days are ISO texts, and nothing is a float on the way."""
    document = json.loads(render_json(small(parameters={"from": dt.date(2026, 2, 6)})), parse_float=Decimal)
    assert document["schema"] == "promo.report/1"
    assert document["parameters"] == {"from": "2026-02-06"}
    assert document["as_of"] == "2026-02-28"
    assert document["currency"] == {"code": "USD", "exponent": 2}
    (section,) = document["sections"]
    assert section["rows"][0]["discount"] == Decimal("1234567.5")
    assert section["rows"][1] == {"code": "[bold]é", "uses": 3, "discount": -5, "share": None, "note": None}
    assert section["total"]["uses"] == 1203
    assert section["blanks"] == [
        {"row": 2, "column": "uses", "why": "suppressed"},
        {"row": 2, "column": "share", "why": "undefined"},
    ]
    assert document["completeness"]["watermark"] == "2026-02-28T15:00:00Z"
    assert document["completeness"]["final"] is True


def test_html_is_one_file_that_fetches_and_runs_nothing() -> None:
    """No script, no link, no address but those of XML names; names from data are text."""
    page = render_html(small())
    assert "<script" not in page
    assert not re.search(r"(src|href)=|url\((?!#)|@import", page)
    assert "default-src 'none'" in page
    assert "&lt;b&gt;&amp;" in page
    assert "<b>&" not in page


def test_html_draws_every_chart_for_both_widths_with_words() -> None:
    """Each chart is in the page for a desk and for a phone, says in words what it shows, and ids are unique."""
    page = render_html(report())
    drawn = [section for section in report().sections if section.chart]
    assert page.count("<svg ") == 2 * len(drawn) == page.count('role="img"')
    assert "Line chart of Discount by Day, 28 values: lowest Rp\N{NO-BREAK SPACE}7.310.000 at 2026-02-02" in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_charts_follow_the_schema_of_vega_lite() -> None:
    """Any tool that reads Vega-Lite can draw what we draw."""
    import altair

    numbers = numbers_of(report())
    specs = [spec for section in report().sections if (spec := charts.vega_lite(section, numbers))]
    assert len(specs) == 6
    for spec in specs:
        altair.Chart.from_dict(spec, validate=True)


def test_charts_are_drawn_with_colours_that_the_page_knows() -> None:
    """Every colour of a chart turns into the page's own, which differs by day and by night."""
    css = asset("assets/promo.css")
    for colour in (charts_marks.INK, charts_marks.MUTED, *charts_marks.SERIES):
        assert f'[fill="{colour}"]' in css


def test_a_section_without_values_is_not_drawn() -> None:
    """A chart of nothing would say that there is nothing."""
    empty = replace(promotions(), rows=(("A", None, None, None, None),), total=None)
    assert charts.vega_lite(empty, numbers_of(report())) is None


@pytest.mark.parametrize("render", [render_terminal, render_json, render_html], ids=lambda each: each.__name__)
def test_the_same_report_gives_the_same_text(render: Any) -> None:
    """Reports can be compared with a diff, also those made one after the other in one process."""
    assert render(report()) == render(report())


def test_charts_do_not_depend_on_the_time_zone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A business day stays that day wherever the page is made."""
    import subprocess
    import sys

    code = (
        "from promo_cli.reports.render_html import render_html; from tests.reports.render_samples import report;"
        "import hashlib; print(hashlib.sha256(render_html(report()).encode()).hexdigest())"
    )
    hashes = set()
    for zone in ("Asia/Jakarta", "America/New_York"):
        monkeypatch.setenv("TZ", zone)
        hashes.add(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)
    assert len(hashes) == 1
