"""`promo calendar`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from promo_cli.cli.options import day
from promo_cli.cli.session import JsonFlag, Session, colour, command, group

if TYPE_CHECKING:
    from promo_cli.pipeline.calendar import Calendar

app = group("The calendar.")

_WIDTH = 80
"""Characters of a line where no terminal says how many it has."""

_LEAST_WIDTH = 60

Form = Literal["text", "json", "html"]
_BY_SUFFIX: dict[str, Form] = {".html": "html", ".htm": "html", ".json": "json"}


@command(app, "calendar")
def calendar(
    session: Session,
    codes: Annotated[
        list[str] | None, typer.Argument(metavar="[CODE…]", help="Only these promotions.  [default: all]")
    ] = None,
    *,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The first day.  [default: today]")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="The last day.  [default: four weeks on]")
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", metavar="N", min=1, help="So many days, instead of --to.")
    ] = None,
    brand: Annotated[
        list[str] | None, typer.Option("--brand", metavar="ID", help="Only what runs for this brand; repeatable.")
    ] = None,
    store: Annotated[
        list[str] | None, typer.Option("--store", metavar="ID", help="Only what runs in this store; repeatable.")
    ] = None,
    promo_type: Annotated[
        list[str] | None, typer.Option("--type", metavar="TYPE", help="Only this type; repeatable.")
    ] = None,
    format: Annotated[  # noqa: A002
        Form | None, typer.Option("--format", help="How to show it.  [default: text, or by the end of --out]")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it here, such as calendar.html.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Show what runs when and where: as a timeline, or with --out calendar.html as a page to share or print.

    The scale follows from the days: each mark is a day, a week or a month.
    """
    from promo_cli.pipeline.calendar import calendar as calendar_of

    if days is not None and last is not None:
        raise typer.BadParameter("say --to or --days, not both", param_hint="--days")
    found = calendar_of(
        session.start,
        first=day(first, "--from"),
        last=day(last, "--to"),
        days=days,
        named=codes or (),
        brands=brand or (),
        stores=store or (),
        types=promo_type or (),
    )
    form = "json" if json else format or _BY_SUFFIX.get(out.suffix.lower() if out else "", "text")
    if found.problems:
        session.note(f"note: the workspace has {found.problems} errors; `promo validate` shows them")
    if out is None:
        _print(session, found, form)
        return
    _write(out, _text(found, form))
    session.note(f"Wrote {out}: {len(found.rows)} promotions, {found.first} to {found.last}.")


def _print(session: Session, found: Calendar, form: Form) -> None:
    if form == "text":
        from promo_cli.cli.timeline import LETTERS, SIGNS, text

        size = shutil.get_terminal_size((_WIDTH, 0)).columns if sys.stdout.isatty() else _WIDTH
        marks = SIGNS if "utf" in (sys.stdout.encoding or "").lower() else LETTERS
        session.result(text(found, width=max(size, _LEAST_WIDTH), marks=marks, colour=colour(sys.stdout)))
    else:
        session.result(_text(found, form))


def _text(found: Calendar, form: Form) -> str:
    if form == "html":
        from promo_cli.pipeline.calendar_page import page

        return page(found)
    if form == "json":
        from promo_cli.protocol import canonical

        return canonical.dumps(found.document()).decode()
    from promo_cli.cli.timeline import text

    return text(found, width=_WIDTH)


def _write(path: Path, content: str) -> None:
    try:
        path.write_text(content.rstrip("\n") + "\n", encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise typer.BadParameter(f"{path} cannot be written: {reason}", param_hint="--out") from None
