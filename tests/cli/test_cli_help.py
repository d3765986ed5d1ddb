import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from promo_cli.cli.commands import PANELS, app
from tests.conftest import Promo

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("duckdb", "boto3", "scipy", "altair", "jinja2", "cryptography", "ruamel", "rich.console")
MAKERS = ("yaml", "promo_cli.model.promotion", "promo_cli.validation", "promo_cli.workspace.loader")


def every_command(command: Any, context: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield every command below, with its full name."""
    inside = typer.Context(command, info_name=name, parent=context)
    if not isinstance(command, TyperGroup):
        yield inside.command_path, command
        return
    for child in command.list_commands(inside):
        yield from every_command(command.get_command(inside, child), inside, child)


COMMANDS: dict[str, Any] = dict(every_command(typer.main.get_command(app), None, "promo"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_says_what_it_does(name: str) -> None:
    """No command and no option is without help, and every command takes --workspace and --json."""
    command = COMMANDS[name]
    assert (command.help or "").strip().splitlines()[0].endswith((".", "?"))
    options = {flag: parameter for parameter in command.params for flag in getattr(parameter, "opts", ())}
    assert all(getattr(parameter, "help", "") for parameter in command.params)
    assert {"--workspace", "--quiet", "--verbose", "--no-input", "--json"} <= options.keys()


def test_help_shows_every_command_by_user(promo: Promo) -> None:
    """The first page lists all commands, in panels, the everyday ones first."""
    page = promo("--help").out
    assert next(iter(PANELS)) == "Every day"
    for panel, names in PANELS.items():
        assert f"{panel}:" in page
        for name in names:
            assert f"  {name} " in page


def test_the_first_page_says_what_the_commands_say() -> None:
    """The sentence of each command on the first page is the first of its own help."""
    top: Any = typer.main.get_command(app)
    for names in PANELS.values():
        for name, sentence in names.items():
            assert top.get_command(None, name).get_short_help_str(1000) == sentence


@pytest.mark.parametrize(("arguments", "commands"), [(["--help"], set()), (["validate", "--help"], {"validate"})])
def test_only_the_command_that_is_called_is_imported(arguments: list[str], commands: set[str]) -> None:
    """Help knows the commands without their modules, and a command runs without the others."""
    script = (
        "import sys\nfrom promo_cli.cli.main import run\n"
        f"try:\n    run({arguments!r})\nexcept SystemExit:\n    pass\n"
        "print(*[name[14:] for name in sys.modules if name.startswith('promo_cli.cli.')], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    names = {name for panel in PANELS.values() for name in panel}
    assert {name.rstrip("_") for name in done.stderr.split()} & names == commands


@pytest.mark.parametrize("arguments", [["--help"], ["validate", "--help"], ["validate"]])
def test_everyday_commands_load_no_heavy_library(arguments: list[str]) -> None:
    """Help and validation begin at once because nothing they do not need is imported."""
    script = (
        "import sys\nfrom promo_cli.cli.main import run\n"
        f"try:\n    run({arguments!r})\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"


def test_a_second_validation_loads_neither_yaml_nor_models(starter: Path) -> None:
    """Where nothing has changed, the findings are read and nothing that makes them is imported."""
    script = (
        "import sys\nfrom promo_cli.cli.main import run\n"
        "try:\n    run(['validate'])\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        f"print(sorted(set({MAKERS!r}) & set(sys.modules)), file=sys.stderr)"
    )
    loaded = [
        subprocess.run([sys.executable, "-c", script], cwd=starter, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert [done.stderr.splitlines()[-1] for done in loaded] == [str(sorted(MAKERS)), "[]"]
    assert loaded[0].stdout == loaded[1].stdout


def test_unknown_option_is_a_usage_error(promo: Promo) -> None:
    """A misspelt option exits with 2 and names it."""
    outcome = promo("validate", "--formt", "json")
    assert outcome.code == 2
    assert "--formt" in outcome.err


def test_a_bad_date_says_what_a_date_looks_like(promo: Promo, starter: Path) -> None:
    """A date that is none exits with 2 and shows one that is."""
    outcome = promo("compile", "--as-of", "7 Feb", cwd=starter)
    assert outcome.code == 2
    assert "2026-02-28" in outcome.err
    assert "7 Feb" in outcome.err


def test_a_closed_pipe_is_not_a_crash() -> None:
    """`promo … | head` ends quietly when the reader has seen enough."""
    script = f"{sys.executable} -m promo_cli explain --all | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script], cwd=ROOT, capture_output=True, text=True, env=os.environ, check=False
    )
    assert "Traceback" not in done.stderr
