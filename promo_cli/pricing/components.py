"""Candidates that compete, and candidates that do not."""

from __future__ import annotations

from collections.abc import Sequence

from promo_cli.pricing.candidate import Candidate, compatible
from promo_cli.pricing.types.base import Free


def components(candidates: Sequence[Candidate], free: Free) -> list[list[Candidate]]:
    """Group candidates that can get in each other's way: their free units overlap, or they may not both apply.

    What one group does changes nothing for another, so each is searched alone. Candidates come and stay by rank; groups
    come the smallest first, of equals the one with the first candidate.
    """
    open_runs = sum([1 << i for i, count in enumerate(free) if count])
    groups: list[tuple[int, list[Candidate]]] = []
    for candidate in candidates:
        mask, members, apart = candidate.mask & open_runs, [candidate], []
        for group in groups:
            if group[0] & mask or _at_odds(candidate, group[1]):
                mask |= group[0]
                members = group[1] + members
            else:
                apart.append(group)
        groups = [*apart, (mask, members)]
    ordered = [sorted(members, key=lambda one: one.promotion.rank) for _, members in groups]
    return sorted(ordered, key=lambda members: (len(members), members[0].promotion.rank))


def _at_odds(candidate: Candidate, others: Sequence[Candidate]) -> bool:
    own = candidate.promotion
    return any((own.choosy or o.promotion.choosy) and not compatible(own, o.promotion) for o in others)
