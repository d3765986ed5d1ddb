"""`promo demo`."""

from __future__ import annotations

from promo_cli.cli.session import JsonFlag, Session, command, group

app = group("See it all at work.")

NEXT = """\
What happened, in {folder}:
  out/bundles/        one bundle per store, as its till reads it
  out/bucket/         the published release: HEAD, releases, blobs; and what the tills uploaded
  out/tills/          what each till keeps: its bundle, its trust, its spool
  {warehouse:<19} every line of it, in DuckDB

Try next:
  cd {folder}
  promo report promotion {code}
  promo till show --env local --store {store}
  edit a file under promotions/, then: promo validate, promo publish --env local --allow-dirty
"""


@command(app, "demo")
def demo(session: Session, *, json: JsonFlag = False) -> None:
    """Run the whole loop in a scratch copy, on a fixed day: validate, publish, sell, ingest, report."""
    from promo_cli.pipeline.demo import run_demo
    from promo_cli.pipeline.report import run_named

    done = run_demo(session.start, begin=lambda name: session.detail(f"{name} …"))
    overview = run_named(done.workspace, "overview")
    if json:
        session.document(
            {
                "schema": "promo.demo/1",
                "workspace": str(done.workspace),
                "steps": [{"name": step.name, "outcome": step.outcome} for step in done.steps],
            }
        )
        return
    for step in done.steps:
        session.result(f"  {step.name:<14} {step.outcome:<72} {step.seconds:6.2f} s")
    session.result("")
    session.result(overview)
