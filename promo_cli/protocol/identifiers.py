"""Identifiers that sort by time, made from a given time and given random bytes."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BYTES = 10
"""Random bytes both kinds of identifier take."""


def ulid(at: datetime, random: bytes) -> str:
    """Return a ULID (github.com/ulid/spec): 48 bits of milliseconds and 80 random bits as 26 Crockford digits."""
    number = (_milliseconds(at) << 80) | int.from_bytes(_ten(random))
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def ulid_time(text: str) -> datetime | None:
    """Return when a ULID was made (UTC, to the millisecond); None for a text that is none."""
    if len(text) != 26 or text[0] > "7" or not set(text) <= set(_CROCKFORD):
        return None
    number = 0
    for digit in text[:10]:
        number = number << 5 | _CROCKFORD.index(digit)
    return datetime.fromtimestamp(number / 1000, UTC)


def uuid7(at: datetime, random: bytes) -> str:
    """Return a UUID version 7 (RFC 9562 §5.7): 48 bits of milliseconds, then 74 of the 80 random bits."""
    noise = int.from_bytes(_ten(random))
    number = _milliseconds(at) << 80 | 7 << 76 | (noise >> 68) << 64 | 2 << 62 | (noise & (2**62 - 1))
    return str(uuid.UUID(int=number))


def _milliseconds(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("expected a time with an offset; a store-local time names no moment")
    return round(at.timestamp() * 1000)


def _ten(random: bytes) -> bytes:
    if len(random) != RANDOM_BYTES:
        raise ValueError(f"expected {RANDOM_BYTES} random bytes, found {len(random)}")
    return random
