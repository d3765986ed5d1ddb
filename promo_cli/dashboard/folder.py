"""Puts the site in its folder in one step: a reader finds the old site or the new one, never half of one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from promo_cli.dashboard import codes
from promo_cli.dashboard.site import MARKER
from promo_cli.diagnostics import Failure


def replace_folder(folder: Path, made: Mapping[str, bytes]) -> bool:
    """Make `folder` hold exactly the files `made`, by their paths in it; tell whether anything changed.

    Raises Failure (CFG604) where the folder has files and is no dashboard, OSError with the old folder as it was.
    """
    folder = folder.resolve()
    if folder.exists() and not (folder / MARKER).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"expected a new or empty folder, or a dashboard made before; found other files in {folder}"
        raise Failure([codes.FOREIGN_FOLDER.at(None, message, help="choose another folder with --out")], 2)
    if _same(folder, made):
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        fresh, old = scratch / "new", scratch / "old"
        for name, data in made.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if folder.exists():
            folder.rename(old)
        try:
            fresh.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return True


def _same(folder: Path, made: Mapping[str, bytes]) -> bool:
    if not folder.is_dir():
        return False
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return found.keys() == made.keys() and all(path.read_bytes() == made[name] for name, path in found.items())
