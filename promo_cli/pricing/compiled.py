"""Which modules the engine runs from: its sources, or the same compiled to machine code by `make native`.

Compiled modules stand in for the sources only while these are as they were when they were compiled, told by size and
time of change as Python tells whether its own byte code is up to date. So an edited source is never shadowed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

FOLDER = "native"
STAMP = "sources.txt"
WANTED = "PROMO_ENGINE"
"""Environment variable: `python` for the sources in any case, `native` to fail without compiled modules."""


def folders(package: Path) -> list[str]:
    """Return where the package's modules are looked for, in order. Raises ImportError."""
    native = package / FOLDER
    wanted = os.environ.get(WANTED, "")
    if wanted not in ("", "python", "native"):
        raise ImportError(f"{WANTED}: expected python or native, found {wanted!r}")
    if wanted != "python":
        try:
            fresh = (native / STAMP).read_text() == stamp(package)
        except OSError:
            fresh = False
        if fresh:
            return [str(native), str(package)]
        if wanted == "native":
            raise ImportError(f"{WANTED}=native: expected a compiled engine, found none that is as new as its sources")
    return [str(package)]


def stamp(package: Path) -> str:
    """Return what tells whether any source changed: name, size and time of change of each."""
    facts = sorted((entry.name, entry.stat()) for entry in _modules(package))
    return "".join(f"{name} {fact.st_size} {fact.st_mtime_ns}\n" for name, fact in facts)


def sources(package: Path) -> list[Path]:
    """Return the modules that can be compiled, by name; the choice of modules itself is made in Python."""
    return sorted(Path(entry.path) for entry in _modules(package))


def _modules(package: Path) -> Iterator[os.DirEntry[str]]:
    """Scanned in one go, because every command that prices asks."""
    apart = {str(package / "__init__.py"), __file__}
    for folder in (package, package / "types"):
        with os.scandir(folder) as entries:
            yield from (entry for entry in entries if entry.name.endswith(".py") and entry.path not in apart)
