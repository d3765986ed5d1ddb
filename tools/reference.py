"""Write docs/reference/, the JSON Schemas and the editors' mappings from the code.

With --check, say what is out of date and exit with 1.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.update(COLUMNS="100", NO_COLOR="1")  # before typer looks

import typer
from fields_page import fields_page
from roadmap_fields import roadmap_page
from roadmap_rules import rules_page
from typer.core import TyperGroup

from promo_cli.cli.commands import app
from promo_cli.diagnostics.explain import explain
from promo_cli.diagnostics.record import Code
from promo_cli.diagnostics.registry import all_codes
from promo_cli.pipeline.schemas import installed_texts

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
FAMILIES = {
    "YML": "YAML as it is written",
    "SCH": "shape of files",
    "REF": "references between files",
    "TIM": "time",
    "AMT": "money",
    "TGT": "targets",
    "CON": "conflicts",
    "POL": "governance",
    "TST": "tests of promotions",
    "CFG": "configuration",
    "SUP": "suppressions",
    "PUB": "publishing",
    "SYN": "tills",
    "ING": "ingest",
    "SEC": "keys and trust",
    "INT": "internal",
}


def commands(command: object, context: object, name: str) -> Iterator[tuple[str, object, object]]:
    """Yield every command below, with its full name and context."""
    inside = typer.Context(command, info_name=name, parent=context)  # type: ignore[arg-type]
    yield inside.command_path, command, inside
    if isinstance(command, TyperGroup):
        for child in command.list_commands(inside):
            yield from commands(command.get_command(inside, child), inside, child)


def cli_page() -> str:
    """Return the page of every command, as --help prints it."""
    out = [
        "# Commands",
        "",
        "Generated from the code by `make docs`. Exit codes: 0 ok, 1 findings, 2 usage, configuration or",
    ]
    out += ["internal error, 3 conflict (plan again), 4 remote failure or unknown outcome, 130 interrupt.", ""]
    for path, command, context in commands(typer.main.get_command(app), None, "promo"):
        out += [f"## {path}", "", "```", command.get_help(context).rstrip(), "```", ""]  # type: ignore[attr-defined]
    return "\n".join(out)


def diagnostic_page(codes: list[Code]) -> str:
    """Return the page of every diagnostic, by family."""
    out = [
        "# Diagnostics",
        "",
        "Generated from the code by `make docs`; `promo explain CODE` prints the same text.",
        "",
    ]
    family = ""
    for code in codes:
        if code.code[:3] != family:
            family = code.code[:3]
            out += [f"## {family}: {FAMILIES[family]}", ""]
        text = explain(code)
        out += [f"### {code.code} {code.name}", "", f"*{code.severity}* · {text.what}", ""]
        if text.why:
            out += [text.why, ""]
        for title, example in (("Found", text.bad), ("Not found", text.good)):
            if example:
                out += [f"{title}:", "", "```yaml", example.rstrip(), "```", ""]
        if text.fix:
            out += [f"**Fix:** {text.fix}", ""]
    return "\n".join(out)


def pages() -> dict[Path, str]:
    """Return every generated file by its path."""
    return {
        FOLDER / "cli.md": cli_page(),
        FOLDER / "diagnostics.md": diagnostic_page(list(all_codes().values())),
        FOLDER / "fields.md": fields_page(),
        FOLDER / "roadmap-fields.md": roadmap_page(),
        FOLDER / "rules.md": rules_page(list(all_codes().values()), FAMILIES),
        **{ROOT / path: text for path, text in installed_texts().items()},
    }


def main() -> int:
    """Write the files, or compare them."""
    stale = {path: text for path, text in pages().items() if not path.exists() or path.read_text() != text}
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is out of date; run: make docs")
        return int(bool(stale))
    for path, text in stale.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
