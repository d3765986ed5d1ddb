"""From an environment's bucket into the workspace's warehouse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from promo_cli.diagnostics import Diagnostic
from promo_cli.pipeline import codes
from promo_cli.pipeline.environment import environment, storage_of
from promo_cli.pipeline.secret import hmac_key
from promo_cli.warehouse import ingest as work
from promo_cli.warehouse.clocks import ClockBounds
from promo_cli.warehouse.ingest import IngestResult, Progress
from promo_cli.workspace import Workspace, load

Watch = Callable[[Progress], None]


def ingest_environment(
    start: Path, env: str, *, now: dt.datetime, progress: Watch = lambda progress: None
) -> IngestResult:
    """Load what the environment's tills have uploaded since the last time. `now` is UTC.

    Raises Failure (exit 2) for an unknown environment or a missing secret; what the warehouse raises passes through.
    """
    return _run(work.ingest, start, env, now, progress)


def replay_environment(
    start: Path, env: str, *, now: dt.datetime, progress: Watch = lambda progress: None
) -> IngestResult:
    """Read the files with lines in quarantine again. Parameters and errors are those of `ingest_environment`."""
    return _run(work.replay, start, env, now, progress)


def rebuild_environment(
    start: Path, env: str, *, now: dt.datetime, progress: Watch = lambda progress: None
) -> IngestResult:
    """Make the warehouse anew from the bucket alone. Parameters and errors are those of `ingest_environment`."""
    return _run(work.rebuild, start, env, now, progress)


def warehouse_of(workspace: Workspace) -> Path:
    """Return the warehouse's file."""
    return workspace.root / workspace.settings.warehouse


def too_many_bad_lines(result: IngestResult, allowed: float) -> Diagnostic:
    """Return the finding of a run that quarantined more than `allowed` of its lines."""
    message = f"{result.quarantined:,} of {result.lines:,} lines are quarantined, more than {allowed:.1%}"
    return codes.TOO_MANY_BAD_LINES.at(None, message, help="promo explain ING201 says how to go on")


def _run(action: Callable[..., IngestResult], start: Path, env: str, now: dt.datetime, progress: Watch) -> IngestResult:
    workspace = load(start)
    chosen = environment(workspace, env)
    return action(
        storage_of(workspace, env),
        warehouse=warehouse_of(workspace),
        env=env,
        hmac_key=hmac_key(workspace.root, env, own_folder="://" not in chosen.target),
        now=now,
        bounds=ClockBounds(workspace.settings.clocks.ahead_minutes, workspace.settings.clocks.off_day_hours),
        progress=progress,
    )
