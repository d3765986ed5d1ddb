"""Which commit a workspace is, and whether it is exactly that."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a release's inputs come from; `commit` is None outside git, where `dirty` is always true."""

    repo: str | None
    commit: str | None
    tree: str | None
    dirty: bool
    changes: tuple[str, ...] = ()


def provenance(root: Path) -> Provenance:
    """Ask git about the workspace folder. Generated files under out/ are ignored as git ignores them."""
    commit = _git(root, "rev-parse", "HEAD")
    if commit is None:
        return Provenance(repo=None, commit=None, tree=None, dirty=True)
    status = _git(root, "status", "--porcelain", "--untracked-files=all", "--", ".")
    changes = tuple(line[3:] for line in (status or "").splitlines())
    return Provenance(
        repo=_git(root, "config", "--get", "remote.origin.url"),
        commit=commit,
        tree=_git(root, "rev-parse", "HEAD:./"),
        dirty=bool(changes),
        changes=changes,
    )


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False, timeout=60
        )
    except OSError:
        return None
    return done.stdout.rstrip("\n") if done.returncode == 0 else None
