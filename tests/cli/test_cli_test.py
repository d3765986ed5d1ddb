from pathlib import Path
from xml.etree import ElementTree

import pytest
import typer

from promo_cli.cli import test as command
from promo_cli.cli.comparison import side_by_side
from promo_cli.cli.paper import Words
from promo_cli.cli.session import Session
from promo_cli.cli.testing import as_markdown
from promo_cli.model.expectation import Expectation
from promo_cli.pipeline.check import run_tests
from promo_cli.validation.selftest import Result
from promo_cli.workspace import reader
from promo_cli.workspace.limits import PROMOTION
from tests.conftest import Promo

ROOT = Path(__file__).resolve().parents[2]
WEEKEND = "promotions/kopi-teras/weekend20.yaml"
EVENING = "promotions/group/food-court-evening.test.yaml"
WIDEST = 100


@pytest.fixture
def failing(chain: Path) -> Path:
    """Return the chain with one expectation that is wrong, and one test whose cart cannot be priced."""
    change(chain / WEEKEND, "total_discount: 18_000", "total_discount: 20_000")
    change(chain / WEEKEND, "quantity: 10}]}", "quantity: 10}], subtotal: 5}")
    return chain


@pytest.fixture(scope="module")
def lattes() -> Result:
    """Return the priced test of two lattes on a Saturday."""
    _, (result,) = run_tests(ROOT, matching="two lattes on a Saturday")
    return result


def change(path: Path, before: str, after: str) -> None:
    """Replace a text that stands once in a file."""
    text = path.read_text()
    assert text.count(before) == 1
    path.write_text(text.replace(before, after))


def test_every_test_of_the_chain_passes(promo: Promo, chain: Path) -> None:
    """The tests of promotions and those of the whole chain run together, and say how many they were."""
    outcome = promo("test", "--verbose", cwd=chain)
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    passed = [line for line in lines if line.startswith("  ok  ")]
    assert {WEEKEND, EVENING} < set(lines) - set(passed)
    assert "  ok  two lattes on a Saturday" in passed
    assert f"{len(passed)} of {len(passed)} tests passed." in outcome.err


def test_a_failure_shows_both_receipts_side_by_side(promo: Promo, failing: Path) -> None:
    """The lines that differ are marked, what was not expected is blank, and all fits a terminal."""
    outcome = promo("test", WEEKEND, cwd=failing)
    assert outcome.code == 1
    lines = outcome.out.splitlines()
    assert max(map(len, lines)) <= WIDEST
    first = lines.index("FAIL  two lattes on a Saturday")
    assert f"{WEEKEND}:12, jkt-thamrin, Sat 7 Feb 2026, 10:00" in lines[first + 1]
    (marked,) = [line.split() for line in lines if line.startswith("≠")]
    assert marked == ["≠", "Discounts", "-20,000", "Discounts", "-18,000"]
    (bought,) = [line for line in lines if "2 × Caffe Latte" in line]
    assert bought[:48].strip() == ""
    assert "1 of 3 tests passed." in outcome.err


def test_a_test_that_cannot_run_says_what_to_do(promo: Promo, failing: Path) -> None:
    """A cart that cannot be priced is told apart from a wrong expectation, at its place."""
    out = promo("test", "-k", "round for the office", cwd=failing).out
    assert f"{WEEKEND}:20," in out
    assert "the cart cannot be priced" in out
    assert "≠" not in out


