"""A calendar as one page of HTML that needs nothing else: a picture, and a table that says the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from promo_cli.pipeline import calendar_words as words
from promo_cli.pipeline.calendar import Calendar, Day, Row
from promo_cli.validation.words import several

HUES = 6
"""How many colours brands have; they repeat, and never stand without the brand's name."""

_MOST_STORES_NAMED = 60
_DAYS_NUMBERED = 45
_WEEKS_NUMBERED = 200


def page(calendar: Calendar) -> str:
    """Return the page. Whatever files say is text in it, never markup."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("calendar_page.jinja").render(**_values(calendar))


def _values(calendar: Calendar) -> dict[str, Any]:
    days = (calendar.last - calendar.first).days + 1
    dates = [calendar.first + dt.timedelta(days=number) for number in range(days)]
    holidays = dict(calendar.holidays)
    groups = [
        {
            "title": title,
            "hue": number % HUES,
            "rows": [{**_row(row, calendar), "bars": list(_bars(row, calendar, dates))} for row in rows],
        }
        for number, (title, rows) in enumerate(calendar.groups)
    ]
    return {
        "company": calendar.company,
        "title": f"Promotions, {words.date(calendar.first)} to {words.date(calendar.last)}",
        "filters": calendar.filters,
        "days": days,
        "day_width": 26 if days <= _DAYS_NUMBERED else 9 if days <= _WEEKS_NUMBERED else 3,
        "months": list(_months(dates)),
        "ticks": list(_ticks(dates, holidays)),
        "columns": list(_columns(dates, holidays, calendar.today)),
        "groups": groups,
        "absent": calendar.absent,
        "holidays": [{"date": words.date(day), "name": name} for day, name in calendar.holidays],
        "today": words.date(calendar.today),
        "zones": sorted({zone for row in calendar.rows for zone in row.zones}),
        "marks": {
            "hours": any(row.hours and row.active for row in calendar.rows),
            "off": any(not row.active for row in calendar.rows),
            "rests": any(Day.RESTS in row.days for row in calendar.rows),
        },
    }


def _row(row: Row, calendar: Calendar) -> dict[str, Any]:
    everywhere = len(row.stores) == len(calendar.store_names)
    named = [calendar.store_names[store] for store in row.stores[:_MOST_STORES_NAMED]]
    where = f"all {several(len(row.stores), 'store')}" if everywhere else several(len(row.stores), "store")
    return {
        "code": row.code,
        "name": row.name,
        "description": row.description,
        "type": row.promo_type.replace("_", " "),
        "owner": row.owner,
        "when": row.when,
        "period": row.period,
        "where": where,
        "brief": ", ".join(filter(None, [words.hours(*row.hours) if row.hours else "", where])),
        "stores": named if not everywhere and len(named) < len(calendar.store_names) else [],
        "more_stores": len(row.stores) - len(named),
        "state": _state(row, calendar.today),
        "off": not row.active,
    }


def _state(row: Row, today: dt.date) -> str:
    if not row.active:
        return "switched off"
    if row.first > today:
        return f"starts in {several((row.first - today).days, 'day')}"
    if row.last is None:
        return "runs, open-ended"
    left = (row.last - today).days
    return "ended" if left < 0 else "last day today" if left == 0 else f"runs, {several(left, 'day')} left"


def _bars(row: Row, calendar: Calendar, dates: list[dt.date]) -> Iterator[dict[str, Any]]:
    """Yield what is drawn for a promotion; `edges` are the ends that are its own, not the calendar's."""
    for run in row.runs(calendar.first):
        at = (run.first - calendar.first).days
        before = run.first == dates[0] and row.first < run.first
        after = run.last == dates[-1] and (row.last is None or row.last > run.last)
        span = words.date(run.first) + (f" to {words.date(run.last)}" if run.last > run.first else "")
        yield {
            **_place(at, (run.last - run.first).days + 1, len(dates)),
            "kind": " ".join(
                filter(
                    None,
                    [
                        "off" if not row.active else "part" if row.hours else "full",
                        "before" if before else "",
                        "after" if after else "",
                    ],
                )
            ),
            "title": f"{row.code}: {span}, {row.when}",
        }
    for number, day in enumerate(row.days):
        if day is Day.RESTS:
            yield {
                **_place(number, 1, len(dates)),
                "kind": "rests",
                "title": f"{row.code}: rests on {words.date(dates[number])}",
            }


def _months(dates: list[dt.date]) -> Iterator[dict[str, Any]]:
    at = 0
    for (year, _), found in groupby(dates, key=lambda date: (date.year, date.month)):
        month = list(found)
        short = f"{month[0]:%b}" + (f" {year}" if at == 0 or month[0].month == 1 else "")
        yield {**_place(at, len(month), len(dates)), "label": short}
        at += len(month)


def _ticks(dates: list[dt.date], holidays: dict[dt.date, str]) -> Iterator[dict[str, Any]]:
    """Yield the numbers above the days, or above Mondays where there are many."""
    for number, date in enumerate(dates):
        if len(dates) <= _DAYS_NUMBERED:
            letter = "MTWTFSS"[date.weekday()]
            yield {**_place(number, 1, len(dates)), "label": str(date.day), "letter": letter, "on": date in holidays}
        elif len(dates) <= _WEEKS_NUMBERED and date.isoweekday() == 1:
            yield {**_place(number, 7, len(dates)), "label": str(date.day), "letter": "", "on": False}


def _columns(dates: list[dt.date], holidays: dict[dt.date, str], today: dt.date) -> Iterator[dict[str, Any]]:
    """Yield what is shaded behind all rows: weekends where days are wide, holidays, and today."""
    for number, date in enumerate(dates):
        kinds = {
            "today": date == today,
            "holiday": date in holidays,
            "weekend": date.isoweekday() > 5 and len(dates) <= _WEEKS_NUMBERED,
            "month": date.day == 1 and len(dates) > _WEEKS_NUMBERED,
        }
        kind = next((name for name, fits in kinds.items() if fits), None)
        if kind:
            yield {**_place(number, 1, len(dates)), "kind": kind}


def _place(at: int, length: int, days: int) -> dict[str, str]:
    """Where something stands in the picture, in percent of its width."""
    return {"left": f"{at / days:.4%}", "width": f"{length / days:.4%}"}
