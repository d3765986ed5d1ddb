"""`promo validate`."""

from __future__ import annotations

import atexit
import gc
import itertools
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from promo_cli.cli.findings import Form, print_findings
from promo_cli.cli.options import AsOf, day
from promo_cli.cli.session import JsonFlag, Session, command, group, reader, show

if TYPE_CHECKING:
    import datetime as dt

    from promo_cli.diagnostics import Diagnostic

app = group("Check the workspace.")


@command(app, "validate")
def validate(
    session: Session,
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATHS]", help="Report on these files and folders only.")
    ] = None,
    *,
    fix: Annotated[bool, typer.Option("--fix", help="Correct what has only one possible correction.")] = False,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="With --fix or --diff: also take guesses; look at them after.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change, and change nothing.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again whenever a file changes; end with Ctrl-C.")
    ] = False,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", metavar="FILE", help="Findings that do not count.  [default: promo.yaml's]"),
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="List what is found in the baseline; one that exists only shrinks.")
    ] = False,
    format: Annotated[Form, typer.Option("--format", help="How to print what is found.")] = "full",  # noqa: A002
    json: JsonFlag = False,
    as_of: AsOf = None,
) -> None:
    """Check everything you wrote, and say how to fix it.

    Exits with 1 when there are errors; warnings alone exit with 0. To accept a finding, write beside it
    # promo: ignore[CODE] reason="why" until=2026-07-01
    """
    atexit.register(gc.freeze)  # at its end Python would look for garbage once more: a sixth of the whole time
    if unsafe_fixes and not (fix or diff):
        raise typer.BadParameter("goes with --fix or --diff", param_hint="--unsafe-fixes")
    chosen = [str(path) for path in paths or []]
    today = day(as_of)
    form: Form = "json" if json else format
    if write_baseline or fix or diff or watch:
        session = replace(session, asked=None)
    if write_baseline:
        _write_baseline(session, baseline, today)
    if fix or diff:
        _repair(session, chosen, today, baseline, unsafe=unsafe_fixes, only_show=diff)
    if not watch:
        raise typer.Exit(_report(session, chosen, form, today, baseline))
    _watch(session, lambda: _report(session, chosen, form, today, baseline))


def _report(
    session: Session,
    paths: list[str],
    form: Form,
    today: dt.date | None,
    baseline: Path | None,
    *,
    keeping: bool = False,
) -> int:
    """Check, print, and return the exit code; with `keeping` the same is printed again if nothing changes."""
    from promo_cli.cli import again
    from promo_cli.diagnostics import Failure
    from promo_cli.diagnostics.summary import count, sentence
    from promo_cli.pipeline.check import check

    try:
        snapshot = session.asked.snapshot if session.asked else None
        checked = check(session.start, paths, today=today, baseline=baseline, snapshot=snapshot)
    except Failure as failure:
        if form in ("full", "concise"):
            raise
        print_findings(session, form, failure.diagnostics, 0, reader(session.start))
        return failure.exit_code
    found = checked.diagnostics
    out = print_findings(session, form, found, checked.files, checked.snapshot.text)
    note = "" if form == "json" else "\n".join(filter(None, [sentence(found, checked.files), _fixes(found)]))
    session.note(note)
    code = 1 if count(found)["errors"] else 0
    if session.asked and form in ("full", "concise", "json"):  # the others are told to forges as well
        again.keep(session.asked, checked, str(session.start), paths, code, out, "" if session.quiet else note)
    return code


def _fixes(found: list[Diagnostic]) -> str:
    """Say how many of the findings --fix would settle."""
    from promo_cli.diagnostics.fixing import fixable

    safe = sum(fixable(one, unsafe=False) for one in found)
    guesses = sum(fixable(one, unsafe=True) for one in found) - safe
    parts = [f"{safe} can be fixed with --fix"] if safe else []
    if guesses:
        many = f"{guesses} more" if safe else f"{guesses} can be fixed"
        parts.append(f"{many} with --fix --unsafe-fixes (guesses; look at them with --diff)")
    return f"{', '.join(parts)}." if parts else ""


def _repair(
    session: Session, paths: list[str], today: dt.date | None, baseline: Path | None, *, unsafe: bool, only_show: bool
) -> None:
    """Correct what can be corrected; or show it, which ends the command with 1 where something would change."""
    from promo_cli.pipeline.fixing import repair

    change = repair(session.start, paths, unsafe=unsafe, today=today, baseline=baseline)
    what = f"{_several(len(change.settled), 'finding')} in {_several(len(change.texts), 'file')}"
    if only_show:
        session.result(change.diff())
        session.note(f"Would fix {what}." if change.texts else "Nothing to fix.")
        raise typer.Exit(1 if change.texts else 0)
    change.write()
    session.note(f"Fixed {what}." if change.texts else "Nothing to fix.")


def _write_baseline(session: Session, file: Path | None, today: dt.date | None) -> None:
    from promo_cli.pipeline.check import make_baseline

    written = make_baseline(session.start, file, today=today)
    out = f"; {_several(written.settled, 'finding')} went out of it" if written.settled else ""
    session.note(f"{written.path} lists {_several(written.kept, 'finding')}{out}.")
    if not written.stated:
        session.note(f"Add it to promo.yaml, so that every command knows it: diagnostics: {{baseline: {written.path}}}")


def _watch(session: Session, report: Callable[[], int]) -> None:
    """Report now and after every change, on a clean screen where there is one; ends with Ctrl-C."""
    from promo_cli.diagnostics import Failure
    from promo_cli.pipeline.watching import changes
    from promo_cli.workspace.files import require_root

    root = require_root(session.start)
    clear = "\033[2J\033[3J\033[H" if sys.stdout.isatty() else ""
    for changed in itertools.chain([[]], changes(root)):
        session.result(clear)
        if changed:
            session.note(f"{', '.join(changed[:3])}{' …' if len(changed) > 3 else ''} changed:")
        try:
            report()
        except Failure as failure:
            show(session, failure.diagnostics)
        session.note("Watching; end with Ctrl-C.")


def _several(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
