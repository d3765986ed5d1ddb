"""`promo preview`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from promo_cli.cli.options import now
from promo_cli.cli.session import JsonFlag, Session, command, group

app = group("Preview promotions.")


@command(app, "preview")
def preview(
    session: Session,
    codes: Annotated[list[str], typer.Argument(metavar="CODE…", help="Codes of one or more promotions.")],
    *,
    store: Annotated[
        str | None, typer.Option("--store", metavar="ID", help="A store's id.  [default: one where it runs]")
    ] = None,
    cart: Annotated[
        Path | None, typer.Option("--cart", metavar="FILE", help="The cart, JSON or YAML.  [default: one made up]")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="The store's clock.  [default: a moment it runs]")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Show what promotions do to a cart, and why. Without a cart one is made up.

    All other promotions are left out; `promo price` shows a cart with everything that runs.
    """
    from promo_cli.cli.paper import print_receipt
    from promo_cli.pipeline.preview import preview as preview_cart

    shown = preview_cart(session.start, codes, store_id=store, cart_file=cart, at=at, now=now())
    if json:
        session.document({"schema": "promo.preview/1", **shown.document()})
        return
    if shown.made_up:
        session.note("A made-up cart, with these promotions and no others:")
    print_receipt(session, shown.priced, json=False)
