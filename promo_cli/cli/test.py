"""`promo test`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from promo_cli.cli.session import JsonFlag, Session, colour, command, group

if TYPE_CHECKING:
    from promo_cli.cli.paper import Words
    from promo_cli.validation.selftest import Result

app = group("Run tests.")


@command(app, "test")
def run_promotion_tests(
    session: Session,
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATHS]", help="Only the tests in these files and folders.")
    ] = None,
    *,
    name: Annotated[
        str, typer.Option("-k", metavar="TEXT", help="Only tests with this text in their name or promotion's code.")
    ] = "",
    format: Annotated[  # noqa: A002
        Literal["text", "json", "junit", "github"], typer.Option("--format", help="How to print the results.")
    ] = "text",
    json: JsonFlag = False,
) -> None:
    """Price the carts in your tests and compare: `tests:` of promotions, and files *.test.yaml.

    Exits with 1 when a receipt differs from what its test expects.
    """
    from promo_cli.cli import testing
    from promo_cli.cli.paper import Words
    from promo_cli.pipeline.check import run_tests

    workspace, results = run_tests(session.start, [str(path) for path in paths or []], matching=name)
    words = Words({product.id: product.name for product in workspace.products}, workspace.settings.currency.exponent)
    _print(session, "json" if json else format, results, words)
    session.note(testing.sentence(results))
    if not all(result.passed for result in results):
        raise typer.Exit(1)


def _print(session: Session, form: str, results: Sequence[Result], words: Words) -> None:
    from promo_cli.cli import testing

    if form == "json":
        session.document(testing.as_document(results))
    elif form == "junit":
        session.result(testing.as_junit(results, words))
    elif form == "github":
        # GitHub shows ten annotations of a step: the text says it all, and the summary says it again.
        session.result(testing.as_github(results))
        session.result(testing.as_text(results, words, verbose=session.verbose))
        summary = os.environ.get("GITHUB_STEP_SUMMARY")
        if summary:
            with Path(summary).open("a", encoding="utf-8") as file:
                file.write(testing.as_markdown(results, words))
    else:
        session.result(testing.as_text(results, words, verbose=session.verbose, colour=colour(sys.stdout)))
