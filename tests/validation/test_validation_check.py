from pathlib import Path

import pytest

from promo_cli.diagnostics import Fix
from promo_cli.validation import check
from promo_cli.validation.families import all_rules
from promo_cli.workspace import load

from .conftest import EXAMPLE, FILES, TODAY, Findings


@pytest.fixture
def broken(folder: Path) -> Path:
    """Return a workspace with a finding in each of two promotions, and one in a file that is not YAML."""
    (folder / "promotions" / "deep").mkdir()
    (folder / EXAMPLE).write_text(FILES[EXAMPLE].replace("20}", "120}"))
    (folder / "promotions" / "deep" / "second.yaml").write_text(
        FILES[EXAMPLE].replace("20}", "130}").replace("EXAMPLE", "SECOND")
    )
    (folder / "promotions" / "text.yaml").write_text("code: [\n")
    return folder


def paths(folder: Path, *wanted: str) -> list[tuple[str, str]]:
    """Return code and file of what is found in some paths."""
    found = check(load(folder), wanted, today=TODAY)
    return [(one.code, one.primary.path) for one in found if one.primary]


def test_everything_is_found_in_the_order_of_files(broken: Path):
    """Findings of reading and of rules come together, by file."""
    assert paths(broken) == [
        ("AMT001", "promotions/deep/second.yaml"),
        ("AMT001", EXAMPLE),
        ("YML001", "promotions/text.yaml"),
    ]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (["promotions/text.yaml"], ["YML001"]),
        (["promotions/deep"], ["AMT001"]),
        (["promotions/deep/"], ["AMT001"]),
        (["promotions"], ["AMT001", "AMT001", "YML001"]),
        (["."], ["AMT001", "AMT001", "YML001"]),
        (["stores"], []),
        (["promotions/example.yaml", "promotions/text.yaml"], ["AMT001", "YML001"]),
        (["promotions/exam"], ["CFG004"]),
        (["/etc/passwd"], ["CFG004"]),
    ],
)
def test_paths_choose_what_is_reported(
    broken: Path, monkeypatch: pytest.MonkeyPatch, wanted: list[str], expected: list[str]
):
    """Files and folders choose what is reported; what is not there is a finding of its own."""
    monkeypatch.chdir(broken)
    assert [code for code, _ in paths(broken, *wanted)] == expected


def test_paths_are_relative_to_where_you_are(broken: Path, monkeypatch: pytest.MonkeyPatch):
    """From a folder of the workspace, its files are named as the shell completes them."""
    monkeypatch.chdir(broken / "promotions" / "deep")
    assert [code for code, _ in paths(broken, "second.yaml")] == ["AMT001"]
    assert [code for code, _ in paths(broken, "../text.yaml")] == ["YML001"]
    monkeypatch.chdir("/")
    assert [code for code, _ in paths(broken, "promotions/text.yaml")] == ["YML001"]


def test_a_finding_may_need_other_files(folder: Path):
    """Checking one file still knows of the rest: its code is taken by a promotion that is not asked for."""
    (folder / "promotions" / "zother.yaml").write_text(FILES["promotions/other.yaml"].replace("pinned-other", "p"))
    found = check(load(folder), [str(folder / "promotions" / "zother.yaml")], today=TODAY)
    assert [one.code for one in found] == ["REF013", "REF016"]


def test_without_today_the_clock_of_the_company_decides(folder: Path):
    """Today is a day in the company's time zone unless it is given."""
    (folder / EXAMPLE).write_text(FILES[EXAMPLE].replace("2026-02-01", "2020-01-01, end_date: 2020-01-02"))
    assert [one.code for one in check(load(folder))] == ["TIM003"]


def apply(text: str, fix: Fix) -> str:
    """Return a text with the edits of a fix."""
    lines = text.split("\n")
    for edit in fix.edits:
        line = lines[edit.range.start.line - 1]
        lines[edit.range.start.line - 1] = (
            line[: edit.range.start.column - 1] + edit.content + line[edit.range.end.column - 1 :]
        )
    return "\n".join(lines)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code.code)
def test_fixes_settle_what_they_are_for(findings: Findings, folder: Path, rule: object):
    """Where a rule offers a fix, applying it to the bad example leaves no such finding."""
    from promo_cli.diagnostics.explain import explain

    code = rule.code  # type: ignore[attr-defined]
    for one in [one for one in findings(explain(code).bad) if one.code == code.code and one.fix]:
        assert one.fix is not None
        path = folder / one.fix.edits[0].path
        path.write_text(apply(path.read_text(), one.fix))
        left = [other for other in check(load(folder), today=TODAY) if other.fingerprint == one.fingerprint]
        assert left == []
