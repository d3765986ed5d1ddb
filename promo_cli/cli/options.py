"""Options that several commands take, and how their values are read."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="As if on this day, such as 2026-02-28.  [default: today]"),
]
Env = Annotated[str, typer.Option("--env", metavar="NAME", envvar="PROMO_ENV", help="An environment of promo.yaml.")]
Store = Annotated[str, typer.Option("--store", metavar="ID", help="A store's id.")]


def day(text: str | None, option: str = "--as-of") -> dt.date | None:
    """Read the day given to an option; None stays None. Raises BadParameter (exit 2)."""
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"expected a date written year-month-day such as 2026-02-28, found {text!r}", param_hint=option
        ) from None


def now() -> dt.datetime:
    """Return the moment, in UTC; the only clock commands read."""
    return dt.datetime.now(dt.UTC)
