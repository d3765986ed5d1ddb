"""What a workspace's files may be at most, so that reading any file takes bounded time and memory."""

from __future__ import annotations

from dataclasses import dataclass, replace

from promo_cli.diagnostics import Diagnostic
from promo_cli.workspace.files import PROMOTION_BYTES, REFERENCE_BYTES

MOST_FINDINGS = 200
"""Findings of one kind of check in one file; a file with more is broken as a whole."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one kind of file."""

    bytes: int
    """Size on disk."""
    nodes: int = 500_000
    """Values and keys in one YAML file; a node takes about 400 bytes while the file is read."""
    depth: int = 32
    """Maps and lists inside each other."""


PROMOTION = Limits(bytes=PROMOTION_BYTES)
REFERENCE = Limits(bytes=REFERENCE_BYTES)


def capped(findings: list[Diagnostic], total: int) -> list[Diagnostic]:
    """The findings, the last with a note on how many were left out of `total`."""
    if total <= MOST_FINDINGS or not findings:
        return findings
    note = f"{total - MOST_FINDINGS:,} more problems of this file are not shown"
    return [*findings[:-1], replace(findings[-1], notes=(*findings[-1].notes, note))]
