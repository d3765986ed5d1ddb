"""What a till keeps on its disk, and how it changes: in one atomic step, after every check.

``state.json`` names everything else by hash, so replacing it is the moment a sync takes effect. A crash before it
leaves the old state and a spare file, a crash after it leaves the new state.
"""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from promo_cli.protocol import canonical, dsse, head, root
from promo_cli.protocol.blob import Blob, blob_of, parse_blob
from promo_cli.protocol.fields import DocumentError, Fields, format_of, read_document, time_text
from promo_cli.protocol.limits import LIMITS
from promo_cli.protocol.trust import TrustedState
from promo_cli.storage import Found, Storage, put_once
from promo_cli.storage.folder import FolderStorage

_STATE = "state.json"


@dataclass(frozen=True, slots=True)
class Running:
    """A bundle the till can price with, and where it came from."""

    bundle: Blob
    counters: Blob | None
    release_sha256: str
    seq: int


@dataclass(frozen=True, slots=True)
class TillState:
    """The whole of a till's memory of its syncs."""

    env: str
    store_id: str
    trusted: TrustedState
    etag: str | None = None
    """HEAD's ETag at the last poll that was accepted."""
    running: Running | None = None
    previous: Running | None = None
    """What ran before, for the case that the running bundle is damaged."""
    synced_at: datetime | None = None


def open_disk(folder: Path) -> Storage:
    """Open a till's folder; it is made on the first write."""
    return FolderStorage(folder)


@contextlib.contextmanager
def only_one(folder: Path, what: str) -> Iterator[None]:
    """Keep other processes from changing this part of a till's folder; the kernel ends the lock when we die."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{what}.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def load(disk: Storage) -> TillState | None:
    """Read the state; None for a new till. Raises DocumentError for a damaged one, StorageError."""
    found = disk.get(_STATE)
    if not isinstance(found, Found):
        return None
    fields = read_document(found.data, "till-state")
    return TillState(
        env=fields.text("env"),
        store_id=fields.text("store_id"),
        trusted=_trusted(fields),
        etag=fields.optional(fields.text, "etag"),
        running=fields.optional(lambda key: _running(fields.object(key)), "running"),
        previous=fields.optional(lambda key: _running(fields.object(key)), "previous"),
        synced_at=fields.optional(fields.time, "synced_at"),
    )


def save(disk: Storage, state: TillState) -> None:
    """Replace the state; whatever it names must be on the disk already. Raises StorageError."""
    envelope = state.trusted.head_envelope
    disk.put(
        _STATE,
        canonical.dumps(
            {
                "format": format_of("till-state"),
                "env": state.env,
                "store_id": state.store_id,
                "root": state.trusted.root_envelope.decode(),
                "head": None if envelope is None else envelope.decode(),
                "etag": state.etag,
                "running": _encode_running(state.running),
                "previous": _encode_running(state.previous),
                "synced_at": None if state.synced_at is None else time_text(state.synced_at),
            }
        ),
    )


def keep(disk: Storage, data: bytes) -> Blob:
    """Put bytes on the disk under their hash, over damaged ones if need be."""
    blob = blob_of(data)
    if not put_once(disk, blob.key, data) and read(disk, blob) is None:
        disk.put(blob.key, data)
    return blob


def read(disk: Storage, blob: Blob) -> bytes | None:
    """Return the bytes with this hash; None when they are missing or damaged."""
    found = disk.get(blob.key)
    return found.data if isinstance(found, Found) and blob.matches(found.data) else None


def usable(disk: Storage, state: TillState) -> tuple[Running, bytes] | None:
    """Return the bundle to price with: the running one, or the one before if that is damaged, or None."""
    for candidate in (state.running, state.previous):
        if candidate is not None and (data := read(disk, candidate.bundle)) is not None:
            return candidate, data
    return None


def at_hand(disk: Storage) -> tuple[TillState, Running, bytes] | None:
    """Return what a till can price with right now; None when it never synced or everything is damaged."""
    try:
        state = load(disk)
    except DocumentError:
        return None
    found = None if state is None else usable(disk, state)
    return None if state is None or found is None else (state, *found)


def advance(state: TillState, running: Running) -> TillState:
    """Return the state in which another bundle runs, and the one before is remembered."""
    if state.running is None or state.running.bundle == running.bundle:
        return replace(state, running=running)
    return replace(state, running=running, previous=state.running)


def sweep(disk: Storage, state: TillState) -> None:
    """Remove the files the state does not name."""
    named: set[str] = set()
    for one in (state.running, state.previous):
        if one is not None:
            named.update(blob.key for blob in (one.bundle, one.counters) if blob is not None)
    for entry in list(disk.list("blobs/")):
        if entry.key not in named:
            disk.delete(entry.key)


def _trusted(fields: Fields) -> TrustedState:
    # They were verified before they were written; what is read here is the till's own disk.
    root_envelope = fields.text("root").encode()
    head_text = fields.optional(fields.text, "head")
    return TrustedState(
        root=root.parse(dsse.open_envelope(root_envelope).payload),
        root_envelope=root_envelope,
        head=None if head_text is None else head.parse(dsse.open_envelope(head_text.encode()).payload),
        head_envelope=None if head_text is None else head_text.encode(),
    )


def _running(fields: Fields) -> Running:
    return Running(
        bundle=parse_blob(fields.object("bundle"), most=LIMITS.bundle_bytes),
        counters=fields.optional(lambda key: parse_blob(fields.object(key), most=LIMITS.counters_bytes), "counters"),
        release_sha256=fields.sha256("release_sha256"),
        seq=fields.integer("seq", least=1),
    )


def _encode_running(running: Running | None) -> dict[str, object] | None:
    if running is None:
        return None
    return {
        "bundle": running.bundle.encode(),
        "counters": None if running.counters is None else running.counters.encode(),
        "release_sha256": running.release_sha256,
        "seq": running.seq,
    }
