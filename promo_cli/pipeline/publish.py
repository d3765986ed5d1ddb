"""Check, test, compile and publish: what a merge sets off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from promo_cli import __version__
from promo_cli.diagnostics import Failure, Location
from promo_cli.pipeline import codes
from promo_cli.pipeline.check import checked_workspace, failed_tests, today_of
from promo_cli.pipeline.compiled import compiled
from promo_cli.pipeline.environment import environment, storage_of
from promo_cli.pipeline.operate import Confirm, cache_folder, consent, keys_of
from promo_cli.pipeline.plan import Held, held_of
from promo_cli.pipeline.plan_inputs import inputs_sha256
from promo_cli.pipeline.promoting import promoted
from promo_cli.pipeline.provenance import provenance
from promo_cli.pipeline.rollout import stages_of
from promo_cli.pipeline.usage import counters_of
from promo_cli.publishing import Progress, Published, Source, publish
from promo_cli.publishing import codes as publishing_codes
from promo_cli.publishing.cached import Cached
from promo_cli.publishing.live import read_live
from promo_cli.workspace import load


def publish_environment(
    start: Path,
    env: str,
    *,
    now: dt.datetime,
    as_of: dt.date | None = None,
    allow_dirty: bool = False,
    reason: str | None = None,
    plan: Held | None = None,
    plan_file: Path | None = None,
    release_hold: bool = False,
    urgent: bool = False,
    staged: bool | None = None,
    confirm: Confirm = lambda question: False,
    report: Callable[[Progress], None] = lambda progress: None,
) -> Published:
    """Publish the workspace around `start` to an environment, as one atomic commit for every store.

    `now` is UTC, `as_of` a day in the company's time zone (today by default). A `plan` is held to: its day, inputs and
    effect; another base that leaves the effect as it was will do. Its file does not count as a change. `staged` says
    whether the change reaches the stores in waves, by default as the environment has it; False also ends a rollout
    under way. Raises Failure and writes nothing for errors or failed tests (exit 1), uncommitted changes or a
    protected environment nobody confirmed (2), a conflict (3); 4 for an unknown outcome, after which running again
    finds out.
    """
    workspace = checked_workspace(start, today=as_of)
    chosen = environment(workspace, env)
    failures = failed_tests(workspace)
    if failures:
        raise Failure(failures, exit_code=1)
    source = _clean_source(workspace.root, plan_file, allow_dirty=allow_dirty)
    on = as_of or today_of(workspace)
    bundles = compiled(workspace, on)
    storage, keys = storage_of(workspace, env), keys_of(workspace.root, env, chosen, now)
    base = None
    if plan is not None:
        live = read_live(Cached(storage, cache_folder(workspace, env)), keys.trusted)
        base = _held_base(plan, held_of(inputs_sha256(workspace), env, on, live, bundles))
    in_waves = chosen.staged if staged is None else staged
    stages = stages_of(workspace) if in_waves else None
    consent(env, chosen, "Publish", confirm)
    return publish(
        bundles,
        storage=storage,
        env=env,
        keys=keys,
        base=base,
        source=source,
        as_of=on,
        horizon_days=workspace.settings.horizon_days,
        now=now,
        tool=f"promo {__version__}",
        counters=counters_of(workspace, env, on),
        inputs_sha256=inputs_sha256(workspace),
        reason=reason,
        release_hold=release_hold,
        urgency="force" if urgent else "normal",
        stages=stages,
        all_at_once=staged is False,
        cache=cache_folder(workspace, env),
        report=report,
    )


def promote_environment(
    start: Path,
    env: str,
    origin: str,
    *,
    now: dt.datetime,
    reason: str | None = None,
    plan: Held | None = None,
    release_hold: bool = False,
    urgent: bool = False,
    staged: bool | None = None,
    confirm: Confirm = lambda question: False,
    report: Callable[[Progress], None] = lambda progress: None,
) -> Published:
    """Publish to `env` what runs in the environment `origin`: the same bundles of the same inputs, not compiled again.

    Nothing is validated: that was done when `origin` was published. Raises Failure as `publish_environment` and
    `promoting.promoted` do.
    """
    workspace = load(start)
    chosen = environment(workspace, env)
    content = promoted(workspace, env, origin, now)
    storage, keys = storage_of(workspace, env), keys_of(workspace.root, env, chosen, now)
    base = None
    if plan is not None:
        live = read_live(Cached(storage, cache_folder(workspace, env)), keys.trusted)
        base = _held_base(plan, held_of(content.inputs_sha256, env, content.as_of, live, content.bundles))
    in_waves = chosen.staged if staged is None else staged
    stages = stages_of(workspace) if in_waves else None
    consent(env, chosen, f"Publish what runs in {origin}", confirm)
    return publish(
        content.bundles,
        storage=storage,
        env=env,
        keys=keys,
        base=base,
        source=content.source,
        as_of=content.as_of,
        horizon_days=content.horizon_days,
        now=now,
        tool=content.tool,
        counters=counters_of(workspace, env, today_of(workspace)),
        inputs_sha256=content.inputs_sha256 or None,
        reason=reason or content.reason,
        release_hold=release_hold,
        urgency="force" if urgent else "normal",
        stages=stages,
        all_at_once=staged is False,
        cache=cache_folder(workspace, env),
        report=report,
    )


def _held_base(plan: Held, now: Held) -> str:
    """Return the hash of the release to publish over; raises Failure (exit 3) where the plan does not hold any more.

    A plan that was carried out holds: publishing it again, after an answer was lost, changes nothing.
    """
    problems = {
        "the environment": (plan.env, now.env),
        "the day": (plan.as_of.isoformat(), now.as_of.isoformat()),
        "the inputs' hash": (plan.inputs_sha256, now.inputs_sha256),
    }
    if not now.done:
        problems["the hash of what would change"] = (plan.effect_sha256, now.effect_sha256)
    for what, (planned, found) in problems.items():
        if planned != found:
            notes = [f"planned over release {plan.base_seq or 'none'}, live is {now.base_seq or 'none'}"]
            message = f"{what} in the plan is {planned[:12]}, now it is {found[:12]}"
            raise Failure([publishing_codes.STALE_PLAN.at(None, message, notes=notes, help="plan again")], exit_code=3)
    return now.base_sha256


def _clean_source(root: Path, plan_file: Path | None, *, allow_dirty: bool) -> Source:
    source, changes = provenance(root, but=plan_file)
    if source.dirty and not allow_dirty:
        differ = "1 file differs" if len(changes) == 1 else f"{len(changes)} files differ"
        what = f"{differ} from the commit" if source.commit else "the workspace is not in git"
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
