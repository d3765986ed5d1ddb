"""Extra units at no cost: the offer behind free items and free products of tiers."""

from __future__ import annotations

from collections.abc import Iterator

from promo_cli.pricing.types.base import SCALE, Ceiling, Free, Gift, Offer, Option
from promo_cli.pricing.types.sets import free_of
from promo_cli.pricing.types.spread import first
from promo_cli.pricing.units import Cut

_UNBOUNDED = SCALE * 10**18  # no bound per unit, so that the bound for all counts


class Gifts(Offer):
    """`gift` as often as `most` and, with a trigger, as there are `size` free trigger units, which it uses up.

    More gifts save more.
    """

    __slots__ = ("gift", "most", "size")

    def __init__(self, gift: Gift, most: int, reach: tuple[int, ...] = (), size: int = 0) -> None:
        super().__init__(reach)
        self.gift = gift
        self.most = most
        self.size = size

    def ceiling(self) -> Ceiling:
        """Return the value of all gifts."""
        return Ceiling(self.most * self.gift.units * self.gift.price, dict.fromkeys(self.reach, _UNBOUNDED))

    def options(self, free: Free) -> Iterator[Option]:
        """Yield one option per number of times, the most first."""
        units = free_of(self.reach, free)
        most = min(self.most, sum(count for _, count in units) // self.size) if self.size else self.most
        for times in range(most, 0, -1):
            gift = self.gift._replace(units=self.gift.units * times)
            taken = tuple(first(units, times * self.size))
            yield Option(gift.units * gift.price, taken, times, (), (gift,))

    def cuts(self, option: Option) -> list[Cut]:
        """Return nothing: no unit of the cart gets cheaper, and floors do not bind gifts."""
        return []
