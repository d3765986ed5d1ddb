"""Where objects stand under an environment's target. No key names a promotion: keys leak campaigns."""

from __future__ import annotations

import hashlib

HEAD = "HEAD"
PROBE = "ctl/probe"
INTENTS = "ctl/intents/"


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of identity bytes, 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def blob_key(sha256: str) -> str:
    """Return the key of a shard, bundle, delta or other blob."""
    return f"blobs/sha256/{sha256[:2]}/{sha256}"


def root_key(version: int) -> str:
    """Return the key of the root with this version, from 1."""
    return f"root/{version}.json"


def release_key(seq: int, sha256: str) -> str:
    """Return the key of a release: zero-padded so that releases list in order."""
    return f"releases/{seq:020d}-{sha256[:12]}.json"


def intent_key(publish_id: str) -> str:
    """Return the key under which a publisher says which blobs it is about to upload."""
    return f"{INTENTS}{publish_id}.json"
