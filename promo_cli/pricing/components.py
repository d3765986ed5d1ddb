"""Candidates that compete, and candidates that do not."""

from __future__ import annotations

from collections.abc import Sequence

from promo_cli.pricing.candidate import Candidate, compatible
from promo_cli.pricing.types.base import Free


def components(candidates: Sequence[Candidate], free: Free) -> list[list[Candidate]]:
    """Group candidates that can get in each other's way: their free units overlap, or they may not both apply.

    What one group does changes nothing for another, so each is searched alone. Order within a group is kept; groups
    come the smallest first, of equals the one with the first candidate.
    """
    parent = list(range(len(candidates)))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    def join(one: int, other: int) -> None:
        low, high = sorted((root(one), root(other)))
        parent[high] = low

    holder: dict[int, int] = {}
    for k, candidate in enumerate(candidates):
        for run in candidate.offer.reach:
            if free[run]:
                join(holder.setdefault(run, k), k)
    choosy = [k for k, candidate in enumerate(candidates) if candidate.choosy]
    for k in choosy:
        for other, candidate in enumerate(candidates):
            if other != k and not compatible(candidates[k].promotion, candidate.promotion):
                join(k, other)
    groups: dict[int, list[Candidate]] = {}
    for k, candidate in enumerate(candidates):
        groups.setdefault(root(k), []).append(candidate)
    return sorted(groups.values(), key=len)
