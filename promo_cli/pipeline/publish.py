"""Check, test, compile and publish: what a merge sets off."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path

from promo_cli import __version__
from promo_cli.compiler import compile_fleet
from promo_cli.diagnostics import Failure, Location
from promo_cli.pipeline import codes
from promo_cli.pipeline.check import checked_workspace, failed_tests, today_of
from promo_cli.pipeline.environment import environment, storage_of
from promo_cli.pipeline.operate import Confirm, consent, keys_of
from promo_cli.pipeline.provenance import provenance
from promo_cli.publishing import Progress, Published, Source, publish
from promo_cli.workspace import Workspace


def publish_environment(
    start: Path,
    env: str,
    *,
    now: dt.datetime,
    as_of: dt.date | None = None,
    allow_dirty: bool = False,
    reason: str | None = None,
    release_hold: bool = False,
    urgent: bool = False,
    confirm: Confirm = lambda question: False,
    report: Callable[[Progress], None] = lambda progress: None,
) -> Published:
    """Publish the workspace around `start` to an environment, as one atomic commit for every store.

    `now` is UTC, `as_of` a day in the company's time zone (today by default). Raises Failure and writes nothing for
    errors or failed tests (exit 1), uncommitted changes or a protected environment nobody confirmed (2), a conflict
    (3); 4 for an unknown outcome, after which running again finds out.
    """
    workspace = checked_workspace(start, today=as_of)
    chosen = environment(workspace, env)
    failures = failed_tests(workspace)
    if failures:
        raise Failure(failures, exit_code=1)
    source = _clean_source(workspace.root, allow_dirty=allow_dirty)
    on = as_of or today_of(workspace)
    bundles = compile_fleet(workspace, on)
    consent(env, chosen, "Publish", confirm)
    return publish(
        bundles,
        storage=storage_of(workspace, env),
        env=env,
        keys=keys_of(workspace.root, env, chosen, now),
        source=source,
        as_of=on,
        horizon_days=workspace.settings.horizon_days,
        now=now,
        tool=f"promo {__version__}",
        inputs_sha256=inputs_sha256(workspace),
        reason=reason,
        release_hold=release_hold,
        urgency="force" if urgent else "normal",
        report=report,
    )


def inputs_sha256(workspace: Workspace) -> str:
    """Return the hash over every source file's path and content, which equal inputs share in any folder."""
    digest = hashlib.sha256()
    for path, data in sorted(workspace.sources.texts.items()):
        digest.update(f"{path}\0{hashlib.sha256(data).hexdigest()}\n".encode())
    return digest.hexdigest()


def _clean_source(root: Path, *, allow_dirty: bool) -> Source:
    source, changes = provenance(root)
    if source.dirty and not allow_dirty:
        what = f"{len(changes)} files differ from the commit" if source.commit else "the workspace is not in git"
        raise Failure(
            [
                codes.NOT_CLEAN.at(
                    Location(changes[0]) if changes else None,
                    what,
                    notes=[f"changed: {', '.join(changes[:5])}{' …' if len(changes) > 5 else ''}"] if changes else [],
                    help="commit first, or pass --allow-dirty",
                )
            ],
            exit_code=2,
        )
    return source