@pytest.mark.parametrize(
    ("expect", "marked"),
    [
        ("{applied: []}", "nothing|WEEKEND20 18,000"),
        ("{applied: {FRAPPE35: 5_000, WEEKEND20: 18_000}}", "FRAPPE35 5,000|-"),
        ("{applied: [FRAPPE35, WEEKEND20]}", "FRAPPE35|-"),
        ("{applied: {WEEKEND20: 5}}", "WEEKEND20 5|WEEKEND20 18,000"),
        ("{skipped: {SORRY50: expired}}", "SORRY50: expired|SORRY50: voucher_missing"),
        ("{skipped: [WEEKEND20]}", "WEEKEND20|WEEKEND20: it applies"),
        ("{lines: [{product_id: latte, net: 90_000}]}", "net 90,000|net 72,000"),
        ("{lines: [{product_id: latte, quantity: 3, discount: 18_000}]}", "3 × Caffe Latte|2 × Caffe Latte 90,000"),
        ("{lines: [{product_id: mug}]}", "Teras Mug|-"),
        ("{subtotal: 1}", "Subtotal 1|Subtotal 90,000"),
        ("{rewards: [{code: POINTS2, amount: 5}]}", "code POINTS2, amount 5|-"),
    ],
)
def test_each_part_that_differs_is_marked(lattes: Result, expect: str, marked: str) -> None:
    """Whatever is expected stands on the left, and beside it what is the case."""
    expected = Expectation.model_validate(reader.read("x.yaml", expect.encode(), PROMOTION).value)
    lines = side_by_side(expected, lattes.receipt or {}, Words({"latte": "Caffe Latte", "mug": "Teras Mug"}, 0))
    sides = [f"{' '.join(line[1:48].split())}|{' '.join(line[48:].split())}" for line in lines if line[:1] == "≠"]
    assert sides == [marked]


def test_json_has_everything(promo: Promo, failing: Path) -> None:
    """Programs get each test with its place, its differences and, where it failed, the receipt."""
    outcome = promo("test", "--json", cwd=failing)
    assert outcome.code == 1
    tests = outcome.json["tests"]
    assert outcome.json["schema"] == "promo.test/1"
    assert outcome.json["summary"] == {"tests": len(tests), "passed": len(tests) - 2, "failed": 2}
    wrong, broken = [test for test in tests if not test["passed"]]
    assert (wrong["path"], wrong["line"], wrong["code"]) == (WEEKEND, 12, "WEEKEND20")
    assert wrong["differences"] == [{"what": "total_discount", "expected": 20_000, "actual": 18_000}]
    assert wrong["receipt"]["final_amount"] == 72_000
    assert broken["receipt"] is None
    assert broken["messages"]
    assert any(test["code"] is None and test["path"] == EVENING for test in tests)


def test_junit_tells_failures_from_errors(promo: Promo, failing: Path) -> None:
    """A CI server reads suites by file, and failures with both receipts in their text."""
    root = ElementTree.fromstring(promo("test", "--format", "junit", cwd=failing).out)
    suite = next(suite for suite in root if suite.get("name") == WEEKEND)
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    assert (root.get("failures"), root.get("errors")) == ("1", "1")
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert "total_discount is 18,000, expected 20,000" in (failure.get("message") or "")
    assert "≠" in (failure.text or "")
    case = suite.find("testcase")
    assert case is not None
    assert (case.get("classname"), case.get("file"), case.get("line")) == ("WEEKEND20", WEEKEND, "12")


