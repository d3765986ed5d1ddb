"""The store's wall clock: moments, and the windows in which a promotion runs.

A window is tested on wall time. So an hour that daylight saving skips never matches, because no moment falls into it,
and an hour that it repeats matches both times. Hours that cross midnight belong to the day they start on: date,
weekday and holiday are that day's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

_DAY: Final = 86_400_000_000


class Moment(NamedTuple):
    """A wall-clock moment: day as a proleptic ordinal, and microseconds since midnight."""

    day: int
    clock: int


class Closed(Enum):
    """Why a window does not hold a moment."""

    NOT_STARTED = "not_started"
    EXPIRED = "expired"
    WRONG_DAY = "wrong_day"
    HOLIDAY = "holiday"
    OUTSIDE_HOURS = "outside_hours"


@dataclass(frozen=True)
class Window:
    """Days inclusive, hours half-open; `opens > closes` crosses midnight, equal hours are the whole day round."""

    first: int
    last: int | None
    opens: int = 0
    closes: int = _DAY
    weekdays: frozenset[int] | None = None
    excluded: frozenset[int] = frozenset()
    holidays: frozenset[int] = frozenset()

    @property
    def hours(self) -> bool:
        """Whether the window is shorter than the day."""
        return self.opens != 0 or self.closes != _DAY


def read_window(
    start_date: str,
    end_date: str | None,
    time_start: str | None,
    time_end: str | None,
    weekdays: list[int],
    excluded: frozenset[int],
    holidays: frozenset[int],
) -> Window:
    """Return a window of ISO dates and times. Raises ValueError for what is not one."""
    return Window(
        first=dt.date.fromisoformat(start_date).toordinal(),
        last=dt.date.fromisoformat(end_date).toordinal() if end_date else None,
        opens=_clock(dt.time.fromisoformat(time_start)) if time_start else 0,
        closes=_clock(dt.time.fromisoformat(time_end)) if time_end else _DAY,
        weekdays=None if len(set(weekdays)) == 7 else frozenset(weekdays),
        excluded=excluded,
        holidays=holidays,
    )


def closed(window: Window, at: Moment) -> Closed | None:
    """Return why the window does not hold this moment, or None if it does."""
    day, clock = at
    if window.opens < window.closes:
        inside = window.opens <= clock < window.closes
    else:
        inside = clock >= window.opens or clock < window.closes
        if clock < window.closes:
            day -= 1
    if day < window.first:
        return Closed.NOT_STARTED
    if window.last is not None and day > window.last:
        return Closed.EXPIRED
    if window.weekdays is not None and (day - 1) % 7 + 1 not in window.weekdays:
        return Closed.WRONG_DAY
    if day in window.excluded:
        return Closed.WRONG_DAY
    if day in window.holidays:
        return Closed.HOLIDAY
    return None if inside else Closed.OUTSIDE_HOURS


def moment(text: str, zone: ZoneInfo) -> Moment:
    """Return the store's wall clock at an ISO 8601 time: wall time as it stands, or with an offset, converted.

    A wall time that daylight saving skips is read as the moment it must have been, an hour later. Raises ValueError.
    """
    at = dt.datetime.fromisoformat(text)
    if at.tzinfo is None:
        # What no clock change is near stands as it is: both readings of a skipped or repeated time agree on it.
        if dt.MINYEAR < at.year < dt.MAXYEAR and zone.utcoffset(at) == zone.utcoffset(at.replace(fold=1)):
            return Moment(at.toordinal(), _clock(at))
        at = at.replace(tzinfo=zone).astimezone(dt.UTC)
    at = at.astimezone(zone)
    return Moment(at.toordinal(), _clock(at))


def _clock(time: dt.time | dt.datetime) -> int:
    return ((time.hour * 60 + time.minute) * 60 + time.second) * 1_000_000 + time.microsecond
