"""Load and validate: what CI does with a pull request, and what comes before every build."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from promo_cli.diagnostics import Diagnostic, Failure, Severity
from promo_cli.pipeline.verdict import Question, Verdict, holds_until, keep, recall, today_in
from promo_cli.workspace.cache import state_of
from promo_cli.workspace.memo import Memo
from promo_cli.workspace.paths import workspace_paths
from promo_cli.workspace.snapshot import Snapshot, take

if TYPE_CHECKING:
    from promo_cli.pipeline.weighing import Written
    from promo_cli.validation.selftest import Result
    from promo_cli.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Checked:
    """What was asked of a workspace, and what was found in it, sorted by file and place."""

    question: Question
    verdict: Verdict
    lasting: bool
    """Whether the same is found for as long as what the question and the verdict were made from stays as it is."""
    load: Callable[[], Workspace]
    """Returns the workspace that was checked; only now are models made of it where the findings were kept."""

    @property
    def snapshot(self) -> Snapshot:
        """The files that were checked."""
        return self.question.snapshot

    @property
    def day(self) -> dt.date:
        """The day it holds for, in the company's time zone."""
        return self.verdict.day

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """All that was found."""
        return self.verdict.diagnostics

    @property
    def files(self) -> int:
        """How many files were read."""
        return self.verdict.files

    @property
    def until(self) -> float:
        """The moment, in seconds since 1970, up to which the same is found in the same files."""
        return holds_until(self.question, self.verdict)

    @property
    def workspace(self) -> Workspace:
        """The workspace that was checked."""
        return self.load()


def check(
    start: Path,
    paths: Sequence[str] = (),
    *,
    today: dt.date | None = None,
    baseline: Path | None = None,
    snapshot: Snapshot | None = None,
) -> Checked:
    """Load the workspace around `start` and apply every rule, reporting on `paths` only where given.

    `today` is a day in the company's time zone, by default the current one; `baseline` is used instead of that of
    promo.yaml; `snapshot` is one that was just taken there. Raises Failure (exit 2) without promo.yaml, or for a
    baseline that cannot be read.
    """
    snapshot = snapshot or take(start)
    wanted, unknown = workspace_paths(snapshot, paths)
    question = Question(snapshot, wanted if wanted is None else tuple(wanted), today, baseline)
    return _checked(question, paths, keeping=not unknown)


def _checked(question: Question, paths: Sequence[str], *, keeping: bool = True) -> Checked:
    """Recall the answer, or find and keep it; what is said about paths that are not there is not kept."""
    snapshot = question.snapshot
    kept = recall(question) if keeping else None
    if kept:
        return Checked(question, kept, True, cache(lambda: _load(snapshot)))
    workspace, verdict = answer(question, paths)
    unchanged = all(workspace.sources.texts.get(path) == data for path, data in snapshot.texts.items())
    if unchanged and keeping:
        keep(question, verdict)
    return Checked(question, verdict, unchanged and keeping, lambda: workspace)


def _load(snapshot: Snapshot) -> Workspace:
    from promo_cli.workspace.loader import load_snapshot

    memo = Memo("files", snapshot.cache)
    workspace = load_snapshot(snapshot, memo)
    memo.keep()
    return workspace


def answer(question: Question, paths: Sequence[str]) -> tuple[Workspace, Verdict]:
    """Apply every rule to a snapshot; `paths` are those of the question as they were written."""
    from promo_cli import validation
    from promo_cli.pipeline.weighing import baseline_of, weigh

    workspace = _load(question.snapshot)
    day = question.as_of or today_of(workspace)
    levels = workspace.settings.diagnostics
    stopping = question.stopping and not levels.severity and not levels.paths  # they may make errors of warnings
    memo = Memo("rules", question.snapshot.cache)
    found = validation.check(workspace, paths=paths, today=day, stopping=stopping, memo=memo)
    memo.keep()
    wanted = None if question.wanted is None else list(question.wanted)
    file = question.baseline or baseline_of(workspace)
    before = state_of(str(file or ""))
    weighed = weigh(workspace, found, wanted=wanted, today=day, baseline=file)
    return workspace, Verdict(weighed, workspace.file_count, day, workspace.settings.timezone, file, before)


def make_baseline(start: Path, file: Path | None, *, today: dt.date | None = None) -> Written:
    """Write the baseline of the workspace around `start`, as `weighing.write_baseline` says."""
    from promo_cli import validation
    from promo_cli.pipeline.weighing import write_baseline
    from promo_cli.workspace import load

    workspace = load(start)
    today = today or today_of(workspace)
    return write_baseline(workspace, validation.check(workspace, today=today), today=today, file=file)


def checked_workspace(start: Path, *, today: dt.date | None = None) -> Workspace:
    """Return the workspace if it has no errors; raises Failure with them (exit 1) otherwise."""
    return without_errors(start, today=today).workspace


def without_errors(start: Path, *, today: dt.date | None = None) -> Checked:
    """Check a workspace that must have no errors; raises Failure with them (exit 1) otherwise."""
    snapshot = take(start)
    whole = Question(snapshot, None, today, None)
    # What `promo validate` has found serves as well.
    question = whole if recall(whole) else replace(whole, stopping=True)
    checked = _checked(question, ())
    errors = [found for found in checked.diagnostics if found.severity is Severity.ERROR and not found.suppressed]
    if errors:
        raise Failure(errors, exit_code=1)
    return checked


def today_of(workspace: Workspace) -> dt.date:
    """Return the current day in the company's time zone."""
    return today_in(workspace.settings.timezone)


def run_tests(start: Path, paths: Sequence[str] = (), *, matching: str = "") -> tuple[Workspace, list[Result]]:
    """Run all tests of a workspace without errors, or those in `paths` that have the text `matching` in their name.

    Raises Failure: exit 1 for a workspace with errors, 2 for an unknown path or a text that no test has.
    """
    from promo_cli.validation.selftest import run

    workspace = checked_workspace(start)
    return workspace, run(workspace, paths, matching=matching)


def failed_tests(workspace: Workspace) -> list[Diagnostic]:
    """Run all tests and return what failed."""
    from promo_cli.validation.selftest import diagnostics_of, run

    return diagnostics_of(run(workspace))