def test_github_gets_annotations_the_text_and_a_summary(
    promo: Promo, failing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Annotations stand at the lines; because only ten are shown, the text follows and the summary holds it too."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    change(failing / WEEKEND, "name: two lattes on a Saturday", 'name: "20%, two: lattes"')
    out = promo("test", "--format", "github", cwd=failing).out
    first = out.splitlines()[0]
    assert first.startswith(f"::error file={WEEKEND},title=TST001 test-failed,line=16,col=")
    assert '"20%25, two: lattes": total_discount is 18,000, expected 20,000%0Aat jkt-thamrin' in first
    assert "FAIL  20%, two: lattes" in out
    summary = (tmp_path / "summary.md").read_text()
    assert "tests passed" in summary
    assert summary.count("<details>") == 2


def test_the_summary_cannot_be_broken_by_names(chain: Path) -> None:
    """A name with HTML in it stays text."""
    change(chain / WEEKEND, "name: two lattes on a Saturday", "name: two <b> & ``` lattes")
    change(chain / WEEKEND, "total_discount: 18_000", "total_discount: 20_000")
    _, results = run_tests(chain, [WEEKEND])
    assert "<summary>two &lt;b&gt; &amp; ``` lattes</summary>" in as_markdown(results, Words({}, 0))


@pytest.mark.parametrize("arguments", [("-k", "no such name"), ("promotions/nowhere.yaml",)])
def test_a_choice_that_chooses_nothing_is_a_usage_error(promo: Promo, chain: Path, arguments: tuple[str, ...]) -> None:
    """A misspelt name or path does not look like a run in which all passed."""
    outcome = promo("test", *arguments, cwd=chain)
    assert outcome.code == 2
    assert outcome.err


def test_update_asks_before_it_writes(promo: Promo, chain: Path) -> None:
    """Off a terminal the changes are shown and nothing is written; --dry-run never writes."""
    change(chain / WEEKEND, "total_discount: 18_000", "total_discount: 20_000")
    before = (chain / WEEKEND).read_text()
    for arguments in ((), ("--dry-run", "--yes")):
        outcome = promo("test", "--update", *arguments, cwd=chain)
        assert outcome.code == 1
        assert "-    expect: {applied: {WEEKEND20: 18_000}, total_discount: 20_000" in outcome.err
        assert "+    expect: {applied: {WEEKEND20: 18_000}, total_discount: 18_000" in outcome.err
        assert (chain / WEEKEND).read_text() == before
    assert "--yes" in promo("test", "--update").err


def test_update_writes_with_yes_and_tests_again(promo: Promo, chain: Path) -> None:
    """Once written the tests pass, and the file is what it was but for the figure."""
    original = (chain / WEEKEND).read_text()
    change(chain / WEEKEND, "total_discount: 18_000", "total_discount: 20_000")
    outcome = promo("test", "--update", "--yes", cwd=chain)
    assert outcome.code == 0
    assert f"Wrote {WEEKEND}" in outcome.err
    assert (chain / WEEKEND).read_text() == original
    assert promo("test", "--update", "--yes").code == 0


@pytest.mark.parametrize("agreed", [True, False])
def test_update_at_a_terminal_takes_an_answer(chain: Path, monkeypatch: pytest.MonkeyPatch, agreed: bool) -> None:
    """A person is asked once, after the changes are shown, and a no writes nothing."""
    change(chain / WEEKEND, "total_discount: 18_000", "total_discount: 20_000")
    wrong = (chain / WEEKEND).read_text()
    asked: list[str] = []

    def confirm(question: str, **_: object) -> bool:
        asked.append(question)
        return agreed

    monkeypatch.setattr(typer, "confirm", confirm)
    session = Session(start=chain, quiet=False, verbose=False, interactive=True, json=False)
    workspace, results = run_tests(chain)
    assert command.updated(session, workspace, results, yes=False, dry_run=False) is agreed
    assert asked == ["Write this file?"]
    assert ((chain / WEEKEND).read_text() != wrong) is agreed


def test_update_says_what_it_leaves(promo: Promo, chain: Path) -> None:
    """What combinations share and now differ in is named, and still fails."""
    change(chain / EVENING, "applied: {SORRY50: 50_000}, final_amount: 59_000", "applied: {}, final_amount: 59_000")
    change(chain / "promotions/group/sorry50.yaml", "stacking: {exclusive: cart}\n", "")
    outcome = promo("test", EVENING, "--update", "--yes", cwd=chain)
    assert outcome.code == 1
    assert f"{EVENING}:75: combinations that share `applied` now differ" in outcome.err


def test_nothing_is_published_while_a_chain_test_fails(promo: Promo, chain: Path) -> None:
    """A test over the whole chain guards a publication like a promotion's own."""
    change(chain / EVENING, "applied: {SORRY50: 50_000}", "applied: []")
    outcome = promo("publish", "--env", "local", "--allow-dirty", cwd=chain)
    assert outcome.code == 1
    assert "an apology stands alone" in outcome.err
