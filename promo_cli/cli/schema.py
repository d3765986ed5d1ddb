"""`promo schema …`: JSON Schemas of every kind of file, for editors and tools."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from promo_cli.cli.session import JsonFlag, Session, command, group

app = group("JSON Schemas of every kind of file, for editors and tools.")


@command(app, "list")
def list_kinds(session: Session, *, json: JsonFlag = False) -> None:
    """List the kinds of files, and which files they are."""
    from promo_cli.model.schemas import KINDS
    from promo_cli.pipeline.editors import FILES

    kinds = [
        {"kind": name, "title": kind.title, "what": kind.what, "files": list(FILES.get(name, ()))}
        for name, kind in KINDS.items()
    ]
    if json:
        session.document({"schema": "promo.schemas/1", "kinds": kinds})
        return
    for name, kind in KINDS.items():
        where = FILES.get(name, ("",))[0]
        session.result(f"{name:<10} {kind.what:<56} {where}".rstrip())
    session.note("Next: promo schema show KIND, or promo schema install for completion in your editor")


@command(app, "show")
def show(
    session: Session,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Such as promotion.")],
    *,
    json: JsonFlag = False,
) -> None:
    """Print the JSON Schema of one kind of file."""
    from promo_cli.diagnostics.suggest import nearest
    from promo_cli.model.schemas import KINDS
    from promo_cli.pipeline.schemas import schema_text

    if kind not in KINDS:
        guess = nearest(kind, KINDS)
        advice = f"did you mean {guess}?" if guess else f"choose one of: {', '.join(KINDS)}"
        raise typer.BadParameter(f"there is no kind {kind!r}; {advice}", param_hint="KIND")
    session.result(schema_text(kind))  # JSON either way


@command(app, "install")
def install(
    session: Session,
    *,
    editor: Annotated[
        Literal["vscode", "jetbrains", "all"], typer.Option("--editor", help="Whose settings to write.")
    ] = "all",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")] = False,
    json: JsonFlag = False,
) -> None:
    """Set up completion in your editor: write the schemas and its mappings into the workspace.

    Commit what it writes, so that everybody has it; run it again after an update of promo.
    """
    from promo_cli.pipeline.schemas import install_schemas
    from promo_cli.validation.words import several

    done = install_schemas(session.start, editor, dry_run=dry_run)
    if json:
        session.document({"schema": "promo.schema-install/1", "written": done.written, "left": done.left})
        return
    session.result("\n".join(f"  {path}" for path in done.written))
    for path in done.left:
        session.note(f"note: {path} holds more than plain settings and was left as it is; add our mappings by hand")
    if not done.written:
        session.note("Everything is up to date.")
    elif dry_run:
        session.note(f"Would write {several(len(done.written), 'file')}.")
    else:
        wrote = several(len(done.written), "file")
        session.note(f"Wrote {wrote}. Next: commit them, and open a promotion in your editor")
