import datetime as dt
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from promo_cli.cli.timeline import LETTERS, scale_of, text
from promo_cli.model.promotion import Validity
from promo_cli.pipeline.calendar import calendar
from promo_cli.pipeline.calendar_words import when
from promo_cli.pipeline.price import readable_workspace
from promo_cli.pricing import price
from promo_cli.validation.sample import alone, sample
from tests.conftest import ROOT, Outcome, Promo

CLOSED = {"not_started", "expired", "wrong_day", "holiday"}
DECEMBER = ("--from", "2026-12-21", "--to", "2027-01-03")


@pytest.fixture
def shop(starter: Path) -> Path:
    """Return the starter with promotions that end, begin, rest, are switched off, or run on single days."""
    written = {
        "night": "validity: {start_date: 2026-12-23, end_date: 2026-12-26, time_start: 22:00, time_end: 02:00}",
        "rests": "validity: {start_date: 2026-01-01, exclude_holidays: true, exclude_dates: [2026-12-28]}",
        "paused": "is_active: false\nvalidity: {start_date: 2026-01-01}",
        "gone": "validity: {start_date: 2026-01-01, end_date: 2026-06-30}",
        "later": "validity: {start_date: 2027-02-01}",
    }
    for code, validity in written.items():
        promotion = f"code: {code.upper()}\nname: The {code} one\npromo_type: percent_discount\nowner: A\n{validity}\n"
        rules = "scope: {apply_to: category, categories: [bread]}\nrules: {discount_percent: 10}\n"
        (starter / f"promotions/{code}.yaml").write_text(promotion + rules)
    return starter


def line_of(outcome: Outcome, code: str) -> str:
    """Return the line of a promotion in the timeline."""
    return next(line for line in outcome.out.splitlines() if line.strip().startswith(f"{code} "))


def test_the_calendar_says_what_tills_do(chain: Path) -> None:
    """On every day the calendar lets a promotion run exactly where the engine does, holidays and nights included."""
    workspace, _ = readable_workspace(chain)
    first = dt.date(2026, 12, 23)
    found = {row.code: row for row in calendar(chain, first=first, days=10).rows}
    for code in ("NIGHTOWL", "FRAPPE35", "WEEKEND20", "BUCKETWED"):
        promotion = next(one for one in workspace.promotions if one.code == code)
        made = sample(workspace, promotion, first)
        assert made is not None
        clock = dt.datetime.fromisoformat(made.cart["at"]).time()
        runs = {day for run in found[code].runs(first) for day in days_of(run)}
        for day in (first + dt.timedelta(days=number) for number in range(10)):
            prepared = alone(workspace, [promotion], made.store_id, day)
            receipt = price({**made.cart, "at": dt.datetime.combine(day, clock).isoformat()}, prepared)
            said = {one["code"]: one["reason_code"] for one in receipt["skipped"]}
            opened = day - dt.timedelta(days=1) if code == "NIGHTOWL" and clock.hour < 12 else day
            assert (said.get(code) in CLOSED) is (opened not in runs), (code, day)


def days_of(run: Any) -> list[dt.date]:
    """Return the days of a run."""
    return [run.first + dt.timedelta(days=number) for number in range((run.last - run.first).days + 1)]


def test_a_timeline_reads_without_colour(promo: Promo, shop: Path) -> None:
    """All day, some hours, another day, a day of rest and what is switched off have marks of their own."""
    outcome = promo("calendar", *DECEMBER, cwd=shop)
    assert outcome.code == 0
    assert "\033" not in outcome.out
    drawn = re.compile(r"[█▄·x░][█▄·x░ ]*")
    picture = {code: drawn.findall(line_of(outcome, code))[0] for code in ("NIGHT", "RESTS", "PAUSED")}
    each = len(picture["PAUSED"].strip()) // 14
    assert each > 1
    assert picture["PAUSED"].strip() == "░" * 14 * each
    assert picture["NIGHT"].strip() == "▄" * 4 * each
    assert line_of(outcome, "NIGHT").split()[-3:] == ["22:00-02:00", "all", "stores"]
    assert picture["RESTS"].replace(" ", "") == "█" * 4 * each + "x" + "█" * 2 * each + "x" + "█" * 3 * each + "x" + (
        "█" * 2 * each
    )
    assert "* 25 Dec Christmas Day, 1 Jan New Year's Day" in outcome.out


