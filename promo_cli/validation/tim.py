"""TIM: when a promotion runs. Days and hours are the store's; hours are half-open, days inclusive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from promo_cli.diagnostics import Severity
from promo_cli.model.base import DAYS, EndOfDay
from promo_cli.model.promotion import Promotion, Validity
from promo_cli.model.reference import OpeningHours
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import Also, Change, Finding, rule
from promo_cli.validation.words import clock, days, either, listed, several

FAR = dt.timedelta(days=3 * 366)
"""A date further away than this is more likely a slip of the keyboard."""

_LAST_MINUTES = (dt.time(23, 59), dt.time(23, 59, 59))


@rule("TIM001", "end-before-start")
def end_before_start(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """The promotion ends before it starts.

    Why: it never runs, and nothing at the till says so.

    Bad:
        validity: {start_date: 2026-02-28, end_date: 2026-02-01}

    Good:
        validity: {start_date: 2026-02-01, end_date: 2026-02-28}

    Fix: swap the dates, or correct the year.
    """
    start, end = promotion.validity.start_date, promotion.validity.end_date
    if end is not None and end < start:
        yield Finding(
            f"the promotion ends {several((start - end).days, 'day')} before it starts",
            "/validity/end_date",
            label="ends here",
            also=(Also("starts here", "/validity/start_date"),),
            help="swap the dates, or correct the year; both days count",
        )


@rule("TIM002", "empty-hours")
def empty_hours(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """`time_start` and `time_end` are the same.

    Why: from 22:00 until 22:00 is no time at all to some, the whole day round to others.

    Bad:
        validity: {start_date: 2026-02-01, time_start: 10:00, time_end: 10:00}

    Good:
        validity: {start_date: 2026-02-01, time_start: 10:00, time_end: 14:00}

    Fix: write the hours that are meant, or remove both for the whole day.
    """
    start, end = promotion.validity.time_start, promotion.validity.time_end
    if start is not None and start == end and not isinstance(end, EndOfDay):
        also = (Also("the same as here", "/validity/time_start"),)
        advice = "write the hours that are meant, or remove both for the whole day"
        yield Finding("the hours begin and end at the same time", "/validity/time_end", also=also, help=advice)


@rule("TIM003", "ended", severity=Severity.WARNING)
def ended(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """The promotion is active, but its last day has passed.

    Why: it runs nowhere; if it is meant to, someone has to notice here.

    Bad:
        validity: {start_date: 2025-02-01, end_date: 2025-02-28}

    Good:
        validity: {start_date: 2026-02-01, end_date: 2026-02-28}

    Fix: correct the year, extend it, set `is_active: false`, or delete the file; git remembers it.
    """
    end = promotion.validity.end_date
    if promotion.is_active and end is not None and promotion.validity.start_date <= end < facts.today:
        message = f"the promotion ended {several((facts.today - end).days, 'day')} ago"
        advice = "extend it, set `is_active: false`, or delete the file"
        yield Finding(message, "/validity/end_date", help=advice)


@rule("TIM004", "no-day-in-window")
def no_day_in_window(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """No day from the first to the last is one of `days_of_week`.

    Why: the promotion never runs.

    Bad:
        validity: {start_date: 2026-03-02, end_date: 2026-03-06, days_of_week: [sat, sun]}

    Good:
        validity: {start_date: 2026-03-02, end_date: 2026-03-08, days_of_week: [sat, sun]}

    Fix: change the days, or extend the dates to reach one of them.
    """
    validity = promotion.validity
    if not validity.days_of_week:
        yield Finding(
            "`days_of_week` is empty: the promotion never runs", "/validity/days_of_week", help="list the days"
        )
    elif _ordered(validity) and not any(_weekdays(validity)):
        assert validity.end_date is not None
        wanted = either([DAYS[day - 1] for day in sorted(set(validity.days_of_week))])
        yield Finding(
            f"no day from {validity.start_date} to {validity.end_date} is a {wanted}",
            "/validity/days_of_week",
            also=(Also("last day", "/validity/end_date"),),
            help="change the days, or extend the dates to reach one of them",
        )


@rule("TIM005", "every-day-excluded")
def every_day_excluded(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """Excluded dates and holidays leave no day on which the promotion runs.

    Why: it never runs, though its dates look right.

    Bad:
        validity: {start_date: 2026-12-25, end_date: 2026-12-25, exclude_holidays: true}

    Good:
        validity: {start_date: 2026-12-24, end_date: 2026-12-26, exclude_holidays: true}

    Fix: exclude fewer days, or extend the dates.
    """
    validity = promotion.validity
    if not _ordered(validity) or not any(_weekdays(validity)):
        return
    excluded = set(validity.exclude_dates)
    if validity.exclude_holidays:
        excluded |= {holiday.date for holiday in facts.workspace.holidays}
    if excluded and all(day in excluded for day in _weekdays(validity)):
        pointer = "/validity/exclude_dates" if validity.exclude_dates else "/validity/exclude_holidays"
        message = "every day on which the promotion would run is excluded"
        yield Finding(message, pointer, help="exclude fewer days, or extend the dates")


@rule("TIM006", "happy-hour-without-hours", "happy_hour")
def happy_hour_without_hours(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A happy hour without hours.

    Why: it would run all day: not a happy hour, and rarely what was meant.

    Bad:
        promo_type: happy_hour
        validity: {start_date: 2026-02-01}
        rules: {discount_percent: 30}

    Good:
        promo_type: happy_hour
        validity: {start_date: 2026-02-01, time_start: 17:00, time_end: 19:00}
        rules: {discount_percent: 30}

    Fix: add `time_start` and `time_end` under `validity`, or make it a percent_discount.
    """
    if promotion.validity.time_start is None and promotion.validity.time_end is None:
        advice = "add `time_start: 17:00` and `time_end: 19:00`, or make it a percent_discount"
        yield Finding("a happy hour needs hours", "/validity", key=True, help=advice)


