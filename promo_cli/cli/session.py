"""What every command shares: the common options, where it speaks, and how failures become advice.

Results go to stdout, everything else to stderr. Exit codes: 0 ok, 1 findings, 2 usage, configuration or internal error,
3 conflict, 4 remote failure or unknown outcome, 130 interrupt.
"""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from promo_cli.cli import streams
from promo_cli.cli.reading import Command

if TYPE_CHECKING:
    from promo_cli.cli.again import Asked
    from promo_cli.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Session:
    """How one command was called."""

    start: Path
    quiet: bool
    verbose: bool
    interactive: bool
    json: bool
    asked: Asked | None = None
    """What the answer may be kept under; None where it may not."""

    def note(self, text: str) -> None:
        """Say what is going on, on stderr."""
        if text and not self.quiet:
            typer.echo(text, err=True)

    def detail(self, text: str) -> None:
        """Say more, when --verbose asks for it."""
        if self.verbose:
            typer.echo(text, err=True)

    def result(self, text: str) -> None:
        """Print the result on stdout, as it is."""
        streams.result(text)

    def document(self, value: Any) -> None:
        """Print one JSON document on stdout; amounts are exact decimals."""
        from promo_cli.protocol import canonical

        self.result(canonical.dumps(value).decode())


def colour(stream: Any) -> bool:
    """Tell whether to write colour: NO_COLOR and FORCE_COLOR decide, else whether a person is looking."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


_COMMON = (
    inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context),
    inspect.Parameter(
        "workspace",
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[
            Path | None,
            typer.Option(
                "--workspace",
                envvar="PROMO_WORKSPACE",
                help="Folder with promo.yaml.  [default: found by walking up]",
                metavar="DIR",
            ),
        ],
    ),
    inspect.Parameter(
        "quiet",
        inspect.Parameter.KEYWORD_ONLY,
        default=False,
        annotation=Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but the result.")],
    ),
    inspect.Parameter(
        "verbose",
        inspect.Parameter.KEYWORD_ONLY,
        default=False,
        annotation=Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")],
    ),
    inspect.Parameter(
        "no_input",
        inspect.Parameter.KEYWORD_ONLY,
        default=False,
        annotation=Annotated[bool, typer.Option("--no-input", help="Never ask; take the defaults.")],
    ),
)

JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def group(help_text: str) -> typer.Typer:
    """Return an empty set of commands that shares our conventions."""
    return typer.Typer(
        help=help_text,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def command(app: typer.Typer, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as a command: it gets a Session first, and its failures become diagnostics."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        hints = get_type_hints(function, include_extras=True)
        own = list(inspect.signature(function).parameters.values())[1:]

        @functools.wraps(function)
        def call(**options: Any) -> None:
            session = Session(
                start=options.pop("workspace") or Path.cwd(),
                quiet=options.pop("quiet"),
                verbose=options.pop("verbose"),
                interactive=not options.pop("no_input") and sys.stdin.isatty() and sys.stderr.isatty(),
                json=bool(options.get("json")) or options.get("format") == "json",
                asked=options.pop("context").obj,
            )
            _guard(session, lambda: function(session, **options))

        parameters = [
            p.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints.get(p.name, p.annotation)) for p in own
        ]
        call.__signature__ = inspect.Signature([*parameters, *_COMMON])  # type: ignore[attr-defined]
        call.__annotations__ = {p.name: p.annotation for p in (*parameters, *_COMMON)}
        del call.__wrapped__  # typer would look through to the bare function
        app.command(name, cls=Command)(call)
        return function

    return register


def _guard(session: Session, action: Callable[[], Any]) -> None:
    """Run a command; turn what goes wrong into a message that says what to do, and an exit code."""
    from promo_cli.diagnostics import Failure

    try:
        action()
    except Failure as failure:
        show(session, failure.diagnostics)
        raise typer.Exit(failure.exit_code) from None
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except KeyboardInterrupt:
        session.note("Interrupted.")
        raise typer.Exit(130) from None
    except BrokenPipeError:
        streams.reader_left()
        raise typer.Exit(0) from None
    except Exception as error:
        from promo_cli.cli.failures import translate

        explained = translate(error, session.start)
        show(session, explained.diagnostics)
        raise typer.Exit(explained.exit_code) from None


def show(session: Session, diagnostics: Iterable[Diagnostic], *, files: int = 0) -> None:
    """Print findings: as the result where JSON was asked for, else on stderr with an excerpt of the file."""
    if session.json:
        from promo_cli.diagnostics.render_json import render as render_json

        session.result(render_json(diagnostics, files=files))
        return
    from promo_cli.diagnostics.render_full import render as render_full

    text = render_full(diagnostics, reader(session.start), colour=colour(sys.stderr))
    typer.echo(text.rstrip("\n"), err=True, color=True)


def reader(start: Path) -> Callable[[str], str | None]:
    """Return a function that reads a file of the workspace around `start`, or one named by the user, for excerpts."""
    from promo_cli.workspace import find_root

    root = find_root(start) or start

    def read(path: str) -> str | None:
        for folder in (root, Path.cwd()):
            try:
                return (folder / path).read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
        return None

    return read
