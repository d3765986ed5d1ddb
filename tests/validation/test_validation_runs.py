"""When promotions run, as sets, held to the clock that prices carts."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from promo_cli.model.promotion import Validity
from promo_cli.pricing.clock import Moment, closed, read_window
from promo_cli.validation.conflicts.runs import Runs, covers, moments, overlapping, runs_of

TODAY = dt.date(2026, 2, 7)
ORIGIN = TODAY - dt.timedelta(days=1)
HOLIDAYS = [dt.date(2026, 2, 17)]
HOURS = [None, *(dt.time(hour) for hour in (0, 6, 11, 18, 22))]


@st.composite
def validities(draw: st.DrawFn) -> Validity:
    """Return any window of a few weeks around today."""
    start = TODAY + dt.timedelta(days=draw(st.integers(-10, 10)))
    length = draw(st.one_of(st.none(), st.integers(0, 20)))
    days = draw(st.lists(st.integers(1, 7), min_size=1, unique=True))
    opens, closes = draw(st.sampled_from(HOURS)), draw(st.sampled_from(HOURS))
    return Validity.model_validate(
        {
            "start_date": start,
            "end_date": None if length is None else start + dt.timedelta(days=length),
            "days_of_week": days,
            "time_start": opens,
            "time_end": None if closes == (opens or dt.time()) else closes,
            "exclude_holidays": draw(st.booleans()),
            "exclude_dates": draw(st.lists(st.just(TODAY + dt.timedelta(days=3)), max_size=1)),
        }
    )


def open_moments(validity: Validity) -> set[tuple[int, int]]:
    """Return days (from the origin on) and hours at which the engine's clock lets a promotion run from today on."""
    window = read_window(
        validity.start_date.isoformat(),
        validity.end_date and validity.end_date.isoformat(),
        validity.time_start and validity.time_start.isoformat(),
        validity.time_end and validity.time_end.isoformat(),
        validity.days_of_week,
        frozenset(day.toordinal() for day in validity.exclude_dates),
        frozenset(day.toordinal() for day in HOLIDAYS if validity.exclude_holidays),
    )
    return {
        (day, hour)
        for day in range(1, 45)
        for hour in range(24)
        if closed(window, Moment(ORIGIN.toordinal() + day, hour * 3_600_000_000)) is None
    }


def as_runs(validity: Validity) -> Runs:
    """Return the sets of a window."""
    return runs_of(validity, ORIGIN, HOLIDAYS)


@given(validities(), validities())
def test_a_window_that_covers_another_is_open_whenever_that_is(one: Validity, other: Validity):
    """What is proven by sets holds at every hour of six weeks."""
    if covers(as_runs(one), as_runs(other)):
        assert open_moments(other) <= open_moments(one)


@given(validities(), validities())
def test_windows_overlap_where_both_are_open(one: Validity, other: Validity):
    """Sets overlap where there is a common hour, and name one."""
    runs = [as_runs(one), as_runs(other)]
    common = open_moments(one) & open_moments(other)
    if common:
        assert overlapping(runs)
    for day, seconds in moments(runs):
        if 1 <= day < 45:
            assert (day, seconds // 3600) in common


@given(validities())
def test_a_window_covers_itself(one: Validity):
    """Nothing of a window is outside it."""
    assert covers(as_runs(one), as_runs(one))
