"""A copy of the live release and its shards on this machine, so that finding nothing changed takes one request.

Only objects whose names hold their hash are kept, and every read checks it: a damaged file is as good as none.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from promo_cli.protocol.layout import BLOBS, RELEASES, sha256_hex
from promo_cli.storage import Entry, Found, NotModified, Storage


class Cached:
    """A storage whose immutable objects are read from a folder where possible. Writing is the storage's own."""

    def __init__(self, inner: Storage, folder: Path) -> None:
        self._inner = inner
        self._folder = folder
        self.put: Callable[..., str] = inner.put
        self.delete: Callable[[str], None] = inner.delete
        self.list: Callable[..., Iterator[Entry]] = inner.list

    @property
    def where(self) -> str:
        """The storage's address."""
        return self._inner.where

    def get(
        self, key: str, *, if_none_match: str | None = None, max_size: int | None = None
    ) -> Found | NotModified | None:
        """Read one object, from the folder if it is there and whole."""
        promised = _promised_hash(key)
        if promised is None:
            return self._inner.get(key, if_none_match=if_none_match, max_size=max_size)
        try:
            data = self._path(key).read_bytes()
        except OSError:
            data = b""
        if sha256_hex(data).startswith(promised):
            return Found(data, "")
        found = self._inner.get(key, max_size=max_size)
        if isinstance(found, Found) and sha256_hex(found.data).startswith(promised):
            self.remember(key, found.data)
        return found

    def remember(self, key: str, data: bytes) -> None:
        """Keep an object's bytes; a disk that refuses only costs requests later."""
        path = self._path(key)
        scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            scratch.write_bytes(data)
            scratch.replace(path)

    def keep_only(self, keys: Collection[str]) -> None:
        """Forget all but these objects."""
        names = {self._path(key).name for key in keys}
        for path in self._folder.iterdir() if self._folder.is_dir() else ():
            if path.name not in names:
                with contextlib.suppress(OSError):
                    path.unlink()

    def _path(self, key: str) -> Path:
        return self._folder / key.rpartition("/")[2]


def _promised_hash(key: str) -> str | None:
    """Return the hash, or its beginning, that a key holds."""
    name = key.rpartition("/")[2]
    if key.startswith(BLOBS):
        return name
    if key.startswith(RELEASES):
        return name.removesuffix(".json").rpartition("-")[2]
    return None
