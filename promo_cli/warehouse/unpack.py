"""An object's bytes to its uncompressed content, checked: gzip's own checksums, the limits, and the hash in the key.

DuckDB does not check gzip's CRC, so files are never handed to it compressed.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace

from promo_cli.diagnostics import Code
from promo_cli.protocol.layout import sha256_hex
from promo_cli.warehouse import codes
from promo_cli.warehouse.keys import Origin

MAX_STORED_BYTES = 64 * 2**20
MAX_CONTENT_BYTES = 256 * 2**20

_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Unpacked:
    """An object's uncompressed content, and the SHA-256 of it."""

    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an object as a whole cannot be ingested, and the hash of what arrived, where it was read."""

    code: Code
    message: str
    sha256: str | None = None


def unpack(data: bytes, origin: Origin) -> Unpacked | Refused:
    """Return the uncompressed content, or why it cannot be trusted."""
    content = _gunzip(data) if data.startswith(_GZIP_MAGIC) else data
    if isinstance(content, Refused):
        return replace(content, sha256=sha256_hex(data))
    found = sha256_hex(content)
    if origin.sha16 and not found.startswith(origin.sha16):
        message = f"expected content whose SHA-256 begins with {origin.sha16}, found {found[:16]}"
        return Refused(codes.HASH_MISMATCH, message, found)
    return Unpacked(content, found)


def _gunzip(data: bytes) -> bytes | Refused:
    parts: list[bytes] = []
    left = MAX_CONTENT_BYTES
    while data:
        member = zlib.decompressobj(wbits=31)  # 31: a gzip header and trailer, whose CRC and length zlib checks
        try:
            part = member.decompress(data, left + 1)
        except zlib.error as error:
            return Refused(codes.UNREADABLE, f"expected gzip, found damaged data: {error}")
        left -= len(part)
        if left < 0:
            return Refused(codes.UNREADABLE, f"expected at most {MAX_CONTENT_BYTES} bytes of content, found more")
        if not member.eof:
            return Refused(codes.UNREADABLE, "expected whole gzip, found that its end is missing")
        parts.append(part)
        data = member.unused_data.lstrip(b"\0")  # members may follow each other, with zeros as padding
    return b"".join(parts)
