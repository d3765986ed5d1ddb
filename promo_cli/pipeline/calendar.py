"""What runs when and where, day by day, as tills will have it.

Windows are read from the compiled promotion and asked by the engine's own clock, stores are the compiler's. So a
weekday, an excluded date or a holiday counts here exactly as it does in a store. Days and hours are wall clock: the
same everywhere, whatever the time zone of a store.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from promo_cli.compiler import compile_promotion
from promo_cli.compiler.targeting import by_store
from promo_cli.diagnostics import Failure
from promo_cli.model.promotion import Promotion
from promo_cli.pipeline import calendar_words as words
from promo_cli.pipeline import codes
from promo_cli.pipeline.check import today_of
from promo_cli.pipeline.environment import check_store
from promo_cli.pipeline.naming import check_known, check_types, promotion_named
from promo_cli.pipeline.price import readable_workspace
from promo_cli.pricing.clock import Closed, Moment, Window, closed, read_window

if TYPE_CHECKING:
    from pathlib import Path

    from promo_cli.workspace import Workspace

DEFAULT_DAYS = 28
MOST_DAYS = 2 * 366
"""The longest calendar; a longer one has no room for what it shows."""


class Day(Enum):
    """What a promotion does on one day."""

    OUTSIDE = "outside"
    """Before its first day, or after its last."""
    RUNS = "runs"
    """It runs, or begins to run where its hours cross midnight."""
    OTHER = "other"
    """Not one of its days of the week."""
    RESTS = "rests"
    """An excluded date, or a holiday it does not run on."""


@dataclass(frozen=True, slots=True)
class Run:
    """Days in a row on which a promotion runs, both inclusive."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class Row:
    """One promotion in a calendar. `days` has one entry for every day of it; no `brands` means every brand."""

    code: str
    name: str
    description: str
    promo_type: str
    owner: str | None
    brands: tuple[str, ...]
    stores: tuple[str, ...]
    zones: tuple[str, ...]
    active: bool
    first: dt.date
    last: dt.date | None
    weekdays: tuple[int, ...]
    hours: tuple[dt.time, dt.time] | None
    when: str
    period: str
    days: tuple[Day, ...]
    path: str
    line: int | None

    def runs(self, start: dt.date) -> list[Run]:
        """Return the days in a row on which it runs; `start` is the calendar's first day."""
        found: list[Run] = []
        for number, day in enumerate(self.days):
            if day is Day.RUNS:
                date = start + dt.timedelta(days=number)
                if found and found[-1].last == date - dt.timedelta(days=1):
                    found[-1] = Run(found[-1].first, date)
                else:
                    found.append(Run(date, date))
        return found


@dataclass(frozen=True, slots=True)
class Absent:
    """A promotion that was looked for and runs on none of the days, and why."""

    code: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """Promotions of some days, `first` and `last` inclusive. `today` is the company's, in `timezone`."""

    company: str
    first: dt.date
    last: dt.date
    today: dt.date
    timezone: str
    filters: tuple[str, ...]
    """What was asked for apart from the days, in words."""
    rows: tuple[Row, ...]
    absent: tuple[Absent, ...]
    holidays: tuple[tuple[dt.date, str], ...]
    brand_names: dict[str, str]
    store_names: dict[str, str]
    problems: int
    """Errors of the workspace; what they are about is shown as it stands."""

    @property
    def groups(self) -> list[tuple[str, list[Row]]]:
        """The rows by brand: the brands in their order, then what several share, then what all have."""
        order = {brand: number for number, brand in enumerate(self.brand_names)}
        found: dict[tuple[str, ...], list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.brands, []).append(row)
        keys = sorted(found, key=lambda key: (len(key) != 1, not key, [order.get(brand, len(order)) for brand in key]))
        return [(self.brands_in_words(key), found[key]) for key in keys]

    def brands_in_words(self, brands: Sequence[str]) -> str:
        """Return the names of brands; none are all of them."""
        return ", ".join(self.brand_names.get(brand, brand) for brand in brands) or "Every brand"

    def document(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "schema": "promo.calendar/1",
            "company": self.company,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "today": self.today.isoformat(),
            "timezone": self.timezone,
            "holidays": [{"date": day.isoformat(), "name": name} for day, name in self.holidays],
            "promotions": [self._entry(row) for row in self.rows],
            "absent": [{"code": one.code, "name": one.name, "why": one.why} for one in self.absent],
        }

    def _entry(self, row: Row) -> dict[str, Any]:
        rests = (n for n, day in enumerate(row.days) if day is Day.RESTS)
        return {
            "code": row.code,
            "name": row.name,
            "promo_type": row.promo_type,
            "is_active": row.active,
            "brands": list(row.brands) or "all",
            "stores": "all" if len(row.stores) == len(self.store_names) else list(row.stores),
            "timezones": list(row.zones),
            "start_date": row.first.isoformat(),
            "end_date": row.last and row.last.isoformat(),
            "days_of_week": list(row.weekdays),
            "time_start": row.hours and row.hours[0].isoformat(),
            "time_end": row.hours and row.hours[1].isoformat(),
            "runs": [{"from": run.first.isoformat(), "to": run.last.isoformat()} for run in row.runs(self.first)],
            "rests": [(self.first + dt.timedelta(days=n)).isoformat() for n in rests],
            "path": row.path,
            "line": row.line,
        }


