"""Finds the workspace and its files. Nothing outside of it is read, and nothing that is not an ordinary file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from promo_cli.diagnostics import Diagnostic, Failure, Location
from promo_cli.workspace import codes
from promo_cli.workspace.limits import Limits, too_large

ROOT_FILE = "promo.yaml"
_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(slots=True)
class Listing:
    """The files of one folder that are to be read, by their path below the workspace, in order."""

    paths: list[str] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def find_root(start: Path) -> Path | None:
    """The nearest folder at or above `start` with a promo.yaml."""
    start = Path(start).absolute()
    return next((folder for folder in (start, *start.parents) if (folder / ROOT_FILE).is_file()), None)


def require_root(start: Path) -> Path:
    """As `find_root`; raises Failure (exit 2) where there is none."""
    root = find_root(start)
    if root is None:
        message = f"there is no {ROOT_FILE} in {Path(start).absolute()} or any folder above it"
        advice = "go to the workspace, pass --workspace DIR, or make one with `promo init DIR`"
        raise Failure([codes.NO_WORKSPACE.at(None, message, help=advice)], exit_code=2)
    return root


def promotion_files(root: Path) -> Listing:
    """Every promotion: what is below promotions/ except experiments/ and *.test.yaml."""
    return _listing(root, "promotions", _SUFFIXES, skipped=("promotions/experiments",))


def test_files(root: Path) -> Listing:
    """Every file of tests over the whole chain: *.test.yaml below promotions/."""
    return _listing(root, "promotions", _SUFFIXES, skipped=("promotions/experiments",), tests=True)


def reference_files(root: Path) -> Listing:
    """Every file of reference data below stores/."""
    return _listing(root, "stores", (*_SUFFIXES, ".csv"))


def read_bytes(root: Path, path: str, limits: Limits) -> bytes | Diagnostic:
    """The content of a file of the workspace, or why it cannot be had. No more than the limit is ever read."""
    try:
        # Opening thousands of files as Python objects takes longer than reading them.
        file = os.open(f"{root}/{path}", os.O_RDONLY)
        try:
            size = os.fstat(file).st_size
            return too_large(path, size, limits.bytes) if size > limits.bytes else os.read(file, size + 1)
        finally:
            os.close(file)
    except OSError as error:
        return _unreadable(path, error.strerror or "it cannot be read")


def _listing(
    root: Path, folder: str, suffixes: tuple[str, ...], skipped: tuple[str, ...] = (), *, tests: bool = False
) -> Listing:
    listing = Listing()
    real_root = os.path.realpath(root)
    for path, entry in _walk(root, folder, listing, skipped):
        name = entry.name.lower()
        if entry.is_symlink() and os.path.isdir(entry.path):  # noqa: PTH112  its own is_dir fails on a loop
            if not tests:  # said once, with the promotions
                message = "links to folders are not followed"
                listing.diagnostics.append(codes.LINK.at(Location(path), message, help="put the folder itself here"))
            continue
        if (".test." in name and name.endswith(_SUFFIXES)) is not tests:
            continue
        if not name.endswith(suffixes):
            if any(f"{suffix}." in name or name.endswith(suffix + "~") for suffix in suffixes):
                message = f"`{entry.name}` is not read: its name does not end in {', '.join(suffixes)}"
                listing.diagnostics.append(
                    codes.STRAY_FILE.at(Location(path), message, help="rename it or move it away")
                )
            continue
        problem = _not_ordinary(path, entry, real_root)
        if problem:
            listing.diagnostics.append(problem)
        else:
            listing.paths.append(path)
    listing.paths.sort()
    return listing


def _walk(
    root: Path, folder: str, listing: Listing, skipped: tuple[str, ...]
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every entry below a folder that is not itself a folder; hidden ones are the editor's business."""
    try:
        with os.scandir(root / folder) as entries:
            for entry in entries:
                path = f"{folder}/{entry.name}"
                if entry.name.startswith(".") or path in skipped:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    yield from _walk(root, path, listing, skipped)
                else:
                    yield path, entry
    except FileNotFoundError:
        return
    except OSError as error:
        listing.diagnostics.append(_unreadable(folder, error.strerror or "it cannot be listed"))


def _not_ordinary(path: str, entry: os.DirEntry[str], real_root: str) -> Diagnostic | None:
    if not path.isprintable():
        shown = path.encode("utf-8", "backslashreplace").decode()
        message = "the file's name holds characters that cannot be printed"
        return codes.UNREADABLE.at(Location(shown), message, help="rename it with letters, digits, - and _")
    try:
        mode = entry.stat().st_mode
    except OSError as error:
        if entry.is_symlink():
            return codes.LINK.at(Location(path), "the link leads nowhere", help="put the file itself here")
        return _unreadable(path, error.strerror or "it cannot be read")
    if entry.is_symlink():
        target = os.path.realpath(entry.path)
        if os.path.commonpath([real_root, target]) != real_root:
            return codes.LINK.at(Location(path), "the link leads out of the workspace", help="put the file itself here")
    if not stat.S_ISREG(mode):
        return _unreadable(path, "it is not an ordinary file")
    return None


def _unreadable(path: str, reason: str) -> Diagnostic:
    advice = "give read permission, or replace it by an ordinary file"
    return codes.UNREADABLE.at(Location(path), f"the file cannot be read: {reason[0].lower()}{reason[1:]}", help=advice)
