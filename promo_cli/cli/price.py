"""`promo price`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from promo_cli.cli.options import Store, now
from promo_cli.cli.session import JsonFlag, Session, command, group

app = group("Price a cart.")


@command(app, "price")
def price(
    session: Session,
    store: Store,
    cart: Annotated[Path, typer.Option("--cart", metavar="FILE", help="The cart, JSON or YAML; - reads stdin.")],
    *,
    at: Annotated[
        str | None,
        typer.Option(
            "--at", metavar="TIME", help="The store's clock, such as 2026-02-07T10:00.  [default: the cart's, or now]"
        ),
    ] = None,
    trace: Annotated[bool, typer.Option("--trace", help="Show every stage and every promotion.")] = False,
    json: JsonFlag = False,
) -> None:
    """Price a cart as the store's till would, with the workspace's promotions."""
    from promo_cli.cli.paper import print_receipt
    from promo_cli.pipeline.price import price_cart

    priced = price_cart(session.start, store, cart, at=at, now=now(), trace=trace)
    if priced.problems:
        session.note(f"note: the workspace has {priced.problems} errors; `promo validate` shows them")
    print_receipt(session, priced, json=json)
