import json
import os
from pathlib import Path

import pytest

from tests.conftest import Promo

WEEKEND = "promotions/weekend20.yaml"
IGNORE = '# promo: ignore[POL001] reason="the printer folds it"'


def edit(root: Path, old: str, new: str, path: str = WEEKEND) -> None:
    """Replace a text that stands in a file."""
    text = (root / path).read_text()
    assert old in text
    (root / path).write_text(text.replace(old, new, 1))


def settings(root: Path, text: str) -> None:
    """Add a section to promo.yaml."""
    with (root / "promo.yaml").open("a") as file:
        file.write(text)


@pytest.fixture
def wide(starter: Path) -> Path:
    """Return a starter in which one name is too wide for the receipt."""
    edit(starter, "name: Weekend Special 20% Off ", "name: Weekend Special 20% Off on Every Hot Drink ")
    return starter


@pytest.fixture
def misspelt(starter: Path) -> Path:
    """Return a starter with a safe and an unsafe fix, and a comment behind each place."""
    edit(starter, "discount_percent: 20", "discount_precent: 20   # twenty")
    edit(starter, "start_date: 2026-01-01 ", "start_date: 2026-1-1   # new year ")
    return starter


def test_a_suppressed_finding_counts_nowhere_but_is_in_json(promo: Promo, wide: Path) -> None:
    """Text shows the number of suppressed findings only; JSON shows each with its reason."""
    edit(wide, "name: ", f"{IGNORE}\nname: ")
    outcome = promo("validate", cwd=wide)
    assert (outcome.code, outcome.out) == (0, "")
    assert "No problems in " in outcome.err
    assert "(1 suppressed)" in outcome.err
    document = promo("validate", "--json", cwd=wide).json
    (found,) = document["diagnostics"]
    assert found["suppressed"] is True
    assert found["suppression"] == {"kind": "comment", "reason": "the printer folds it"}
    assert document["summary"]["warnings"] == 0


def test_a_suppression_expires(promo: Promo, wide: Path) -> None:
    """After its last day the finding is back, and so is a word about the comment."""
    edit(wide, "name: ", f"{IGNORE} until=2026-07-01\nname: ")
    assert promo("validate", "--as-of", "2026-07-01", cwd=wide).out == ""
    late = promo("validate", "--as-of", "2026-07-02", "--format", "concise", cwd=wide)
    assert "POL001" in late.out
    assert "SUP004" in late.out


def test_severities_of_promo_yaml_decide_the_exit_code(promo: Promo, wide: Path) -> None:
    """A warning made an error fails the command; off, it is gone; a path narrows it down."""
    assert promo("validate", cwd=wide).code == 0
    settings(wide, "diagnostics: {severity: {POL001: error}}\n")
    assert promo("validate", cwd=wide).code == 1
    assert promo("compile", "--out", "out/bundles", cwd=wide).code == 1
    edit(
        wide,
        "{severity: {POL001: error}}",
        '{severity: {POL001: error}, paths: {"promotions/*": {POL: "off"}}}',
        "promo.yaml",
    )
    outcome = promo("validate", cwd=wide)
    assert (outcome.code, outcome.out) == (0, "")


def test_severities_that_mean_nothing_are_reported(promo: Promo, starter: Path) -> None:
    """An unknown code and a family whose errors always count are said, at their place in promo.yaml."""
    settings(starter, 'diagnostics:\n  severity: {POL999: error}\n  paths:\n    "stores/*": {REF: "off"}\n')
    lines = promo("validate", "--format", "concise", cwd=starter).out.splitlines()
    assert [line.split()[1] for line in lines] == ["warning[CFG102]", "warning[CFG103]"]
    assert lines[1].startswith("promo.yaml:")


