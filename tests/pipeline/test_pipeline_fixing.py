from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from promo_cli.diagnostics import Code, Edit, Fix, Position, Range, Severity
from promo_cli.pipeline import fixing
from promo_cli.pipeline.check import answer
from promo_cli.pipeline.fixing import repair, unified
from promo_cli.pipeline.verdict import Question, Verdict
from promo_cli.workspace import Workspace

CODE = Code(code="TIM001", name="end-before-start", severity=Severity.ERROR, doc="What.")

WEEKEND = "promotions/weekend20.yaml"


def edit(root: Path, old: str, new: str) -> None:
    """Replace a text that stands in the weekend promotion."""
    text = (root / WEEKEND).read_text()
    assert old in text
    (root / WEEKEND).write_text(text.replace(old, new, 1))


def test_a_fix_makes_room_for_the_next(starter: Path) -> None:
    """A value that only becomes visible when its key is right is fixed in a later pass."""
    edit(starter, "start_date: 2026-01-01", "strat_date: 2026-1-1")
    change = repair(starter, unsafe=True)
    assert [found.code for found in change.settled] == ["SCH003", "SCH001"]
    assert b"start_date: 2026-01-01" in change.texts[WEEKEND]


def test_nothing_is_written_until_asked(starter: Path) -> None:
    """Working out a change leaves the files alone; writing it keeps their permissions."""
    edit(starter, "start_date: 2026-01-01", "start_date: 2026-1-1")
    (starter / WEEKEND).chmod(0o640)
    before = (starter / WEEKEND).read_bytes()
    change = repair(starter, unsafe=False)
    assert (starter / WEEKEND).read_bytes() == before
    change.write()
    assert (starter / WEEKEND).read_bytes() == before.replace(b"2026-1-1", b"2026-01-01")
    assert (starter / WEEKEND).stat().st_mode & 0o777 == 0o640
    assert not [path for path in (starter / "promotions").iterdir() if path.name.startswith(".")]


def test_only_what_was_asked_for_is_fixed(starter: Path) -> None:
    """With paths, findings in other files stay."""
    edit(starter, "start_date: 2026-01-01", "start_date: 2026-1-1")
    assert repair(starter, ["promotions/save15.yaml"], unsafe=False).texts == {}
    assert repair(starter, [WEEKEND], unsafe=False).texts


def test_a_fix_that_would_break_a_file_is_not_taken(starter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two files with fixes, the one that could no longer be read stays as it is, the other is fixed."""
    edit(starter, "start_date: 2026-01-01", "start_date: 2026-1-1")

    def with_a_bad_fix(question: Question, paths: Sequence[str]) -> tuple[Workspace, Verdict]:
        workspace, verdict = answer(question, paths)
        span = Range(Position(1, 1), Position(1, 1))
        bad = CODE.at(None, "m", fix=Fix("safe", (Edit("promotions/save15.yaml", span, "a: [\n"),)))
        return workspace, replace(verdict, diagnostics=[bad, *verdict.diagnostics])

    monkeypatch.setattr(fixing, "answer", with_a_bad_fix)
    assert set(repair(starter, unsafe=False).texts) == {WEEKEND}


def test_a_diff_says_where_the_last_newline_is_missing() -> None:
    """The mark that `git apply` needs stands after a line without its end."""
    assert unified("a.yaml", b"a: 1\nb: 2", b"a: 1\nb: 3\n").endswith("-b: 2\n\\ No newline at end of file\n+b: 3\n")
    assert unified("a.yaml", b"a: \xc2\x85x\n", b"a: \xc2\x85y\n").count("\n") == 5
