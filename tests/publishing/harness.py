"""Publishing in tests: a folder, fixed keys and time, and storages that fail at a chosen request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from promo_cli.protocol import dsse, head
from promo_cli.protocol.head import Head
from promo_cli.publishing import KeyRing, Published, Source, Writer, open_keys, publish
from promo_cli.storage import Entry, Found, NotModified, Storage
from promo_cli.till.pull import pull

NOW = datetime(2026, 2, 7, 3, tzinfo=UTC)
SOURCE = Source(repo="git@example", commit="c0ffee", tree="beef", dirty=False, run_url=None, actor="ayu")


def keys_in(folder: Path) -> KeyRing:
    """A development root, the same for every call with one folder."""
    return open_keys(folder / "keys" / "local", "local", NOW, development=True)


def put(storage: Storage, keys: KeyRing, bundles: Mapping[str, bytes], **options: Any) -> Published:
    """Publish with everything fixed but what the test is about."""
    defaults: dict[str, Any] = {
        "env": "local",
        "keys": keys,
        "source": SOURCE,
        "as_of": NOW.date(),
        "horizon_days": 14,
        "now": NOW,
        "tool": "promo test",
        "sleep": lambda seconds: None,
    }
    return publish(bundles, storage=storage, **{**defaults, **options})


def seen_by_tills(storage: Storage, keys: KeyRing, stores: Mapping[str, bytes] | list[str]) -> dict[str, bytes]:
    """What new tills of these stores would run: everything HEAD leads to, checked. No HEAD: nothing."""
    if storage.get("HEAD") is None:
        return {}
    found = {}
    for store_id in stores:
        pulled = pull(storage, keys.trusted, store_id)
        assert pulled is not None
        assert pulled.kept is None
        assert pulled.bundle is not None
        found[store_id] = pulled.bundle
    return found


def writer(storage: Storage, keys: KeyRing, publish_id: str = "AMEND", **changes: Any) -> Writer:
    """Whoever changes HEAD, with everything fixed but what the test is about."""
    defaults: dict[str, Any] = {"env": "local", "now": NOW, "sleep": lambda seconds: None}
    return Writer(storage=storage, keys=keys, publish_id=publish_id, **{**defaults, **changes})


def head_in(storage: Storage) -> Head:
    """HEAD's payload, unchecked."""
    found = storage.get("HEAD")
    assert isinstance(found, Found)
    return head.parse(dsse.open_envelope(found.data).payload)


class Crashed(BaseException):
    """The process ends here; no handler of errors may catch it."""


class Watched:
    """A storage that calls ``before`` and ``after`` around every request, with its number from 1 and its name."""

    def __init__(
        self,
        inner: Storage,
        before: Callable[[int, str, str], None] = lambda number, name, key: None,
        after: Callable[[int, str, str], None] = lambda number, name, key: None,
    ) -> None:
        self._inner = inner
        self._before = before
        self._after = after
        self._lock = threading.Lock()
        self.requests: list[tuple[str, str]] = []

    @property
    def where(self) -> str:
        """The inner storage's address."""
        return self._inner.where

    def _call(self, name: str, key: str, call: Callable[[], Any]) -> Any:
        with self._lock:
            self.requests.append((name, key))
            number = len(self.requests)
        self._before(number, name, key)
        result = call()
        self._after(number, name, key)
        return result

    def get(
        self, key: str, *, if_none_match: str | None = None, max_size: int | None = None
    ) -> Found | NotModified | None:
        """Read; see the interface."""
        result: Found | NotModified | None = self._call(
            "get", key, lambda: self._inner.get(key, if_none_match=if_none_match, max_size=max_size)
        )
        return result

    def put(self, key: str, data: bytes, *, if_match: str | None = None, if_none_match: bool = False) -> str:
        """Write; see the interface."""
        result: str = self._call(
            "put", key, lambda: self._inner.put(key, data, if_match=if_match, if_none_match=if_none_match)
        )
        return result

    def list(self, prefix: str = "", *, start_after: str = "") -> Iterator[Entry]:
        """List; see the interface."""
        yield from self._call("list", prefix, lambda: list(self._inner.list(prefix, start_after=start_after)))

    def delete(self, key: str) -> None:
        """Delete; see the interface."""
        self._call("delete", key, lambda: self._inner.delete(key))
