"""`promo validate`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from promo_cli.cli.options import AsOf, day
from promo_cli.cli.session import JsonFlag, Session, colour, command, group, reader

app = group("Check the workspace.")


@command(app, "validate")
def validate(
    session: Session,
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATHS]", help="Report on these files and folders only.")
    ] = None,
    *,
    format: Annotated[  # noqa: A002
        Literal["full", "concise", "json"], typer.Option("--format", help="How to print what is found.")
    ] = "full",
    json: JsonFlag = False,
    as_of: AsOf = None,
) -> None:
    """Check everything you wrote, and say how to fix it.

    Exits with 1 when there are errors; warnings alone exit with 0.
    """
    from promo_cli.diagnostics.summary import count, sentence
    from promo_cli.pipeline.check import check

    checked = check(session.start, [str(path) for path in paths or []], today=day(as_of))
    findings = checked.diagnostics
    if json or format == "json":
        from promo_cli.diagnostics.render_json import render as render_json

        session.result(render_json(findings, files=checked.files))
    elif format == "concise":
        from promo_cli.diagnostics.render_concise import render as render_concise

        session.result(render_concise(findings))
    else:
        from promo_cli.diagnostics.render_full import render as render_full

        session.result(render_full(findings, reader(session.start), colour=colour(sys.stdout)))
    if not json and format != "json":
        session.note(sentence(findings, checked.files))
    if count(findings)["errors"]:
        raise typer.Exit(1)
