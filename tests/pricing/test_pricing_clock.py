from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from promo_cli.pricing.clock import Closed, Window, closed, moment, read_window

JAKARTA, BERLIN = ZoneInfo("Asia/Jakarta"), ZoneInfo("Europe/Berlin")
DAYS = [1, 2, 3, 4, 5, 6, 7]


def window(
    start: str | None = None,
    end: str | None = None,
    *,
    days: list[int] = DAYS,
    first: str = "2026-01-01",
    last: str | None = None,
    shut: str = "",
) -> Window:
    """A window by its hours."""
    holidays = frozenset({dt.date.fromisoformat(shut).toordinal()} if shut else ())
    return read_window(first, last, start, end, days, frozenset(), holidays)


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("2026-02-07T16:59:59", Closed.OUTSIDE_HOURS),
        ("2026-02-07T17:00:00", None),
        ("2026-02-07 18:59:59.999999", None),
        ("2026-02-07T19:00:00", Closed.OUTSIDE_HOURS),
    ],
)
def test_hours_are_half_open(at: str, why: Closed | None) -> None:
    """A window from 17:00 to 19:00 holds 17:00 and no longer 19:00."""
    assert closed(window("17:00:00", "19:00:00"), moment(at, JAKARTA)) is why


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("2026-02-07T22:00:00", None),
        ("2026-02-08T01:59:59", None),
        ("2026-02-08T02:00:00", Closed.WRONG_DAY),
        ("2026-02-08T23:00:00", Closed.WRONG_DAY),
        ("2026-02-07T01:00:00", Closed.WRONG_DAY),
    ],
)
def test_hours_across_midnight_belong_to_the_start_day(at: str, why: Closed | None) -> None:
    """Saturday 22:00 to 02:00 runs into Sunday morning, but not from Friday night."""
    assert closed(window("22:00:00", "02:00:00", days=[6]), moment(at, JAKARTA)) is why


def test_dates_and_holidays_are_tested_on_the_start_day() -> None:
    """The last day runs past midnight; the night that begins on a holiday is closed whole."""
    late = window("22:00:00", "02:00:00", last="2026-02-07", shut="2026-02-05")
    assert closed(late, moment("2026-02-08T01:00:00", JAKARTA)) is None
    assert closed(late, moment("2026-02-06T01:00:00", JAKARTA)) is Closed.HOLIDAY
    assert closed(late, moment("2026-02-05T01:00:00", JAKARTA)) is None
    assert closed(late, moment("2026-02-08T23:00:00", JAKARTA)) is Closed.EXPIRED
    assert closed(window(first="2026-03-01"), moment("2026-02-28T10:00", JAKARTA)) is Closed.NOT_STARTED


def test_offsets_are_converted_to_the_stores_clock() -> None:
    """10:00 UTC is 17:00 in Jakarta."""
    assert closed(window("17:00:00", "18:00:00"), moment("2026-02-07T10:00:00Z", JAKARTA)) is None


def test_a_skipped_hour_never_matches_and_a_repeated_one_matches_twice() -> None:
    """In Berlin 02:30 does not exist on 29 March 2026 and happens twice on 25 October 2026."""
    night = window("02:00:00", "03:00:00")
    for skipped in ("2026-03-29T02:30:00", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"):
        assert closed(night, moment(skipped, BERLIN)) is Closed.OUTSIDE_HOURS
    for repeated in ("2026-10-25T02:30:00", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"):
        assert closed(night, moment(repeated, BERLIN)) is None
