"""`promo price`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from promo_cli.cli.options import Store, now
from promo_cli.cli.session import JsonFlag, Session, command, group

if TYPE_CHECKING:
    from promo_cli.pipeline.returns import Refund

app = group("Price a cart.")


@command(app, "price")
def price(
    session: Session,
    store: Store,
    *,
    cart: Annotated[
        Path | None, typer.Option("--cart", metavar="FILE", help="The cart, JSON or YAML; - reads stdin.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            "--at", metavar="TIME", help="The store's clock, such as 2026-02-07T10:00.  [default: the cart's, or now]"
        ),
    ] = None,
    trace: Annotated[bool, typer.Option("--trace", help="Show every stage and every promotion.")] = False,
    returns: Annotated[
        list[str] | None,
        typer.Option(
            "--return",
            metavar="LINE[=QUANTITY]",
            help="Show what is given back for these units; by line_id, number from 1 or product. May be repeated.",
        ),
    ] = None,
    receipt: Annotated[
        Path | None, typer.Option("--receipt", metavar="FILE", help="With --return: the receipt, instead of a cart.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Price a cart as the store's till would, with the workspace's promotions.

    With --return, show what a return of some of it gives back: of the cart, or of a receipt that was stored.
    """
    from promo_cli.cli.paper import print_receipt
    from promo_cli.pipeline.price import price_cart

    if cart is None and receipt is None:
        raise typer.BadParameter("say what is bought: --cart FILE", param_hint="--cart")
    if receipt is not None and not returns:
        raise typer.BadParameter("say what is returned of it, such as --return 1=2", param_hint="--receipt")
    if returns and trace:
        raise typer.BadParameter("show how the price came about without --return", param_hint="--trace")
    if returns:
        _print_refund(session, _refund(session, store, cart, receipt, returns, at), json=json)
        return
    assert cart is not None
    priced = price_cart(session.start, store, cart, at=at, now=now(), trace=trace)
    if priced.problems:
        session.note(f"note: the workspace has {priced.problems} errors; `promo validate` shows them")
    print_receipt(session, priced, json=json)


def _refund(
    session: Session, store: str, cart: Path | None, receipt: Path | None, returns: Sequence[str], at: str | None
) -> Refund:
    from promo_cli.pipeline.returns import refund_cart, refund_receipt

    if receipt is not None:
        return refund_receipt(session.start, store, receipt, returns, cart_file=cart, at=at, now=now())
    assert cart is not None
    return refund_cart(session.start, store, cart, returns, at=at, now=now())


def _print_refund(session: Session, refund: Refund, *, json: bool) -> None:
    from promo_cli.cli.paper import print_refund

    for code in refund.unmet:
        session.note(f"note: {code} is recomputed on a return, for which the cart is needed: pass --cart as well")
    print_refund(session, refund, json=json)
