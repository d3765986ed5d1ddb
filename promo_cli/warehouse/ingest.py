"""From the bucket into the warehouse: everything that is not there yet, every line accounted for, exactly once.

List the objects, take away those the ledger knows, load the rest in batches, write the receipts, publish. Whatever
happens in between, running it again finishes the work: a batch is in the warehouse whole or not at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from promo_cli.storage.interface import Entry, Storage
from promo_cli.warehouse import clocks, database, keys, listing, meta, receipts, tombstones
from promo_cli.warehouse.batch import FileCounts, Upload
from promo_cli.warehouse.carrying import carried
from promo_cli.warehouse.clocks import DEFAULT_BOUNDS, ClockBounds
from promo_cli.warehouse.fetching import batches
from promo_cli.warehouse.loading import load
from promo_cli.warehouse.unpack import Refused

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What one run did. `lines` is always the sum of `loaded`, `duplicate` and `quarantined`.

    `refused` counts the objects that could not be read at all; each is also one quarantined line. `carried` counts
    the files, outside of the other numbers, whose rows a rebuild took over because the bucket no longer has them.
    """

    files: int = 0
    lines: int = 0
    loaded: int = 0
    duplicate: int = 0
    quarantined: int = 0
    refused: int = 0
    receipts: int = 0
    carried: int = 0

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


Watch = Callable[[Progress], None]


def ingest(
    storage: Storage,
    *,
    warehouse: Path,
    env: str,
    hmac_key: bytes,
    now: dt.datetime,
    bounds: ClockBounds = DEFAULT_BOUNDS,
    progress: Watch = lambda _: None,
) -> IngestResult:
    """Load every object of `uploads/` and `events/` that the warehouse does not have, and write the receipts.

    `hmac_key` turns phones into keyed hashes; `now` is an aware moment; `bounds` say when a till's clock is wrong.
    Raises Failure: ING101 when another process writes, ING102 for a newer warehouse, ING104 for the warehouse of
    another environment, SEC502 and SEC503 for tombstones that cannot be held; StorageUnavailable and OutcomeUnknown
    when the storage fails, after which running it again goes on. A warehouse whose rows an update of this tool cannot
    bring up to date is made anew.
    """
    if _nothing_to_do(storage, warehouse, env, now, bounds):
        return IngestResult()
    if database.must_read_again(warehouse):
        return rebuild(
            storage, warehouse=warehouse, env=env, hmac_key=hmac_key, now=now, bounds=bounds, progress=progress
        )
    with database.writing(warehouse, hmac_key) as con:
        listing.require_environment(con, env, warehouse)
        tombstones.learn(con, storage)
        result = _load(con, storage, listing.pending(con, storage, now), hmac_key, now, progress)
        listing.remember(con, env, now)
        clocks.remember(con, bounds)
        return replace(result, receipts=receipts.write_due(con, storage, now))


def replay(
    storage: Storage,
    *,
    warehouse: Path,
    env: str,
    hmac_key: bytes,
    now: dt.datetime,
    bounds: ClockBounds = DEFAULT_BOUNDS,
    progress: Watch = lambda _: None,
) -> IngestResult:
    """Read every object again that has lines in quarantine, as after an update that understands more of them.

    What came from such an object is replaced by what comes from it now, in one transaction with its ledger line, and
    its receipt is written anew. Parameters and errors are those of `ingest`.
    """
    with database.writing(warehouse, hmac_key) as con:
        listing.require_environment(con, env, warehouse)
        tombstones.learn(con, storage)
        arrived = dict(con.execute("SELECT key, CAST(ingested_at AS VARCHAR) FROM ledger").fetchall())
        result = _load(con, storage, listing.with_quarantine(con), hmac_key, now, progress)
        receipts.remember_arrivals(con, arrived)
        return replace(result, receipts=receipts.write_due(con, storage, now))


def rebuild(
    storage: Storage,
    *,
    warehouse: Path,
    env: str,
    hmac_key: bytes,
    now: dt.datetime,
    bounds: ClockBounds = DEFAULT_BOUNDS,
    progress: Watch = lambda _: None,
) -> IngestResult:
    """Make the warehouse anew from the bucket; the old one can be read until the new one replaces it.

    Objects are taken in the order in which they first arrived, which their receipts remember, so that of two
    contradicting lines the same one is kept again. Rows of uploads that the bucket no longer has, as after their
    retention, are taken over from the old warehouse. Parameters and errors are those of `ingest`; also Failure
    (ING108) when such rows would be lost.
    """
    with database.writing(warehouse, hmac_key, fresh=True) as con:
        expired = tombstones.retained(storage).uploads_before > dt.date.min
        present = {entry.key for prefix in (keys.ALL_UPLOADS, keys.EVENTS) for entry in storage.list(prefix)}
        with carried(con, warehouse, env, present, expired=expired) as count:
            tombstones.learn(con, storage)
            entries = listing.pending(con, storage, now)
            arrived = receipts.arrivals(storage, [entry.key for entry in entries])
            entries.sort(key=lambda entry: (arrived.get(entry.key, "9"), entry.key))
            result = _load(con, storage, entries, hmac_key, now, progress)
            receipts.mark_written(con, list(arrived), now)
            receipts.remember_arrivals(con, arrived)
        listing.remember(con, env, now)
        clocks.remember(con, bounds)
        return replace(result, receipts=receipts.write_due(con, storage, now), carried=count)


def _load(
    con: DuckDBPyConnection,
    storage: Storage,
    entries: Sequence[Entry],
    hmac_key: bytes,
    now: dt.datetime,
    progress: Watch,
) -> IngestResult:
    result, size, all_size = IngestResult(), 0, sum(entry.size for entry in entries)
    for uploads, counts in load(con, batches(storage, entries), hmac_key, now):
        result = _add(result, uploads, counts)
        size += sum(upload.entry.size for upload in uploads)
        progress(Progress(result.files, len(entries), size, all_size, result.lines))
    return result


def _nothing_to_do(storage: Storage, warehouse: Path, env: str, now: dt.datetime, bounds: ClockBounds) -> bool:
    """Spare a copy of the whole warehouse when there is nothing new."""
    if not warehouse.is_file() or database.unfinished(warehouse):
        return False
    with database.published(warehouse) as con:
        if not database.is_current(con) or meta.get(con, database.READ_AGAIN) or not clocks.are_known(con, bounds):
            return False
        listing.require_environment(con, env, warehouse)
        return not (receipts.are_due(con) or tombstones.unknown(con, storage) or listing.pending(con, storage, now))


def _add(result: IngestResult, uploads: Iterable[Upload], counts: Sequence[FileCounts]) -> IngestResult:
    return replace(
        result,
        files=result.files + len(counts),
        lines=result.lines + sum(each.lines for each in counts),
        loaded=result.loaded + sum(each.loaded for each in counts),
        duplicate=result.duplicate + sum(each.duplicate for each in counts),
        quarantined=result.quarantined + sum(each.quarantined for each in counts),
        refused=result.refused + sum(isinstance(each.content, Refused) for each in uploads),
    )