def test_a_baseline_hides_what_was_there_and_shows_what_is_new(promo: Promo, wide: Path) -> None:
    """The first run lists what is found; then only another finding is reported."""
    written = promo("validate", "--write-baseline", "--baseline", "known.json", cwd=wide)
    assert "known.json lists 1 finding." in written.err
    assert "diagnostics: {baseline: known.json}" in written.err
    settings(wide, "diagnostics: {baseline: known.json}\n")
    assert promo("validate", cwd=wide).out == ""
    edit(
        wide,
        "name: Evening Bread 30% Off",
        "name: Evening Bread 30% Off, Pastry as Well",
        "promotions/evening-bread.yaml",
    )
    again = promo("validate", "--format", "concise", cwd=wide)
    assert [line.split(":")[0] for line in again.out.splitlines()] == ["promotions/evening-bread.yaml"]


def test_a_baseline_only_shrinks(promo: Promo, wide: Path) -> None:
    """Written again it loses what is settled and does not take in what is new; until then that is a warning."""
    promo("validate", "--write-baseline", cwd=wide)
    edit(wide, " on Every Hot Drink ", " ")
    edit(
        wide,
        "name: Evening Bread 30% Off",
        "name: Evening Bread 30% Off, Pastry as Well",
        "promotions/evening-bread.yaml",
    )
    before = promo("validate", "--baseline", "promo-baseline.json", "--format", "concise", cwd=wide).out
    assert "SUP006" in before
    again = promo("validate", "--write-baseline", "--baseline", "promo-baseline.json", "--format", "concise", cwd=wide)
    assert "promo-baseline.json lists 0 findings; 1 finding went out of it." in again.err
    assert [line.split()[1] for line in again.out.splitlines()] == ["warning[POL001]"]


def test_no_baseline_is_written_while_something_cannot_be_read(promo: Promo, wide: Path) -> None:
    """With a broken file nothing is known to be settled, so the baseline stays as it is."""
    promo("validate", "--write-baseline", cwd=wide)
    before = (wide / "promo-baseline.json").read_text()
    edit(wide, "scope:", "scope")
    outcome = promo("validate", "--write-baseline", cwd=wide)
    assert outcome.code == 1
    assert "YML001" in outcome.err
    assert (wide / "promo-baseline.json").read_text() == before


def test_a_missing_baseline_ends_the_command(promo: Promo, starter: Path) -> None:
    """A misspelt path is not taken for an empty baseline."""
    outcome = promo("validate", "--baseline", "none.json", cwd=starter)
    assert outcome.code == 2
    assert "SUP007" in outcome.err


def test_fix_writes_what_can_only_be_meant(promo: Promo, misspelt: Path) -> None:
    """Only the safe fix is applied; comments and everything else stay; the rest is reported."""
    before = (misspelt / WEEKEND).read_text()
    outcome = promo("validate", "--fix", "--format", "concise", cwd=misspelt)
    assert outcome.code == 1
    assert "Fixed 1 finding in 1 file." in outcome.err
    assert "SCH003" in outcome.out
    assert (misspelt / WEEKEND).read_text() == before.replace("2026-1-1 ", "2026-01-01 ")


def test_unsafe_fixes_go_with_fix(promo: Promo, misspelt: Path) -> None:
    """Guesses are written only with --fix, and alone the option is refused."""
    before = (misspelt / WEEKEND).read_text()
    assert promo("validate", "--unsafe-fixes", cwd=misspelt).code == 2
    assert (misspelt / WEEKEND).read_text() == before
    outcome = promo("validate", "--fix", "--unsafe-fixes", cwd=misspelt)
    assert outcome.code == 0
    assert (misspelt / WEEKEND).read_text() == before.replace("2026-1-1 ", "2026-01-01 ").replace("precent", "percent")


def test_a_fix_writes_numbers_as_they_were(promo: Promo, starter: Path) -> None:
    """A number in groups of three digits is replaced by one that is, a plain one by a plain one."""
    tiers = "- {tier_name: A, min_amount: 100_000, max_amount: 199_999, discount_type: percent, discount_value: 5}"
    more = "- {tier_name: B, min_amount: 200_000, discount_type: percent, discount_value: 10}"
    text = (starter / WEEKEND).read_text()
    head = text[: text.index("rules:")].replace("percent_discount", "threshold_tier")
    (starter / WEEKEND).write_text(f"{head}rules:\n  tiers:\n    {tiers}\n    {more}\n")
    assert "AMT031" in promo("validate", "--format", "concise", cwd=starter).out
    promo("validate", "--fix", "--unsafe-fixes", cwd=starter)
    assert "max_amount: 200_000," in (starter / WEEKEND).read_text()
    edit(starter, "200_000, discount_type", "199999, discount_type")
    promo("validate", "--fix", "--unsafe-fixes", cwd=starter)
    assert "max_amount: 200000," in (starter / WEEKEND).read_text()


