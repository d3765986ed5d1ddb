"""`promo publish`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from promo_cli.cli.changes import count_of
from promo_cli.cli.operating import Yes, confirmer
from promo_cli.cli.options import AsOf, Env, day, now
from promo_cli.cli.session import JsonFlag, Session, command, group

if TYPE_CHECKING:
    from promo_cli.protocol.rollout import Rollout
    from promo_cli.publishing import Published

app = group("Publish.")


@command(app, "publish")
def publish(
    session: Session,
    env: Env,
    plan: Annotated[
        Path | None,
        typer.Argument(metavar="[PLAN]", exists=True, dir_okay=False, help="What `promo plan --out` wrote."),
    ] = None,
    *,
    as_of: AsOf = None,
    allow_dirty: Annotated[
        bool, typer.Option("--allow-dirty", help="Publish what no commit holds; the release records it.")
    ] = False,
    release_hold: Annotated[
        bool, typer.Option("--release-hold", help="Publish in spite of a rollback's hold, and end it.")
    ] = False,
    urgent: Annotated[
        bool, typer.Option("--urgent", help="Tills take it between two sales, and do not wait for the night.")
    ] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Publish nothing: only sign HEAD anew, so that tills see it is alive.")
    ] = False,
    staged: Annotated[
        bool | None,
        typer.Option(
            "--staged/--all-at-once",
            help="In the waves of promo.yaml, or to every store now.  [default: as the environment has it]",
        ),
    ] = None,
    from_env: Annotated[
        str | None,
        typer.Option("--from-env", metavar="NAME", help="Publish what runs in this environment, byte for byte."),
    ] = None,
    yes: Yes = False,
    reason: Annotated[str | None, typer.Option("--reason", help="Why, for the release's record.")] = None,
    json: JsonFlag = False,
) -> None:
    """Publish to every store in one atomic step. Running it again is always safe.

    With a PLAN exactly that is published, or nothing (exit 3).
    """
    from promo_cli.cli.progress import bars
    from promo_cli.pipeline.plan import read_plan
    from promo_cli.pipeline.publish import promote_environment, publish_environment

    if refresh:
        _refresh(session, env, yes=yes, json=json)
        return
    if from_env is not None and (as_of is not None or allow_dirty):
        raise typer.BadParameter("what runs in an environment is as it is", param_hint="--as-of, --allow-dirty")
    held = None if plan is None else read_plan(plan)
    with bars(session) as show_bar:
        options: dict[str, Any] = {
            "now": now(),
            "reason": reason,
            "plan": held,
            "release_hold": release_hold,
            "urgent": urgent,
            "staged": staged,
            "confirm": confirmer(session, yes=yes),
            "report": lambda progress: show_bar(progress.what, progress.done, progress.total),
        }
        if from_env is not None:
            done = promote_environment(session.start, env, from_env, **options)
        else:
            planned_for = None if held is None else held.as_of
            done = publish_environment(
                session.start,
                env,
                as_of=day(as_of) or planned_for,
                allow_dirty=allow_dirty,
                plan_file=plan,
                **options,
            )
    for notice in done.notices:
        session.note(f"note: {notice}")
    if json:
        session.document(
            {
                "schema": "promo.publish/1",
                "outcome": done.outcome,
                "env": done.env,
                "target": done.where,
                "seq": done.seq,
                "rev": done.rev,
                "publish_id": done.publish_id,
                "release_sha256": done.release_sha256,
                "stores": done.stores,
                "bundles": done.bundles,
                "promotions": done.promotions,
                "changed_stores": list(done.changed_stores),
                "uploaded": {"objects": done.uploaded.objects, "bytes": done.uploaded.bytes},
                "rollout": None if done.rollout is None else done.rollout.encode(),
            }
        )
        return
    if done.outcome == "nothing-to-publish":
        session.result(f"Nothing to publish: release {done.seq} in {done.where} holds exactly this.")
        return
    if done.outcome == "rollout-under-way":
        _under_way(session, env, done)
        return
    session.result(
        f"Published release {done.seq} to {env} ({done.where}): {done.promotions} promotions in {done.stores} stores.\n"
        f"{count_of(done.changed_stores)} changed; uploaded {done.uploaded.objects} objects, "
        f"{done.uploaded.bytes:,} bytes."
    )
    if done.rollout is not None:
        _first_wave(session, env, done.rollout)
    session.note(f"Tills take it at their next poll. To look: promo till sync --env {env} --store ID")


def _first_wave(session: Session, env: str, rollout: Rollout) -> None:
    stage = rollout.stages[0]
    names = ", ".join(stage.cohorts or ())
    session.result(
        f"Wave 1 of {len(rollout.stages)} ({names}): the other stores follow with `promo rollout advance`, "
        f"after {stage.soak_hours} hours at the earliest."
    )
    session.note(f"To see how it goes: promo ingest --env {env}, then promo rollout status --env {env}")


def _under_way(session: Session, env: str, done: Published) -> None:
    rollout = done.rollout
    assert rollout is not None, "a rollout under way is told with it"
    newer = f"Release {done.seq} brings newer usage counters. " if done.changed_stores else ""
    session.result(
        f"{newer}Exactly this is reaching the stores in {done.where}: wave {rollout.wave} of {len(rollout.stages)}."
    )
    session.note(f"Next: promo rollout status --env {env}")


def _refresh(session: Session, env: str, *, yes: bool, json: bool) -> None:
    from promo_cli.pipeline.operate_head import refresh_environment
    from promo_cli.protocol.fields import time_text

    done = refresh_environment(session.start, env, now=now(), confirm=confirmer(session, yes=yes))
    fresh_until = time_text(done.head.fresh_until)
    if json:
        document = {"outcome": "refreshed", "env": env, "target": done.where, "seq": done.head.seq}
        session.document({"schema": "promo.publish/1", **document, "rev": done.head.rev, "fresh_until": fresh_until})
        return
    session.result(f"Signed HEAD of {env} ({done.where}) anew: release {done.head.seq}, fresh until {fresh_until}.")