def calendar(
    start: Path,
    *,
    first: dt.date | None = None,
    last: dt.date | None = None,
    days: int | None = None,
    named: Sequence[str] = (),
    brands: Sequence[str] = (),
    stores: Sequence[str] = (),
    types: Sequence[str] = (),
    today: dt.date | None = None,
) -> Calendar:
    """Return the calendar of the workspace around `start`; four weeks from today unless the days are given.

    Raises Failure: exit 1 for a workspace that cannot be read whole or an unknown code, 2 for days that are none or too
    many, or an unknown brand, store or type.
    """
    workspace, problems = readable_workspace(start)
    today = today or today_of(workspace)
    first = first or today
    last = last or _added(first, (days or DEFAULT_DAYS) - 1)
    _check_span(first, last)
    check_types(types)
    check_known("--brand", "brand", brands, [brand.id for brand in workspace.brands])
    for store in stores:
        check_store(workspace, store)
    wanted = {id(promotion_named(workspace, code)) for code in named}
    chosen = [one for one in workspace.promotions if not wanted or id(one) in wanted]
    chosen = [one for one in chosen if not types or one.promo_type in types]
    running = running_stores(workspace, chosen)
    chosen = [one for one in chosen if not brands or any(_sells(one, brand) for brand in brands)]
    chosen = [one for one in chosen if not stores or not set(stores).isdisjoint(running[id(one)])]
    zones = {store.id: store.timezone or workspace.settings.timezone for store in workspace.stores}
    rows, absent = [], []
    for promotion in chosen:
        row = _row(workspace, promotion, {store: zones[store] for store in running[id(promotion)]}, first, last)
        if Day.RUNS in row.days and row.stores:
            rows.append(row)
        else:
            absent.append(Absent(row.code, row.name, _why(row, first, last)))
    names = {brand.id: brand.name for brand in workspace.brands}
    return Calendar(
        company=workspace.settings.company.name,
        first=first,
        last=last,
        today=today,
        timezone=workspace.settings.timezone,
        filters=(*(names[one] for one in brands), *stores, *types, *named),
        rows=tuple(sorted(rows, key=lambda row: (row.first, row.code))),
        absent=tuple(sorted(absent, key=lambda one: one.code)),
        holidays=tuple(sorted((one.date, one.name) for one in workspace.holidays if first <= one.date <= last)),
        brand_names=names,
        store_names={store.id: store.name for store in workspace.stores},
        problems=len(problems),
    )


