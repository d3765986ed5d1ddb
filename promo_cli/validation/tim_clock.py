"""TIM: hours against the clocks and doors of the stores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from promo_cli.diagnostics import Scope, Severity
from promo_cli.model.promotion import Promotion
from promo_cli.validation.conflicts.runs import moments, opening_runs, runs_of
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import Also, Finding, rule
from promo_cli.validation.words import clock, listed, several

_AHEAD = 366
_MOST_STORES = 20


@rule("TIM012", "skipped-hours", severity=Severity.WARNING)
def skipped_hours(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """On a day on which a store's clock is put forward, all of the promotion's hours are skipped.

    Why: it does not run that day, and nobody planned that. Only the year to come is looked at.

    Bad:
        # stores/stores.yaml
        - {id: berlin, name: Berlin, timezone: Europe/Berlin}
        # promotions/example.yaml
        validity: {start_date: 2026-02-01, time_start: 02:00, time_end: 03:00}

    Good:
        # stores/stores.yaml
        - {id: berlin, name: Berlin, timezone: Europe/Berlin}
        # promotions/example.yaml
        validity: {start_date: 2026-02-01, time_start: 02:00, time_end: 04:00}

    Fix: begin earlier or end later, or exclude that day with `exclude_dates`.
    """
    validity = promotion.validity
    start, end = validity.time_start, validity.time_end
    if start is None or end is None or start >= end:
        return
    zones: dict[str, list[str]] = {}
    for store in facts.stores_of(promotion.targeting):
        zones.setdefault(store.timezone or facts.workspace.settings.timezone, []).append(store.id)
    for zone, stores in zones.items():
        for day, opens, closes in _gaps(zone, facts.today):
            runs = validity.start_date <= day and (validity.end_date is None or day <= validity.end_date)
            wanted = day.isoweekday() in validity.days_of_week and day not in validity.exclude_dates
            if runs and wanted and opens <= start and end <= closes:
                gap = f"{clock(opens)} to {clock(closes)}"
                yield Finding(
                    f"on {day} clocks in {zone} skip {gap}, and with it all of the promotion's hours",
                    "/validity/time_start",
                    also=(Also("it ends here", "/validity/time_end"),),
                    notes=(f"stores: {listed(stores)}",),
                    help=f"begin before {clock(opens)}, end after {clock(closes)}, or exclude {day}",
                    scope=Scope(stores=tuple(stores[:_MOST_STORES]), dates=(day.isoformat(),)),
                )


@rule("TIM013", "closed-in-some-stores", "happy_hour", severity=Severity.WARNING)
def closed_in_some_stores(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A happy hour lies outside the opening hours of some of the stores it runs in.

    Why: it is announced in all of them.

    Bad:
        # stores/stores.yaml
        - {id: jkt-sabang, name: Sabang, channels: [dine_in, takeaway], opening_hours: [{open: 07:00, close: 22:00}]}
        - {id: jkt-kota, name: Kota, opening_hours: [{open: 06:00, close: 15:00}]}
        # promotions/example.yaml
        promo_type: happy_hour
        validity: {start_date: 2026-02-01, time_start: 17:00, time_end: 19:00}
        rules: {discount_percent: 30}

    Good:
        # stores/stores.yaml
        - {id: jkt-sabang, name: Sabang, channels: [dine_in, takeaway], opening_hours: [{open: 07:00, close: 22:00}]}
        - {id: jkt-kota, name: Kota, opening_hours: [{open: 06:00, close: 18:00}]}
        # promotions/example.yaml
        promo_type: happy_hour
        validity: {start_date: 2026-02-01, time_start: 17:00, time_end: 19:00}
        rules: {discount_percent: 30}

    Fix: leave those stores out under `targeting.stores`, or correct the hours.
    """
    if not facts.whole("stores"):
        return
    origin = facts.today - dt.timedelta(days=1)
    runs = runs_of(promotion.validity, origin, (holiday.date for holiday in facts.workspace.holidays))
    stores = facts.stores_of(promotion.targeting)

    @cache
    def open_then(hours: str) -> bool:
        opening = opening_runs(by_hours[hours], origin)
        return any(next(moments([runs, opened]), None) is not None for opened in opening)

    by_hours = {repr(store.opening_hours): store.opening_hours for store in stores}
    closed = [store.id for store in stores if not open_then(repr(store.opening_hours))] if runs.days else []
    if closed and len(closed) < len(stores):
        start = clock(promotion.validity.time_start or dt.time())
        yield Finding(
            f"{several(len(closed), 'store')} of {len(stores):,} it runs in are never open in its hours",
            "/validity/time_start" if promotion.validity.time_start else "/validity",
            notes=(f"closed from {start} on: {listed(closed)}",),
            help="leave them out under `targeting.stores`, or correct the hours",
            scope=Scope(stores=tuple(closed[:_MOST_STORES])),
        )


@cache
def _gaps(zone: str, today: dt.date) -> tuple[tuple[dt.date, dt.time, dt.time], ...]:
    """The hours that a zone's clocks skip in the year to come: the day, and the wall times between which they lie."""
    info, found = ZoneInfo(zone), []
    for ahead in range(_AHEAD):
        day = today + dt.timedelta(days=ahead)
        before, after = (_offset(info, day + dt.timedelta(days=shift)) for shift in (0, 1))
        if after > before:
            for minute in range(0, 24 * 60, 15):
                wall = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minute)
                if wall.replace(tzinfo=info).astimezone(dt.UTC).astimezone(info).replace(tzinfo=None) != wall:
                    closes = wall + (after - before)
                    found.append((day, wall.time(), closes.time() if closes.date() == day else dt.time.max))
                    break
    return tuple(found)


def _offset(zone: ZoneInfo, day: dt.date) -> dt.timedelta:
    return dt.datetime.combine(day, dt.time(), tzinfo=zone).utcoffset() or dt.timedelta()
