"""Two or three rivals with few options: every order and every option is tried, which needs no bounds to be quick."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from promo_cli.pricing.candidate import Candidate, Choice, compatible, without
from promo_cli.pricing.types.base import Free, Option

MOST_RIVALS = 3
MOST_OPTIONS = 8  # of all rivals together at the lane's start

_Plan = tuple[int, tuple[int, ...], tuple[int, ...], tuple[Choice, ...]]
"""What is saved, negative; the order by places in rank; the number of sets of each, negative; the choices.

The least plan is the best: it saves most, or as much in an earlier order, or that with more sets.
"""

_NOTHING: _Plan = (0, (), (), ())


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


def tried_out(group: Sequence[Candidate], options: Sequence[Sequence[Option]], free: Free) -> tuple[Choice, ...]:
    """Return the best choices of rivals that come by rank, given the options of each."""
    return _best(range(len(group)), group, options, free)[3]


def _best(places: Sequence[int], group: Sequence[Candidate], options: Sequence[Iterable[Option]], free: Free) -> _Plan:
    """Return the best plan for rivals by their places, each with its options on what is free."""
    best = _NOTHING
    for place, own in zip(places, options, strict=True):
        for option in own:
            others = [i for i in places if i != place and _joins(group[i], group[place])]
            saved, order, times, choices = _then(others, group, without(free, option))
            plan = saved - option.worth, (place, *order), (-option.times, *times), ((group[place], option), *choices)
            best = min(best, plan)
    return best


def _then(places: Sequence[int], group: Sequence[Candidate], free: Free) -> _Plan:
    if not places:
        return _NOTHING
    if len(places) > 1:
        return _best(places, group, [group[place].options(free) for place in places], free)
    (place,) = places
    option = group[place].best(free)
    return _NOTHING if option is None else (-option.worth, (place,), (-option.times,), ((group[place], option),))


def _joins(one: Candidate, other: Candidate) -> bool:
    choosy = one.promotion.choosy or other.promotion.choosy
    return not choosy or compatible(one.promotion, other.promotion)
