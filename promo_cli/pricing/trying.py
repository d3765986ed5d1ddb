"""Two or three rivals with few options: every order and every option is tried, which needs no bounds to be quick."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from promo_cli.pricing.candidate import Candidate, compatible, without
from promo_cli.pricing.plans import NOTHING, Chain, Plan, best
from promo_cli.pricing.types.base import Free, Option

MOST_RIVALS = 3
MOST_OPTIONS = 8  # of all rivals together at the lane's start


def few_options(group: Sequence[Candidate], free: Free) -> list[list[Option]] | None:
    """Return the options of each, or None if there are too many rivals or options to try them all."""
    if len(group) > MOST_RIVALS:
        return None
    found, left = [], MOST_OPTIONS
    for candidate in group:
        options = [*islice(candidate.options(free), left + 1)]
        left -= len(options)
        if left < 0:
            return None
        found.append(options)
    return found


def tried_out(group: Sequence[Candidate], options: Sequence[Iterable[Option]], free: Free) -> Chain:
    """Return the best plan for rivals, each with its options on what is free."""
    plans = [*NOTHING]
    for own, ways in zip(group, options, strict=True):
        others = [other for other in group if other is not own and _joins(other, own)]
        for option in ways:
            plans += [then.behind((own, option)) for then in _then(others, without(free, option))]
    return best(plans)


def _then(rivals: Sequence[Candidate], free: Free) -> Chain:
    if not rivals:
        return NOTHING
    if len(rivals) > 1:
        return tried_out(rivals, [rival.options(free) for rival in rivals], free)
    (last,) = rivals
    option = last.best(free)
    return NOTHING if option is None else (Plan().behind((last, option)),)


def _joins(one: Candidate, other: Candidate) -> bool:
    choosy = one.promotion.choosy or other.promotion.choosy
    return not choosy or compatible(one.promotion, other.promotion)
