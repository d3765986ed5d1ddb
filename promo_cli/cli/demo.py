"""`promo demo`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from promo_cli.cli.session import JsonFlag, Session, colour, command, group

if TYPE_CHECKING:
    from promo_cli.pipeline.demo import Step

app = group("See it all at work.")

NEXT = """\
What happened, in {folder}:
  out/bundles/            one bundle per store, as its till reads it
  out/bucket/             the published release: HEAD, releases, blobs; and what the tills uploaded
  out/tills/              what each till keeps: its bundle, its trust, its spool
  {warehouse:<23} every line of it, in DuckDB

Try next (`. .venv/bin/activate` puts promo on the path):
  cd {folder}
  promo report promotion {code}
  promo dashboard
  promo till show --env local --store {store}
  edit a file under promotions/, then: promo validate, promo publish --env local --allow-dirty
"""


@command(app, "demo")
def demo(session: Session, *, json: JsonFlag = False) -> None:
    """Run the whole loop in a scratch copy: from YAML to report. The day is fixed, so every run is the same."""
    from promo_cli.pipeline.demo import run_demo
    from promo_cli.pipeline.report import run_named

    watched = sys.stderr.isatty() and not session.quiet
    done = run_demo(
        session.start,
        begin=lambda name: typer.echo(f"  {name} …\r", nl=False, err=True) if watched else None,
        finished=lambda step: None if json else session.result(_line(step)),
    )
    if json:
        session.document(
            {
                "schema": "promo.demo/1",
                "workspace": str(done.workspace),
                "steps": [{"name": step.name, "outcome": step.outcome} for step in done.steps],
            }
        )
        return
    from promo_cli.reports.render_terminal import render_terminal

    overview = run_named(done.workspace, "overview")
    session.result("\n" + render_terminal(overview, color=colour(sys.stdout)))
    discount = next(i for i, column in enumerate(overview.columns) if column.name == "discount")
    code = max(overview.rows, key=lambda row: float(str(row[discount] or 0)))[0] if overview.rows else "CODE"
    folder = done.workspace.relative_to(Path.cwd()) if done.workspace.is_relative_to(Path.cwd()) else done.workspace
    warehouse = str(done.warehouse.relative_to(done.workspace))
    session.result(NEXT.format(folder=folder, warehouse=warehouse, code=code, store=done.store))


def _line(step: Step) -> str:
    return f"  {step.name:<14}{step.outcome:<62}{step.seconds:6.1f} s"
