"""`promo store …`."""

from __future__ import annotations

from typing import Annotated

import typer

from promo_cli.cli.options import Env
from promo_cli.cli.session import JsonFlag, Session, command, group

app = group("The bucket behind an environment: rights.")


@app.callback()
def store() -> None:
    """The bucket behind an environment: rights."""


@command(app, "policy")
def policy(
    session: Session,
    env: Env,
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help="publisher, gc, till or ingester.")],
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
