"""`promo dashboard`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from promo_cli.cli.options import day
from promo_cli.cli.session import JsonFlag, Session, command, group

app = group("Dashboard.")


@command(app, "dashboard")
def dashboard(
    session: Session,
    *,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder of the site.  [default: out/dashboard]")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="First business day.  [default: 13 weeks back]")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="Last business day.  [default: the newest day there is]"),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Write the reports as a site that opens from disk, without a network. It replaces the one made before."""
    from promo_cli.cli.progress import bars
    from promo_cli.dashboard.make import make_dashboard

    with bars(session) as told:
        made = make_dashboard(session.start, out, first=day(first, "--from"), as_of=day(as_of), told=told)
    index = made.folder / "index.html"
    if json:
        found = {"pages": made.pages, "bytes": made.size, "as_of": made.as_of.isoformat(), "changed": made.changed}
        session.document({"schema": "promo.dashboard-made/1", "folder": str(made.folder), "index": str(index), **found})
        return
    session.result(str(index))
    what = "written" if made.changed else "nothing has changed"
    session.note(f"{made.pages} pages, {made.size / 1e6:.1f} MB, as of {made.as_of}: {what}. Open it in a browser.")
