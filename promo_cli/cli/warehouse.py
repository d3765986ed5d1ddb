"""`promo warehouse …`."""

from __future__ import annotations

from typing import Annotated

import typer

from promo_cli.cli.ingest import AllowedBad, run
from promo_cli.cli.options import Env, now
from promo_cli.cli.session import JsonFlag, Session, command, group

app = group("The warehouse as a file: make it anew, copy it out.")


@app.callback()
def warehouse() -> None:
    """Make the warehouse anew from the bucket, or copy it out."""


@command(app, "rebuild")
def rebuild(session: Session, env: Env, *, allowed_bad: AllowedBad = 0.001, json: JsonFlag = False) -> None:
    """Make the warehouse anew from the bucket alone; the old one serves until the new one replaces it.

    The bucket is the record, the warehouse a cache of it. Exits with 1 when too many lines are quarantined.
    """
    from promo_cli.pipeline.ingest import rebuild_environment

    run(session, rebuild_environment, env, allowed_bad=allowed_bad, json=json, nothing="The bucket has no uploads.")


@command(app, "export")
def export(
    session: Session,
    *,
    to: Annotated[
        str,
        typer.Option("--to", metavar="DIR", help="A new folder, one of an earlier export, or s3://bucket/prefix."),
    ],
    json: JsonFlag = False,
) -> None:
    """Write every table as Parquet, events by business month; an export appears whole or not at all.

    In a bucket, _export.json names the prefix of the newest export and its files, and is written last.
    """
    from promo_cli.pipeline.warehouse import export_to

    rows, where = export_to(session.start, to, now=now())
    if json:
        session.document({"schema": "promo.warehouse-export/1", "folder": where, "rows": dict(rows)})
        return
    session.result(f"Exported {sum(rows.values()):,} rows of {len(rows)} tables to {where}")
    session.note("Each table is a folder; its files together are the table, with the month as a hive partition.")
