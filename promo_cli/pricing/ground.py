"""Promotions that stand on the same ground: one lane, one scope, the same times and customers.

What holds for one of them holds for all, so a cart asks once: is it time, is it the right customer, what is in scope,
what is that worth. Most of them are a *crowd*: a percentage or an amount off everything in scope, depending on nothing
but spend. How a crowd stands at some spend (who is ready, who lacks how much, who could be the best) changes only where
one of its rungs begins or ends; it is worked out when first asked for, and kept.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from promo_cli.pricing.clock import Window
from promo_cli.pricing.promotion import Audience, Entry, Promotion
from promo_cli.pricing.reasons import Reason, Refusal, text
from promo_cli.pricing.types.base import Portion, Rung

_NEVER: Final = 10**30  # more than any units cost
SPEND_MORE: Final = Reason.SPEND_MORE.value
_KEPT: Final = 1_000_000  # promotions in all levels of a ground that are kept

Told = dict[str, Any]
"""An entry of the receipt's `skipped` or `hints`."""


class Able:
    """One of a crowd on a rung, from `least` spend on: `above` hundredths of a percent of the units, at most `cap`.

    A `cap` below zero is none. `lacking` and `hint` are what a receipt says of it below its rung, but for the amounts.
    """

    __slots__ = ("above", "cap", "entry", "hint", "lacking", "least", "rung")

    def __init__(self, entry: Entry, rung: Rung, above: int, cap: int) -> None:
        self.entry = entry
        self.rung = rung
        self.least = rung.least
        self.above = above
        self.cap = cap
        self.lacking = told(entry, SPEND_MORE, "")
        self.hint: Told = {**entry.named, "reason_code": SPEND_MORE}

    def worth(self, base: int) -> int:
        """Return what it saves on units that cost so much, halves up, all in minor units."""
        worth = (base * self.above + 5_000) // 10_000
        return worth if self.cap < 0 or worth < self.cap else self.cap

    def outdoes(self, other: Able) -> bool:
        """Tell whether it gives at least as much whatever the units cost."""
        return self.above >= other.above and (self.cap < 0 or 0 <= other.cap <= self.cap)


class Level:
    """How a crowd stands at some spend.

    `ready` are all whose spend is reached, `rivals` those of them that may be the best, both by rank; `surely` is what
    the units must cost for all of them to save something. `short` lack spend up to their rung, `lost` any chance.
    """

    __slots__ = ("lost", "ready", "rivals", "short", "surely")

    def __init__(
        self, ready: list[Able], rivals: list[Able], surely: int, short: list[Able], lost: dict[int, Told]
    ) -> None:
        self.ready = ready
        self.rivals = rivals
        self.surely = surely
        self.short = short
        self.lost = lost


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


class Ground:
    """`entries` are all by rank; of those the `crowd`, each on all its rungs, and the `others`, each asked by itself.

    `taken` says of the whole crowd that others took the units; `breaks` are the spends at which a rung begins or ends.
    Of the key, what every cart asks for is held apart.
    """

    __slots__ = (
        "_levels",
        "_told",
        "active",
        "alone",
        "audience",
        "benefit",
        "breaks",
        "crowd",
        "entries",
        "how",
        "key",
        "lane",
        "others",
        "scope",
        "stage",
        "taken",
        "window",
    )

    def __init__(
        self,
        key: Key,
        entries: list[Entry],
        crowd: list[list[Able]],
        others: list[Entry],
        breaks: list[int],
        taken: dict[int, Told],
    ) -> None:
        self.key = key
        self.stage = key.stage
        self.lane = key.lane
        self.scope = key.scope
        self.benefit = key.benefit
        self.window = key.window
        self.audience = key.audience
        self.active = key.active
        self.how = key.how
        self.alone = key.alone
        self.entries = entries
        self.crowd = crowd
        self.others = others
        self.breaks = breaks
        self.taken = taken
        self._levels: dict[int, Level] = {}
        self._told: dict[tuple[str, int, str, str], dict[int, Told]] = {}

    def level(self, spent: int) -> Level:
        """Return how the crowd stands at this spend."""
        place = bisect_right(self.breaks, spent)
        level = self._levels.get(place)
        if level is None:
            if len(self._levels) * len(self.crowd) > _KEPT:
                self._levels.clear()
            level = self._levels[place] = _level(self.crowd, spent)
        return level

    def told(self, why: Refusal) -> dict[int, Told]:
        """Return one reason for the whole crowd."""
        told = self._told.get(why.key)
        if told is None:
            told = self._told[why.key] = told_all([ables[0].entry for ables in self.crowd], why)
        return told


