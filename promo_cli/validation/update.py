"""Brings the expectations of tests up to what their carts cost now, as new texts of their files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from promo_cli.validation.expectation import corrections
from promo_cli.validation.rewrite import rewritten
from promo_cli.validation.selftest import Result
from promo_cli.workspace import Workspace

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Update:
    """New texts by path, with the old ones; and what is left to a person, in words."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    left: tuple[str, ...]


def update(workspace: Workspace, results: Sequence[Result]) -> Update:
    """Return what the files of tests would say if every expectation fitted its receipt; nothing is written.

    An expectation that several combinations share changes only if they all agree.
    """
    sharing = Counter(at for result in results for at in _fields(result).values())
    wanted: dict[tuple[str, str], list[Any]] = defaultdict(list)
    fields: dict[tuple[str, str], tuple[str, str]] = {}
    for result in results:
        for one in corrections(result.trial.expect, result.receipt) if result.receipt is not None else ():
            place = (result.trial.path, result.trial.written(f"/expect{one.pointer}"))
            wanted[place].append(one.value)
            fields[place] = _fields(result)[one.pointer.split("/")[1]]
    values: dict[str, dict[str, Any]] = defaultdict(dict)
    left = []
    for (path, pointer), several in wanted.items():
        what = "/".join(pointer.split("/")[3:]).removeprefix("expect/")
        line = _line(workspace, path, pointer)
        if len(several) < sharing[fields[path, pointer]] or any(one != several[0] for one in several):
            left.append(f"{path}:{line}: combinations that share `{what}` now differ; give them rows of their own")
        elif several[0] is None:
            left.append(f"{path}:{line}: what `{what}` expects is not in the receipt any more; correct it or remove it")
        else:
            values[path][pointer] = several[0]
    before = {path: _text(workspace, path) for path in values}
    after = {
        path: text[: text.startswith(_BOM)] + rewritten(text.removeprefix(_BOM), values[path])
        for path, text in before.items()
    }
    return Update(before, after, tuple(left))


def write(workspace: Workspace, update: Update) -> None:
    """Write the new texts."""
    for path, text in update.after.items():
        (workspace.root / path).write_bytes(text.encode())


def _fields(result: Result) -> dict[str, tuple[str, str]]:
    """Return where each part of a test's expectation is written: the file, and the pointer in it."""
    return {
        name: (result.trial.path, result.trial.written(f"/expect/{name}"))
        for name in result.trial.expect.model_fields_set
    }


def _line(workspace: Workspace, path: str, pointer: str) -> int:
    span = workspace.locate(path, pointer).range
    return span.start.line if span else 1


def _text(workspace: Workspace, path: str) -> str:
    return workspace.sources.texts[path].decode()
