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
        if (why := self._too_few(stand, wanted)) is not None:
            return why
        return _Pairs(self, stand.runs, pool, wanted)

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


class _Pairs(Sets):
    """Sets of so many bought and so many got, from the pool or, of a named get product, from what is `wanted`."""

    __slots__ = ("pool", "rules", "wanted")

    def __init__(self, rules: BuyGet, runs: list[Run], pool: tuple[int, ...], wanted: tuple[int, ...]) -> None:
        size = rules.get if rules.gets is not None else 0 if rules.terms.dearest else rules.buy + rules.get
        super().__init__(runs, tuple(sorted({*pool, *wanted})) if wanted else pool, rules.terms, 10_000, size=size)
        self.rules = rules
        self.pool = pool
        self.wanted = wanted

    def form(self, free: Free) -> list[Block]:
        """Form sets dearest first."""
        rules, units = self.rules, free_of(self.pool, free)
        if rules.gets is not None:
            return self._named(units, free_of(self.wanted, free))
        if rules.same_product:
            return self._same(units)
        return [self._block(times, group) for times, group in chunks(units, rules.buy + rules.get)]

    def bound(self) -> dict[int, int]:
        """The cheapest Y of X + Y units are worth at most Y / (X + Y) of all; else any unit may be the free one."""
        rules, runs = self.rules, self.runs
        off = SCALE * (10_000 if self.terms.redistribute else rules.percent)
        if rules.gets is not None:
            return {i: off * runs[i].running // 10_000 for i in self.wanted}
        above, below = rules.get, (rules.get if self.terms.dearest else rules.buy + rules.get)
        return {i: -(-off * runs[i].running * above // (10_000 * below)) for i in self.pool}

    def _named(self, pool: list[tuple[int, int]], wanted: list[tuple[int, int]]) -> list[Block]:
        if not self.terms.dearest:
            wanted.reverse()
        return [
            Block(times, joined((bought, gotten)), gotten, self._saving(gotten))
            for times, bought, gotten in buys_and_gets(pool, wanted, self.rules.buy, self.rules.get)
        ]

    def _same(self, pool: list[tuple[int, int]]) -> list[Block]:
        products: dict[str, list[tuple[int, int]]] = {}
        for i, count in pool:
            products.setdefault(self.runs[i].line.product.id, []).append((i, count))
        size = self.rules.buy + self.rules.get
        groups = [group for units in products.values() for group in chunks(units, size)]
        return [self._block(times, group) for times, group in sorted(groups, key=lambda group: group[1][0][0])]

    def _block(self, times: int, units: Taken) -> Block:
        get = self.rules.get
        cheaper = tuple(first(units, get)) if self.terms.dearest else tail(units, get)
        return Block(times, units, cheaper, self._saving(cheaper))

    def _saving(self, units: Taken) -> int:
        percent, saving = self.rules.percent, 0
        for i, count in units:
            run = self.runs[i]
            off = percent * run.running
            if not self.terms.redistribute:
                off = min(off, 10_000 * run.room)
            saving += off * count
        return saving


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
