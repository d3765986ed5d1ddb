"""mix_match: any so many units of a category or scope for one price, dearest groups first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from promo_cli.pricing.reading import Fields
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.scope import Scope, of_categories
from promo_cli.pricing.types.base import Discount, Free, Offer, Stand, Taken, read_terms
from promo_cli.pricing.types.sets import Block, Sets, chunks, free_of, priced, spread_price
from promo_cli.pricing.units import Run


@dataclass(frozen=True, kw_only=True)
class MixMatch(Discount):
    """`size` units for `price` minor units; `distinct`: no product twice in a set."""

    size: int
    price: int
    category: str | None
    distinct: bool

    def scope(self, scope: Scope) -> Scope:
        """Return the category if one is named."""
        return scope if self.category is None else of_categories(scope, self.category)

    def offer(self, stand: Stand) -> Offer | Refusal:
        """Form complete sets."""
        runs, pool = stand.runs, stand.pool
        missing = self.size
        for i in pool:
            missing -= runs[i].count
        if missing > 0:
            return Refusal(Reason.ADD_UNITS, units=missing)

        return _Mixes(self, stand)


class _Mixes(Sets):
    """So many units of the pool to a set."""

    __slots__ = ("rules",)

    def __init__(self, rules: MixMatch, stand: Stand) -> None:
        shape = ("mix", rules.size, rules.distinct)
        super().__init__(stand.runs, stand.pool, rules.terms, 1, shape, rules.price, rules.size)
        self.rules = rules

    def form(self, free: Free) -> list[Block]:
        """The dearest groups first."""
        units, size = free_of(self.reach, free), self.rules.size
        groups = _distinct(self.runs, units, size) if self.rules.distinct else chunks(units, size)
        return priced(self.runs, groups, self.price)

    def bound(self) -> dict[int, int]:
        """Every unit bears a share of the price."""
        return spread_price(self.runs, [(self.reach, self.rules.size)], self.price)


def _distinct(runs: list[Run], units: list[tuple[int, int]], size: int) -> Iterator[tuple[int, Taken]]:
    """Groups of different products, each of the dearest units left. A group repeats while its runs last."""
    left = dict(units)
    while True:
        group: dict[str, int] = {}
        for i in left:
            if len(group) < size:
                group.setdefault(runs[i].line.product.id, i)
        if len(group) < size:
            return
        chosen = sorted(group.values())
        times = min(left[i] for i in chosen)
        yield times, tuple((i, 1) for i in chosen)
        for i in chosen:
            left[i] -= times
            if not left[i]:
                del left[i]


def read(fields: Fields, scope: Scope) -> MixMatch:
    """Return the rules of a mix_match."""
    return MixMatch(
        size=fields.positive("required_quantity"),
        price=fields.price("special_price"),
        category=fields.optional("category_id"),
        distinct=not fields.flag("allow_same_product", True),
        terms=read_terms(fields),
    )
