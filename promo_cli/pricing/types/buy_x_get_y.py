"""buy_x_get_y: of every X + Y units in the cart, Y at a percentage off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from promo_cli.pricing.reading import Fields
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.scope import Scope, of_products
from promo_cli.pricing.types.base import SCALE, Discount, Free, Offer, Stand, Taken, read_terms
from promo_cli.pricing.types.sets import Block, Sets, buys_and_gets, chunks, free_of, joined, tail
from promo_cli.pricing.types.spread import first
from promo_cli.pricing.units import Run


@dataclass(frozen=True, kw_only=True)
class BuyGet(Discount):
    """`percent` in hundredths of a percent; `product` is the named get product, if any."""

    buy: int
    get: int
    percent: int
    product: str | None
    gets: Scope | None
    same_product: bool

    def triggers(self) -> tuple[Scope, ...]:
        """Looks at the get product too."""
        return () if self.gets is None else (self.gets,)

    def offer(self, stand: Stand) -> Offer | Refusal:
        """Form sets dearest first."""
        pool = stand.pool
        if not pool:
            return Refusal(Reason.NOTHING_IN_SCOPE)
        wanted = stand.within(self.gets, discounted=True) if self.gets else ()
        runs = stand.runs
        if (why := self._too_few(stand, wanted)) is not None:
            return why

        def form(free: Free) -> Sequence[Block]:
            if self.gets is not None:
                return self._named(runs, free_of(pool, free), free_of(wanted, free))
            if self.same_product:
                return self._same(runs, free_of(pool, free))
            return [self._block(runs, *group) for group in chunks(free_of(pool, free), self.buy + self.get)]

        def bound() -> dict[int, int]:
            return self._bound(runs, pool, wanted)

        size = self.get if self.gets is not None else 0 if self.terms.dearest else self.buy + self.get
        return Sets(runs, tuple(sorted({*pool, *wanted})), form, self.terms, bound, below=10_000, size=size)

    def _too_few(self, stand: Stand, wanted: Sequence[int]) -> Refusal | None:
        """What one set misses, for the same product of the one nearest to a set."""
        runs, size = stand.runs, self.buy + self.get
        counts: dict[str, int] = {}
        for i in stand.pool:
            product_id = runs[i].line.product.id
            counts[product_id] = counts.get(product_id, 0) + runs[i].count
        if self.product is not None:
            missing = self.buy - sum(counts.values())
            if missing > 0:
                return Refusal(Reason.ADD_UNITS, units=missing)
            missing = self.get - sum(runs[i].count for i in wanted)
            return stand.lacks(self.product, missing) if missing > 0 else None
        if self.same_product:
            nearest = max(sorted(counts), key=lambda product: counts[product])
            return stand.lacks(nearest, size - counts[nearest]) if counts[nearest] < size else None
        missing = size - sum(counts.values())
        return Refusal(Reason.ADD_UNITS, units=missing) if missing > 0 else None

    def _bound(self, runs: Sequence[Run], pool: Sequence[int], wanted: Sequence[int]) -> dict[int, int]:
        """The cheapest Y of X + Y units are worth at most Y / (X + Y) of all; else any unit may be the free one."""
        off = SCALE * (10_000 if self.terms.redistribute else self.percent)
        if self.gets is not None:
            return {i: off * runs[i].running // 10_000 for i in wanted}
        share = self.get, (self.get if self.terms.dearest else self.buy + self.get)
        return {i: -(-off * runs[i].running * share[0] // (10_000 * share[1])) for i in pool}

    def _named(
        self, runs: Sequence[Run], pool: Sequence[tuple[int, int]], wanted: list[tuple[int, int]]
    ) -> list[Block]:
        """Buys are the dearest units that are not needed as gets."""
        if not self.terms.dearest:
            wanted.reverse()
        return [
            Block(times, joined((bought, gotten)), gotten, self._saving(runs, gotten))
            for times, bought, gotten in buys_and_gets(pool, wanted, self.buy, self.get)
        ]

    def _same(self, runs: Sequence[Run], pool: Sequence[tuple[int, int]]) -> list[Block]:
        products: dict[str, list[tuple[int, int]]] = {}
        for i, count in pool:
            products.setdefault(runs[i].line.product.id, []).append((i, count))
        size = self.buy + self.get
        groups = [group for units in products.values() for group in chunks(units, size)]
        return [self._block(runs, *group) for group in sorted(groups, key=lambda group: group[1][0][0])]

    def _block(self, runs: Sequence[Run], times: int, units: Taken) -> Block:
        cheaper = tuple(first(units, self.get)) if self.terms.dearest else tail(units, self.get)
        return Block(times, units, cheaper, self._saving(runs, cheaper))

    def _saving(self, runs: Sequence[Run], units: Taken) -> int:
        if self.terms.redistribute:
            return sum(self.percent * runs[i].running * count for i, count in units)
        return sum(min(self.percent * runs[i].running, 10_000 * runs[i].room) * count for i, count in units)


def read(fields: Fields, scope: Scope) -> BuyGet:
    """Return the rules of a buy_x_get_y."""
    product = fields.optional("get_product_id")
    percent = fields.percent("get_discount_percent")
    return BuyGet(
        buy=fields.positive("buy_quantity"),
        get=fields.positive("get_quantity"),
        percent=10_000 if percent is None else percent,
        product=product,
        gets=of_products(scope, product) if product else None,
        same_product=fields.flag("same_product_only"),
        terms=read_terms(fields),
    )
