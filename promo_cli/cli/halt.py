"""`promo halt`."""

from __future__ import annotations

from typing import Annotated

import typer

from promo_cli.cli.operating import DryRun, Yes, confirmer
from promo_cli.cli.options import Env, now
from promo_cli.cli.session import JsonFlag, Session, command, group

app = group("Halt.")


@command(app, "halt")
def halt(
    session: Session,
    env: Env,
    promotion: Annotated[str, typer.Argument(metavar="CODE", help="The promotion's code or id.")],
    *,
    lift: Annotated[bool, typer.Option("--lift", help="Let it run again.")] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Stop one promotion on every till at its next poll, whatever is published. It stays stopped until --lift."""
    from promo_cli.pipeline.operate_head import halt_promotion

    done = halt_promotion(
        session.start, env, promotion, lifting=lift, now=now(), confirm=confirmer(session, yes=yes), dry_run=dry_run
    )
    if json:
        session.document(
            {
                "schema": "promo.halt/1",
                "env": env,
                "target": done.where,
                "promotion_id": done.promotion_id,
                "halted": (done.promotion_id in done.head.revoked),
                "changed": done.changed,
                "dry_run": dry_run,
                "rev": done.head.rev,
                "revoked": list(done.head.revoked),
            }
        )
        return
    state = "runs again" if lift else "is stopped"
    if not done.changed:
        session.result(f"Nothing to do: {promotion} {state} in {env} already (revision {done.head.rev}).")
    elif dry_run:
        session.result(f"Would {'let' if lift else 'stop'} {promotion}{' run again' if lift else ''} in {env}.")
    else:
        session.result(f"{promotion} {state} in {env} ({done.where}) since revision {done.head.rev}.")
        poll = done.head.poll
        session.note(f"Tills follow at their next poll, within {poll.interval_s + poll.jitter_s} seconds.")
        if not lift:
            session.note(
                f"Now: repair it or set `is_active: false`, publish, then: promo halt {promotion} --env {env} --lift"
            )
