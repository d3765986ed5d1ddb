"""mix_match: any so many units of a category or scope for one price, dearest groups first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
        missing = self.size - sum([runs[i].count for i in pool])
        if missing > 0:
            return Refusal(Reason.ADD_UNITS, units=missing)

        def bound() -> dict[int, int]:
            return spread_price(runs, [(pool, self.size)], self.price)

        def form(free: Free) -> Sequence[Block]:
            units = free_of(pool, free)
            groups = _distinct(runs, units, self.size) if self.distinct else chunks(units, self.size)
            return priced(runs, groups, self.price)

        shape = ("mix", self.size, self.distinct)
        return Sets(runs, pool, form, self.terms, bound, shape=shape, price=self.price, size=self.size)


def _distinct(runs: Sequence[Run], units: list[tuple[int, int]], size: int) -> Iterator[tuple[int, Taken]]:
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