@pytest.mark.parametrize("days", [1, 7, 28, 36, 100, 250, 400, 732])
def test_every_length_fits_eighty_columns(promo: Promo, days: int) -> None:
    """Days, weeks or months are chosen so that no line is longer than a terminal is wide."""
    outcome = promo("calendar", "--from", "2026-02-02", "--days", days, "--workspace", ROOT)
    assert max(map(len, outcome.out.splitlines())) <= 80
    assert "WEEKEND20" in outcome.out


def test_the_scale_is_the_finest_that_fits() -> None:
    """Days while there is room, then weeks from Monday, then months; every day is in one cell."""
    first = dt.date(2026, 2, 4)
    scales = [scale_of(first, first + dt.timedelta(days=days - 1), 30) for days in (30, 31, 210, 300)]
    assert [(scale.unit, len(scale.cells)) for scale in scales] == [
        ("day", 30),
        ("week", 5),
        ("month", 8),
        ("month", 10),
    ]
    for days, scale in zip((30, 31, 210, 300), scales, strict=True):
        assert [number for cell in scale.cells for number in cell] == list(range(days))


def test_what_runs_on_none_of_the_days_is_named_with_why(promo: Promo, shop: Path) -> None:
    """What has ended, has not begun or has no day in the span is not silently left out."""
    outcome = promo("calendar", "--from", "2026-12-23", "--days", "2", cwd=shop)
    _, _, absent = outcome.out.partition("Not on these days:")
    assert "GONE ended 30 Jun 2026" in absent
    assert "LATER starts 1 Feb 2027" in absent
    assert "WEEKEND20 runs on Sat and Sun only" in absent


def test_letters_stand_in_where_signs_cannot_be_shown(shop: Path) -> None:
    """A terminal that knows letters only shows the same."""
    shown = text(calendar(shop, first=dt.date(2026, 12, 21), days=14), width=80, marks=LETTERS)
    assert shown.isascii()
    assert "####" in shown


@pytest.mark.parametrize(
    ("validity", "words"),
    [
        ("", "every day"),
        ("time_start: 17:00", "every day, 17:00-24:00"),
        ("time_end: 10:30, days_of_week: [mon, tue, wed]", "Mon to Wed, 00:00-10:30"),
        ("time_start: 22:00, time_end: 02:00, days_of_week: [fri, sun]", "Fri and Sun, 22:00-02:00 (next morning)"),
        ("exclude_holidays: true, exclude_dates: [2026-12-24]", "every day, not on holidays, not on 24 Dec 2026"),
    ],
)
def test_when_is_said_in_words(validity: str, words: str) -> None:
    """Days, hours and days of rest, as one would say them."""
    assert when(Validity.model_validate(yaml.load(f"{{start_date: 2026-01-01, {validity}}}", loader))) == words


