"""The command `promo`: which commands there are, by user. Each is imported only when it is asked for."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from promo_cli import __version__
from promo_cli.cli.reading import Plainly

PANELS: dict[str, tuple[str, ...]] = {
    "Every day": ("validate", "test", "preview", "publish", "report"),
    "Marketers": ("init", "new", "fmt", "explain", "calendar", "find", "schema"),
    "Operators": (
        "plan",
        "halt",
        "rollback",
        "rollout",
        "status",
        "release",
        "drift",
        "gc",
        "doctor",
        "key",
        "store",
        "compile",
    ),
    "Tills": ("price", "till"),
    "Analysts": ("ingest", "dashboard", "sql", "warehouse", "privacy"),
    "To get to know it": ("demo",),
}
"""Commands by user; the module `promo_cli.cli.<name>` holds each (`compile` in `compile_`)."""

_KEYWORDS = {"compile": "compile_"}


class Commands(Plainly, TyperGroup):
    """The top level, which imports a command's module when the command is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return all names, in the order of the help page."""
        return [name for names in PANELS.values() for name in names]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of that name, or None."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = import_module(f"promo_cli.cli.{_KEYWORDS.get(cmd_name, cmd_name)}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write one section per kind of user."""
        widest = max(len(name) for name in self.list_commands(ctx))
        for panel, names in PANELS.items():
            rows = []
            for name in names:
                command = self.get_command(ctx, name)
                rows.append((name.ljust(widest), command.get_short_help_str(formatter.width - widest - 6)))
            with formatter.section(panel):
                formatter.write_dl(rows)


app = typer.Typer(
    cls=Commands,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with `promo init DIR`, or see it all at work with `promo demo`. Every command has --help.",
)


def _version(show: bool) -> None:
    if show:
        typer.echo(f"promo {__version__}")
        raise typer.Exit


@app.callback()
def promo(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Run a chain's promotions from a git repository: validate, price, publish, ingest, report."""


def run(args: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    # Commands are short: looking for garbage in what they load, and for plugins in all installed packages, only delays.
    gc.set_threshold(50_000, 20, 50)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    for stream in (sys.stdout, sys.stderr):
        # A log file in an old encoding must not end a publication half way.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    app(args=args, prog_name="promo")
