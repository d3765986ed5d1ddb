"""Results kept between runs below .promo/cache/, each under a name that follows from everything it was made from.

A repository is written by strangers, so nothing that came with one is believed: every entry is sealed with a key that
is made once per user and never leaves the machine. Entries are JSON; one that is damaged, made by another version of
the tool or made elsewhere is not found, and written anew. Deleting the folder, or PROMO_CACHE=off, is always safe.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from promo_cli import __version__

VARIABLE = "PROMO_CACHE"
"""Set to `off`, nothing is kept and nothing kept is used."""

FOLDER = ".promo/cache"
MOST_ENTRIES = 64
MOST_BYTES = 128 << 20
"""Of all entries of a workspace; the oldest make room."""

_KEY_BYTES = 32
_SUFFIX = ".json"
_LIBRARIES = ("pydantic", "pydantic_core", "yaml", "tzdata")
"""What findings and bundles depend on beside our own modules."""


@dataclass(frozen=True, slots=True)
class Cache:
    """The kept results of one workspace; `key` is the user's, mixed with what identifies the tool."""

    folder: Path
    key: bytes

    def get(self, *made_from: bytes | str) -> Any:
        """The value that was kept for exactly this, or None."""
        name = self._name(made_from)
        try:
            seal, body = (self.folder / name).read_bytes().split(b"\n", 1)
            return json.loads(body) if seal == self._seal(name, body) else None
        except (OSError, ValueError):
            return None

    def put(self, value: Any, *made_from: bytes | str) -> None:
        """Keep a value of lists, maps, texts and numbers. A disk that is full or read-only is no failure."""
        from promo_cli.workspace.writing import write_atomically

        name = self._name(made_from)
        body = json.dumps(value, separators=(",", ":")).encode()
        with suppress(OSError):
            if not self.folder.exists():
                write_atomically(self.folder / ".gitignore", b"*\n")
            write_atomically(self.folder / name, self._seal(name, body) + b"\n" + body)
            self._make_room()

    def _name(self, made_from: tuple[bytes | str, ...]) -> str:
        found = blake2b(key=self.key, digest_size=16)
        for part in made_from:
            data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
            found.update(b"%d " % len(data))
            found.update(data)
        return found.hexdigest() + _SUFFIX

    def _seal(self, name: str, body: bytes) -> bytes:
        return blake2b(name.encode() + body, key=self.key, digest_size=32).hexdigest().encode()

    def _make_room(self) -> None:
        with os.scandir(self.folder) as entries:
            kept = [(entry.stat(), entry.path) for entry in entries if entry.name.endswith(_SUFFIX)]
        kept.sort(key=lambda one: one[0].st_mtime_ns, reverse=True)
        size = 0
        for index, (status, path) in enumerate(kept):
            size += status.st_size
            if index >= MOST_ENTRIES or size > MOST_BYTES:
                Path(path).unlink(missing_ok=True)


def open_cache(root: Path) -> Cache | None:
    """The cache of the workspace at `root`; None where it is switched off, or no key can be kept for the user."""
    if os.environ.get(VARIABLE, "").lower() in ("off", "0", "no"):
        return None
    folder = root / FOLDER
    # A link in a repository must not make us write, and clear up, somewhere else.
    if folder.resolve() != root.resolve() / FOLDER:
        return None
    key = _user_key()
    return Cache(folder, blake2b(_tool(), key=key, digest_size=_KEY_BYTES).digest()) if key else None


def _user_key() -> bytes | None:
    """The user's key, made on first use, readable by nobody else."""
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        path = home / "promo" / "key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            scratch = path.with_name(f"key.{os.getpid()}")
            with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
                file.write(os.urandom(_KEY_BYTES))
            with suppress(FileExistsError):  # another process was faster: its key is the one that counts
                os.link(scratch, path)
            scratch.unlink()
        key = path.read_bytes()
    except (OSError, RuntimeError):
        return None
    return key if len(key) == _KEY_BYTES else None


def _tool() -> bytes:
    """What changes whenever this tool, or a library that its results depend on, is changed in any way.

    A file's time of last change (ctime) cannot be set back, so that a changed file is told without reading it.
    """
    found = blake2b(f"{__version__} {sys.version}".encode())
    for path in sorted(_modules(Path(__file__).parents[1])):
        found.update(_status(path))
    for name in _LIBRARIES:
        spec = find_spec(name)
        found.update(_status(spec.origin) if spec and spec.origin else b"-")
    return found.digest()


def _modules(folder: str | Path) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                yield entry.path
            elif entry.is_dir(follow_symlinks=False) and entry.name != "__pycache__":
                yield from _modules(entry.path)


def _status(path: str) -> bytes:
    status = os.stat(path)  # noqa: PTH116  hundreds of files at every start
    return f"{path} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}\n".encode()
