"""Paths that a user names, as paths below the workspace."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Protocol

    from promo_cli.diagnostics import Diagnostic

    class Rooted(Protocol):
        """A workspace, loaded or not."""

        @property
        def root(self) -> Path:
            """The folder with promo.yaml."""


def below(root: str, path: str) -> str | None:
    """The path below the workspace of what a user calls `path`, "" for all of it; None where nothing is there.

    It is looked for from the current folder, and then from the workspace.
    """
    real = os.path.realpath(root)
    for place in (os.path.realpath(path), os.path.realpath(os.path.join(real, path))):
        if (place == real or place.startswith(os.path.join(real, ""))) and os.path.exists(place):
            return "" if place == real else os.path.relpath(place, real).replace(os.sep, "/")
    return None


def workspace_paths(workspace: Rooted, paths: Sequence[str | Path]) -> tuple[list[str] | None, list[Diagnostic]]:
    """The paths below the workspace ("" for all of it), and findings for those that are not there."""
    if not paths:
        return None, []
    found = {str(path): below(str(workspace.root), str(path)) for path in paths}
    wanted = [place for place in found.values() if place is not None]
    return wanted, [_unknown(path, workspace.root) for path, place in found.items() if place is None]


def _unknown(path: str, root: Path) -> Diagnostic:
    from promo_cli.diagnostics import Location
    from promo_cli.workspace.codes import UNKNOWN_PATH

    why = "is outside the workspace" if os.path.exists(path) else "does not exist"
    advice = f"paths are relative to the current folder; the workspace is {root}"
    return UNKNOWN_PATH.at(Location(path), f"`{path}` {why}", help=advice)


def within(path: str, wanted: list[str]) -> bool:
    """Whether a path below the workspace is one of `wanted`, or in one of them."""
    return any(not one or path == one or path.startswith(f"{one}/") for one in wanted)
