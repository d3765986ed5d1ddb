"""Which commands `promo` has, by user. Each is imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from promo_cli.cli.main import VERSION
from promo_cli.cli.reading import Plainly

PANELS: dict[str, dict[str, str]] = {
    "Every day": {
        "validate": "Check everything you wrote, and say how to fix it.",
        "test": "Price the carts in your tests and compare: `tests:` of promotions, and files *.test.yaml.",
        "preview": "Show what promotions do to a cart, alone: before, after, and why.",
        "publish": "Publish to every store in one atomic step.",
        "report": "Say what promotions brought: uses, cost, net.",
    },
    "Marketers": {
        "init": "Make a small workspace to begin with.",
        "new": "Write a new promotion, with a test that passes.",
        "fmt": "Give all promotions one look: fields in the usual order, quotes only where they are needed.",
        "explain": "Say what a diagnostic means, why it matters, and how to fix it.",
        "calendar": (
            "Show what runs when and where: as a timeline, or with --out calendar.html as a page to share or print."
        ),
        "find": "Find what touches a product, a store, a customer or a moment, and why.",
        "schema": "JSON Schemas of every kind of file, for editors and tools.",
    },
    "Operators": {
        "plan": (
            "Show what publishing would change: which promotions, for which stores, on which days, with a receipt of "
            "each."
        ),
        "halt": "Stop one promotion on every till at its next poll, whatever is published.",
        "rollback": "Make an earlier release live again, and hold publishing until somebody releases it.",
        "rollout": "A publication that reaches the stores in waves: how far it is, the next wave, the way back.",
        "status": "Say what is live, since when, which stores lag behind, and the exact next command.",
        "release": "Releases: what was live when, what differs, is it all still there.",
        "drift": "Rebuild the live release's commit, compare every store, read every object.",
        "gc": "Clear away objects no kept release needs: marked first, deleted by a run at least 24 hours later.",
        "doctor": "Check what a publication needs: settings and where they come from, storage, keys, clock.",
        "key": "Keys that sign what tills believe: make, change, show.",
        "store": "The bucket behind an environment: rights of roles, grants for tills.",
        "compile": "Write one bundle per store.",
    },
    "Tills": {
        "price": "Price a cart as the store's till would, with the workspace's promotions.",
        "till": "The reference till: sync, price offline, upload.",
    },
    "Analysts": {
        "ingest": "Load what tills have uploaded, and look at what came in.",
        "dashboard": "Write the reports as a site that opens from disk, without a network.",
        "sql": "Ask the warehouse in SQL: one question, or a shell.",
        "warehouse": "The warehouse as a file: make it anew, copy it out.",
        "privacy": "Personal data: erase a member, and what is older than its retention.",
    },
    "To get to know it": {
        "demo": "Run the whole loop in a scratch copy: from YAML to report.",
    },
}
"""Commands by user, each with the first sentence of its help; the module `promo_cli.cli.<name>` holds it (`compile` in
`compile_`). The first page shows them without importing any."""

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
                known = TyperCommand(name, help=names[name])
                rows.append((name.ljust(widest), known.get_short_help_str(formatter.width - widest - 6)))
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
        typer.echo(VERSION)
        raise typer.Exit


@app.callback()
def promo(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Run a chain's promotions from a git repository: validate, price, publish, ingest, report."""
