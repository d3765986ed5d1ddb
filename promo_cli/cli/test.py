"""`promo test`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
    json: JsonFlag = False,
) -> None:
    """Price the sample carts in your promotions and compare. Exits with 1 when one differs."""
    from promo_cli.cli.testing import as_document, as_text
    from promo_cli.pipeline.check import run_tests

    results = run_tests(session.start, [str(path) for path in paths or []])
    if json:
        session.document(as_document(results))
    else:
        session.result(as_text(results, verbose=session.verbose))
    failed = sum(not result.passed for result in results)
    session.note(f"{len(results) - failed} of {len(results)} tests passed." if results else "No promotion has tests.")
    if failed:
        raise typer.Exit(1)
