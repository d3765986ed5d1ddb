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
    from promo_cli.workspace import Workspace

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
    update: Annotated[
        bool, typer.Option("--update", help="Write what carts cost now into the tests; shows the changes and asks.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --update: show the changes, write nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="With --update: do not ask.")] = False,
    json: JsonFlag = False,
) -> None:
    """Price the carts in your tests and compare: `tests:` of promotions, and files *.test.yaml.

    Exits with 1 when a receipt differs from what its test expects.
    """
    from promo_cli.cli import testing
    from promo_cli.cli.paper import Words
    from promo_cli.pipeline.check import run_tests

    chosen = [str(path) for path in paths or []]
    workspace, results = run_tests(session.start, chosen, matching=name)
    if update and updated(session, workspace, results, yes=yes, dry_run=dry_run):
        workspace, results = run_tests(session.start, chosen, matching=name)
    words = Words({product.id: product.name for product in workspace.products}, workspace.settings.currency.exponent)
    _print(session, "json" if json else format, results, words)
    session.note(testing.sentence(results))
    if not all(result.passed for result in results):
        raise typer.Exit(1)


def updated(session: Session, workspace: Workspace, results: Sequence[Result], *, yes: bool, dry_run: bool) -> bool:
    """Show how the files of tests would change and ask; tell whether they were written."""
    from promo_cli.validation.update import update, write

    change = update(workspace, results)
    for path, text in change.after.items():
        _show_changes(path, change.before[path], text)
    for remark in change.left:
        session.note(remark)
    if not change.after or dry_run:
        return False
    several = f"these {len(change.after)} files" if len(change.after) > 1 else "this file"
    if not yes and not session.interactive:
        session.note(f"Nothing was written: pass --yes to write {several} where no one can answer.")
        return False
    if not yes and not typer.confirm(f"Write {several}?", err=True):
        return False
    write(workspace, change)
    session.note(f"Wrote {', '.join(change.after)}.")
    return True


def _show_changes(path: str, before: str, after: str) -> None:
    """Show a unified diff on stderr, beside the question it belongs to."""
    from difflib import unified_diff

    from promo_cli.diagnostics.visible import CYAN, GREEN, RED, paint, visible

    styles = {"-": RED, "+": GREEN, "@": CYAN}
    for line in unified_diff(before.splitlines(), after.splitlines(), path, path, lineterm="", n=2):
        typer.echo(paint(visible(line), styles.get(line[:1], ""), colour(sys.stderr) and line[:1] in styles), err=True)


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
