"""Load and validate: what CI does with a pull request, and what comes before every build."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from promo_cli.diagnostics import Diagnostic, Failure, Severity
from promo_cli.workspace import Workspace

if TYPE_CHECKING:
    from promo_cli.pipeline.weighing import Written
    from promo_cli.validation.selftest import Result


@dataclass(frozen=True, slots=True)
class Checked:
    """A workspace and all that was found in it, sorted by file and place."""

    workspace: Workspace
    diagnostics: list[Diagnostic]

    @property
    def files(self) -> int:
        """How many files were read."""
        return self.workspace.file_count


def check(
    start: Path, paths: Sequence[str] = (), *, today: dt.date | None = None, baseline: Path | None = None
) -> Checked:
    """Load the workspace around `start` and apply every rule, reporting on `paths` only where given.

    `today` is a day in the company's time zone, by default the current one; `baseline` is used instead of that of
    promo.yaml. Raises Failure (exit 2) without promo.yaml, or for a baseline that cannot be read.
    """
    from promo_cli import validation
    from promo_cli.pipeline.weighing import weigh
    from promo_cli.validation.check import workspace_paths
    from promo_cli.workspace import load

    workspace = load(start)
    today = today or today_of(workspace)
    found = validation.check(workspace, paths=paths, today=today)
    wanted, _ = workspace_paths(workspace, paths)
    return Checked(workspace, weigh(workspace, found, wanted=wanted, today=today, baseline=baseline))


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
    checked = check(start, today=today)
    errors = [found for found in checked.diagnostics if found.severity is Severity.ERROR and not found.suppressed]
    if errors:
        raise Failure(errors, exit_code=1)
    return checked.workspace


def today_of(workspace: Workspace) -> dt.date:
    """Return the current day in the company's time zone."""
    return dt.datetime.now(ZoneInfo(workspace.settings.timezone)).date()


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
