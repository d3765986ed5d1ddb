"""Paths that a user names, as paths below the workspace."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from promo_cli.diagnostics import Diagnostic, Location
from promo_cli.workspace.codes import UNKNOWN_PATH


class Rooted(Protocol):
    """A workspace, loaded or not."""

    @property
    def root(self) -> Path:
        """The folder with promo.yaml."""


def workspace_paths(workspace: Rooted, paths: Sequence[str | Path]) -> tuple[list[str] | None, list[Diagnostic]]:
    """The paths below the workspace ("" for all of it), and findings for those that are not there."""
    if not paths:
        return None, []
    root = Path(os.path.realpath(workspace.root))
    wanted, unknown = [], []
    for path in paths:
        candidates = [Path(os.path.realpath(path)), Path(os.path.realpath(root / path))]
        found = next((place for place in candidates if place.exists() and place.is_relative_to(root)), None)
        if found is None:
            outside = candidates[0].exists()
            why = "is outside the workspace" if outside else "does not exist"
            advice = f"paths are relative to the current folder; the workspace is {workspace.root}"
            unknown.append(UNKNOWN_PATH.at(Location(str(path)), f"`{path}` {why}", help=advice))
        else:
            relative = found.relative_to(root).as_posix()
            wanted.append("" if relative == "." else relative)
    return wanted, unknown


def within(path: str, wanted: list[str]) -> bool:
    """Whether a path below the workspace is one of `wanted`, or in one of them."""
    return any(not one or path == one or path.startswith(f"{one}/") for one in wanted)
