"""package: a set menu of required parts and choices at one price; one unit afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from promo_cli.pricing.money import allocate
from promo_cli.pricing.reading import Fields
from promo_cli.pricing.reasons import Refusal
from promo_cli.pricing.scope import Scope, of_categories, of_products
from promo_cli.pricing.types.base import SCALE, Ceiling, Discount, Free, Offer, Option, Stand, Taken, Terms, read_terms
from promo_cli.pricing.types.sets import joined
from promo_cli.pricing.units import Cut, Run
from promo_cli.pricing.words import Money


@dataclass(frozen=True)
class Part:
    """From `least` to `most` units of a scope."""

    scope: Scope
    name: str
    least: int
    most: int


@dataclass(frozen=True, kw_only=True)
class Package(Discount):
    """`price` in minor units."""

    name: str
    price: int
    parts: tuple[Part, ...]

    def triggers(self) -> tuple[Scope, ...]:
        """Looks at its parts."""
        return tuple(part.scope for part in self.parts)

    def touched_by(self, scope: Scope) -> tuple[Scope, ...]:
        """Worth mentioning where a part is in the cart."""
        return self.triggers()

    def describe(self, money: Money) -> str:
        """Return the package's name."""
        return self.name

    def offer(self, stand: Stand) -> Offer | Refusal:
        """Form packages."""
        pools = [(part, stand.within(part.scope, discounted=True)) for part in self.parts]
        for part, pool in pools:
            if (missing := part.least - sum(stand.runs[i].count for i in pool)) > 0:
                return stand.lacks(part.name, missing)
        # The narrowest choice first: categories are nested or apart, so it never takes what a wider one could spare.
        pools.sort(key=lambda pair: len(pair[1]))
        reach = tuple(sorted({i for _, pool in pools for i in pool}))
        return Packages(stand.runs, reach, tuple(pools), self.price, self.terms)


class Packages(Offer):
    """Any number of complete packages, each cheaper than its parts. Fewer with more choices in each may save more."""

    __slots__ = ("pools", "price", "runs", "terms")

    def __init__(
        self,
        runs: list[Run],
        reach: tuple[int, ...],
        pools: tuple[tuple[Part, tuple[int, ...]], ...],
        price: int,
        terms: Terms,
    ) -> None:
        super().__init__(reach, False)
        self.runs = runs
        self.pools = pools
        self.price = price
        self.terms = terms

    def ceiling(self) -> Ceiling:
        """Return what every unit costs."""
        return Ceiling(None, {i: SCALE * self.runs[i].base for i in self.reach})

    def options(self, free: Free) -> Iterator[Option]:
        """Yield one option per number of packages, the most first."""
        limit = self.terms.max_applications
        most = sum(times for times, _ in self._required(_left(self.reach, free), limit))
        for times in range(most, 0, -1):
            sets = self._form(free, times)
            savings = [self._saving(one) for _, one in sets]
            taken = joined([(i, count * repeat) for i, count in one] for repeat, one in sets)
            if min(savings) > 0 and (self.terms.max_units is None or _count(taken) <= self.terms.max_units):
                worth = sum(
                    repeat * min(saving, self._room(one)) for saving, (repeat, one) in zip(savings, sets, strict=True)
                )
                yield Option(worth, taken, times, taken, (), tuple(sets))

    def cuts(self, option: Option) -> list[Cut]:
        """Return what each part gets off, package by package in the option's order, by value without surcharges."""
        return [cut for times, one in option.sets for cut in [*self._cuts(one)] * times]

    def dropped(self, option: Option) -> int:
        """Return how much less than the package's price promised the floors allowed."""
        return sum(times * self._saving(one) for times, one in option.sets) - option.worth

    def _form(self, free: Free, most: int) -> list[tuple[int, Taken]]:
        """Form so many packages of what they require, then let them choose more in their order, the dearest first."""
        left = _left(self.reach, free)
        sets = []
        for times, required in [*self._required(left, most)]:
            waiting = times
            while waiting:
                extra: dict[int, int] = {}
                for part, pool in self.pools:
                    _take(left, pool, part.most - part.least, extra)
                repeat = min([waiting, *(1 + left[i] // count for i, count in extra.items())])
                for i, count in extra.items():
                    left[i] -= count * (repeat - 1)
                sets.append((repeat, joined([required, tuple(extra.items())])))
                waiting -= repeat
        return sets

    def _required(self, left: dict[int, int], most: int | None) -> Iterator[tuple[int, Taken]]:
        """Take and yield what packages require, equal ones in a row as (how many, one of them)."""
        while most is None or most > 0:
            one: dict[int, int] = {}
            if not all(_take(left, pool, part.least, one) == part.least for part, pool in self.pools) or not one:
                for i, count in one.items():
                    left[i] += count
                return
            times = min(1 + left[i] // count for i, count in one.items())
            times = times if most is None else min(times, most)
            for i, count in one.items():
                left[i] -= count * (times - 1)
            most = None if most is None else most - times
            yield times, tuple(sorted(one.items()))

    def _cuts(self, units: Taken) -> Iterator[Cut]:
        bases = [self.runs[i].base for i, _ in units]
        rooms = [max(0, base - self.runs[i].line.floor) for base, (i, _) in zip(bases, units, strict=True)]
        shares = allocate(self._saving(units), bases, rooms, [count for _, count in units])
        for (i, _), parts in zip(units, shares, strict=True):
            for count, amount in parts:
                yield i, count, amount

    def _saving(self, units: Taken) -> int:
        return sum(self.runs[i].base * count for i, count in units) - self.price

    def _room(self, units: Taken) -> int:
        return sum(max(0, self.runs[i].base - self.runs[i].line.floor) * count for i, count in units)


def _left(reach: Sequence[int], free: Free) -> dict[int, int]:
    return {i: free[i] for i in reach if free[i]}


def _take(left: dict[int, int], pool: Sequence[int], wanted: int, into: dict[int, int]) -> int:
    """Move up to `wanted` units, the first of the pool first, and return how many."""
    taken = 0
    for i in pool:
        if taken == wanted:
            break
        if count := min(left.get(i, 0), wanted - taken):
            left[i] -= count
            into[i] = into.get(i, 0) + count
            taken += count
    return taken


def _count(units: Taken) -> int:
    return sum(count for _, count in units)


def read(fields: Fields, scope: Scope) -> Package:
    """Return the rules of a package."""
    return Package(
        name=fields.text("package_name"),
        price=fields.price("package_price"),
        parts=tuple(_part(part, scope) for part in fields.sections("items")),
        terms=read_terms(fields),
    )


def _part(fields: Fields, scope: Scope) -> Part:
    each = -(-fields.thousandths("quantity") // 1000)
    required = fields.flag("is_required", True)
    if fields.choice("item_type", ("product", "category")) == "product":
        product = fields.text("product_id")
        return Part(of_products(scope, product), product, each if required else 0, each)
    category = fields.text("category_id")
    least = fields.positive("min_selection", 1)
    most = max(least, fields.positive("max_selection", least))
    return Part(of_categories(scope, category), category, least * each if required else 0, most * each)
