"""What the product needs of object storage, and how it can fail.

Keys are relative to the environment's target, with ``/`` between parts. An ETag is an opaque, unquoted text that
changes whenever the bytes do. Everything but reads is written at most once per call: a write that was not answered
raises OutcomeUnknown, and only the caller knows whether sending it again is safe.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Found:
    """An object's bytes and the ETag they were read with."""

    data: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class NotModified:
    """The object still has the ETag the reader named; no body was sent (HTTP 304)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a listing; size in bytes; etag None where the store cannot tell it without reading the object."""

    key: str
    size: int
    etag: str | None


class StorageError(Exception):
    """A request to the storage did not do what was asked."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(f"{key}: {message}" if key else message)
        self.key = key
        self.message = message


class PreconditionFailed(StorageError):  # noqa: N818 -- reads as what happened
    """The condition of a write did not hold, and nothing was written (HTTP 412)."""


class OutcomeUnknown(StorageError):  # noqa: N818 -- reads as what happened
    """A write may or may not have happened: a conflict (409), a server error (5xx) or a lost answer. Read back."""


class StorageUnavailable(StorageError):  # noqa: N818 -- reads as what happened
    """The storage cannot be reached or refuses us: network, credentials, permissions, missing bucket."""


class TooLarge(StorageError):  # noqa: N818 -- reads as what happened
    """The object is larger than the reader accepts; its body was not kept."""


class Storage(Protocol):
    """A folder or a bucket prefix. Implementations are safe to share between threads."""

    @property
    def where(self) -> str:
        """The target as a person would write it, for messages."""
        ...

    def get(
        self, key: str, *, if_none_match: str | None = None, max_size: int | None = None
    ) -> Found | NotModified | None:
        """Read one object; None when there is none.

        ``max_size`` in bytes is enforced before the body is kept. Raises TooLarge, StorageUnavailable.
        """
        ...

    def put(self, key: str, data: bytes, *, if_match: str | None = None, if_none_match: bool = False) -> str:
        """Write one object whole, and return its ETag.

        ``if_match``: only over bytes with this ETag. ``if_none_match``: only where nothing is yet.
        Raises PreconditionFailed, OutcomeUnknown, StorageUnavailable.
        """
        ...

    def list(self, prefix: str = "", *, start_after: str = "") -> Iterator[Entry]:
        """Yield the keys that begin with ``prefix`` and sort after ``start_after``, in UTF-8 order."""
        ...

    def delete(self, key: str) -> None:
        """Remove one object; no error when there is none."""
        ...


def put_once(
    storage: Storage, key: str, data: bytes, *, attempts: int = 5, sleep: Callable[[float], None] = time.sleep
) -> bool:
    """Write an object whose key fixes its bytes; True when this call made it, False when it was already there.

    Such a write may be sent again after an unknown outcome, because whoever wins writes the same bytes.
    Raises OutcomeUnknown after ``attempts`` tries, StorageUnavailable.
    """
    for attempt in range(attempts):
        try:
            storage.put(key, data, if_none_match=True)
        except PreconditionFailed:
            return False
        except OutcomeUnknown:
            if attempt == attempts - 1:
                raise
            sleep(backoff_seconds(attempt))
        else:
            return True
    raise AssertionError("unreachable: the last attempt returns or raises")


def backoff_seconds(attempt: int) -> float:
    """Return how long to wait after failed try number ``attempt`` (from 0): exponential with full jitter."""
    return random.uniform(0, min(5.0, 0.1 * 2**attempt))  # noqa: S311 -- spreads retries, keeps no secret
