"""`promo validate --fix`: apply fixes until nothing is left that can be fixed.

It all happens in memory first, so that what `--diff` shows is what `--fix` writes, and nothing is written half way.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import unified_diff
from pathlib import Path

from promo_cli.diagnostics import Diagnostic
from promo_cli.diagnostics.fixing import fix
from promo_cli.pipeline.check import answer
from promo_cli.pipeline.verdict import Question
from promo_cli.workspace.limits import REFERENCE
from promo_cli.workspace.paths import workspace_paths
from promo_cli.workspace.reader import read
from promo_cli.workspace.snapshot import take
from promo_cli.workspace.writing import write_atomically

MOST_PASSES = 20
"""A fix may make room for another one, but not forever."""


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
    snapshot = take(start)
    wanted, _ = workspace_paths(snapshot, paths)
    question = Question(snapshot, wanted if wanted is None else tuple(wanted), today, baseline)
    result = Repair(snapshot.root)
    texts, refused = dict(snapshot.texts), set[str]()
    found = answer(question, paths)[1].diagnostics
    for _ in range(MOST_PASSES):
        done = fix((one for one in found if not refused.intersection(_paths(one))), texts, unsafe=unsafe)
        if not done.texts:
            break
        spoilt = {path for path, data in done.texts.items() if _errors(path, data) > _errors(path, texts[path])}
        refused |= spoilt
        if not spoilt:
            texts |= done.texts
            result.texts |= done.texts
            result.settled += done.settled
            found = answer(replace(question, snapshot=snapshot.holding(texts)), paths)[1].diagnostics
    result.before = {path: snapshot.texts[path] for path in result.texts}
    return result


def unified(path: str, before: bytes, after: bytes) -> str:
    """Return one file's change as a unified diff."""
    old, new = (re.findall(".*\n|.+$", data.decode("utf-8", "replace")) for data in (before, after))
    lines = unified_diff(old, new, f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _paths(found: Diagnostic) -> set[str]:
    return {edit.path for edit in found.fix.edits} if found.fix else set()


def _errors(path: str, data: bytes) -> int:
    """How much is wrong with a file as YAML: a guess that makes a file unreadable is not written."""
    return len(read(path, data, REFERENCE).diagnostics)