def grounds(keyed: Iterable[tuple[Key, Entry]]) -> list[Ground]:
    """Return the grounds of entries that come by rank, in the order of their stages and lanes."""
    found: dict[Key, list[Entry]] = {}
    for key, entry in keyed:
        found.setdefault(key, []).append(entry)
    made = [_ground(key, entries) for key, entries in found.items()]
    return sorted(made, key=lambda ground: (ground.stage, ground.lane))


def _ground(key: Key, entries: list[Entry]) -> Ground:
    crowd = [[_able(entry, rung) for rung in ladder] for entry in entries if (ladder := _ladder(entry.promotion))]
    rungs = [able.rung for ables in crowd for able in ables]
    ends = {end for rung in rungs for end in (rung.least, rung.below) if end is not None}
    taken = told_all([ables[0].entry for ables in crowd], Refusal(Reason.UNITS_TAKEN))
    others = [entry for entry in entries if entry.place not in taken]
    return Ground(key, entries, crowd, others, sorted(ends), taken)


def _ladder(promotion: Promotion) -> tuple[Rung, ...]:
    """The promotion's ladder, if nothing but time, customer and spend decides whether it applies."""
    plain = promotion.auto and not (promotion.counted or promotion.needs_voucher or promotion.choosy)
    if not plain or promotion.cross or promotion.condition or promotion.stacking.exclusive:
        return ()
    return promotion.rules.ladder()


def _level(crowd: Iterable[list[Able]], spent: int) -> Level:
    ready: list[Able] = []
    rivals: list[Able] = []
    short: list[Able] = []
    lost: list[Entry] = []
    for ables in crowd:
        met = [able for able in ables if able.least <= spent and (able.rung.below is None or spent < able.rung.below)]
        higher = [able for able in ables if able.least > spent]
        if met:
            able = met[-1]
            ready.append(able)
            # One of higher rank that always gives as much makes it needless.
            if not any(rival.outdoes(able) for rival in rivals):
                rivals.append(able)
        elif higher:
            short.append(higher[0])
        else:
            lost.append(ables[0].entry)
    faintest = min([0 if not able.cap else able.above for able in ready], default=1)
    surely = -(-5_000 // faintest) if faintest else _NEVER
    missed = told_all(lost, Refusal(Reason.CONDITION_UNMET))
    return Level(ready, rivals, surely, short, missed)


def _able(entry: Entry, rung: Rung) -> Able:
    """An amount is all of what the units cost, at most so much."""
    formula = rung.formula
    if isinstance(formula, Portion):
        return Able(entry, rung, formula.above, -1 if formula.cap is None else formula.cap)
    return Able(entry, rung, 10_000, formula.amount)


def told(entry: Entry, reason: str, words: str) -> Told:
    """Return an entry of `skipped`."""
    made = entry.named.copy()
    made["reason_code"] = reason
    made["reason"] = words
    return made


def told_all(entries: Iterable[Entry], why: Refusal) -> dict[int, Told]:
    """Return one verdict without amounts on several promotions, worded for any cart."""
    words = text(why, str)
    return {entry.place: told(entry, why.reason._value_, words) for entry in entries}
