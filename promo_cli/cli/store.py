"""`promo store …`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from promo_cli.cli.options import Env, now
from promo_cli.cli.session import JsonFlag, Session, command, group

app = group("The bucket behind an environment: rights of roles, grants for tills.")


@app.callback()
def store() -> None:
    """The bucket behind an environment: rights of roles, grants for tills."""


@command(app, "policy")
def policy(
    session: Session,
    env: Env,
    role: Annotated[
        str, typer.Option("--role", metavar="ROLE", help="publisher, gc, till, ingester, privacy, granter.")
    ],
    *,
    store: Annotated[
        str | None, typer.Option("--store", metavar="ID", help="The till's store, for --role till.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Print the least rights a role needs, as an IAM policy whose conditions enforce the protocol."""
    from json import dumps

    from promo_cli.pipeline.operate_store import store_policy
    from promo_cli.publishing.policy import ROLES

    if role not in ROLES:
        raise typer.BadParameter(f"expected {', '.join(ROLES)}, found {role!r}", param_hint="--role")
    if role == "till" and store is None:
        raise typer.BadParameter("a till's rights are those of one store: name it", param_hint="--store")
    found = store_policy(session.start, env, role, store)
    if json:
        session.document({"schema": "promo.store-policy/1", "env": env, "role": role, "policy": found})
        return
    session.result(dumps(found, indent=2))
    session.note("Attach it to the role's identity; give no other identity rights to write or delete in this bucket.")


@command(app, "grant")
def grant(
    session: Session,
    env: Env,
    store: Annotated[str, typer.Argument(metavar="STORE", help="The store's id.")],
    *,
    hours: Annotated[
        int, typer.Option("--hours", metavar="N", min=1, max=168, help="How long it is good for; S3 allows a week.")
    ] = 168,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it to a file only you can read.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Make URLs and upload forms for a store's tills that have no credentials. Whoever has them can use them."""
    from json import dumps

    from promo_cli.pipeline.operate_store import store_grant

    found = store_grant(session.start, env, store, hours=hours, now=now())
    if out is not None:
        with open(out, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(dumps(found, indent=2) + "\n")
        session.note(f"Wrote {out}.")
    elif not json:
        session.result(dumps(found, indent=2))
    if json:
        session.document(found)
    session.note(
        f"Good until {found['expires_at']}, for release {found['seq']}: hand out a new one after the next publication. "
        "It ends sooner if the credentials that signed it do."
    )
