"""Uploads immutable objects with a bounded pool. What is there already counts as done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from promo_cli.publishing.live import POOL
from promo_cli.storage import Storage, put_once


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upload is: objects and bytes, done and in all."""

    what: str
    done: int
    total: int
    done_bytes: int
    total_bytes: int


Report = Callable[[Progress], None]
"""Called from the publishing thread after each object."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What an upload wrote; the rest was there."""

    objects: int = 0
    bytes: int = 0

    def __add__(self, other: Uploaded) -> Uploaded:
        return Uploaded(self.objects + other.objects, self.bytes + other.bytes)


def upload(
    storage: Storage, objects: Mapping[str, bytes], what: str, report: Report, sleep: Callable[[float], None]
) -> Uploaded:
    """Put objects by key, each once; returns what was new.

    The first failure stops the rest from starting and is raised; nothing is deleted, so that a retry finds its work.
    """
    stop = threading.Event()

    def put(key: str) -> bool:
        return not stop.is_set() and put_once(storage, key, objects[key], sleep=sleep)

    total_bytes = sum(map(len, objects.values()))
    uploaded = Uploaded()
    done_bytes = 0
    with ThreadPoolExecutor(POOL) as pool:
        futures = {pool.submit(put, key): key for key in sorted(objects)}
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                size = len(objects[futures[future]])
                if future.result():
                    uploaded += Uploaded(1, size)
                done_bytes += size
                report(Progress(what, done, len(objects), done_bytes, total_bytes))
        except BaseException:
            stop.set()
            raise
    return uploaded
