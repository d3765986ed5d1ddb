"""Where objects stand under an environment's target. No key names a promotion: keys leak campaigns."""

from __future__ import annotations

import hashlib
from datetime import date

HEAD = "HEAD"
PROBE = "ctl/probe"
BLOBS = "blobs/sha256/"
RELEASES = "releases/"
INTENTS = "ctl/intents/"
TOMBSTONES = "ctl/tombstones/"
PINS = "ctl/pins/"
UPLOADS = "uploads/v1/"
RECEIPTS = "receipts/v1/"


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of identity bytes, 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def blob_key(sha256: str) -> str:
    """Return the key of a shard, bundle, delta or other blob."""
    return f"{BLOBS}{sha256[:2]}/{sha256}"


def root_key(version: int) -> str:
    """Return the key of the root with this version, from 1."""
    return f"root/{version}.json"


def release_key(seq: int, sha256: str) -> str:
    """Return the key of a release: zero-padded so that releases list in order."""
    return f"{RELEASES}{seq:020d}-{sha256[:12]}.json"


def intent_key(publish_id: str) -> str:
    """Return the key under which a publisher says which blobs it is about to upload."""
    return f"{INTENTS}{publish_id}.json"


def pin_key(seq: int) -> str:
    """Return the key of the note that a release is kept."""
    return f"{PINS}{seq:020d}.json"


def tombstone_key(sha256: str) -> str:
    """Return the key of the mark on a blob that nothing seems to need."""
    return f"{TOMBSTONES}{sha256}.json"


def upload_key(
    day: date, store_id: str, pos_id: str, first_seq: int, last_seq: int, data: bytes, *, attempt: int = 1
) -> str:
    """Return the key of a till's batch: its business date, who speaks, which lines, and the hash of ``data``.

    ``data`` is the batch before compression, so that the key says what is in it however it was packed. A batch that
    arrived damaged is sent under the key of its next ``attempt``, for what is there is never written over.
    """
    again = f"r{attempt}-" if attempt > 1 else ""
    name = f"{first_seq}-{last_seq}-{again}{sha256_hex(data)[:16]}.ndjson.gz"
    return f"{UPLOADS}dt={day.isoformat()}/store={store_id}/pos={pos_id}/{name}"


def receipt_key(upload: str) -> str:
    """Return where the answer to an upload will stand; a till needs no listing to find it."""
    return f"{RECEIPTS}{upload.removeprefix(UPLOADS)}.json"
