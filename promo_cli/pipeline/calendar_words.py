"""When a promotion runs, in words for people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from promo_cli.model.promotion import Validity
from promo_cli.validation.words import listed

_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MOST_DATES = 3


def date(day: dt.date) -> str:
    """`28 Feb 2026`."""
    return f"{day.day} {day:%b %Y}"


def period(validity: Validity) -> str:
    """`1 Jan 2026 to 28 Feb 2026`, `from 1 Jan 2026`."""
    if validity.end_date is None:
        return f"from {date(validity.start_date)}"
    if validity.end_date == validity.start_date:
        return f"on {date(validity.start_date)}"
    return f"{date(validity.start_date)} to {date(validity.end_date)}"


def hours(opens: dt.time, closes: dt.time) -> str:
    """`14:00-17:00`, `17:00-24:00`; seconds only where there are some."""
    begin, end = (time.strftime("%H:%M:%S" if time.second else "%H:%M") for time in (opens, closes))
    return f"{begin}-{'24:00' if closes == dt.time() else end}"


def when(validity: Validity) -> str:
    """`Fri and Sat, 22:00-02:00 (next morning), not on holidays`."""
    parts = [weekdays(validity.days_of_week)]
    if validity.time_start is not None or validity.time_end is not None:
        opens, closes = validity.time_start or dt.time(), validity.time_end or dt.time()
        crosses = validity.time_end is not None and opens >= closes and closes != dt.time()
        parts.append(hours(opens, closes) + (" (next morning)" if crosses else ""))
    if validity.exclude_holidays:
        parts.append("not on holidays")
    if validity.exclude_dates:
        dates = sorted(set(validity.exclude_dates))
        more = f" and {len(dates) - _MOST_DATES} more days" if len(dates) > _MOST_DATES else ""
        parts.append("not on " + ", ".join(map(date, dates[:_MOST_DATES])) + more)
    return ", ".join(parts)


def weekdays(days: Collection[int]) -> str:
    """`every day`, `Mon to Fri`, `Fri and Sat`."""
    chosen = sorted(set(days))
    if len(chosen) == len(_NAMES):
        return "every day"
    if len(chosen) > 2 and chosen[-1] - chosen[0] == len(chosen) - 1:
        return f"{_NAMES[chosen[0] - 1]} to {_NAMES[chosen[-1] - 1]}"
    return listed([_NAMES[day - 1] for day in chosen], most=len(_NAMES))
