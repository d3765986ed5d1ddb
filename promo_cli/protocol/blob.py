"""Reference to a content-addressed object."""

from __future__ import annotations

from dataclasses import dataclass

from promo_cli.protocol.fields import Fields
from promo_cli.protocol.layout import blob_key, sha256_hex


@dataclass(frozen=True, slots=True)
class Blob:
    """What an object must hash to, and its size in bytes; both of the identity bytes, not of a compressed transfer."""

    sha256: str
    size: int

    @property
    def key(self) -> str:
        """Where the object is."""
        return blob_key(self.sha256)

    def matches(self, data: bytes) -> bool:
        """Tell whether these are the bytes."""
        return len(data) == self.size and sha256_hex(data) == self.sha256

    def encode(self) -> dict[str, object]:
        """Return the reference as documents write it."""
        return {"sha256": self.sha256, "size": self.size}


def blob_of(data: bytes) -> Blob:
    """Return the reference to these bytes."""
    return Blob(sha256_hex(data), len(data))


def parse_blob(fields: Fields, *, most: int) -> Blob:
    """Read a reference to an object of at most ``most`` bytes; raises DocumentError."""
    return Blob(fields.sha256("sha256"), fields.integer("size", most=most))
