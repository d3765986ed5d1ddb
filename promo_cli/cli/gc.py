"""`promo gc`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from promo_cli.cli.options import Env, now
from promo_cli.cli.session import JsonFlag, Session, command, group

app = group("Clear away.")


@command(app, "gc")
def gc(
    session: Session,
    env: Env,
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Do it. Without it nothing is written.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would change, which is the default.")
    ] = False,
    keep: Annotated[
        int, typer.Option("--keep", metavar="N", min=0, help="Releases to keep beside the live one, for rollback.")
    ] = 20,
    json: JsonFlag = False,
) -> None:
    """Clear away objects no kept release needs: marked first, deleted by a run at least 24 hours later."""
    from promo_cli.pipeline.operate_drift import gc_environment

    where, swept = gc_environment(session.start, env, keep=keep, dry_run=dry_run or not apply, clock=now)
    if json:
        document = {"env": env, "target": where, "dry_run": dry_run or not apply, **asdict(swept)}
        session.document({"schema": "promo.gc/1", **document})
        return
    would = "" if apply and not dry_run else "would be "
    session.result(
        f"{env} ({where}): {swept.kept} objects are needed by {swept.releases} kept "
        f"{'release' if swept.releases == 1 else 'releases'} or publications under way; "
        f"{swept.marked} {would}marked, {swept.waiting} wait for their day, {swept.deleted} {would}deleted "
        f"({swept.deleted_bytes:,} bytes), {swept.rescued} {would}unmarked."
    )
    if would:
        session.note(f"Nothing was written. To do it: promo gc --env {env} --apply")
    elif swept.marked or swept.waiting:
        session.note("What is marked is deleted by a run in 24 hours or later, unless something needs it by then.")
