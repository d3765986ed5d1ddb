"""Which commit a workspace is, whether it is exactly that, and who publishes it."""

from __future__ import annotations

import getpass
import os
import subprocess
from pathlib import Path

from promo_cli.publishing import Source


def provenance(root: Path, *, but: Path | None = None) -> tuple[Source, tuple[str, ...]]:
    """Return where the inputs come from, and the paths that differ from the commit, ``but`` one that does not matter.

    Where git does not hold promo.yaml the commit is None and the source counts as dirty. What git ignores, such as
    out/, does not matter.
    """
    tracked = _git(root, "ls-files", "--error-unmatch", "promo.yaml") is not None
    commit = _git(root, "rev-parse", "HEAD") if tracked else None
    status = _git(root, "status", "--porcelain", "--untracked-files=all", "--", ".") if commit else None
    changes = tuple(line[3:] for line in (status or "").splitlines())
    if but is not None and changes:
        top = Path(_git(root, "rev-parse", "--show-toplevel") or root)  # what git's paths begin at
        changes = tuple(path for path in changes if (top / path).resolve() != but.resolve())
    source = Source(
        repo=_git(root, "config", "--get", "remote.origin.url") if commit else None,
        commit=commit,
        tree=_git(root, "rev-parse", "HEAD:./") if commit else None,
        dirty=commit is None or bool(changes),
        run_url=_run_url(),
        actor=os.environ.get("GITHUB_ACTOR") or _user(),
    )
    return source, changes


def _run_url() -> str | None:
    server, repository, run = (os.environ.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else None


def _user() -> str | None:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return None


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False, timeout=60
        )
    except OSError:
        return None
    return done.stdout.rstrip("\n") if done.returncode == 0 else None
