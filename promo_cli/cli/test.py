"""`promo test`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from promo_cli.cli.session import JsonFlag, Session, command, group

app = group("Run tests.")


@command(app, "test")
def run_promotion_tests(
    session: Session,
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATHS]", help="Only the tests in these files and folders.")
    ] = None,
    *,
    format: Annotated[  # noqa: A002
        Literal["text", "json", "junit", "github"], typer.Option("--format", help="How to print the results.")
    ] = "text",
    json: JsonFlag = False,
) -> None:
    """Price the sample carts in your promotions and compare. Exits with 1 when one differs."""
    from promo_cli.cli import testing
    from promo_cli.pipeline.check import run_tests

    workspace, results = run_tests(session.start, [str(path) for path in paths or []])
    failed = sum(not result.passed for result in results)
    if json or format == "json":
        session.document(testing.as_document(results))
    elif format == "junit":
        session.result(testing.as_junit(results))
    elif format == "github":
        session.result(testing.as_github(results))
    else:
        names = {product.id: product.name for product in workspace.products}
        exponent = workspace.settings.currency.exponent
        session.result(testing.as_text(results, exponent=exponent, names=names, verbose=session.verbose))
    session.note(f"{len(results) - failed} of {len(results)} tests passed." if results else "No promotion has tests.")
    if failed:
        raise typer.Exit(1)
