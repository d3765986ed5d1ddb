"""A receipt as a till would print it: what was bought, what was taken off and why, what is to pay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from promo_cli.cli.session import Session

if TYPE_CHECKING:
    from promo_cli.pipeline.price import Priced

WIDTH = 64


def print_receipt(session: Session, priced: Priced, *, json: bool) -> None:
    """Print a receipt as the result: as the document, or as paper."""
    if json:
        session.document({"schema": "promo.receipt/1", **priced.receipt})
        return
    heading = f"{priced.store_name:<{WIDTH - 20}}{priced.at:>20}"
    session.result(paper(priced.receipt, exponent=priced.exponent, names=priced.product_names, heading=heading))


def paper(receipt: Mapping[str, Any], *, exponent: int, names: Mapping[str, str], heading: str = "") -> str:
    """Return the receipt as text. `names` gives products' names by id; `exponent` the currency's decimals."""
    return "\n".join(_lines(receipt, exponent, names, heading))


def _lines(receipt: Mapping[str, Any], exponent: int, names: Mapping[str, str], heading: str) -> Iterator[str]:
    def row(left: str, amount: Any, sign: str = "") -> str:
        right = sign + f"{Decimal(amount):,.{exponent}f}"
        return f"{left[: WIDTH - len(right) - 1]:<{WIDTH - len(right)}}{right}"

    rule = "-" * WIDTH
    if heading:
        yield heading
        yield rule
    codes = {entry["promotion_id"]: entry["code"] for entry in receipt["applied"]}
    for line in receipt["lines"]:
        gift = " (gift)" if line.get("gift") else ""
        name = names.get(line["product_id"], line["product_id"])
        yield row(f"{line['quantity']} x {name}{gift}", line["net"] + line["discount"])
        for discount in line["discounts"]:
            if discount["amount"]:
                yield row(f"    {codes.get(discount['promotion_id'], discount['code'])}", discount["amount"], "-")
    yield rule
    yield row("Subtotal", receipt["subtotal"])
    yield row("Discounts", receipt["total_discount"], "-" if receipt["total_discount"] else "")
    yield row("To pay", receipt["final_amount"])
    yield from _section("Applied", ((e["code"], e["explanation"]) for e in receipt["applied"]))
    yield from _section("Not applied", ((e["code"], e["reason"]) for e in receipt["skipped"]))
    yield from _section("Earned", ((e.get("code", ""), e.get("explanation", "")) for e in receipt.get("rewards") or ()))
    yield from _section("Hints", ((e.get("code", ""), e.get("message", "")) for e in receipt.get("hints") or ()))
    if receipt["skipped_count"]:
        yield f"\n{receipt['skipped_count']} other promotions have nothing to do with this cart (--trace lists them)."
    if receipt.get("provisional"):
        yield "Limits were decided on the counters given; the till may know newer ones."


def _section(title: str, entries: Iterator[tuple[str, str]]) -> Iterator[str]:
    for index, (code, text) in enumerate(entries):
        if index == 0:
            yield f"\n{title}"
        yield f"  {code:<16} {text}"
