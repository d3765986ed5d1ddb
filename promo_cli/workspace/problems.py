"""Puts into words why a file of the workspace is not read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from promo_cli.diagnostics import Diagnostic, Failure, Location
from promo_cli.workspace import codes
from promo_cli.workspace.files import ROOT_FILE, Problem


def explained(problem: Problem) -> Diagnostic:
    """The finding that a problem is."""
    kind, path, detail = problem
    return KINDS[kind](path, detail)


def no_workspace(start: Path) -> Failure:
    """There is no promo.yaml at or above `start` (exit 2)."""
    message = f"there is no {ROOT_FILE} in {Path(start).absolute()} or any folder above it"
    advice = "go to the workspace, pass --workspace DIR, or make one with `promo init DIR`"
    return Failure([codes.NO_WORKSPACE.at(None, message, help=advice)], exit_code=2)


def too_large(path: str, size: int, limit: int) -> Diagnostic:
    """The finding of a file above its limit; sizes in bytes."""
    message = f"the file has {size:,} bytes; at most {limit:,} are read"
    return codes.TOO_LARGE.at(Location(path), message, help="split it over several files, or keep large lists as CSV")


def _link(message: str, advice: str) -> Callable[[str, str], Diagnostic]:
    return lambda path, _: codes.LINK.at(Location(path), message, help=advice)


def _stray(path: str, suffixes: str) -> Diagnostic:
    name = path.rpartition("/")[2]
    message = f"`{name}` is not read: its name does not end in {suffixes}"
    return codes.STRAY_FILE.at(Location(path), message, help="rename it or move it away")


def _unprintable(path: str, _: str) -> Diagnostic:
    shown = path.encode("utf-8", "backslashreplace").decode()
    message = "the file's name holds characters that cannot be printed"
    return codes.UNREADABLE.at(Location(shown), message, help="rename it with letters, digits, - and _")


def _unreadable(path: str, reason: str) -> Diagnostic:
    advice = "give read permission, or replace it by an ordinary file"
    return codes.UNREADABLE.at(Location(path), f"the file cannot be read: {reason[0].lower()}{reason[1:]}", help=advice)


KINDS: dict[str, Callable[[str, str], Diagnostic]] = {
    "link to a folder": _link("links to folders are not followed", "put the folder itself here"),
    "link to elsewhere": _link("the link leads out of the workspace", "put the file itself here"),
    "dead link": _link("the link leads nowhere", "put the file itself here"),
    "stray": _stray,
    "too large": lambda path, sizes: too_large(path, *map(int, sizes.split())),
    "unprintable": _unprintable,
    "unreadable": _unreadable,
}
