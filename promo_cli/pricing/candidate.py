"""A promotion that stands ready in a lane."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from promo_cli.pricing.promotion import Entry, Promotion
from promo_cli.pricing.types.base import Free, Offer, Option


class Candidate:
    """`budget` is what it may still give, in minor units; None without one.

    `first` is its first option at the lane's start, whatever it saves; `mask` has a bit for every run in reach.
    """

    __slots__ = ("budget", "entry", "first", "mask", "offer", "promotion")

    def __init__(
        self, entry: Entry, promotion: Promotion, offer: Offer, budget: int | None, first: Option, mask: int
    ) -> None:
        self.entry = entry
        self.promotion = promotion
        self.offer = offer
        self.budget = budget
        self.first = first
        self.mask = mask

    def allowed(self, option: Option) -> bool:
        """Tell whether an option saves something, within the budget."""
        return option.worth > 0 and (self.budget is None or option.worth <= self.budget)

    def options(self, free: Free) -> Iterable[Option]:
        """Return the ways to apply it to these free units that save something within its budget, most sets first."""
        if self.offer.single:
            option = self.offer.first(free)
            return (option,) if option is not None and self.allowed(option) else ()
        return self._several(free)

    def _several(self, free: Free) -> Iterator[Option]:
        for option in self.offer.options(free):
            if self.allowed(option):
                yield option

    def opening(self, free: Free) -> Option | None:
        """Return the first of its options."""
        if self.budget is not None or not self.offer.steady:
            return next(iter(self.options(free)), None)
        option = self.offer.first(free)
        return option if option is not None and option.worth > 0 else None

    def best(self, free: Free) -> Option | None:
        """Return the option that saves the most, of equals the one with the most sets."""
        if not self.offer.steady:
            return max(self.options(free), key=_gain, default=None)
        return self.opening(free)


def _gain(option: Option) -> tuple[int, int]:
    return option.worth, option.times


Choice = tuple[Candidate, Option]
"""A promotion with the option it takes."""


def worth(choices: Sequence[Choice]) -> int:
    """Return what choices save together, in minor units."""
    return sum(option.worth for _, option in choices)


def without(free: Free, option: Option) -> Free:
    """Return the units that are free after an option has used up its own."""
    left = list(free)
    for i, count in option.taken:
        left[i] -= count
    return tuple(left)


def compatible(one: Promotion, other: Promotion) -> bool:
    """Tell whether two promotions may both apply: not of one group, and neither refuses the other."""
    if one.stacking.group is not None and one.stacking.group == other.stacking.group:
        return False
    return other.code not in one.stacking.never_with and one.code not in other.stacking.never_with
