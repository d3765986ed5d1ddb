"""`promo validate --fix`: apply fixes until nothing is left that can be fixed.

It all happens in a copy first, so that what `--diff` shows is what `--fix` writes, and nothing is written half way.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory

from promo_cli.diagnostics import Diagnostic
from promo_cli.diagnostics.fixing import fix, fixable
from promo_cli.pipeline.check import Checked, check
from promo_cli.pipeline.weighing import baseline_of
from promo_cli.validation.check import workspace_paths
from promo_cli.workspace.files import ROOT_FILE
from promo_cli.workspace.limits import REFERENCE
from promo_cli.workspace.reader import read
from promo_cli.workspace.writing import write_atomically

MOST_PASSES = 20
"""A fix may make room for another one, but not forever."""

FOLDERS = ("promotions", "stores")


@dataclass(slots=True)
class Repair:
    """What fixing changes: the new bytes by path below the workspace, the old ones, and the findings it settles."""

    root: Path
    texts: dict[str, bytes] = field(default_factory=dict)
    before: dict[str, bytes] = field(default_factory=dict)
    settled: list[Diagnostic] = field(default_factory=list)

    def write(self) -> None:
        """Write every changed file."""
        for path, data in self.texts.items():
            write_atomically(self.root / path, data)

    def diff(self) -> str:
        """Return the change as a unified diff, which `git apply` takes."""
        return "".join(unified(path, self.before[path], data) for path, data in sorted(self.texts.items()))


def repair(
    start: Path, paths: Sequence[str] = (), *, unsafe: bool, today: dt.date | None = None, baseline: Path | None = None
) -> Repair:
    """Work out what fixing changes; nothing is written. Parameters and failures are those of `check`."""
    checked = check(start, paths, today=today, baseline=baseline)
    workspace = checked.workspace
    result = Repair(workspace.root)
    if not any(fixable(found, unsafe=unsafe) for found in checked.diagnostics):
        return result
    wanted, _ = workspace_paths(workspace, paths)
    file = baseline or baseline_of(workspace)
    with _copy(workspace.root) as copy:
        inside = [str(copy / path) for path in wanted or ()]

        def again() -> Checked:
            return check(copy, inside, today=today, baseline=file)

        _passes(copy, again, result, unsafe)
    result.before = {path: workspace.sources.texts[path] for path in result.texts}
    return result


def unified(path: str, before: bytes, after: bytes) -> str:
    """Return one file's change as a unified diff."""
    old, new = (re.findall(".*\n|.+$", data.decode("utf-8", "replace")) for data in (before, after))
    lines = unified_diff(old, new, f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _passes(copy: Path, again: Callable[[], Checked], result: Repair, unsafe: bool) -> None:
    refused: set[str] = set()
    checked = again()
    for _ in range(MOST_PASSES):
        texts = checked.workspace.sources.texts
        candidates = [found for found in checked.diagnostics if not refused.intersection(_paths(found))]
        done = fix(candidates, texts, unsafe=unsafe)
        spoilt = {path for path, data in done.texts.items() if _errors(path, data) > _errors(path, texts[path])}
        if spoilt:
            refused |= spoilt
            continue
        if not done.texts:
            return
        for path, data in done.texts.items():
            (copy / path).write_bytes(data)
        result.texts |= done.texts
        result.settled += done.settled
        checked = again()


def _paths(found: Diagnostic) -> set[str]:
    return {edit.path for edit in found.fix.edits} if found.fix else set()


def _errors(path: str, data: bytes) -> int:
    """How much is wrong with a file as YAML: a guess that makes a file unreadable is not written."""
    return len(read(path, data, REFERENCE).diagnostics)


@contextmanager
def _copy(root: Path) -> Iterator[Path]:
    """Yield a copy of everything that is read of a workspace."""
    with TemporaryDirectory(prefix="promo-fix-") as name:
        copy = Path(name)
        shutil.copy(root / ROOT_FILE, copy)
        for folder in FOLDERS:
            if (root / folder).is_dir():
                shutil.copytree(root / folder, copy / folder, symlinks=True)
        yield copy
