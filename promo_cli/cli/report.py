"""`promo report`."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import fill
from typing import Annotated, Any, Literal

import typer

from promo_cli.cli.session import JsonFlag, Session, colour, command, group

app = group("Report.")


@command(app, "report")
def report(
    session: Session,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="Such as overview, or one of your own. Without it: which there are."),
    ] = None,
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CODE…]", help="Promotions that the report is about, as --promotion."),
    ] = None,
    *,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First business day.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last business day.")] = None,
    promotion: Annotated[
        list[str] | None, typer.Option("--promotion", metavar="CODE", help="Only these promotions; repeatable.")
    ] = None,
    brand: Annotated[
        list[str] | None, typer.Option("--brand", metavar="ID", help="Only bills of these brands; repeatable.")
    ] = None,
    store: Annotated[
        list[str] | None, typer.Option("--store", metavar="ID", help="Only these stores; repeatable.")
    ] = None,
    channel: Annotated[
        list[str] | None, typer.Option("--channel", metavar="NAME", help="Only these channels; repeatable.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="As if on this day.  [default: the newest day there is]"),
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", metavar="NAME=VALUE", help="Any parameter of the report; repeatable.")
    ] = None,
    format: Annotated[  # noqa: A002
        Literal["table", "csv", "json", "html", "pdf", "xlsx", "parquet", "png"] | None,
        typer.Option("--format", help="How to write it.  [default: as the name of FILE ends, or table]"),
    ] = None,
    section: Annotated[
        str | None,
        typer.Option("--section", metavar="NAME", help="Which table, for csv, parquet and png.  [default: the first]"),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to a file.")] = None,
    json: JsonFlag = False,
) -> None:
    """Say what promotions brought: uses, cost, net. The figures come from the warehouse."""
    from promo_cli.pipeline.report import run_named
    from promo_cli.reports.render_any import BINARY, format_of, rendered
    from promo_cli.workspace.writing import write_atomically

    if name is None:
        _list(session, json=json or format == "json")
        return
    common = {"from": first, "to": last, "promotions": promotion, "brands": brand, "stores": store, "channels": channel}
    params: dict[str, Any] = {key: value for key, value in {**common, "as_of": as_of}.items() if value}
    for text in param or ():
        key, separator, value = text.partition("=")
        if not separator:
            raise typer.BadParameter(f"expected NAME=VALUE, found {text!r}", param_hint="--param")
        params[key] = value
    chosen = "json" if json else format or format_of(out)
    if chosen in BINARY and out is None and sys.stdout.isatty():
        raise typer.BadParameter(f"{chosen} is not for a terminal; give --out FILE", param_hint="--format")
    result = run_named(session.start, name, arguments or (), params)
    data = rendered(result, chosen, section, color=out is None and colour(sys.stdout))
    if out is not None:
        write_atomically(out, data)
        session.note(f"{out}: {len(data):,} bytes.")
    elif chosen in BINARY:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        session.result(data.decode())


def _list(session: Session, *, json: bool) -> None:
    from promo_cli.pipeline.report import available

    reports = available(session.start)
    if json:
        session.document({"schema": "promo.reports/1", "reports": [each.summary() for each in reports]})
        return
    widest = max(len(each.name) for each in reports)
    for each in reports:
        session.result(f"{each.name:<{widest}}  {each.title}")
        own = "--param " + ", ".join(each.own_parameters)
        if each.own_parameters:
            indent = " " * (widest + 2)
            session.result(fill(own, 80, initial_indent=indent, subsequent_indent=f"{indent}        "))
    session.note("`promo report NAME`; of one promotion: `promo report promotion CODE`.")
