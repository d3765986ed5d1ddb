"""Waits for somebody to change a file of the workspace."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from promo_cli.workspace.files import ROOT_FILE

FOLDERS = ("promotions", "stores")
PAUSE = 0.5
"""Seconds between two looks; a look at thousands of files takes milliseconds."""

Stamps = dict[str, tuple[int, int]]


def changes(root: Path, *, sleep: Callable[[float], object] = time.sleep) -> Iterator[list[str]]:
    """Yield the paths below the workspace that changed, each time some did; never ends."""
    seen = _stamps(root)
    while True:
        sleep(PAUSE)
        now = _stamps(root)
        changed = sorted(path for path in seen.keys() | now.keys() if seen.get(path) != now.get(path))
        seen = now
        if changed:
            yield changed


def _stamps(root: Path) -> Stamps:
    """When each file was written, in nanoseconds, and its size; files that vanish meanwhile are left out."""
    found: Stamps = {}
    for path in _files(root):
        try:
            stat = path.stat()
        except OSError:
            continue
        found[path.relative_to(root).as_posix()] = (stat.st_mtime_ns, stat.st_size)
    return found


def _files(root: Path) -> Iterator[Path]:
    yield root / ROOT_FILE
    for name in FOLDERS:
        for folder, _, names in os.walk(root / name):
            yield from (Path(folder) / one for one in names if not one.startswith("."))
