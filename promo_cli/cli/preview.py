"""`promo preview`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from promo_cli.cli.options import now
from promo_cli.cli.session import JsonFlag, Session, command, group

if TYPE_CHECKING:
    from promo_cli.pipeline.preview import Preview

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
    trace: Annotated[bool, typer.Option("--trace", help="Show every stage and what became of each promotion.")] = False,
    json: JsonFlag = False,
) -> None:
    """Show what promotions do to a cart, alone: before, after, and why. Without a cart one is made up.

    All other promotions are left out; `promo price` shows a cart with everything that runs.
    """
    from promo_cli.pipeline.preview import preview as preview_cart

    shown = preview_cart(session.start, codes, store_id=store, cart_file=cart, at=at, now=now(), trace=trace)
    if json:
        session.document({"schema": "promo.preview/1", **shown.document()})
        return
    session.result("\n".join(_paper(shown)))
    if shown.made_up:
        session.note("\nThe cart is made up, and other promotions are left out. `promo price` shows a cart with all.")


def _paper(shown: Preview) -> Iterator[str]:
    from promo_cli.cli.paper import WIDTH, goods, heading, reasons, totals, words_of

    for promotion in shown.promotions.values():
        yield f"{promotion.code}  {promotion.name}"
        yield from wrap(promotion.description or "", WIDTH)
        yield ""
    words, receipt = words_of(shown.priced), shown.priced.receipt
    yield from heading(shown.priced, _circumstances(shown.cart))
    yield from goods(receipt, words)
    yield from totals(receipt, words, ("Before", "Discount", "After"))
    yield from reasons(receipt, words, "Why")


def _circumstances(cart: Mapping[str, Any]) -> str:
    """Return how a cart is bought: `dine_in, a gold member, paid by qris`."""
    customer = cart.get("customer") or {}
    words = [
        customer.get("customer_type") or "",
        customer.get("tier") or "",
        "member" if customer.get("is_member") else "",
    ]
    who = " ".join(filter(None, words))
    parts = [cart.get("channel"), f"a {who}" if "member" in words else f"a {who} customer" if who else None]
    if customer.get("birthday"):
        parts.append(f"born on {customer['birthday']}")
    if customer.get("order_number"):
        parts.append(f"order number {customer['order_number']}")
    if customer.get("points"):
        parts.append(f"{customer['points']} points")
    paid = [cart.get("payment_method"), *(part.get("method") for part in cart.get("payments") or ())]
    parts += [f"paid by {method}" for method in paid if method]
    for name, what in (("vouchers", "voucher"), ("claims", "asks for")):
        parts += [f"{what} {one if isinstance(one, str) else one['code']}" for one in cart.get(name) or ()]
    return ", ".join(filter(None, parts))
