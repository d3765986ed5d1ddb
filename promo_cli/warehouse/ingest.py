"""From the bucket into the warehouse: everything that is not there yet, every line accounted for, exactly once.

List the objects, take away those the ledger knows, load the rest in batches, write the receipts, publish. Whatever
happens in between, running it again finishes the work: a batch is in the warehouse whole or not at all.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from promo_cli.storage.interface import Entry, Found, Storage, TooLarge
from promo_cli.warehouse import codes, database, keys, listing, receipts
from promo_cli.warehouse.batch import FileCounts, Upload, load
from promo_cli.warehouse.unpack import MAX_STORED_BYTES, Refused, unpack

BATCH_BYTES = 64 * 2**20
"""Uncompressed content of one transaction: large enough for speed, small enough for memory."""

BATCH_FILES = 1000

_READERS = 4  # objects read and unpacked at once, while a batch is being loaded
_AHEAD = 16


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What one run did. `lines` is always the sum of `loaded`, `duplicate` and `quarantined`.

    `refused` counts the objects that could not be read at all; each is also one quarantined line.
    """

    files: int = 0
    lines: int = 0
    loaded: int = 0
    duplicate: int = 0
    quarantined: int = 0
    refused: int = 0
    receipts: int = 0

    @property
    def bad_share(self) -> float:
        """The quarantined part of all lines, from 0 to 1."""
        return self.quarantined / self.lines if self.lines else 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. Sizes are bytes as stored."""

    files: int
    all_files: int
    size: int
    all_size: int
    lines: int


def ingest(
    storage: Storage,
    *,
    warehouse: Path,
    env: str,
    hmac_key: bytes,
    now: dt.datetime,
    progress: Callable[[Progress], None] = lambda _: None,
) -> IngestResult:
    """Load every object of `uploads/` and `events/` that the warehouse does not have, and write the receipts.

    `hmac_key` turns phones into keyed hashes; `now` is an aware moment. Raises Failure: ING101 when another process
    writes, ING102 for a newer warehouse, ING104 for the warehouse of another environment; StorageUnavailable and
    OutcomeUnknown when the storage fails, after which running it again goes on.
    """
    if _nothing_to_do(storage, warehouse, env, now):
        return IngestResult()
    with database.writing(warehouse, hmac_key) as con:
        listing.require_environment(con, env, warehouse)
        entries = listing.pending(con, storage, now)
        result, size, all_size = IngestResult(), 0, sum(entry.size for entry in entries)
        for uploads in _batches(_fetched(storage, entries)):
            result = _add(result, uploads, load(con, uploads, now))
            size += sum(upload.entry.size for upload in uploads)
            progress(Progress(result.files, len(entries), size, all_size, result.lines))
        listing.remember(con, env, now)
        return replace(result, receipts=receipts.write_due(con, storage, now))


def _nothing_to_do(storage: Storage, warehouse: Path, env: str, now: dt.datetime) -> bool:
    """Spare a copy of the whole warehouse when there is nothing new."""
    if not warehouse.is_file() or database.unfinished(warehouse):
        return False
    with database.published(warehouse) as con:
        if not database.is_current(con):
            return False
        listing.require_environment(con, env, warehouse)
        return not receipts.are_due(con) and not listing.pending(con, storage, now)


def _fetched(storage: Storage, entries: Iterable[Entry]) -> Iterator[Upload]:
    """Read and unpack objects a few ahead of their use, in order; one that has gone meanwhile is left out."""
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
    return Upload(entry, origin, unpack(found.data, origin)) if isinstance(found, Found) else None


def _batches(uploads: Iterable[Upload]) -> Iterator[list[Upload]]:
    batch: list[Upload] = []
    size = 0
    for upload in uploads:
        batch.append(upload)
        size += len(upload.content) if isinstance(upload.content, bytes) else 0
        if size >= BATCH_BYTES or len(batch) >= BATCH_FILES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _add(result: IngestResult, uploads: list[Upload], counts: list[FileCounts]) -> IngestResult:
    return replace(
        result,
        files=result.files + len(counts),
        lines=result.lines + sum(each.lines for each in counts),
        loaded=result.loaded + sum(each.loaded for each in counts),
        duplicate=result.duplicate + sum(each.duplicate for each in counts),
        quarantined=result.quarantined + sum(each.quarantined for each in counts),
        refused=result.refused + sum(isinstance(each.content, Refused) for each in uploads),
    )
