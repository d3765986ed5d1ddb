"""Clears away blobs that no kept release and no publication under way needs. Never in the way of a publisher.

The order of reading is what makes it safe: first the list of blobs, then the intents and pins, then HEAD. A blob in the
list was uploaded after its publisher's intent was written; if that intent is gone again, HEAD was written before, and
is read after. What is not needed is marked, and deleted by a run at least a day later that finds it still not needed;
see `tombstones` for how marking, deleting and publishing settle who comes first. Releases themselves are kept: the
chain of hashes is the record.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from promo_cli.protocol.fields import DocumentError, read_document
from promo_cli.protocol.layout import BLOBS, INTENTS, blob_key, tombstone_key
from promo_cli.protocol.rollout import rollout_of
from promo_cli.protocol.shard import blobs_of
from promo_cli.protocol.trust import Reason, Refused
from promo_cli.publishing import tombstones
from promo_cli.publishing.chain import Link, read_named, walk
from promo_cli.publishing.live import broken, read_entries, read_live_head, read_shards
from promo_cli.publishing.pins import Pin, pins_in
from promo_cli.publishing.tombstones import INTERRUPTED_AFTER, Tombstone
from promo_cli.publishing.writer import Writer
from promo_cli.storage import Found, Storage

KEEP = 20
"""Releases that can be rolled back to, beside the live one."""
GRACE = timedelta(hours=24)
INTENT_LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Swept:
    """What a run found and did, in numbers of blobs and bytes; of a dry run, what it would do."""

    kept: int
    marked: int
    waiting: int
    rescued: int
    deleted: int
    deleted_bytes: int
    expired_intents: int
    releases: int
    """Kept releases, the live one and pinned ones among them."""


def gc(writer: Writer, clock: Callable[[], datetime], *, keep: int = KEEP, dry_run: bool = True) -> Swept:
    """Mark what is not needed, and delete what was marked a day ago and still is not.

    A run can take long, so ``clock`` (UTC) is read for every blob: what a tombstone says of time must be true.

    Raises Failure where HEAD or a kept release cannot be read: then nothing is known to be unneeded. StorageError.
    """
    storage = writer.storage
    sizes = {entry.key.rpartition("/")[2]: entry.size for entry in storage.list(BLOBS)}
    marks = {sha256: tombstones.read(storage, sha256) for sha256 in sorted(tombstones.listed(storage))}
    wanted, expired = _intents(storage, clock())
    pinned = pins_in(storage)
    trusted, _ = read_live_head(storage, writer.keys.trusted)
    assert trusted.head is not None, "an accepted HEAD is remembered"
    links = list(islice(walk(storage, trusted.head), keep + 1))
    kept = {link.release.seq for link in links}
    links += [_pinned(storage, pin) for seq, pin in sorted(pinned.items(), reverse=True) if seq not in kept]
    needed = wanted.union(*(_blobs(storage, link, newest=link is links[0]) for link in links))
    for key in expired if not dry_run else ():
        storage.delete(key)
    counts = {"marked": 0, "waiting": 0, "rescued": 0, "deleted": 0}
    freed = 0
    for sha256 in sorted({*sizes, *marks}):
        done = _one(replace(writer, now=clock()), sha256, marks.get(sha256), sha256 in needed, dry_run=dry_run)
        if done is not None:
            counts[done] += 1
            freed += sizes.get(sha256, 0) if done == "deleted" else 0
    return Swept(
        kept=len(sizes.keys() & needed),
        **counts,
        deleted_bytes=freed,
        expired_intents=len(expired),
        releases=len(links),
    )


def _one(writer: Writer, sha256: str, mark: Tombstone | None, needed: bool, *, dry_run: bool) -> str | None:
    """Take one blob a step further; returns what was done, None where nothing is to do or somebody was faster."""
    match mark:
        case None:
            return "marked" if not needed and (dry_run or _move(writer, sha256, "marked", None)) else None
        case Tombstone(state="deleting"):
            if writer.now - mark.at < INTERRUPTED_AFTER:
                return None
        case Tombstone(state="rescued") if needed:
            if not dry_run:
                writer.storage.delete(tombstone_key(sha256))
            return "rescued"
        case Tombstone(state="rescued"):
            return "marked" if dry_run or _move(writer, sha256, "marked", mark) else None
        case _ if needed:
            return "rescued" if dry_run or _move(writer, sha256, "rescued", mark) else None
        case _ if writer.now - mark.at < GRACE:
            return "waiting"
    # Also over a deletion that was interrupted: the tombstone that was read may be gone, and the blob back in use.
    if dry_run or _move(writer, sha256, "deleting", mark):
        return _delete(writer, sha256, dry_run=dry_run)
    return None


def _move(writer: Writer, sha256: str, state: tombstones.State, over: Tombstone | None) -> bool:
    return tombstones.move(writer.storage, sha256, state, writer.now, writer.publish_id, over=over)


def _delete(writer: Writer, sha256: str, *, dry_run: bool) -> str:
    if not dry_run:
        writer.storage.delete(blob_key(sha256))
        writer.storage.delete(tombstone_key(sha256))
    return "deleted"


def _intents(storage: Storage, now: datetime) -> tuple[set[str], list[str]]:
    """Return the blobs that publications under way need, and the intents too old to count from the next run on."""
    wanted: set[str] = set()
    expired = []
    for entry in list(storage.list(INTENTS)):
        found = storage.get(entry.key)
        if not isinstance(found, Found):
            continue  # done meanwhile: HEAD, read later, knows
        try:
            fields = read_document(found.data, "intent")
            wanted.update(fields.texts("blobs"))
            if now - fields.time("at") > INTENT_LIFE:
                expired.append(entry.key)
        except DocumentError as error:
            raise tombstones.unreadable(entry.key, error) from None
    return wanted, expired


def _pinned(storage: Storage, pin: Pin) -> Link:
    try:
        return Link(read_named(storage, pin.seq, pin.sha256), pin.sha256)
    except (Refused, DocumentError) as error:
        refused = error if isinstance(error, Refused) else Refused(Reason.MALFORMED, str(error))
        raise broken(storage, pin.seq, refused) from error


def _blobs(storage: Storage, link: Link, *, newest: bool) -> Set[str]:
    """Return every blob a release needs. An old one that is not complete any more keeps what is left of it."""
    shards = set(link.release.shards)
    try:
        entries = [*read_entries(storage, link.release).values()]
        if newest and (rollout := rollout_of(link.release)) is not None:
            # Going on needs what it leads to, going back what it came from, however few releases are kept.
            before = read_named(storage, rollout.before.seq, rollout.before.sha256)
            shards |= {*rollout.after, *before.shards}
            entries += [*read_shards(storage, rollout.after).values(), *read_entries(storage, before).values()]
        return {blob.sha256 for blob in shards | blobs_of(entries)}
    except (Refused, DocumentError) as error:
        if newest:
            refused = error if isinstance(error, Refused) else Refused(Reason.MALFORMED, str(error))
            raise broken(storage, link.release.seq, refused) from error
        return {blob.sha256 for blob in shards}
