"""`promo ingest`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from promo_cli.cli.options import Env, now
from promo_cli.cli.session import JsonFlag, Session, command, group, show

app = group("Ingest.")


@command(app, "ingest")
def ingest(
    session: Session,
    env: Env,
    *,
    allowed_bad: Annotated[
        float, typer.Option("--allowed-bad", metavar="SHARE", help="Part of the lines that may be bad.")
    ] = 0.001,
    json: JsonFlag = False,
) -> None:
    """Load what tills have uploaded, every line exactly once.

    Each line ends as loaded, duplicate or quarantined. Exits with 1 when too many are quarantined.
    """
    from promo_cli.cli.progress import bars
    from promo_cli.pipeline.ingest import ingest_environment, too_many_bad_lines

    with bars(session) as show_bar:
        result = ingest_environment(
            session.start,
            env,
            now=now(),
            progress=lambda progress: show_bar("files", progress.files, progress.all_files),
        )
    if json:
        session.document(
            {
                "schema": "promo.ingest/1",
                "files": result.files,
                "lines": result.lines,
                "loaded": result.loaded,
                "duplicate": result.duplicate,
                "quarantined": result.quarantined,
                "refused": result.refused,
                "receipts": result.receipts,
            }
        )
    elif result.files:
        session.result(
            f"{result.files:,} files, {result.lines:,} lines: {result.loaded:,} loaded, "
            f"{result.duplicate:,} duplicate, {result.quarantined:,} quarantined"
        )
        session.note("Next: promo report overview")
    else:
        session.result("Nothing new to ingest.")
    if result.bad_share > allowed_bad:
        show(replace(session, json=False), [too_many_bad_lines(result, allowed_bad)])
        raise typer.Exit(1)
