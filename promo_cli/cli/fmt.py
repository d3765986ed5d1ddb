"""`promo fmt`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from promo_cli.cli.session import JsonFlag, Session, command, group

if TYPE_CHECKING:
    from promo_cli.pipeline.fmt import Formatting

app = group("Format promotions.")


@command(app, "fmt")
def fmt(
    session: Session,
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATHS]", help="Format these files and folders only.")
    ] = None,
    *,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit with 1 if a file would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="As --check, and show what would change.")] = False,
    json: JsonFlag = False,
) -> None:
    """Give all promotions one look: fields in the usual order, quotes only where they are needed.

    Values and comments stay; what fits on one line stays on one line. Files in stores/ are left as they are.
    """
    from promo_cli.pipeline.fmt import format_promotions

    done = format_promotions(session.start, [str(path) for path in paths or []])
    only_look = check or diff
    if not only_look:
        done.write()
    if json:
        changed = list(done.changed)
        session.document({"schema": "promo.fmt/1", "changed": changed, "left": done.left, "written": not only_look})
    else:
        session.result(done.diff() if diff else "\n".join(f"  {path}" for path in done.changed))
        for line in _summary(done, only_look):
            session.note(line)
    if only_look and done.changed:
        raise typer.Exit(1)


def _summary(done: Formatting, only_look: bool) -> list[str]:
    lines = [f"{path} was left as it is: it has errors. Next: promo validate {path}" for path in done.left]
    number = len(done.changed)
    what = f"{number} {'file' if number == 1 else 'files'}"
    if not number:
        lines.append(f"Nothing to format in {done.right + len(done.left)} files.")
    elif only_look:
        lines.append(f"Would format {what}; {done.right} are right. Next: promo fmt")
    else:
        lines.append(f"Formatted {what}; {done.right} were right already.")
    return lines
