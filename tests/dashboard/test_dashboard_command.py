import json
import sys
from pathlib import Path

import pytest

from tests.conftest import Promo


@pytest.fixture
def sold(promo: Promo, starter: Path) -> Path:
    """Return a small workspace that has sold for three days."""
    done = promo("demo", "--json", cwd=starter)
    assert done.code == 0, done.err
    return Path(json.loads(done.out)["workspace"])


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_dashboard_is_written_once_and_the_same_again(promo: Promo, sold: Path) -> None:
    """The path of the first page is the result; a second run finds nothing to change; bytes are equal elsewhere."""
    first = promo("dashboard", cwd=sold)
    assert first.code == 0, first.err
    index = Path(first.out.strip())
    assert index.name == "index.html"
    assert index.parent == sold / "out" / "dashboard"
    assert "written" in first.err
    again = promo("dashboard", cwd=sold)
    assert "nothing has changed" in again.err
    told = promo("dashboard", "--out", sold / "elsewhere", "--json", cwd=sold).json
    assert told["schema"] == "promo.dashboard-made/1"
    assert told["changed"] is True
    assert files(sold / "elsewhere") == files(index.parent)
    assert {"index.html", "roi.html", "cross-brand.html", "data-health.html"} <= set(files(index.parent))


def test_dashboard_adds_up_to_the_report(promo: Promo, sold: Path) -> None:
    """The cells that filters sum up are the figures of `promo report overview`."""
    promo("dashboard", cwd=sold)
    text = (sold / "out" / "dashboard" / "index.html").read_text(encoding="utf-8")
    data = json.loads(text.split('id="data">')[1].split("</script>")[0])
    overview = promo("report", "overview", "--json", cwd=sold).json
    rows = {row["code"]: row for section in overview["sections"] for row in section["rows"] if "code" in row}
    found: dict[str, list[int]] = {}
    for promotion, _, _, uses, discount, *_ in data["uses"]:
        sums = found.setdefault(data["promotions"][promotion]["code"], [0, 0])
        sums[0] += uses
        sums[1] += discount
    assert found
    assert found == {code: [row["uses"], row["discount"]] for code, row in rows.items() if code in found}
    assert sum(uses for uses, _ in found.values()) == sum(row["uses"] for row in rows.values())


def test_a_report_of_the_workspace_is_a_page(promo: Promo, sold: Path) -> None:
    """A .sql file in reports/ that needs no promotion stands in the menu beside the toolkit's."""
    (sold / "reports").mkdir()
    (sold / "reports" / "bills.sql").write_text(
        "/*\ntitle: Bills of ours\n*/\n/*\nsection: bills\ntitle: Bills\ncolumns:\n"
        "  store: {title: Store, type: text}\n  bills: {title: Bills, type: count, bar: true}\n*/\n"
        "SELECT store_id AS store, count(*) AS bills FROM bills GROUP BY store_id ORDER BY store_id\n"
    )
    assert promo("dashboard", cwd=sold).code == 0
    made = files(sold / "out" / "dashboard")
    assert b'<a href="bills.html">Bills of ours</a>' in made["index.html"]
    assert b"<h1>Bills of ours</h1>" in made["bills.html"]


def test_a_day_is_refused_that_is_none(promo: Promo, starter: Path) -> None:
    """The message names the option and shows how a day is written."""
    outcome = promo("dashboard", "--from", "yesterday", cwd=starter)
    assert outcome.code == 2
    assert "--from" in outcome.err
    assert "year-month-day" in outcome.err


def test_report_is_written_in_the_format_of_its_file(promo: Promo, sold: Path) -> None:
    """`--out` chooses by the name, says how much was written, and prints nothing else."""
    for name, begins in (
        ("a.pdf", b"%PDF"),
        ("a.xlsx", b"PK"),
        ("a.parquet", b"PAR1"),
        ("a.html", b"<!doctype"),
        ("a.png", b"\x89PNG"),
    ):
        outcome = promo("report", "overview", "--out", sold / name, cwd=sold)
        assert (outcome.code, outcome.out) == (0, "")
        assert name in outcome.err
        assert (sold / name).read_bytes().startswith(begins)
    promo("report", "overview", "--format", "json", "--out", sold / "a.txt", cwd=sold)
    assert json.loads((sold / "a.txt").read_text())["schema"] == "promo.report/1"


def test_a_failed_report_leaves_the_old_file(promo: Promo, sold: Path) -> None:
    """Nothing is half written where a section is unknown."""
    (sold / "a.csv").write_text("old")
    outcome = promo("report", "overview", "--section", "nope", "--out", sold / "a.csv", cwd=sold)
    assert outcome.code == 2
    assert "expected a section of report 'overview'" in outcome.err
    assert (sold / "a.csv").read_text() == "old"


def test_bytes_are_not_for_a_terminal(promo: Promo, starter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PDF on a terminal is refused before anything is asked of the warehouse."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    outcome = promo("report", "overview", "--format", "pdf", cwd=starter)
    assert outcome.code == 2
    assert "--out FILE" in outcome.err
