from pathlib import Path

from promo_cli.reports import files
from tests.conftest import Promo


def test_without_a_name_the_reports_are_listed(promo: Promo, starter: Path) -> None:
    """Every report by name and title, own parameters below, in 80 columns; the workspace's own are among them."""
    (starter / "reports").mkdir()
    own = Path(__file__).with_name("own_report.sql").read_text(encoding="utf-8")
    (starter / "reports" / "bills-a-day.sql").write_text(own, encoding="utf-8")
    listed = promo("report", "--workspace", starter)
    assert listed.code == 0
    assert [line.split()[0] for line in listed.out.splitlines() if not line.startswith(" ")] == sorted(
        ["bills-a-day", *files.names(None)]
    )
    assert all(len(line) <= 80 for line in listed.out.splitlines())
    names = [each["name"] for each in promo("report", "--workspace", starter, "--json").json["reports"]]
    assert "bills-a-day" in names


def test_a_report_before_the_first_ingest_says_what_to_do(promo: Promo, starter: Path) -> None:
    """There is no warehouse yet: exit 2 and the command that makes one."""
    asked = promo("report", "overview", "--workspace", starter)
    assert asked.code == 2
    assert "promo ingest" in asked.err
