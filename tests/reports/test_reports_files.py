from pathlib import Path
from typing import Any

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.reports import files
from promo_cli.reports.run import run_report

OWN = """/*
title: Bills a day
parameters:
  least: {type: text, help: only days with as many bills}
  until: {type: date}
*/
CREATE OR REPLACE TEMP TABLE days AS
    SELECT business_date AS day, count(*) AS bills FROM bills GROUP BY ALL;
/*
section: days
title: Days
columns:
  day: {title: Day, type: date}
  bills: {title: Bills, type: count}
*/
SELECT bills, day FROM days WHERE bills >= CAST(coalesce($least, '0') AS INTEGER) ORDER BY day;
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace's reports folder with one report of its own."""
    (tmp_path / "bills-a-day.sql").write_text(OWN)
    return tmp_path


def test_a_workspace_adds_reports_by_dropping_files(warehouse: Path, folder: Path) -> None:
    """Its own reports stand beside the built-in ones and run like them."""
    assert files.names(folder) == sorted(["bills-a-day", *files.names(None)])
    result = run_report("bills-a-day", {"least": "3"}, warehouse, folder=folder)
    assert [(str(day), bills) for day, bills in result.rows] == [("2026-02-07", 4)]
    assert [column.name for column in result.columns] == ["day", "bills"]


def test_a_workspace_s_report_replaces_a_built_in_one(warehouse: Path, tmp_path: Path) -> None:
    """A chain that wants another overview writes its own."""
    (tmp_path / "overview.sql").write_text(OWN)
    assert run_report("overview", {}, warehouse, folder=tmp_path).title == "Bills a day"


@pytest.mark.parametrize("name", files.names(None))
def test_every_column_of_a_built_in_report_has_a_title(name: str) -> None:
    """And every report says what it is for."""
    report = files.read(name, None)
    assert report.help
    assert report.caveats
    assert all(column.title for query in report.queries for column in query.columns)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("title: Bills a day", "titel: x"), "expected the keys title"),
        (("title: Days", "title: Days\ntable: x"), "unknown keys table"),
        (("type: count", "type: money"), "column bills: expected one of text, date, count"),
        (("type: text, help", "type: int, help"), "parameter least: expected one of date, text, texts"),
        (("  least:", "  'le ast':"), "parameter 'le ast': expected a name"),
        (("/*\ntitle", "SELECT 1;\n/*\ntitle"), "expected a comment with the title first"),
        (("  least: {type: text, help: only days with as many bills}", "  least: text"), "expected keys and values"),
        (("title: Bills a day", "title: Bills a day\nneeds: [nothing]"), "no shared part 'nothing'"),
        (("title: Bills a day", "title: [a"), "while parsing"),
        (("SELECT bills, day", "SELECT bills"), "section days: expected the columns day, bills, found bills"),
        (("FROM days WHERE", "FROM dayz WHERE"), "dayz does not exist"),
        (("$least", "$most"), "the parameter $most is used but not declared"),
    ],
)
def test_a_faulty_report_is_named_with_what_is_wrong(
    warehouse: Path, folder: Path, change: tuple[str, str], message: str
) -> None:
    """The author of a report learns the place, what was expected, and what was found."""
    (folder / "bills-a-day.sql").write_text(OWN.replace(*change))
    with pytest.raises(Failure) as caught:
        run_report("bills-a-day", {}, warehouse, folder=folder)
    (found,) = caught.value.diagnostics
    assert found.code == "CFG603"
    assert message in found.message


@pytest.mark.parametrize(
    ("name", "params", "code", "message"),
    [
        ("overvue", {}, "CFG601", "found 'overvue'"),
        ("overview", {"store": "A"}, "CFG602", "has no parameter 'store'; it takes from (date)"),
        ("overview", {"from": "07/02/2026"}, "CFG602", "from: expected a day such as 2026-02-07"),
        ("promotion", {}, "CFG602", "is about one promotion, found 0"),
        ("overview", {"from": "2026-02-07", "to": "2026-02-06"}, "CFG602", "to: expected 2026-02-07 or a later day"),
    ],
)
def test_a_wrong_request_says_what_there_is(
    warehouse: Path, name: str, params: dict[str, Any], code: str, message: str
) -> None:
    """Names, parameters and values are checked before anything is computed."""
    with pytest.raises(Failure) as caught:
        run_report(name, params, warehouse)
    (found,) = caught.value.diagnostics
    assert found.code == code
    assert message in found.message


def test_a_report_cannot_write(warehouse: Path, folder: Path) -> None:
    """Reports read the published state; a query that changes it is refused by the database."""
    (folder / "bills-a-day.sql").write_text(OWN.replace("CREATE OR REPLACE", "DELETE FROM bills; CREATE OR REPLACE"))
    with pytest.raises(Failure) as caught:
        run_report("bills-a-day", {}, warehouse, folder=folder)
    assert "read-only" in caught.value.diagnostics[0].message
