"""`promo rollout …`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from promo_cli.cli.changes import count_of
from promo_cli.cli.operating import DryRun, Yes, confirmer
from promo_cli.cli.options import Env, now
from promo_cli.cli.session import JsonFlag, Session, command, group

if TYPE_CHECKING:
    from promo_cli.pipeline.rollout import Standing

app = group("A publication that reaches the stores in waves: how far it is, the next wave, the way back.")

_NAMED = 6


@command(app, "status")
def status(session: Session, env: Env, *, json: JsonFlag = False) -> None:
    """Say which stores have the change, what is known of them, and whether the next wave may begin."""
    from promo_cli.pipeline.rollout import rollout_standing

    found = rollout_standing(session.start, env, now=now())
    if json:
        session.document(found.document())
        return
    session.result("\n".join(lines(found)))


@command(app, "advance")
def advance(session: Session, env: Env, *, dry_run: DryRun = False, yes: Yes = False, json: JsonFlag = False) -> None:
    """Reach the next wave's stores. Exits with 1, and says what is missing, while a gate is closed."""
    from promo_cli.pipeline.rollout import advance_rollout

    standing, done = advance_rollout(
        session.start, env, now=now(), confirm=confirmer(session, yes=yes), dry_run=dry_run
    )
    assert standing.rollout is not None, "only a rollout under way goes on"
    wave, waves = standing.rollout.wave + 1, len(standing.rollout.stages)
    stores = standing.stores[wave - 1] if done is None else done.changed_stores
    if json:
        session.document(
            {
                "schema": "promo.rollout-advance/1",
                "env": env,
                "target": standing.where,
                "dry_run": dry_run,
                "seq": standing.seq if done is None else done.head.seq,
                "wave": wave,
                "waves": waves,
                "finished": wave == waves,
                "changed_stores": list(stores),
            }
        )
        return
    if done is None:
        session.result(f"Would reach wave {wave} of {waves} in {env} ({standing.where}): {count_of(stores)} change.")
        return
    session.result(
        f"Wave {wave} of {waves} is live in {env} ({standing.where}) as release {done.head.seq}: "
        f"{count_of(stores)} changed."
    )
    session.note(
        "Every store has it: the rollout is over." if done.finished else f"Next: promo rollout status --env {env}"
    )


@command(app, "abort")
def abort(
    session: Session,
    env: Env,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; whoever publishes next reads it.")] = "rollout aborted",
    dry_run: DryRun = False,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Give the stores back what ran before, and hold publishing until somebody releases it."""
    from promo_cli.pipeline.rollout import abort_rollout

    where, done = abort_rollout(
        session.start, env, reason=reason, now=now(), confirm=confirmer(session, yes=yes), dry_run=dry_run
    )
    if json:
        session.document(
            {
                "schema": "promo.rollout-abort/1",
                "env": env,
                "target": where,
                "dry_run": dry_run,
                "back_to": done.to,
                "seq": done.head.seq,
                "held": not dry_run,
                "changed_stores": list(done.changed_stores),
            }
        )
        return
    if dry_run:
        session.result(
            f"Would go back to release {done.to} in {env} ({where}): {count_of(done.changed_stores)} change."
        )
        return
    session.result(
        f"The rollout is taken back in {env} ({where}): release {done.head.seq} is release {done.to} again, "
        f"{count_of(done.changed_stores)} changed."
    )
    session.note(
        "Publishing is held, so that no job begins it anew. Now: repair what was wrong, then: "
        f"promo publish --env {env} --release-hold"
    )


def lines(found: Standing) -> Iterator[str]:
    """Yield a rollout's waves and gates, and the next command."""
    from promo_cli.protocol.fields import time_text

    rollout = found.rollout
    if rollout is None:
        yield f"{found.env} ({found.where}): no rollout is under way; every store has release {found.seq}."
        return
    commit = (found.commit or "no commit")[:10]
    yield f"{found.env} ({found.where}): rollout of {commit}, wave {rollout.wave} of {len(rollout.stages)}"
    for number, (stage, stores) in enumerate(zip(rollout.stages, found.stores, strict=True), start=1):
        mark = "*" if number <= rollout.wave else " "
        name = "all others" if stage.cohorts is None else ", ".join(stage.cohorts)
        since = f", since {time_text(rollout.started_at)}" if number == rollout.wave else ""
        yield f"  {mark} {number}. {name}: {_some(stores)}{since}"
    for gate in found.gates:
        yield f"  {gate.verdict:<7}  {gate.name}: {gate.needed}; {gate.found}"
    if found.open:
        yield f"Next: promo rollout advance --env {found.env}   (every gate is passed)"
    else:
        yield f"Next: wait, `promo ingest`, then look again.   To take it back: promo rollout abort --env {found.env}"


def _some(stores: tuple[str, ...]) -> str:
    named = ", ".join(stores[:_NAMED]) + (" …" if len(stores) > _NAMED else "")
    return f"{count_of(stores)} ({named})" if stores else "no store"
