"""Which promotions a bundle of a given day carries.

A bundle carries what starts within the horizon, so that activation needs no network, and drops a promotion once its
last window has closed: after a Saturday-only promotion's last Saturday, and one across midnight the day after.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Set
from zoneinfo import ZoneInfo

from promo_cli.model.promotion import Validity


def carried(
    validity: Validity, as_of: dt.date, horizon_days: int, *, holidays: Set[dt.date], behind: bool = False
) -> bool:
    """Tell whether a bundle of the day `as_of` (company time) carries a promotion with this validity.

    `behind`: the store's clock is behind the company's, so that it may still live in the day before `as_of`.
    """
    if validity.start_date > as_of + dt.timedelta(days=horizon_days):
        return False
    if validity.end_date is None:
        return True
    crosses = (
        validity.time_start is not None and validity.time_end is not None and validity.time_start > validity.time_end
    )
    first_start = as_of - dt.timedelta(days=int(crosses) + int(behind))
    return _has_start_day(validity, max(first_start, validity.start_date), holidays)


def clock_behind(zone: str, company_zone: str, as_of: dt.date) -> bool:
    """Tell whether `zone`'s clock is behind the company's at noon UTC of that day."""
    noon = dt.datetime.combine(as_of, dt.time(12), tzinfo=dt.UTC)
    offset = noon.astimezone(ZoneInfo(zone)).utcoffset()
    company_offset = noon.astimezone(ZoneInfo(company_zone)).utcoffset()
    return offset is not None and company_offset is not None and offset < company_offset


def _has_start_day(validity: Validity, first: dt.date, holidays: Set[dt.date]) -> bool:
    """Tell whether any day from `first` to the end date opens a window, looking back from the end."""
    assert validity.end_date is not None
    closed = set(validity.exclude_dates) | (holidays if validity.exclude_holidays else set())
    day = validity.end_date
    while day >= first:
        if day.isoweekday() in validity.days_of_week and day not in closed:
            return True
        day -= dt.timedelta(days=1)
    return False