def test_diff_shows_what_fix_would_write(promo: Promo, misspelt: Path) -> None:
    """Nothing is written, `git apply` takes what is shown, and the result is that of --fix."""
    before = (misspelt / WEEKEND).read_text()
    outcome = promo("validate", "--diff", "--unsafe-fixes", cwd=misspelt)
    assert outcome.code == 1
    assert (misspelt / WEEKEND).read_text() == before
    (misspelt / "change.patch").write_text(outcome.out)
    os.system("git init -q . && git apply change.patch")
    patched = (misspelt / WEEKEND).read_text()
    (misspelt / WEEKEND).write_text(before)
    promo("validate", "--fix", "--unsafe-fixes", cwd=misspelt)
    assert patched == (misspelt / WEEKEND).read_text() != before


def test_nothing_to_fix_is_success(promo: Promo, starter: Path) -> None:
    """A clean workspace has an empty diff and exit code 0."""
    outcome = promo("validate", "--diff", cwd=starter)
    assert (outcome.code, outcome.out) == (0, "")


def test_the_summary_says_what_could_be_fixed(promo: Promo, misspelt: Path) -> None:
    """Safe fixes and guesses are counted apart."""
    err = promo("validate", cwd=misspelt).err
    assert "1 can be fixed with --fix, 1 more with --fix --unsafe-fixes" in err


def test_github_shows_text_annotations_and_the_table(
    promo: Promo, misspelt: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The log has the text, the annotations carry paths from the repository's root, the run's page has the table."""
    (tmp_path / ".git").mkdir()
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    outcome = promo("validate", "--format", "github", cwd=misspelt)
    assert "error[SCH003]" in outcome.out
    assert f"::error file=starter/{WEEKEND},line=" in outcome.out
    assert summary.read_text().startswith("before\n### promo validate\n\n2 errors in ")


@pytest.mark.parametrize("form", ["gitlab", "sarif"])
def test_reports_are_alone_on_stdout(promo: Promo, misspelt: Path, form: str) -> None:
    """What a CI server reads is one document, also when promo.yaml itself is broken."""
    assert json.loads(promo("validate", "--format", form, cwd=misspelt).out)
    (misspelt / "promo.yaml").write_text("company: [\n")
    broken = promo("validate", "--format", form, cwd=misspelt)
    assert broken.code == 2
    assert "YML001" in json.dumps(json.loads(broken.out))


def test_watch_reports_after_every_change(promo: Promo, misspelt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It reports at once and after each change, also of a broken promo.yaml, and ends with Ctrl-C."""
    good = (misspelt / "promo.yaml").read_text()

    def changes(root: Path):  # type: ignore[no-untyped-def]
        edit(root, "discount_precent", "discount_percent")
        edit(root, "2026-1-1", "2026-01-01")
        yield [WEEKEND]
        (root / "promo.yaml").write_text("company: [\n")
        yield ["promo.yaml"]
        (root / "promo.yaml").write_text(good)
        yield ["promo.yaml"]
        raise KeyboardInterrupt

    monkeypatch.setattr("promo_cli.pipeline.watching.changes", changes)
    outcome = promo("validate", "--watch", "--format", "concise", cwd=misspelt)
    assert outcome.code == 130
    reports = outcome.err.split("Watching; end with Ctrl-C.\n")
    assert "2 errors in" in reports[0]
    assert f"{WEEKEND} changed:" in reports[1]
    assert "No problems" in reports[1]
    assert "YML001" in reports[2]
    assert "No problems" in reports[3]
    assert "\033" not in outcome.out
