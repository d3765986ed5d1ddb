"""`promo till …`: the reference till."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from promo_cli.cli.options import Env, Store, now
from promo_cli.cli.session import JsonFlag, Session, command, group, show

app = group("The reference till: sync, price offline, upload.")

State = Annotated[
    Path | None,
    typer.Option("--state", metavar="DIR", help="Where this till keeps what it has.  [default: out/tills/ENV/STORE]"),
]


@command(app, "sync")
def sync(
    session: Session,
    env: Env,
    store: Store,
    *,
    state: State = None,
    root: Annotated[
        Path | None,
        typer.Option("--root", metavar="FILE", help="The environment's root, which a new till needs once."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Bring a till up to date with its environment. Without network it goes on with what it has (exit 4)."""
    from promo_cli.pipeline.till import sync_till

    result = sync_till(session.start, env, store, state, root_file=root, now=now())
    for notice in result.notices:
        session.note(f"note: {notice}")
    if json:
        session.document(result.document())
    else:
        if result.diagnostics:
            show(session, result.diagnostics)
        stopped = f", {result.stopped} of them stopped by HEAD" if result.stopped else ""
        session.result(f"{store}: {result.status}, release {result.version}, {result.count} promotions{stopped}")
    raise typer.Exit(result.exit_code)


@command(app, "enrol")
def enrol(
    session: Session,
    env: Env,
    store: Store,
    root: Annotated[
        Path,
        typer.Option("--root", metavar="FILE", exists=True, dir_okay=False, help="The environment's root.json."),
    ],
    *,
    state: State = None,
    json: JsonFlag = False,
) -> None:
    """Hand a new till the environment's root, once, on another way than the bucket."""
    from promo_cli.pipeline.till import enrol_till

    known = enrol_till(session.start, env, store, state, root)
    trusted = known.trusted.root
    if json:
        keyids = sorted(trusted.roles["head"].keyids)
        document = {"env": env, "store_id": store, "root_version": trusted.version, "head_keys": keyids}
        session.document({"schema": "promo.till-enrol/1", **document})
        return
    session.result(f"{store} trusts root {trusted.version} of {env}.")
    session.note(f"Now: promo till sync --env {env} --store {store}")


@command(app, "version")
def version(session: Session, env: Env, store: Store, *, state: State = None, json: JsonFlag = False) -> None:
    """Say which release a till runs, and whether it must sync at once."""
    from promo_cli.pipeline.till import till_version

    document = till_version(session.start, env, store, state)
    if json:
        session.document(document)
        return
    forced = ", must sync at once" if document["force_update"] else ""
    session.result(f"{store}: release {document['version']} of {document['last_updated'] or 'never'}{forced}")


@command(app, "show")
def show_promotions(
    session: Session,
    env: Env,
    store: Store,
    codes: Annotated[list[str] | None, typer.Argument(metavar="[CODE…]", help="Codes or ids.")] = None,
    *,
    brand: Annotated[str | None, typer.Option("--brand", metavar="ID", help="Only what runs for this brand.")] = None,
    state: State = None,
    json: JsonFlag = False,
) -> None:
    """Show promotions as the till has them, compiled."""
    from promo_cli.pipeline.till import till_promotions

    promotions = till_promotions(session.start, env, store, state, names=codes or (), brand=brand)
    if json:
        session.document({"schema": "promo.promotions/1", "promotions": promotions, "count": len(promotions)})
        return
    for promotion in promotions:
        session.result(_summary(promotion))


@command(app, "price")
def price(
    session: Session,
    env: Env,
    store: Store,
    cart: Annotated[Path, typer.Option("--cart", metavar="FILE", help="The cart, JSON or YAML; - reads stdin.")],
    *,
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="The store's clock.  [default: now]")] = None,
    trace: Annotated[bool, typer.Option("--trace", help="Show every stage and every promotion.")] = False,
    state: State = None,
    json: JsonFlag = False,
) -> None:
    """Price a cart offline, with the bundle the till has."""
    from promo_cli.cli.paper import print_receipt
    from promo_cli.pipeline.till import price_at_till

    priced = price_at_till(session.start, env, store, state, cart, at=at, now=now(), trace=trace)
    print_receipt(session, priced, json=json)


@command(app, "upload")
def upload(session: Session, env: Env, store: Store, *, state: State = None, json: JsonFlag = False) -> None:
    """Deliver what the till has spooled; a batch leaves the spool only on its receipt."""
    from promo_cli.pipeline.till import upload_till

    sent = upload_till(session.start, env, store, state)
    if json:
        session.document(sent.document())
    else:
        if sent.diagnostics:
            show(session, sent.diagnostics)
        session.result(
            f"{store}: {sent.delivered} batches delivered, {sent.settled} settled by a receipt, {sent.waiting} waiting"
        )
        if sent.resent:
            session.note(f"{sent.resent} of them had arrived damaged, and were sent again under another key.")
    raise typer.Exit(sent.exit_code)


@command(app, "conformance")
def conformance(
    session: Session,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A new folder, or one with a pack.")],
    *,
    json: JsonFlag = False,
) -> None:
    """Write the conformance pack for till vendors: buckets, good and bad, and what a till has to make of each."""
    from promo_cli.pipeline.conformance import write_pack

    pack = write_pack(out)
    if json:
        cases = {str(level): count for level, count in pack.cases.items()}
        session.document({"schema": "promo.till-conformance/1", "out": str(out), "cases": cases})
        return
    by_level = ", ".join(f"{count} of level {level}" for level, count in pack.cases.items())
    session.result(f"Wrote {sum(pack.cases.values())} cases to {out}: {by_level}.")
    session.note("docs/till-vendors.md says how to read them.")


def _summary(promotion: dict[str, Any]) -> str:
    validity = promotion["validity"]
    return (
        f"{promotion['code']:<20} {promotion['promo_type']:<18} "
        f"{validity['start_date']} to {validity['end_date'] or 'open'}  {promotion['name']}"
    )