@rule("TIM007", "exclusion-without-effect", severity=Severity.WARNING)
def exclusion_without_effect(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """An excluded date on which the promotion would not run anyway.

    Why: most often the date has a slip, and the day that was meant is not excluded.

    Bad:
        validity: {start_date: 2026-02-01, end_date: 2026-02-28, exclude_dates: [2027-02-14]}

    Good:
        validity: {start_date: 2026-02-01, end_date: 2026-02-28, exclude_dates: [2026-02-14]}

    Fix: correct the date, or remove it.
    """
    validity = promotion.validity
    for index, day in enumerate(validity.exclude_dates):
        if day < validity.start_date or (validity.end_date is not None and day > validity.end_date):
            why = "is outside the promotion's dates"
        elif validity.days_of_week and day.isoweekday() not in validity.days_of_week:
            why = f"is a {day:%A}; the promotion runs on {days(validity.days_of_week)}"
        else:
            continue
        yield Finding(f"{day} {why}", f"/validity/exclude_dates/{index}", help="correct the date, or remove it")


@rule("TIM008", "last-minute-missing", severity=Severity.WARNING)
def last_minute_missing(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """The hours end at 23:59.

    Why: an end is exclusive, so sales in the last minute of the day pay the full price.

    Bad:
        validity: {start_date: 2026-02-01, time_start: 17:00, time_end: 23:59}

    Good:
        validity: {start_date: 2026-02-01, time_start: 17:00, time_end: 24:00}

    Fix: write 24:00, which is midnight; for the whole day remove both times.
    """
    validity = promotion.validity
    if validity.time_end in _LAST_MINUTES:
        all_day = validity.time_start in (None, dt.time(0))
        yield Finding(
            "the last minute before midnight is left out",
            "/validity/time_end",
            help="remove both times for the whole day" if all_day else "write 24:00 for midnight",
            change=None if all_day else Change("/validity/time_end", "24:00"),
        )


@rule("TIM009", "far-away", severity=Severity.WARNING)
def far_away(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A date many years from now.

    Why: a slip such as 2062 for 2026 keeps a promotion from starting, or from ending.

    Bad:
        validity: {start_date: 2062-02-01}

    Good:
        validity: {start_date: 2026-02-01}

    Fix: correct the year; for a promotion without an end leave out `end_date`.
    """
    validity = promotion.validity
    for name, day in (("start_date", validity.start_date), ("end_date", validity.end_date)):
        if day is not None and day - facts.today > FAR:
            years = (day - facts.today).days // 365
            advice = "correct the year" if name == "start_date" else "correct the year, or leave out `end_date`"
            yield Finding(f"`{name}` is {years} years away", f"/validity/{name}", help=advice)


@rule("TIM010", "no-holidays-known", severity=Severity.WARNING)
def no_holidays_known(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """`exclude_holidays` where no holiday is known in the promotion's dates.

    Why: the calendar of the year is probably missing, and the promotion will run on holidays after all.

    Bad:
        validity: {start_date: 2028-01-01, end_date: 2028-12-31, exclude_holidays: true}

    Good:
        validity: {start_date: 2026-01-01, end_date: 2026-12-31, exclude_holidays: true}

    Fix: add the year's holidays to stores/holidays.yaml.
    """
    validity = promotion.validity
    if not validity.exclude_holidays or "holidays" in facts.workspace.incomplete:
        return
    last = validity.end_date or dt.date.max
    whole_year = (last - validity.start_date).days >= 365
    known = [holiday.date for holiday in facts.workspace.holidays if validity.start_date <= holiday.date <= last]
    # A week without holidays is nothing special; a year without any, or a calendar that ends before, is.
    calendar_ends = max((holiday.date for holiday in facts.workspace.holidays), default=dt.date.min)
    if not known and (whole_year or calendar_ends < validity.start_date):
        message = "no holiday is known in the promotion's dates"
        yield Finding(message, "/validity/exclude_holidays", help="add the year's holidays to stores/holidays.yaml")


@rule("TIM011", "closed-then", severity=Severity.WARNING)
def closed_then(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """In the promotion's hours and days no store it runs in is open.

    Why: it never applies.

    Bad:
        validity: {start_date: 2026-02-01, time_start: 03:00, time_end: 05:00}

    Good:
        validity: {start_date: 2026-02-01, time_start: 17:00, time_end: 19:00}

    Fix: correct the hours, or the stores' `opening_hours`.
    """
    validity = promotion.validity
    if validity.time_start is None and validity.time_end is None and len(set(validity.days_of_week)) == 7:
        return
    start = _minutes(validity.time_start or dt.time(0))
    end = _minutes(validity.time_end or dt.time(0)) or 24 * 60
    windows = [_week(day, start, end) for day in validity.days_of_week]
    stores = facts.stores_of(promotion.targeting)
    if not stores or any(not store.opening_hours or _meet(windows, store.opening_hours) for store in stores):
        return
    hours = f"{clock(validity.time_start or dt.time(0))} to {clock(validity.time_end or dt.time(0))}"
    pointer = "/validity/time_start" if validity.time_start else "/validity/days_of_week"
    when = f" on {days(validity.days_of_week)}" if len(set(validity.days_of_week)) < len(DAYS) else ""
    message = f"no store is open from {hours}{when}"
    note = f"looked at: {listed([store.id for store in stores])}"
    yield Finding(message, pointer, notes=(note,), help="correct the hours, or the stores' `opening_hours`")


def _ordered(validity: Validity) -> bool:
    """Whether the dates bound a period short enough that its weekdays matter."""
    end = validity.end_date
    return end is not None and end >= validity.start_date


def _weekdays(validity: Validity) -> Iterator[dt.date]:
    """The days from the first to the last that are of `days_of_week`."""
    assert validity.end_date is not None
    wanted = set(validity.days_of_week)
    for offset in range((validity.end_date - validity.start_date).days + 1):
        day = validity.start_date + dt.timedelta(days=offset)
        if day.isoweekday() in wanted:
            yield day


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute


def _week(day: int, start: int, end: int) -> tuple[int, int]:
    """Minutes since Monday 00:00; an end at or before the start is on the next day."""
    base = (day - 1) * 24 * 60
    return base + start, base + end + (24 * 60 if end <= start else 0)


def _meet(windows: list[tuple[int, int]], opening: list[OpeningHours]) -> bool:
    week = 7 * 24 * 60
    opened = [_week(day, _minutes(hours.open), _minutes(hours.close)) for hours in opening for day in hours.days]
    shifts = (-week, 0, week)
    return any(a < d + by and c + by < b for a, b in windows for c, d in opened for by in shifts)
