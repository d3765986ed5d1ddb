"""Publishing to a folder, against hashing and dumping the very same bytes; requests and bytes of each case."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import resource
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench import workspaces
from bench.measure import race, timed
from promo_cli.compiler import compile_fleet
from promo_cli.publishing import KeyRing, Published, Source, open_keys, publish
from promo_cli.storage import Entry, Found, NotModified, Storage, open_storage
from promo_cli.workspace import load

NOW = dt.datetime(2026, 2, 7, 3, tzinfo=dt.UTC)
STORES, PROMOTIONS = 5000, 400
SOURCE = Source(repo=None, commit="c0ffee", tree=None, dirty=False, run_url=None, actor=None)


class Counted:
    """A storage that counts its requests by kind, the bytes it is given and those it hands out."""

    def __init__(self, inner: Storage) -> None:
        self._inner = inner
        self._lock = threading.Lock()
        self.requests: Counter[str] = Counter()
        self.bytes = 0
        self.read = 0
        self.where = inner.where

    def get(self, key: str, **conditions: Any) -> Found | NotModified | None:
        """Read; see the interface."""
        self._count("GET", 0)
        found = self._inner.get(key, **conditions)
        with self._lock:
            self.read += len(found.data) if isinstance(found, Found) else 0
        return found

    def put(self, key: str, data: bytes, **conditions: Any) -> str:
        """Write; see the interface."""
        self._count("PUT", len(data))
        return self._inner.put(key, data, **conditions)

    def list(self, prefix: str = "", *, start_after: str = "") -> Iterator[Entry]:
        """List; see the interface."""
        self._count("LIST", 0)
        return self._inner.list(prefix, start_after=start_after)

    def delete(self, key: str) -> None:
        """Delete; see the interface."""
        self._count("DELETE", 0)
        self._inner.delete(key)

    def _count(self, kind: str, size: int) -> None:
        with self._lock:
            self.requests[kind] += 1
            self.bytes += size

    def shown(self) -> str:
        """Return what was counted."""
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.requests.items()))
        return f"{kinds}; {self.bytes:,} bytes written"


def floor(bundles: Mapping[str, bytes], folder: Path, old: frozenset[bytes] = frozenset()) -> None:
    """Hash every store's bundle once and put each new one on the disk for good, without any meaning."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for data in set(bundles.values()):
        name = hashlib.sha256(data).hexdigest()
        if data not in old:
            with (folder / name).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())


def main() -> None:
    """Cold, one promotion changed, nothing changed: 5,000 stores and 400 promotions."""
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        workspaces.write(here / "workspace", PROMOTIONS, STORES)
        before = compile_fleet(load(here / "workspace"), NOW.date())
        workspaces.change_one(here / "workspace")
        after = compile_fleet(load(here / "workspace"), NOW.date())
        keys = open_keys(here / "keys", "local", NOW, development=True)
        same = frozenset(before.values()) & frozenset(after.values())
        size = sum(map(len, set(before.values())))
        print(f"\n{STORES:,} stores, {len(set(before.values())):,} different bundles, {size:,} bytes of them")

        _case("cold", "hash and dump", before, here, keys, floor=lambda: floor(before, here / "floor"))
        _case(
            "one promotion changed",
            "hash all, dump the new",
            after,
            here,
            keys,
            first=before,
            floor=lambda: floor(after, here / "floor", same),
        )
        _case(
            "nothing changed",
            "hash all",
            before,
            here,
            keys,
            first=before,
            floor=lambda: floor(before, here / "floor", frozenset(before.values())),
        )
        print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def _case(
    name: str,
    least: str,
    bundles: Mapping[str, bytes],
    here: Path,
    keys: KeyRing,
    *,
    floor: Any,
    first: Mapping[str, bytes] | None = None,
) -> None:
    """Race one publication against its floor; each round begins with the same bucket."""
    counted: list[Counted] = []

    def run() -> float:
        shutil.rmtree(here / "bucket", ignore_errors=True)
        shutil.rmtree(here / "cache", ignore_errors=True)
        for _ in range(2 if first is not None else 0):  # twice, so that the cache holds what is live
            _publish(first or {}, open_storage("bucket", base=here), keys, here)
        counted.append(Counted(open_storage("bucket", base=here)))
        return timed(lambda: _publish(bundles, counted[-1], keys, here))()

    race(f"publish, {name}", f"floor: {least}", {f"floor: {least}": timed(floor), "promo publish": run}, rounds=3)
    print(f"  {counted[-1].shown()}")


def _publish(bundles: Mapping[str, bytes], storage: Storage, keys: KeyRing, here: Path) -> Published:
    return publish(
        bundles,
        storage=storage,
        env="local",
        keys=keys,
        source=SOURCE,
        as_of=NOW.date(),
        horizon_days=14,
        now=NOW,
        tool="bench",
        cache=here / "cache",
    )


if __name__ == "__main__":
    main()
