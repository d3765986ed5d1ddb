"""Erased members stay erased: what is staged or refused is freed of them before it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def scrub_staged(con: DuckDBPyConnection) -> None:
    """Free the staged rows of this connection of erased members. Nothing happens where nobody was erased."""


def scrub_quarantine(con: DuckDBPyConnection, files: Sequence[int]) -> None:
    """Free the quarantined lines of these files of erased members, inside the caller's transaction."""
