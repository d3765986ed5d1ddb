"""Tills whose clocks are wrong: events later than their own arrival, or far from their business day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promo_cli.warehouse import meta

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class ClockBounds:
    """From where on a clock is wrong: minutes ahead of the ingest, hours before or after the business day."""

    ahead_minutes: int = 15
    off_day_hours: int = 12


DEFAULT_BOUNDS = ClockBounds()


@dataclass(frozen=True, slots=True)
class WrongClock:
    """One till's events with a time that cannot be right: how many, the largest error, and the newest business day.

    `wrong` is `ahead` (of the ingest) or `off_day` (far from the business day).
    """

    store_id: str
    pos_id: str | None
    wrong: str
    events: int
    off_by: dt.timedelta
    newest_day: dt.date


def wrong_clocks(con: DuckDBPyConnection) -> list[WrongClock]:
    """Return the tills with wrong clocks, the largest errors first."""
    rows = con.execute(
        """
        SELECT store_id, pos_id, wrong, count(*), max(off_by), max(business_date) FROM wrong_clocks
        GROUP BY ALL ORDER BY max(off_by) DESC, store_id, pos_id, wrong
        """
    ).fetchall()
    return [WrongClock(*row) for row in rows]


def remember(con: DuckDBPyConnection, bounds: ClockBounds) -> None:
    """Note the bounds in the warehouse, so that its views and reports go by them."""
    for name, value in _texts(bounds).items():
        meta.put(con, name, value)


def are_known(con: DuckDBPyConnection, bounds: ClockBounds) -> bool:
    """Tell whether the warehouse goes by these bounds."""
    return all(meta.get(con, name) == value for name, value in _texts(bounds).items())


def _texts(bounds: ClockBounds) -> dict[str, str]:
    return {
        "clock_ahead_minutes": str(bounds.ahead_minutes),
        "clock_off_day_hours": str(bounds.off_day_hours),
    }