def loader(stream: str) -> yaml.SafeLoader:
    """Return a loader that takes dates and times for text, as ours does."""
    made = yaml.SafeLoader(stream)
    made.yaml_implicit_resolvers = {
        key: [one for one in found if one[0] == "tag:yaml.org,2002:bool"]
        for key, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return made


def test_filters_narrow_what_is_shown(promo: Promo) -> None:
    """By brand, store, type and code; what is for every brand stays."""

    def codes(*options: str) -> set[str]:
        outcome = promo("calendar", "--json", *DECEMBER, *options, "--workspace", ROOT)
        return {one["code"] for one in outcome.json["promotions"]}

    assert codes("WEEKEND20", "nightowl") == {"WEEKEND20", "NIGHTOWL"}
    assert {"WEEKEND20", "WALLET10"} <= codes("--brand", "kopi-teras")
    assert "BUCKETWED" not in codes("--brand", "kopi-teras")
    assert "NIGHTOWL" not in codes("--store", "jkt-thamrin")
    assert "NIGHTOWL" in codes("--store", "dps-airport")
    assert codes("--type", "package", "--type", "upsell") >= {"COOKIE-ADDON"}


def test_the_document_says_days_hours_stores_and_places(promo: Promo, shop: Path) -> None:
    """Programs get runs of days, days of rest, stores with their time zones, and the file."""
    shown = promo("calendar", "--json", *DECEMBER, cwd=shop).json
    assert shown["schema"] == "promo.calendar/1"
    night, rests = (next(one for one in shown["promotions"] if one["code"] == code) for code in ("NIGHT", "RESTS"))
    assert night["runs"] == [{"from": "2026-12-23", "to": "2026-12-26"}]
    assert (night["time_start"], night["time_end"]) == ("22:00:00", "02:00:00")
    assert rests["rests"] == ["2026-12-25", "2026-12-28", "2027-01-01"]
    weekend = next(one for one in shown["promotions"] if one["code"] == "WEEKEND20")
    assert (rests["stores"], weekend["stores"]) == ("all", ["jkt-sabang", "dps-sanur"])
    assert set(rests["timezones"]) == {"Asia/Jakarta", "Asia/Makassar"}
    assert (rests["path"], rests["line"]) == ("promotions/rests.yaml", 1)
    assert {one["code"] for one in shown["absent"]} == {"GONE", "LATER"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--from 1.2.2026", "--from"),
        ("--to tomorrow", "--to"),
        ("--from 2026-02-01 --to 2026-01-01", "--to 2026-01-01 is before the first day, 2026-02-01"),
        ("--days 3 --to 2026-12-01", "--days"),
        ("--days 0", "--days"),
        ("--days 5000", "a calendar shows at most 732"),
        ("--brand kopi-senjah", "did you mean --brand kopi-senja?"),
        ("--store jkt-saban", "did you mean jkt-sabang?"),
        ("--type percent_discont", "did you mean --type percent_discount?"),
        ("WEEKEN20", "did you mean WEEKEND20?"),
        ("--out nowhere/calendar.html", "--out"),
    ],
)
def test_an_option_that_cannot_be_read_is_named(promo: Promo, starter: Path, options: str, words: str) -> None:
    """Whatever is wrong, the message names the option and what it takes."""
    outcome = promo("calendar", *options.split(), cwd=starter)
    assert outcome.code in (1, 2)
    assert words in " ".join(outcome.err.split())


class Page(HTMLParser):
    """What a page loads, and the text of its tables."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.tags: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note every element, and what it would fetch."""
        self.tags.append(tag)
        self.loads += [value or "" for name, value in attrs if name in ("src", "href", "data") and value != "#list"]


def test_the_page_is_one_file_that_loads_nothing(promo: Promo, shop: Path) -> None:
    """A page for phones and printers with a picture and a table, nothing from anywhere, and no markup from a name."""
    path = shop / "promotions/night.yaml"
    path.write_text(path.read_text().replace("The night one", "<script>alert(1)</script>"))
    outcome = promo("calendar", *DECEMBER, "--out", "calendar.html", cwd=shop)
    assert (outcome.code, outcome.out) == (0, "")
    markup = (shop / "calendar.html").read_text()
    page = Page(markup)
    assert page.loads == []
    assert "url(" not in markup
    assert page.tags.count("script") == 1
    assert {"main", "h1", "table", "caption", "th"} <= set(page.tags)
    for words in ("prefers-color-scheme: dark", "@media print", 'name="viewport"', 'lang="en"', 'role="img"'):
        assert words in markup
    assert "Fri, 22:00" not in markup
    assert "every day, 22:00-02:00 (next morning)" in markup
    assert "switched off" in markup
    assert promo("calendar", *DECEMBER, "--format", "html", cwd=shop).out.rstrip() == markup.rstrip()


def test_other_files_follow_from_their_names(promo: Promo, shop: Path) -> None:
    """--out takes the form from the name: .json is the document, any other the timeline."""
    promo("calendar", *DECEMBER, "--out", "calendar.json", cwd=shop)
    assert (shop / "calendar.json").read_text() == promo("calendar", *DECEMBER, "--json", cwd=shop).out
    promo("calendar", *DECEMBER, "--out", "calendar.txt", cwd=shop)
    assert (shop / "calendar.txt").read_text() == promo("calendar", *DECEMBER, cwd=shop).out


def test_an_empty_calendar_says_so(promo: Promo, starter: Path) -> None:
    """Where nothing runs, that is said, in every form."""
    arguments = ("calendar", "--from", "2020-01-01", "--days", "3")
    assert "Nothing runs on these days." in promo(*arguments, cwd=starter).out
    assert "Nothing runs on these days." in promo(*arguments, "--format", "html", cwd=starter).out
    assert promo(*arguments, "--json", cwd=starter).json["promotions"] == []
