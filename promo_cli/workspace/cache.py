"""Results kept between runs below .promo/cache/, each under a name that follows from everything it was made from.

A repository is written by strangers, so nothing that came with one is believed: every entry is sealed with a key that
is made once per user and never leaves the machine. One that is damaged, made by another version of the tool or made
elsewhere is not found, and written anew. Deleting the folder, or PROMO_CACHE=off, is always safe.

What reading an entry needs is all that is imported here: it is what a command begins with that has nothing to do.
"""

from __future__ import annotations

import os
import sys
from hashlib import blake2b
from importlib.machinery import PathFinder

from promo_cli import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

VARIABLE = "PROMO_CACHE"
"""Set to `off`, nothing is kept and nothing kept is used."""

FOLDER = ".promo/cache"
MOST_ENTRIES = 64
MOST_BYTES = 128 << 20
"""Of all entries of a workspace; the oldest make room."""

_KEY_BYTES = 32
_SUFFIX = ".kept"
_LIBRARIES = ("pydantic", "pydantic_core", "yaml", "tzdata", "typer")
"""What findings, bundles and the meaning of a command line depend on beside our own modules."""
_ZONES = ("/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo")
"""Where systems keep their time zones; a folder's status changes with every file that is replaced in it."""


class Cache:
    """The kept results of one workspace; `key` is the user's, mixed with what identifies the tool."""

    __slots__ = ("folder", "key")

    def __init__(self, folder: str, key: bytes) -> None:
        self.folder = folder
        self.key = key

    def get(self, *made_from: bytes | str) -> Any:
        """The value that was kept for exactly this, or None."""
        import orjson

        body = self.read(*made_from)
        return None if body is None else orjson.loads(body)

    def put(self, value: Any, *made_from: bytes | str) -> None:
        """Keep a value of lists, maps, texts and numbers.

        A disk that is full or read-only is no failure, nor is what cannot be kept: a text with half a character.
        """
        import orjson

        try:
            body = orjson.dumps(value)
        except TypeError:
            return
        self.write(body, *made_from)

    def read(self, *made_from: bytes | str) -> bytes | None:
        """The bytes that were kept for exactly this, or None."""
        name = self.name_of(made_from)
        try:
            with open(f"{self.folder}/{name}", "rb") as file:
                seal, _, body = file.read().partition(b"\n")
        except OSError:
            return None
        return body if seal == self._seal(name, body) else None

    def write(self, body: bytes, *made_from: bytes | str) -> None:
        """Keep some bytes, as `put` does a value."""
        from pathlib import Path

        from promo_cli.workspace.writing import write_atomically

        name, folder = self.name_of(made_from), Path(self.folder)
        try:
            if not folder.exists():
                write_atomically(folder / ".gitignore", b"*\n")
            write_atomically(folder / name, self._seal(name, body) + b"\n" + body)
            self._make_room()
        except OSError:
            return

    def name_of(self, made_from: tuple[bytes | str, ...]) -> str:
        """The name of the file of an entry."""
        found = blake2b(key=self.key, digest_size=16)
        for part in made_from:
            data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
            found.update(b"%d " % len(data))
            found.update(data)
        return found.hexdigest() + _SUFFIX

    def _seal(self, name: str, body: bytes) -> bytes:
        seal = blake2b(name.encode(), key=self.key, digest_size=32)
        seal.update(body)
        return seal.hexdigest().encode()

    def _make_room(self) -> None:
        with os.scandir(self.folder) as entries:
            kept = [(entry.stat(), entry.path) for entry in entries if entry.name.endswith(_SUFFIX)]
        kept.sort(key=lambda one: one[0].st_mtime_ns, reverse=True)
        size = 0
        for index, (status, path) in enumerate(kept):
            size += status.st_size
            if index >= MOST_ENTRIES or size > MOST_BYTES:
                os.unlink(path)


def open_cache(root: str | os.PathLike[str]) -> Cache | None:
    """The cache of the workspace at `root`; None where it is switched off, or no key can be kept for the user."""
    if os.environ.get(VARIABLE, "").lower() in ("off", "0", "no"):
        return None
    folder = f"{os.fspath(root)}/{FOLDER}"
    # A link in a repository must not make us write, and clear up, somewhere else.
    if os.path.realpath(folder) != os.path.join(os.path.realpath(root), FOLDER):
        return None
    key = _user_key()
    return Cache(folder, blake2b(_tool(), key=key, digest_size=_KEY_BYTES).digest()) if key else None


def state_of(path: str) -> str:
    """A digest of a file's content; "" where it cannot be read, and for ""."""
    try:
        with open(path, "rb") as file:
            return blake2b(file.read()).hexdigest()
    except OSError:
        return ""


def _user_key() -> bytes | None:
    """The user's key, made on first use, readable by nobody else."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    path = f"{home}/promo/key"
    try:
        if not os.path.exists(path):
            _make_key(path)
        with open(path, "rb") as file:
            key = file.read()
    except OSError:
        return None
    return key if len(key) == _KEY_BYTES else None


def _make_key(path: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True, mode=0o700)
    scratch = f"{path}.{os.getpid()}"
    with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(os.urandom(_KEY_BYTES))
    try:
        os.link(scratch, path)
    except FileExistsError:
        pass  # another process was faster: its key is the one that counts
    finally:
        os.unlink(scratch)


def _tool() -> bytes:
    """What changes whenever this tool, or a library that its results depend on, is changed in any way.

    A file's time of last change (ctime) cannot be set back, so that a changed file is told without reading it.
    """
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    specs = (PathFinder.find_spec(name) for name in _LIBRARIES)
    found = [_status(path) for path in sorted(_modules(package))]
    found += [_status(spec.origin) if spec and spec.origin else "-" for spec in specs]
    found += [_status(folder) if os.path.isdir(folder) else "-" for folder in _ZONES]
    return blake2b("\n".join([__version__, sys.version, *found]).encode("utf-8", "surrogatepass")).digest()


def _modules(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith((".py", ".so", ".pyd")):
                yield entry.path
            elif entry.name != "__pycache__" and entry.is_dir(follow_symlinks=False):
                yield from _modules(entry.path)


def _status(path: str) -> str:
    status = os.stat(path)  # hundreds of files at every start
    return f"{path} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"
