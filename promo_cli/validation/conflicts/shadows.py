"""Promotions that others keep from ever applying, proven by sets.

Under `best_deal` a promotion is never chosen where others are worth more on each unit it could take (see `worth`);
under `priority` where others come first and take all of its units. The others must be there whenever it is: for the
same customers, at the same moments, in the same stores; one alone, or several that share that out among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from weakref import WeakKeyDictionary

from promo_cli.validation.conflicts.landscape import Landscape
from promo_cli.validation.conflicts.reach import DIMENSIONS, Reach, bits, within, within_but_for
from promo_cli.validation.conflicts.runs import covers, uncovered
from promo_cli.validation.conflicts.worth import always_ready, at_most, minimum, on_each, takes_every_unit


@dataclass(frozen=True, slots=True)
class Shadow:
    """A promotion that never applies, and those that always do instead."""

    of: Reach
    by: tuple[Reach, ...]


_known: WeakKeyDictionary[Landscape, dict[str, Shadow]] = WeakKeyDictionary()


def shadowed(land: Landscape) -> dict[str, Shadow]:
    """Return, by code, every promotion of which it is certain that others always win its units, with few that will do.

    Worked out once.
    """
    if land not in _known:
        _known[land] = {shadow.of.code: shadow for shadow in _shadows(land)}
    return _known[land]


def _shadows(land: Landscape) -> Iterator[Shadow]:
    judge = _Judge(land)
    able = {one for one in land.reaches if one.takes and judge.may_win(one)}
    for slot, sets in land.slots.items():
        for takes, members in sets.items():
            rivals = judge.strongest(one for one in land.touching(slot, takes) if one in able)
            known: dict[object, tuple[Reach, ...]] = {}
            for reach in members if rivals else ():
                if not land.sound(reach):
                    continue
                alike = judge.alike(reach)
                if alike not in known:
                    known[alike] = _winners(judge, reach, rivals)
                by = known[alike]
                if by and land.sound(*by):
                    yield Shadow(reach, by)


class _Judge:
    """Says which products one promotion wins from another; what is asked of promotions that are alike is kept."""

    def __init__(self, land: Landscape) -> None:
        self._land = land
        self._best_deal = land.facts.workspace.settings.stacking.strategy == "best_deal"
        self._able: dict[int, bool] = {}
        self._gives: dict[tuple[int, int], dict[int, Decimal]] = {}
        self._most: dict[tuple[int, int], dict[int, Decimal]] = {}
        self._covers: dict[tuple[int, int], bool] = {}
        self._won: dict[tuple[int, int, int, int], int] = {}
        # Totals are rounded once for each promotion, which moves them by half a minor unit.
        self._margin = Decimal(2).scaleb(-land.facts.currency.exponent)

    def alike(self, reach: Reach) -> tuple[object, ...]:
        """Return what is equal for promotions that win from and lose to the same others.

        Those that are alike never win from each other by worth; by priority, each is on its own.
        """
        return (reach.takes, reach.footprint, reach.terms, None if self._best_deal else reach.rank)

    def may_win(self, reach: Reach) -> bool:
        """Tell whether a promotion is there whenever something of its scope is bought, and then takes all of it."""
        if reach.code in self._land.refusing:
            return False
        if reach.terms not in self._able:
            self._able[reach.terms] = always_ready(reach.promotion) and takes_every_unit(reach.promotion)
        return self._able[reach.terms] and (not self._best_deal or bool(self._given(reach)))

    def strongest(self, reaches: Iterator[Reach]) -> list[Reach]:
        """Return promotions that may win, those that give most first, one of those that are alike."""

        def strength(reach: Reach) -> Decimal:
            return max(self._given(reach).values(), default=Decimal(0)) if self._best_deal else -Decimal(reach.rank[0])

        ordered = sorted(reaches, key=lambda one: (-strength(one), one.rank))
        first: dict[tuple[object, ...], Reach] = {}
        for one in ordered:
            first.setdefault(self.alike(one), one)
        return list(first.values())

    def covers(self, one: Reach, reach: Reach) -> bool:
        """Tell whether one runs whenever the other does."""
        key = (one.footprint, reach.footprint)
        if key not in self._covers:
            self._covers[key] = covers(one.runs, reach.runs)
        return self._covers[key]

    def won(self, one: Reach, reach: Reach) -> int:
        """Return the products of which `one` always takes the units that `reach` could take."""
        if not self._best_deal:
            return one.takes & reach.takes if one.rank < reach.rank else 0
        key = (one.terms, one.takes, reach.terms, reach.takes)
        if key not in self._won:
            self._won[key] = self._worth_more(one, reach)
        return self._won[key]

    def _worth_more(self, one: Reach, reach: Reach) -> int:
        gives, most = self._given(one), self._taken(reach)
        won = 0
        for number in bits(one.takes & reach.takes) if most else ():
            if gives[number] - most[number] >= self._margin:
                won |= 1 << number
        return won

    def _given(self, reach: Reach) -> dict[int, Decimal]:
        key = (reach.terms, reach.takes)
        if key not in self._gives:
            products = self._land.encoder.products
            found = {number: on_each(reach.promotion, products[number]) for number in bits(reach.takes)}
            self._gives[key] = {number: give for number, give in found.items() if give is not None}
        return self._gives[key]

    def _taken(self, reach: Reach) -> dict[int, Decimal]:
        key = (reach.terms, reach.takes)
        if key not in self._most:
            numbers = list(bits(reach.takes))
            products = [self._land.encoder.products[number] for number in numbers]
            most = at_most(reach.promotion, products, self._land.facts)
            self._most[key] = (
                {n: most[product.id] for n, product in zip(numbers, products, strict=True)} if most else {}
            )
        return self._most[key]


def _winners(judge: _Judge, reach: Reach, rivals: Sequence[Reach]) -> tuple[Reach, ...]:
    """Return one rival that wins everything, or several that share out the products, the days or one dimension."""
    able = [one for one in rivals if one is not reach and _asks_no_more(one, reach)]
    wins_all = cache(lambda one: judge.won(one, reach) == reach.takes)
    always = [one for one in able if judge.covers(one, reach)]
    parts = []
    for one in always:
        if within(reach, one) and (won := judge.won(one, reach)):
            if won == reach.takes:
                return (one,)
            parts.append((won, one))
    if by := _together(reach.takes, parts):
        return by
    wider = [one for one in able if not reach.takes & ~one.takes]
    at_times = [one for one in wider if within(reach, one) and wins_all(one)]
    if at_times and not uncovered(reach.runs, [one.runs for one in at_times]):
        return _fewest(reach, at_times)
    for name in DIMENSIONS:
        near = [one for one in always if not reach.takes & ~one.takes and within_but_for(name, reach, one)]
        wins = [(getattr(one, name), one) for one in near if wins_all(one)]
        if by := _together(getattr(reach, name), wins):
            return by
    return ()


def _asks_no_more(one: Reach, reach: Reach) -> bool:
    """A minimum is no obstacle if the other's is as high, over products that this one counts as well."""
    asked = minimum(one.promotion)
    if not asked:
        return True
    rules, other = one.promotion.rules, reach.promotion
    alike = rules.measured == getattr(other.rules, "measured", None) and not (other.require_voucher or other.voucher)
    return alike and not reach.takes & ~one.takes and asked <= minimum(other)


def _together(wanted: int, parts: Sequence[tuple[int, Reach]]) -> tuple[Reach, ...]:
    """Return few of those whose sets make up the wanted one, the greatest part first; none if they do not."""
    left, chosen = wanted, []
    while left:
        part, best = max(parts, key=lambda item: (item[0] & left).bit_count(), default=(0, None))
        if best is None or not part & left:
            return ()
        chosen.append(best)
        left &= ~part
    return tuple(chosen)


def _fewest(reach: Reach, others: Sequence[Reach]) -> tuple[Reach, ...]:
    """Leave out those whose hours the others hold without them."""
    kept = list(others)
    for one in reversed(others):
        rest = [other for other in kept if other is not one]
        if rest and not uncovered(reach.runs, [other.runs for other in rest]):
            kept = rest
    return tuple(kept)
