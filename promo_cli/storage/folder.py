"""Objects as files in a folder, crash-safe, on one POSIX machine.

- A new object: temporary file, fsync, ``link()`` to its name, fsync of the folder. ``link`` fails where a file is
  already, and a name only ever appears over complete bytes, so a crash leaves nothing torn that counts as there.
- A replaced object: under a lock, compare the hash of what is there, rename over it, fsync of the folder.

The ETag is the SHA-256 of the bytes. Temporary files and the lock live under ``.promo/``, which no listing shows.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from promo_cli.storage.interface import (
    Entry,
    Found,
    NotModified,
    PreconditionFailed,
    StorageUnavailable,
    TooLarge,
)

_PRIVATE = ".promo"


class FolderStorage:
    """The storage interface over a folder; it is made on the first write."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def where(self) -> str:
        """The folder's path."""
        return str(self._root)

    def get(
        self, key: str, *, if_none_match: str | None = None, max_size: int | None = None
    ) -> Found | NotModified | None:
        """Read a file; see the interface."""
        try:
            with self._path(key).open("rb") as file:
                data = file.read() if max_size is None else file.read(max_size + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise StorageUnavailable(key, _reason(error)) from error
        if max_size is not None and len(data) > max_size:
            raise TooLarge(key, f"expected at most {max_size} bytes, found more")
        etag = _etag(data)
        return NotModified() if etag == if_none_match else Found(data, etag)

    def put(self, key: str, data: bytes, *, if_match: str | None = None, if_none_match: bool = False) -> str:
        """Write a file; see the interface."""
        path = self._path(key)
        try:
            _make_folders(path.parent)
            temporary = self._write_temporary(data)
            try:
                if if_none_match:
                    _link_new(key, temporary, path)
                else:
                    self._replace(key, path, temporary, if_match)
                _sync_folder(path.parent)
            finally:
                temporary.unlink(missing_ok=True)
        except OSError as error:
            raise StorageUnavailable(key, _reason(error)) from error
        return _etag(data)

    def list(self, prefix: str = "", *, start_after: str = "") -> Iterator[Entry]:
        """Walk the folder in key order; see the interface."""
        yield from _walk(self._root, "", prefix, start_after)

    def delete(self, key: str) -> None:
        """Remove a file; see the interface."""
        path = self._path(key)
        try:
            if path.exists():
                with self._lock():  # or a replacement in flight would bring it back
                    path.unlink(missing_ok=True)
                _sync_folder(path.parent)
        except OSError as error:
            raise StorageUnavailable(key, _reason(error)) from error

    def _replace(self, key: str, path: Path, temporary: Path, if_match: str | None) -> None:
        with self._lock():
            if if_match is not None:
                found = _etag(path.read_bytes()) if path.is_file() else "no object"
                if found != if_match:
                    raise PreconditionFailed(key, f"expected ETag {if_match}, found {found}")
            temporary.replace(path)

    def _write_temporary(self, data: bytes) -> Path:
        folder = self._root / _PRIVATE
        _make_folders(folder)
        temporary = folder / f"tmp-{secrets.token_hex(8)}"
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return temporary

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        # flock belongs to the open file, so it holds between threads too, and the kernel frees it when we die.
        folder = self._root / _PRIVATE
        _make_folders(folder)
        with (folder / "lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _path(self, key: str) -> Path:
        parts = key.split("/")
        if parts[0] == _PRIVATE or any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
            raise ValueError(f"expected a key of plain parts between slashes, found {key!r}")
        return self._root / key


def _walk(folder: Path, base: str, prefix: str, start_after: str) -> Iterator[Entry]:
    try:
        with os.scandir(folder) as scan:
            children = [(base + child.name + ("/" if child.is_dir() else ""), child) for child in scan]
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise StorageUnavailable(base, _reason(error)) from error
    for key, child in sorted(children, key=lambda pair: pair[0]):
        if key == f"{_PRIVATE}/":
            continue
        if key.endswith("/"):
            within = key.startswith(prefix) or prefix.startswith(key)
            if within and (key > start_after or start_after.startswith(key)):
                yield from _walk(folder / child.name, key, prefix, start_after)
        elif key.startswith(prefix) and key > start_after:
            with contextlib.suppress(FileNotFoundError):  # deleted while we walk
                yield Entry(key, child.stat().st_size, None)


def _link_new(key: str, temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise PreconditionFailed(key, "expected no object, found one") from None


def _make_folders(folder: Path) -> None:
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for made in reversed(missing):
        made.mkdir(exist_ok=True)
        _sync_folder(made.parent)  # a file is only as durable as the names that lead to it


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _etag(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
