"""When a promotion runs, as sets: days are the bits of an integer, hours are intervals of the store's clock.

Days are counted from the day before today, since hours across midnight that began then still run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import product
from operator import and_
from typing import NamedTuple

from promo_cli.model.promotion import Validity
from promo_cli.model.reference import OpeningHours

HORIZON = 3 * 366
"""How many days are looked at; what has no end is told apart by `endless`."""

_DAY = 24 * 3600
_NOON = _DAY // 2
_EVERY = (1 << HORIZON) - 1


class Span(NamedTuple):
    """Hours, half-open, in seconds since midnight of the day `later` days after the one the run belongs to."""

    later: int
    opens: int
    closes: int


class Runs(NamedTuple):
    """The days on which a run begins (bit n: n days after the origin), and the hours of each run."""

    days: int
    spans: tuple[Span, ...]
    endless: bool


def runs_of(validity: Validity, origin: dt.date, holidays: Iterable[dt.date]) -> Runs:
    """Return when a promotion still runs. `origin` is the day before today."""
    spans = _spans(validity.time_start, validity.time_end)
    days = _weekdays(validity.days_of_week, origin)
    first = max((validity.start_date - origin).days, 0 if len(spans) > 1 else 1)
    days &= _EVERY ^ ((1 << min(first, HORIZON)) - 1)
    if validity.end_date is not None:
        days &= (1 << max((validity.end_date - origin).days + 1, 0)) - 1 if validity.end_date >= origin else 0
    for day in (*validity.exclude_dates, *(holidays if validity.exclude_holidays else ())):
        if 0 <= (day - origin).days < HORIZON:
            days &= ~(1 << (day - origin).days)
    return Runs(days & _EVERY, spans, validity.end_date is None)


def opening_runs(hours: Sequence[OpeningHours], origin: dt.date) -> list[Runs]:
    """Return when a store sells: one of these must hold; always, where no hours are given."""
    stated = [Runs(_weekdays(one.days, origin), _spans(one.open, one.close), True) for one in hours]
    return stated or [Runs(_EVERY, (Span(0, 0, _DAY),), True)]


def covers(wider: Runs, runs: Runs) -> bool:
    """Tell whether the first runs at every moment of the second, as far as one of its spans holds each of theirs."""
    return not uncovered(runs, [wider])


def uncovered(runs: Runs, others: Sequence[Runs]) -> int:
    """Return the days of `runs` on which none of the others runs during all of its hours."""
    left = 0
    for span in runs.spans:
        held = 0
        for other in others:
            if runs.endless and not other.endless:
                continue
            for wide in other.spans:
                if wide.opens <= span.opens and span.closes <= wide.closes:
                    held |= _moved(other.days, wide.later - span.later)
        left |= runs.days & ~held
    return left


def overlapping(runs: Sequence[Runs]) -> bool:
    """Tell whether there is a moment at which all of these run."""
    return next(moments(runs), None) is not None


def moments(runs: Sequence[Runs]) -> Iterator[tuple[int, int]]:
    """Yield moments at which all of these run: the first day of each way to choose a span of each, and seconds."""
    for spans in product(*(one.spans for one in runs)):
        opens, closes = max(span.opens for span in spans), min(span.closes for span in spans)
        if opens >= closes:
            continue
        days = reduce(and_, (_moved(one.days, span.later) for one, span in zip(runs, spans, strict=True)), _EVERY)
        if days:
            yield (days & -days).bit_length() - 1, _NOON if opens <= _NOON < closes else opens


def moment(origin: dt.date, found: tuple[int, int]) -> dt.datetime:
    """Return a moment as a wall-clock time."""
    return dt.datetime.combine(origin, dt.time()) + dt.timedelta(days=found[0], seconds=found[1])


def _weekdays(days: Sequence[int], origin: dt.date) -> int:
    week = 0
    for day in set(days):
        week |= 1 << (day - origin.isoweekday()) % 7
    found, length = week, 7
    while length < HORIZON:
        found |= found << length
        length *= 2
    return found & _EVERY


def _spans(opens: dt.time | None, closes: dt.time | None) -> tuple[Span, ...]:
    start, end = _seconds(opens) if opens else 0, (_seconds(closes) if closes else 0) or _DAY
    if start < end:
        return (Span(0, start, end),)
    return (Span(0, start, _DAY), Span(1, 0, end))


def _seconds(time: dt.time) -> int:
    return time.hour * 3600 + time.minute * 60 + time.second


def _moved(days: int, later: int) -> int:
    return (days << later if later >= 0 else days >> -later) & _EVERY
