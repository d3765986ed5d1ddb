"""`promo sql`: one question on the command line, many in a shell, or a file of them on standard input."""

from __future__ import annotations

import contextlib
import csv
import io
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from promo_cli.cli.session import JsonFlag, Session, colour, command, group, show

if TYPE_CHECKING:
    from promo_cli.diagnostics import Failure
    from promo_cli.pipeline.sql import Ask
    from promo_cli.warehouse.asking import Answer

app = group("Ask the warehouse in SQL.")

Format = Literal["table", "csv", "json"]


@command(app, "sql")
def sql(
    session: Session,
    query: Annotated[
        str | None,
        typer.Argument(metavar="[SQL]", help="Such as 'SELECT * FROM sales'.  [default: a shell, or standard input]"),
    ] = None,
    *,
    format: Annotated[Format, typer.Option("--format", help="How to print answers.")] = "table",  # noqa: A002
    json: JsonFlag = False,
) -> None:
    """Ask the warehouse in SQL: one question, or a shell. It reads the last published state and changes nothing."""
    from promo_cli.diagnostics import Failure
    from promo_cli.pipeline.sql import questions

    form: Format = "json" if json else format
    if query is None and not session.interactive and sys.stdin.isatty():
        raise typer.BadParameter("expected a question in SQL, found none", param_hint="SQL")
    with questions(session.start) as ask:
        if query is None and session.interactive:
            shell(session, ask, form)
            return
        text = sys.stdin.read() if query is None else query
        try:
            session.result(written(ask(text), form))
        except Failure as failure:
            _complain(session, failure, text)
            raise typer.Exit(failure.exit_code) from None


def shell(session: Session, ask: Ask, form: Format, read: Callable[[str], str] = input) -> None:
    """Answer questions that end with a semicolon until the input ends, or a line says `exit`."""
    from promo_cli.diagnostics import Failure

    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 -- gives `input` its editing and history

    session.note("A question ends with ; and the shell with exit. Try: SHOW TABLES;")
    text = ""
    while True:
        try:
            line = read("  ...> " if text else "promo> ")
        except EOFError:
            return
        except KeyboardInterrupt:
            session.note("")
            text = ""
            continue
        if not text and line.strip().rstrip(";") in ("exit", "quit", r"\q"):
            return
        text += line + "\n"
        if not line.rstrip().endswith(";"):
            text = text if text.strip() else ""
            continue
        try:
            session.result(written(ask(text), form))
        except Failure as failure:
            _complain(replace(session, json=False), failure, text)
        except KeyboardInterrupt:
            session.note("Interrupted.")
        text = ""


def written(answer: Answer, form: Format) -> str:
    """Write an answer as an aligned table, as CSV (RFC 4180) with exact values, or as one JSON document."""
    if form == "json":
        return _json(answer)
    if form == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(answer.columns)
        writer.writerows([["" if value is None else _text(value) for value in row] for row in answer.rows])
        return text.getvalue()
    from promo_cli.cli.grid import grid

    numbers = [at for at, name in enumerate(answer.types) if name.startswith(_NUMBERS)]
    rows = [["NULL" if value is None else _text(value) for value in row] for row in answer.rows]
    return grid(answer.columns, rows, right=numbers) if answer.columns else ""


_NUMBERS = ("DECIMAL", "DOUBLE", "FLOAT", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT")


def _json(answer: Answer) -> str:
    from promo_cli.protocol import canonical

    columns = [{"name": name, "type": kind} for name, kind in zip(answer.columns, answer.types, strict=True)]
    rows = [[_plain(value) for value in row] for row in answer.rows]
    return canonical.dumps({"schema": "promo.sql/1", "columns": columns, "rows": rows}).decode()


def _text(value: object) -> str:
    from promo_cli.protocol import canonical

    plain = _plain(value)
    return plain if isinstance(plain, str) else canonical.dumps(plain).decode()


def _plain(value: object) -> object:
    """Return a value of DuckDB as one of JSON; what JSON's readers would round becomes text."""
    import datetime as dt
    from decimal import Decimal

    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, int | Decimal):
        exact = Decimal(value)
        return value if exact.is_finite() and abs(exact) < 2**53 else format(exact, "f")
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)


def _complain(session: Session, failure: Failure, text: str) -> None:
    from promo_cli.diagnostics.render_full import render
    from promo_cli.warehouse.asking import WHERE

    if session.json:
        show(session, failure.diagnostics)
        return
    shown = render(failure.diagnostics, {WHERE: text}.get, colour=colour(sys.stderr))
    typer.echo(shown.rstrip("\n"), err=True, color=True)
