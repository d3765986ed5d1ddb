"""`promo rollback`."""

from __future__ import annotations

from typing import Annotated

import typer

from promo_cli.cli.changes import count_of
from promo_cli.cli.operating import DryRun, Yes, confirmer
from promo_cli.cli.options import Env, now
from promo_cli.cli.session import JsonFlag, Session, command, group

app = group("Rollback.")


@command(app, "rollback")
def rollback(
    session: Session,
    env: Env,
    to: Annotated[int, typer.Option("--to", metavar="SEQ", min=1, help="The release to make live again.")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; whoever publishes next reads it.")] = "rolled back",
    dry_run: DryRun = False,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Make an earlier release live again, and hold publishing until somebody releases it."""
    from promo_cli.pipeline.operate_head import rollback_environment

    where, done = rollback_environment(
        session.start, env, to, reason=reason, now=now(), confirm=confirmer(session, yes=yes), dry_run=dry_run
    )
    if json:
        session.document(
            {
                "schema": "promo.rollback/1",
                "env": env,
                "target": where,
                "to": to,
                "seq": done.head.seq,
                "rev": done.head.rev,
                "held": not dry_run,
                "dry_run": dry_run,
                "changed_stores": list(done.changed_stores),
                "uploaded": {"objects": done.uploaded.objects, "bytes": done.uploaded.bytes},
            }
        )
        return
    stores = f"{count_of(done.changed_stores)} get other promotions"
    if dry_run:
        session.result(f"Would make release {to} live again in {env} ({where}), as release {done.head.seq}: {stores}.")
        return
    session.result(f"Release {to} is live again in {env} ({where}), as release {done.head.seq}: {stores}.")
    session.note(
        "Publishing is held, so that no job undoes this. Now: repair what was wrong, then: "
        f"promo publish --env {env} --release-hold"
    )
