"""Uploads immutable objects with a bounded pool. What is there already counts as done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from promo_cli.publishing.pool import in_parallel
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

    def put(key: str) -> bool:
        return put_once(storage, key, objects[key], sleep=sleep)

    total_bytes = sum(map(len, objects.values()))
    uploaded = Uploaded()
    done_bytes = 0
    for done, (key, new) in enumerate(in_parallel(put, sorted(objects)), start=1):
        if new:
            uploaded += Uploaded(1, len(objects[key]))
        done_bytes += len(objects[key])
        report(Progress(what, done, len(objects), done_bytes, total_bytes))
    return uploaded