def window_of(workspace: Workspace, promotion: Promotion[Any]) -> Window:
    """Return when a promotion runs, as tills read it from a bundle."""
    validity = compile_promotion(promotion, workspace.settings.company.id)["validity"]
    resting = {holiday.date.toordinal() for holiday in workspace.holidays if validity["exclude_holidays"]}
    excluded = {dt.date.fromisoformat(day).toordinal() for day in validity.get("exclude_dates", ())}
    return read_window(
        validity["start_date"],
        validity["end_date"],
        validity["time_start"],
        validity["time_end"],
        validity["days_of_week"] or [1, 2, 3, 4, 5, 6, 7],
        frozenset(excluded),
        frozenset(resting),
    )


def day_of(window: Window, day: dt.date) -> Day:
    """Return what a window does on a day: whether it opens then."""
    ordinal = day.toordinal()
    why = closed(window, Moment(ordinal, window.opens))
    match why:
        case None:
            return Day.RUNS
        case Closed.NOT_STARTED | Closed.EXPIRED:
            return Day.OUTSIDE
        case Closed.WRONG_DAY if window.weekdays is None or (ordinal - 1) % 7 + 1 in window.weekdays:
            return Day.RESTS
        case Closed.HOLIDAY:
            return Day.RESTS
        case _:
            return Day.OTHER


def running_stores(workspace: Workspace, promotions: Sequence[Promotion[Any]]) -> dict[int, tuple[str, ...]]:
    """Return the ids of the stores that run each promotion, by the promotion's identity."""
    found: dict[int, list[str]] = {id(one): [] for one in promotions}
    for store_id, indexes in by_store(promotions, workspace.stores).items():
        for index in indexes:
            found[id(promotions[index])].append(store_id)
    return {key: tuple(ids) for key, ids in found.items()}


def _sells(promotion: Promotion[Any], brand: str) -> bool:
    targeting = promotion.targeting
    return (targeting.brands == "all" or brand in targeting.brands) and brand not in targeting.exclude_brands


def _row(
    workspace: Workspace, promotion: Promotion[Any], zones: Mapping[str, str], first: dt.date, last: dt.date
) -> Row:
    """Return a promotion's row; `zones` are the time zones of the stores that run it, by their ids."""
    window, validity, brands = window_of(workspace, promotion), promotion.validity, promotion.targeting.brands
    place = workspace.locate(promotion, "/code")
    span = (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
    every_hour = validity.time_start is None and validity.time_end is None
    return Row(
        code=promotion.code,
        name=promotion.name,
        description=promotion.description,
        promo_type=promotion.promo_type,
        owner=promotion.owner,
        brands=() if brands == "all" else tuple(brands),
        stores=tuple(zones),
        zones=tuple(sorted(set(zones.values()))),
        active=promotion.is_active,
        first=validity.start_date,
        last=validity.end_date,
        weekdays=tuple(sorted(set(validity.days_of_week))),
        hours=None if every_hour else (validity.time_start or dt.time(), validity.time_end or dt.time()),
        when=words.when(validity),
        period=words.period(validity),
        days=tuple(day_of(window, day) for day in span),
        path=place.path,
        line=place.range and place.range.start.line,
    )


def _why(row: Row, first: dt.date, last: dt.date) -> str:
    """Say why a promotion is not in the calendar."""
    if not row.stores:
        return "runs in no store"
    if row.first > last:
        return f"starts {words.date(row.first)}"
    if row.last is not None and row.last < first:
        return f"ended {words.date(row.last)}"
    return "rests on every day of it" if Day.RESTS in row.days else f"runs on {words.weekdays(row.weekdays)} only"


def _added(first: dt.date, days: int) -> dt.date:
    try:
        return first + dt.timedelta(days=days)
    except OverflowError:
        return dt.date.max


def _check_span(first: dt.date, last: dt.date) -> None:
    if last < first:
        message = f"--to {last} is before the first day, {first}"
        raise Failure([codes.BAD_SPAN.at(None, message, help="name a later --to, or an earlier --from")], exit_code=2)
    if (days := (last - first).days + 1) > MOST_DAYS:
        message = f"from {first} to {last} are {days:,} days; a calendar shows at most {MOST_DAYS}"
        raise Failure([codes.BAD_SPAN.at(None, message, help="name an earlier --to, or fewer --days")], exit_code=2)
