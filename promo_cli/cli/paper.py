"""A receipt as a till would print it: what was bought, what was taken off and why, what is to pay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from promo_cli.cli.session import Session
from promo_cli.diagnostics.visible import ELLIPSIS, cells

if TYPE_CHECKING:
    from promo_cli.pipeline.price import Priced
    from promo_cli.pipeline.returns import Refund

WIDTH = 64
_CODE = 17


@dataclass(frozen=True, slots=True)
class Words:
    """What writing a receipt takes: products' names by id, and the decimals of the currency."""

    names: Mapping[str, str]
    exponent: int

    def amount(self, value: Any, sign: str = "") -> str:
        """Return an amount in major units with separators; a sign before it unless it is 0."""
        return (sign if value else "") + f"{Decimal(value):,.{self.exponent}f}"

    def line(self, line: Mapping[str, Any]) -> str:
        """Return what a line of a receipt holds: `2 × Caffe Latte`."""
        gift = " (gift)" if line.get("gift") else ""
        return f"{line['quantity']} × {self.names.get(line['product_id'], line['product_id'])}{gift}"


def words_of(priced: Priced) -> Words:
    """Return what writing this receipt takes."""
    return Words(priced.product_names, priced.exponent)


def print_receipt(session: Session, priced: Priced, *, json: bool) -> None:
    """Print a receipt as the result: as the document, or as paper."""
    if json:
        session.document({"schema": "promo.receipt/1", **priced.receipt})
        return
    session.result("\n".join([*heading(priced), *paper(priced.receipt, words_of(priced))]))


def print_refund(session: Session, refund: Refund, *, json: bool) -> None:
    """Print a receipt and what is given back of it: as the document, or as paper."""
    if json:
        session.document({"schema": "promo.refund/1", "receipt": refund.priced.receipt, "refund": refund.given_back})
        return
    words, receipt = words_of(refund.priced), refund.priced.receipt
    lines = [*heading(refund.priced), *goods(receipt, words)]
    lines += [*totals(receipt, words, ("Subtotal", "Discounts", "Paid")), *_given_back(refund, words)]
    session.result("\n".join(lines))


def _given_back(refund: Refund, words: Words) -> Iterator[str]:
    back, paid = refund.given_back, refund.priced.receipt["final_amount"]
    yield "\nReturned"
    for line in back["lines"]:
        yield justified(words.line(line), words.amount(line["net"]))
    yield "-" * WIDTH
    yield justified("Given back", words.amount(back["total_refund"]))
    yield justified("Stays paid", words.amount(paid - back["total_refund"]))
    how = "What was paid for each of these units."
    if back["recomputed"]:
        how = "What was paid, less what is kept costs by itself: a promotion on this receipt is recomputed on returns."
    yield ""
    yield from wrap(how, WIDTH)


def heading(priced: Priced, circumstances: str = "") -> list[str]:
    """Return where, when (by the store's clock) and how something was bought, and a rule."""
    return [justified(priced.store_name, moment(priced.at)), *wrap(circumstances, WIDTH), "-" * WIDTH]


def paper(receipt: Mapping[str, Any], words: Words) -> Iterator[str]:
    """Yield the receipt line by line."""
    yield from goods(receipt, words)
    yield from totals(receipt, words, ("Subtotal", "Discounts", "To pay"))
    yield from reasons(receipt, words)


def totals(receipt: Mapping[str, Any], words: Words, titles: tuple[str, str, str]) -> Iterator[str]:
    """Yield the sum at list price, what is taken off, and what is left."""
    before, off, after = titles
    yield "-" * WIDTH
    yield justified(before, words.amount(receipt["subtotal"]))
    yield justified(off, words.amount(receipt["total_discount"], "-"))
    yield justified(after, words.amount(receipt["final_amount"]))


def goods(receipt: Mapping[str, Any], words: Words) -> Iterator[str]:
    """Yield the lines of a receipt at list price, and below each what promotions took off it."""
    for line in receipt["lines"]:
        yield justified(words.line(line), words.amount(line["net"] + line["discount"]))
        for discount in line["discounts"]:
            if discount["amount"]:
                yield justified(f"    {discount['code']}", words.amount(discount["amount"], "-"))


def reasons(receipt: Mapping[str, Any], words: Words, title: str = "Applied") -> Iterator[str]:
    """Yield what every promotion did, what is earned, what could be offered, and why the others did not apply.

    A receipt with a trace tells that of all promotions.
    """
    yield from section(title, ((one["code"], one["explanation"]) for one in receipt["applied"]))
    if "trace" not in receipt:
        yield from section("Not applied", ((one["code"], one["reason"]) for one in receipt["skipped"]))
    from promo_cli.pipeline.price import earned

    yield from section("Earned", ((one["code"], earned(one, words.exponent)) for one in receipt["rewards"]))
    yield from section("Hints", ((one["code"], one["message"]) for one in receipt["hints"]))
    if "trace" in receipt:
        from promo_cli.cli.tracing import traced

        yield from traced(receipt, words)
    notes = []
    if receipt["skipped_count"]:
        several = receipt["skipped_count"] > 1
        others = f"{receipt['skipped_count']} other promotions have" if several else "1 other promotion has"
        notes.append(f"{others} nothing to do with this cart (--trace lists them).")
    if receipt["provisional"]:
        notes.append("Limits were decided on the counters given; another till may know newer ones.")
    if receipt["search"] == "bounded":
        notes.append("The best combination found; more steps might find a better one.")
    if notes:
        yield ""
        yield from (line for note in notes for line in wrap(note, WIDTH))


def section(title: str, entries: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield a titled list of codes with a text each, wrapped; nothing for an empty one."""
    for index, (code, text) in enumerate(entries):
        if index == 0:
            yield f"\n{title}"
        first, *more = wrap(text, WIDTH - _CODE - 2) or [""]
        yield f"  {code:<{_CODE - 1}} {first}"
        yield from (f"  {'':<{_CODE}}{line}" for line in more)


def justified(left: str, right: str, width: int = WIDTH) -> str:
    """Return one line: `left`, cut where it is too long, and `right` at the end."""
    return f"{fitted(left, width - len(right) - 1)} {right}" if right else left


def fitted(text: str, width: int) -> str:
    """Return a text in exactly so many cells of a terminal: cut, or filled with spaces."""
    shown = cells(text)
    taken = sum(size for _, size in shown)
    if taken > width:
        while taken >= width:
            taken -= shown.pop()[1]
        shown.append((ELLIPSIS, 1))
        taken += 1
    return "".join(char for char, _ in shown) + " " * (width - taken)


def moment(at: str) -> str:
    """Return a moment as people write it, `Sat 7 Feb 2026, 10:00`; as it stands where it is none."""
    try:
        when = dt.datetime.fromisoformat(at)
    except ValueError:
        return at
    return f"{when:%a} {when.day} {when:%b %Y, %H:%M}"
