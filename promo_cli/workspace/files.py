"""Finds the workspace and its files. Nothing outside of it is read, and nothing that is not an ordinary file.

What is wrong with a file is told as a `Problem`, which `problems` puts into words. Here is only what a command needs
that finds its answer in the cache: every import would take longer than the search.
"""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT_FILE = "promo.yaml"
PROMOTION_BYTES = 1 << 20
REFERENCE_BYTES = 32 << 20
"""Of a file; larger ones are not read."""

_SUFFIXES = (".yaml", ".yml", ".json")

Problem = tuple[str, str, str]
"""Why a file is not read: the kind of reason (a key of `problems.KINDS`), the file's path, and a detail."""


class Listing:
    """The files of one folder that are to be read, by their path below the workspace, in order; and the others."""

    __slots__ = ("paths", "problems")

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.problems: list[Problem] = []


def root_above(start: str) -> str | None:
    """The nearest folder at or above `start` with a promo.yaml, as an absolute path."""
    folder = os.path.join(os.getcwd(), start)
    while not os.path.isfile(os.path.join(folder, ROOT_FILE)):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


def find_root(start: Path) -> Path | None:
    """The nearest folder at or above `start` with a promo.yaml."""
    from pathlib import Path

    found = root_above(os.fspath(start))
    return None if found is None else Path(found)


def require_root(start: Path) -> Path:
    """As `find_root`; raises Failure (exit 2) where there is none."""
    root = find_root(start)
    if root is None:
        from promo_cli.workspace.problems import no_workspace

        raise no_workspace(start)
    return root


def promotion_files(root: str) -> Listing:
    """Every promotion: what is below promotions/ except experiments/ and *.test.yaml."""
    return _listing(root, "promotions", _SUFFIXES, skipped=("promotions/experiments",))


def test_files(root: str) -> Listing:
    """Every file of tests over the whole chain: *.test.yaml below promotions/."""
    return _listing(root, "promotions", _SUFFIXES, skipped=("promotions/experiments",), tests=True)


def reference_files(root: str) -> Listing:
    """Every file of reference data below stores/."""
    return _listing(root, "stores", (*_SUFFIXES, ".csv"))


def read_bytes(root: str, path: str, most: int) -> bytes | Problem:
    """The content of a file of the workspace, or why it cannot be had. No more than `most` bytes are ever read."""
    try:
        # Opening thousands of files as Python objects takes longer than reading them.
        file = os.open(f"{root}/{path}", os.O_RDONLY)
        try:
            size = os.fstat(file).st_size
            return ("too large", path, f"{size} {most}") if size > most else os.read(file, size + 1)
        finally:
            os.close(file)
    except OSError as error:
        return _unreadable(path, error.strerror or "it cannot be read")


def _listing(
    root: str, folder: str, suffixes: tuple[str, ...], skipped: tuple[str, ...] = (), *, tests: bool = False
) -> Listing:
    listing = Listing()
    real_root = os.path.realpath(root)
    for path, entry in _walk(root, folder, listing, skipped):
        name = entry.name.lower()
        if entry.is_symlink() and os.path.isdir(entry.path):  # its own is_dir fails on a loop
            if not tests:  # said once, with the promotions
                listing.problems.append(("link to a folder", path, ""))
            continue
        if (".test." in name and name.endswith(_SUFFIXES)) is not tests:
            continue
        if not name.endswith(suffixes):
            if any(f"{suffix}." in name or name.endswith(suffix + "~") for suffix in suffixes):
                listing.problems.append(("stray", path, ", ".join(suffixes)))
            continue
        problem = _not_ordinary(path, entry, real_root)
        if problem:
            listing.problems.append(problem)
        else:
            listing.paths.append(path)
    listing.paths.sort()
    listing.problems.sort()
    return listing


def _walk(root: str, folder: str, listing: Listing, skipped: tuple[str, ...]) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every entry below a folder that is not itself a folder; hidden ones are the editor's business."""
    try:
        with os.scandir(f"{root}/{folder}") as entries:
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
        listing.problems.append(_unreadable(folder, error.strerror or "it cannot be listed"))


def _not_ordinary(path: str, entry: os.DirEntry[str], real_root: str) -> Problem | None:
    if not path.isprintable():
        return ("unprintable", path, "")
    try:
        mode = entry.stat().st_mode
    except OSError as error:
        if entry.is_symlink():
            return ("dead link", path, "")
        return _unreadable(path, error.strerror or "it cannot be read")
    if entry.is_symlink():
        target = os.path.realpath(entry.path)
        if os.path.commonpath([real_root, target]) != real_root:
            return ("link to elsewhere", path, "")
    if not stat.S_ISREG(mode):
        return _unreadable(path, "it is not an ordinary file")
    return None


def _unreadable(path: str, reason: str) -> Problem:
    return ("unreadable", path, reason)
