"""What competes for units in a lane, and what does not."""

from __future__ import annotations

from collections.abc import Sequence

from promo_cli.pricing.candidate import Candidate, compatible
from promo_cli.pricing.crowd import Crowd

Standing = Candidate | Crowd
"""Who stands ready in a lane: a promotion, or a crowd of which one applies."""


def components(standing: Sequence[Standing], open_runs: int) -> list[list[Standing]]:
    """Group those that can get in each other's way: their free units overlap, or they may not both apply.

    What one group does changes nothing for another, so each is decided alone. `open_runs` has a bit for every run with
    free units.
    """
    groups: list[tuple[int, list[Standing]]] = []
    wary = any(isinstance(one, Candidate) and one.promotion.choosy for one in standing)
    seen = 0
    for one in standing:
        mask, members = one.mask & open_runs, [one]
        if mask & seen or wary:
            apart = []
            for group in groups:
                if group[0] & mask or (wary and _at_odds(one, group[1])):
                    mask |= group[0]
                    members = group[1] + members
                else:
                    apart.append(group)
            groups = apart
        groups.append((mask, members))
        seen |= mask
    return [members for _, members in groups]


def _at_odds(one: Standing, others: Sequence[Standing]) -> bool:
    """No crowd stands in a lane with promotions that refuse others."""
    if isinstance(one, Crowd):
        return False
    own = one.promotion
    rivals = (other.promotion for other in others if isinstance(other, Candidate))
    return any((own.choosy or theirs.choosy) and not compatible(own, theirs) for theirs in rivals)
