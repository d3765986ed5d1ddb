"""JSON Schemas in a workspace, so that editors complete and check what is written there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from promo_cli.model.schemas import KINDS, schema_of
from promo_cli.pipeline.editors import EDITORS, SCHEMA_FOLDER, NotPlainError, json_text
from promo_cli.workspace.files import require_root


@dataclass(frozen=True, slots=True)
class Installed:
    """Files below the workspace: those that were written, and those left because we cannot add to them."""

    written: list[str]
    left: list[str]


def install_schemas(start: Path, editor: str = "all", *, dry_run: bool = False) -> Installed:
    """Write every schema into the workspace around `start`, and the mappings of an editor of EDITORS, or of `all`.

    Files that are as they should be are not written. With `dry_run` none is, they are only named. Raises Failure
    (exit 2) without promo.yaml.
    """
    root = require_root(start)
    written, left = [], []
    for path, make in _files(editor).items():
        target = root / path
        try:
            present = target.read_text(encoding="utf-8") if target.is_file() else None
            text = make(present)
        except (NotPlainError, UnicodeDecodeError):
            left.append(path)
            continue
        if text != present:
            written.append(path)
            if not dry_run:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
    return Installed(written, left)


@cache
def schema_text(kind: str) -> str:
    """Return the schema of a kind of file as JSON."""
    return json_text(schema_of(kind))


def installed_texts() -> dict[str, str]:
    """Return every file that a workspace without any gets, by its path below the workspace."""
    return {path: make(None) for path, make in _files("all").items()}


def _files(editor: str) -> dict[str, Callable[[str | None], str]]:
    files = {f"{SCHEMA_FOLDER}/{kind}.json": _fixed(schema_text(kind)) for kind in KINDS}
    for name in EDITORS if editor == "all" else (editor,):
        files |= EDITORS[name]
    return files


def _fixed(text: str) -> Callable[[str | None], str]:
    return lambda present: text
