"""`promo find`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from promo_cli.cli.session import JsonFlag, Session, command, group

if TYPE_CHECKING:
    from promo_cli.pipeline.find import Answer, Found

app = group("Find promotions.")

_WIDTH = 100
_LABEL = 14


def _option(flag: str, metavar: str, words: str) -> Any:
    return typer.Option(flag, metavar=metavar, help=words)


@command(app, "find")
def find(
    session: Session,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[TEXT…]", help="Words of a code, name, description, tag or owner.")
    ] = None,
    *,
    product: Annotated[str | None, _option("--product", "ID", "What touches this product.")] = None,
    category: Annotated[str | None, _option("--category", "ID", "What touches a product below this category.")] = None,
    brand: Annotated[str | None, _option("--brand", "ID", "What touches a product of this brand.")] = None,
    store: Annotated[str | None, _option("--store", "ID", "What runs in this store.")] = None,
    at: Annotated[
        str | None, _option("--at", "TIME", "What runs on this day, or at 2026-12-24T17:30 by the store's clock.")
    ] = None,
    member: Annotated[
        str | None,
        _option("--member", "TIER", "For a member of this tier; `member` for any, `guest` for nobody known."),
    ] = None,
    customer: Annotated[
        Literal["new", "returning"] | None, typer.Option("--customer", help="For a customer of this kind.")
    ] = None,
    channel: Annotated[str | None, _option("--channel", "ID", "By this channel, such as delivery.")] = None,
    payment: Annotated[str | None, _option("--payment", "ID", "Paid by this method.")] = None,
    voucher: Annotated[str | None, _option("--voucher", "CODE", "What this shared code or batch unlocks.")] = None,
    why_not: Annotated[
        str | None, _option("--why-not", "CODE", "Look at this promotion only: what fits, what not.")
    ] = None,
    near: Annotated[bool, typer.Option("--near", help="Also show what one single thing keeps away.")] = False,
    ended: Annotated[bool, typer.Option("--all", help="Also what has ended or is switched off.")] = False,
    json: JsonFlag = False,
) -> None:
    """Find what touches a product, a store, a customer or a moment, and why.

    What is not said is left open: without --at, whatever runs now or later.
    """
    from promo_cli.pipeline.find import find as find_promotions
    from promo_cli.pipeline.find_checks import Wanted

    wanted = Wanted(
        words=tuple(words or ()), product=product, category=category, brand=brand, store=store, at=_moment(at),
        member=member, customer_type=customer, channel=channel, payment=payment, voucher=voucher,
    )  # fmt: skip
    if wanted == Wanted() and not why_not:
        raise typer.BadParameter("say what to look for, such as --product ID or --store ID", param_hint="the options")
    answer = find_promotions(session.start, wanted, why_not=why_not, ended=ended)
    if answer.problems:
        session.note(f"note: the workspace has {answer.problems} errors; `promo validate` shows them")
    if json:
        shown = [*answer.promotions, *(answer.others if why_not else answer.near if near else ())]
        session.document({"schema": "promo.find/1", "promotions": [one.document() for one in shown]})
        return
    session.result("\n".join(_one(answer) if why_not else _all(answer, near=near)))
    if not near and not why_not and answer.near and not answer.remark:
        session.note(f"\n{len(answer.near)} more but for one thing: --near shows them.")


def _moment(text: str | None) -> str | None:
    """Check a day or a moment; raises BadParameter (exit 2)."""
    if text is not None:
        try:
            found = dt.datetime.fromisoformat(text)
            if found.year in (dt.MINYEAR, dt.MAXYEAR):  # in another time zone it may not exist
                raise ValueError(text)
        except ValueError:
            raise typer.BadParameter(
                f"expected a day such as 2026-12-24 or a time such as 2026-12-24T17:30, found {text!r}",
                param_hint="--at",
            ) from None
    return text


def _all(answer: Answer, *, near: bool) -> Iterator[str]:
    number = len(answer.promotions)
    touch = "promotion touches" if number == 1 else "promotions touch"
    yield f"{number or 'No'} {touch} {answer.asked}" + (":" if number else ".")
    if answer.remark:
        yield f"{answer.remark[0].upper()}{answer.remark[1:]}."
    for one in answer.promotions:
        yield ""
        yield f"{one.code}  {one.name}"
        for check in one.checks:
            if check.special and check.about not in ("state", "store", "time", "text"):
                yield from _line(check.about, check.why)
        yield from _line("when", one.when)
        yield from _line("where", one.where)
        yield from _rest(one)
    if near and answer.near:
        yield ""
        yield "Not, but for one thing:"
        for one in answer.near:
            yield from wrap(
                f"{one.code}: {one.misses[0].why}",
                _WIDTH,
                initial_indent="  ",
                subsequent_indent="    ",
                break_on_hyphens=False,
            )


def _one(answer: Answer) -> Iterator[str]:
    """Show everything that was asked about one promotion."""
    for one in (*answer.promotions, *answer.others):
        about = f" {answer.asked}" if answer.asked else " anything"
        yield f"{one.code}  {one.name}: " + ("touches" if not one.misses else "does not touch") + about
        for check in one.checks:
            yield from _line(f"{'yes' if check.fits else 'NO ':3} {check.about}", check.why)
        yield from _rest(one)


def _rest(one: Found) -> Iterator[str]:
    if one.needs:
        yield from _line("needs", ", ".join(one.needs))
    yield from _line("file", f"{one.path}:{one.line}" if one.line else one.path)


def _line(label: str, text: str) -> Iterator[str]:
    blank = " " * (2 + _LABEL)
    yield from wrap(
        text, _WIDTH, initial_indent=f"  {label:<{_LABEL}}", subsequent_indent=blank, break_on_hyphens=False
    )
