"""The conformance pack for till vendors, as a folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from promo_cli.diagnostics import Failure, Location
from promo_cli.pipeline import codes
from promo_cli.publishing.conformance import Pack, make_pack


def write_pack(folder: Path) -> Pack:
    """Write the pack into a folder that is new, empty, or holds a pack. Raises Failure (exit 2) for another one."""
    others = {path.name for path in folder.iterdir()} - {"pack.json", "objects"} if folder.is_dir() else set()
    if others or (folder.exists() and not folder.is_dir()):
        message = f"expected a new folder, or one with a pack; found {', '.join(sorted(others)[:3]) or 'a file'} in it"
        raise Failure([codes.NOT_EMPTY.at(Location(str(folder)), message)], exit_code=2)
    shutil.rmtree(folder, ignore_errors=True)
    pack = make_pack()
    (folder / "objects").mkdir(parents=True)
    for name, data in pack.files.items():
        (folder / name).write_bytes(data)
    return pack
