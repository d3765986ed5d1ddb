"""Objects out of the bucket, unpacked a few ahead of their use, in batches of a good size for one transaction."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from promo_cli.storage.interface import Entry, Found, Storage, TooLarge
from promo_cli.warehouse import codes, keys
from promo_cli.warehouse.batch import Upload
from promo_cli.warehouse.unpack import MAX_STORED_BYTES, Refused, unpack

BATCH_BYTES = 32 * 2**20
"""Uncompressed content of one transaction: large enough for speed, small enough for memory."""

BATCH_FILES = 1000

_READERS = 4
_AHEAD = 16


def batches(storage: Storage, entries: Iterable[Entry]) -> Iterator[list[Upload]]:
    """Read objects in order and group them. One that has gone since it was listed is left out.

    Raises StorageUnavailable.
    """
    batch: list[Upload] = []
    size = 0
    for upload in _fetched(storage, entries):
        batch.append(upload)
        size += len(upload.content) if isinstance(upload.content, bytes) else 0
        if size >= BATCH_BYTES or len(batch) >= BATCH_FILES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _fetched(storage: Storage, entries: Iterable[Entry]) -> Iterator[Upload]:
    with ThreadPoolExecutor(_READERS) as pool:
        reading: deque[Future[Upload | None]] = deque()
        for entry in entries:
            reading.append(pool.submit(_fetch, storage, entry))
            if len(reading) > _AHEAD:
                yield from filter(None, [reading.popleft().result()])
        for each in reading:
            yield from filter(None, [each.result()])


def _fetch(storage: Storage, entry: Entry) -> Upload | None:
    origin = keys.parse(entry.key)
    if origin is None:
        message = "expected the key uploads/v1/dt=DATE/store=ID/pos=ID/NAME"
        return Upload(entry, keys.Origin(), Refused(codes.FOREIGN_KEY, message))
    try:
        found = storage.get(entry.key, max_size=MAX_STORED_BYTES)
    except TooLarge:
        message = f"expected at most {MAX_STORED_BYTES} bytes, found {entry.size}"
        return Upload(entry, origin, Refused(codes.UNREADABLE, message))
    if not isinstance(found, Found):
        return None
    unpacked = unpack(found.data, origin)
    if isinstance(unpacked, Refused):
        return Upload(entry, origin, unpacked, unpacked.sha256)
    return Upload(entry, origin, unpacked.content, unpacked.sha256)
