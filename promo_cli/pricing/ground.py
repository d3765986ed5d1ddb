"""Promotions that stand on the same ground: one lane, one scope, the same times and customers.

What holds for one of them holds for all, so a cart asks once: is it time, is it the right customer, what is in scope,
what is that worth. Most of them are a *crowd*: a percentage or an amount off everything in scope, depending on nothing
but spend. How a crowd stands at some spend (who is ready, who lacks how much, who could be the best) changes only where
one of its rungs begins or ends; it is worked out when first asked for, and kept.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from promo_cli.pricing.clock import Window
from promo_cli.pricing.promotion import Audience, Entry, Promotion
from promo_cli.pricing.reasons import Reason, Refusal, text
from promo_cli.pricing.types.base import Portion, Rung

_NO_CAP = 10**30
_KEPT = 1_000_000  # promotions in all levels of a ground that are kept

Told = dict[str, Any]
"""An entry of the receipt's `skipped` or `hints`."""


class Able(NamedTuple):
    """One of a crowd on a rung, from `least` spend on: `above` hundredths of a percent of the units, at most `cap`."""

    entry: Entry
    rung: Rung
    least: int
    above: int
    cap: int

    def worth(self, base: int) -> int:
        """Return what it saves on units that cost so much, halves up, all in minor units."""
        return min((base * self.above + 5_000) // 10_000, self.cap)


class Level(NamedTuple):
    """How a crowd stands at some spend.

    `ready` are all whose spend is reached, `rivals` those of them that may be the best, both by rank; `surely` is what
    the units must cost for all of them to save something. `short` lack spend up to their rung, `lost` any chance.
    """

    ready: tuple[Able, ...]
    rivals: tuple[Able, ...]
    surely: int
    short: tuple[Able, ...]
    lost: Mapping[int, Told]


class Key(NamedTuple):
    """What promotions of one ground have in common, `how` they measure spend and which scopes they mention included."""

    stage: int
    lane: int
    scope: int
    benefit: int
    window: Window
    audience: Audience
    active: bool
    how: str
    touched: tuple[int, ...]
    alone: int


@dataclass(eq=False)
class Ground:
    """`entries` are all by rank; of those the `crowd`, each on all its rungs, and the `others`, each asked by itself.

    `taken` says of the whole crowd that others took the units.
    """

    key: Key
    entries: tuple[Entry, ...]
    crowd: tuple[tuple[Able, ...], ...]
    others: tuple[Entry, ...]
    breaks: Sequence[int]
    taken: Mapping[int, Told]
    _levels: dict[int, Level] = field(default_factory=dict)
    _told: dict[Refusal, Mapping[int, Told]] = field(default_factory=dict)

    def level(self, spent: int) -> Level:
        """Return how the crowd stands at this spend."""
        place = bisect_right(self.breaks, spent)
        level = self._levels.get(place)
        if level is None:
            if len(self._levels) * len(self.crowd) > _KEPT:
                self._levels.clear()
            level = self._levels[place] = _level(self.crowd, spent)
        return level

    def told(self, why: Refusal) -> Mapping[int, Told]:
        """Return one reason for the whole crowd."""
        if why not in self._told:
            self._told[why] = told_all([ables[0].entry for ables in self.crowd], why)
        return self._told[why]


def grounds(keyed: Iterable[tuple[Key, Entry]]) -> tuple[Ground, ...]:
    """Return the grounds of entries that come by rank, in the order of their stages and lanes."""
    found: dict[Key, list[Entry]] = {}
    for key, entry in keyed:
        found.setdefault(key, []).append(entry)
    made = [_ground(key, entries) for key, entries in found.items()]
    return tuple(sorted(made, key=lambda ground: ground.key[:2]))


def _ground(key: Key, entries: Sequence[Entry]) -> Ground:
    crowd = [
        tuple([_able(entry, rung) for rung in ladder]) for entry in entries if (ladder := _ladder(entry.promotion))
    ]
    rungs = [able.rung for ables in crowd for able in ables]
    ends = {end for rung in rungs for end in (rung.least, rung.below) if end is not None}
    taken = told_all([ables[0].entry for ables in crowd], Refusal(Reason.UNITS_TAKEN))
    others = tuple(entry for entry in entries if entry.place not in taken)
    return Ground(key, tuple(entries), tuple(crowd), others, sorted(ends), taken)


def _ladder(promotion: Promotion) -> tuple[Rung, ...]:
    """The promotion's ladder, if nothing but time, customer and spend decides whether it applies."""
    plain = promotion.auto and not (promotion.counted or promotion.needs_voucher or promotion.choosy)
    if not plain or promotion.cross or promotion.condition or promotion.stacking.exclusive:
        return ()
    return promotion.rules.ladder()


def _level(crowd: Iterable[tuple[Able, ...]], spent: int) -> Level:
    ready: list[Able] = []
    rivals: list[Able] = []
    short, lost = [], []
    for ables in crowd:
        met = [able for able in ables if able.least <= spent and (able.rung.below is None or spent < able.rung.below)]
        higher = [able for able in ables if able.least > spent]
        if met:
            able = met[-1]
            ready.append(able)
            # One of higher rank that always gives as much makes it needless.
            if not any(rival.above >= able.above and rival.cap >= able.cap for rival in rivals):
                rivals.append(able)
        elif higher:
            short.append(higher[0])
        else:
            lost.append(ables[0].entry)
    faintest = min([0 if not able.cap else able.above for able in ready], default=1)
    surely = -(-5_000 // faintest) if faintest else _NO_CAP
    missed = told_all(lost, Refusal(Reason.CONDITION_UNMET))
    return Level(tuple(ready), tuple(rivals), surely, tuple(short), missed)


def _able(entry: Entry, rung: Rung) -> Able:
    """An amount is all of what the units cost, at most so much."""
    formula = rung.formula
    if isinstance(formula, Portion):
        return Able(entry, rung, rung.least, formula.above, _NO_CAP if formula.cap is None else formula.cap)
    return Able(entry, rung, rung.least, 10_000, formula.amount)


def told(entry: Entry, reason: Reason, words: str) -> Told:
    """Return an entry of `skipped`."""
    promotion = entry.promotion
    return {"promotion_id": promotion.id, "code": promotion.code, "reason_code": reason.value, "reason": words}


def told_all(entries: Iterable[Entry], why: Refusal) -> dict[int, Told]:
    """Return one verdict without amounts on several promotions, worded for any cart."""
    words = text(why, str)
    return {entry.place: told(entry, why.reason, words) for entry in entries}
