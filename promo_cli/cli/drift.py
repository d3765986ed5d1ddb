"""`promo drift`."""

from __future__ import annotations

import typer

from promo_cli.cli.options import Env, now
from promo_cli.cli.session import JsonFlag, Session, command, group, show

app = group("Drift.")


@command(app, "drift")
def drift(session: Session, env: Env, *, json: JsonFlag = False) -> None:
    """Rebuild the live release's commit, compare every store, read every object. Exits with 1 for a difference."""
    from promo_cli.pipeline import operate_drift

    found = operate_drift.drift(session.start, env, now=now())
    if json:
        session.document(
            {
                "schema": "promo.drift/1",
                "env": env,
                "target": found.where,
                "seq": found.seq,
                "commit": found.commit,
                "drifted_stores": list(found.stores),
                "problems": [one.message for one in found.findings],
                "notes": list(found.notes),
            }
        )
    elif found.findings:
        show(session, found.findings)
    else:
        session.result(
            f"No drift: release {found.seq} in {found.where} is what commit {found.commit} gives, and whole."
        )
    for note in found.notes:
        session.note(f"note: {note}")
    if found.findings:
        raise typer.Exit(1)
