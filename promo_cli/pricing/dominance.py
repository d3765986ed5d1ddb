"""Candidates that a search may forget, because another of the same lane always does at least as well."""

from __future__ import annotations

from collections.abc import Sequence

from promo_cli.pricing.candidate import Candidate


def undominated(group: Sequence[Candidate]) -> list[Candidate]:
    """Return those of a group, which comes by rank, that no other one makes needless.

    Wherever the needless one could apply, the other could take the same units for more, or for as much at a higher
    rank. The other has no budget and combines with everything, so it could indeed apply there.
    """
    by_reach: dict[tuple[int, ...], list[int]] = {}
    for place, candidate in enumerate(group):
        by_reach.setdefault(candidate.offer.reach, []).append(place)
    needless: set[int] = set()
    for places in by_reach.values():
        for better in places:
            one = group[better]
            if better in needless or one.budget is not None or one.promotion.choosy:
                continue
            for worse in places:
                if worse != better and one.offer.outdoes(group[worse].offer, worse < better):
                    needless.add(worse)
    return [candidate for place, candidate in enumerate(group) if place not in needless]
