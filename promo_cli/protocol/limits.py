"""Every limit of the protocol, each with its unit: what a reader accepts before it looks at the content."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds a reader enforces (TUF specification §5.3, §5.5: a length limit on every download)."""

    head_bytes: int = 8 * 1024
    root_bytes: int = 64 * 1024
    release_bytes: int = 4 * 1024 * 1024
    shard_bytes: int = 16 * 1024 * 1024
    bundle_bytes: int = 64 * 1024 * 1024
    delta_bytes: int = 64 * 1024 * 1024
    counters_bytes: int = 16 * 1024 * 1024
    root_rotations: int = 64
    """Roots a till walks through in one sync before it gives up."""
    signatures: int = 16
    """Signatures in one envelope."""
    revoked: int = 64
    """Promotion ids in HEAD's list of revoked promotions."""
    recent: int = 4
    """Earlier publish ids HEAD remembers, for a publisher that lost an answer."""
    shard_bits: int = 16


LIMITS = Limits()
"""The limits of protocol version 1."""

CLIENT_VERSION = 1
"""The protocol version this till client speaks; HEAD's ``min_client`` may ask for a newer one."""

SCHEMA_MAJOR = 1
"""The bundle schema this code reads; another major is kept off the till."""

FEATURES: frozenset[str] = frozenset()
"""Names a bundle may list under ``requires`` and this code understands."""
