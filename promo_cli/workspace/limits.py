"""What a workspace's files may be at most, so that reading any file takes bounded time and memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one kind of file."""

    bytes: int
    """Size on disk."""
    nodes: int = 500_000
    """Values and keys in one YAML file; a node takes about 400 bytes while the file is read."""
    depth: int = 32
    """Maps and lists inside each other."""


PROMOTION = Limits(bytes=1 << 20)
REFERENCE = Limits(bytes=32 << 20)
