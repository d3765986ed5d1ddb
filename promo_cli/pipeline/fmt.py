"""`promo fmt`: the files of promotions in one look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from promo_cli.diagnostics import Failure
from promo_cli.pipeline.fixing import unified
from promo_cli.workspace.formatting import formatted
from promo_cli.workspace.paths import within, workspace_paths
from promo_cli.workspace.snapshot import take
from promo_cli.workspace.writing import write_atomically

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Formatting:
    """The files that change, with their old and new text, those left as they are, and how many were right already.

    Paths are below `root`. Files are left that cannot be read without errors, which `promo validate` shows.
    """

    root: Path
    changed: dict[str, tuple[bytes, bytes]]
    left: list[str]
    right: int

    def write(self) -> None:
        """Write every changed file."""
        for path, (_, after) in self.changed.items():
            write_atomically(self.root / path, after)

    def diff(self) -> str:
        """Return the change as a unified diff."""
        return "".join(unified(path, before, after) for path, (before, after) in self.changed.items())


def format_promotions(start: Path, paths: Sequence[str] = ()) -> Formatting:
    """Work out the new texts of promotions and their tests, or of those in `paths`; nothing is written.

    Reference data is not formatted: its tables are aligned by hand. Raises Failure (exit 2) without promo.yaml or for a
    path that is not in the workspace.
    """
    snapshot = take(start)
    wanted, unknown = workspace_paths(snapshot, paths)
    if unknown:
        raise Failure(unknown, exit_code=2)
    changed: dict[str, tuple[bytes, bytes]] = {}
    left, right = [], 0
    for path, data in sorted(snapshot.texts.items()):
        ours = path.startswith("promotions/") and path.endswith(SUFFIXES)
        if not ours or (wanted is not None and not within(path, wanted)):
            continue
        made = formatted(data.decode("utf-8", "surrogateescape"))
        if made is None:
            left.append(path)
        elif made.encode() == data:
            right += 1
        else:
            changed[path] = (data, made.encode())
    return Formatting(snapshot.root, changed, left, right)
