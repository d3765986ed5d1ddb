"""The operators' guide names only commands and options that exist."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from promo_cli.cli.commands import app

GUIDE = (Path(__file__).parents[2] / "docs" / "operators.md").read_text()
LINES = sorted({
    line.partition("  #")[0].strip()
    for line in re.findall(r"(?m)^promo .*$", GUIDE) + re.findall(r"`(promo [^`]+)`", GUIDE)
})  # fmt: skip


def test_the_guide_has_commands() -> None:
    """The pattern above finds them."""
    assert len(LINES) > 20


@pytest.mark.parametrize("line", LINES)
def test_every_command_of_the_guide_exists(line: str) -> None:
    """Its words are commands, its options are theirs."""
    command: Any = typer.main.get_command(app)
    words = shlex.split(line)[1:]
    if words[0] == "ingest" and words[1:2] and words[1].startswith("--"):
        words.insert(1, "load")  # what `promo ingest` does when it is not told otherwise
    while isinstance(command, TyperGroup) and words and command.get_command(None, words[0]) is not None:  # type: ignore[arg-type]
        command = command.get_command(None, words.pop(0))  # type: ignore[arg-type]
    assert command.name != "promo"
    known = {flag for parameter in command.params for flag in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= known
