import datetime as dt
from typing import Any

import pytest

from promo_cli.compiler.window import carried, clock_behind

FEB = {"start_date": dt.date(2026, 2, 1), "end_date": dt.date(2026, 2, 28)}  # the 28th is a Saturday


def day(month: int, number: int) -> dt.date:
    """Return a day of 2026."""
    return dt.date(2026, month, number)


@pytest.mark.parametrize(
    ("validity", "as_of", "expected"),
    [
        (FEB, day(1, 17), False),
        (FEB, day(1, 18), True),
        (FEB, day(2, 28), True),
        (FEB, day(3, 1), False),
        ({**FEB, "time_start": "22:00", "time_end": "02:00"}, day(3, 1), True),
        ({**FEB, "time_start": "22:00", "time_end": "02:00"}, day(3, 2), False),
        ({**FEB, "days_of_week": ["mon"]}, day(2, 23), True),
        ({**FEB, "days_of_week": ["mon"]}, day(2, 24), False),
        ({**FEB, "exclude_dates": [day(2, 28)]}, day(2, 27), True),
        ({**FEB, "exclude_dates": [day(2, 28)]}, day(2, 28), False),
        ({**FEB, "exclude_holidays": True}, day(2, 28), False),
        ({"start_date": dt.date(2020, 1, 1)}, day(2, 28), True),
    ],
)
def test_a_bundle_carries_a_promotion_from_the_horizon_to_its_last_window(
    build: Any, validity: dict[str, Any], as_of: dt.date, expected: bool
) -> None:
    """In two weeks before the start, out once the last window has closed and not a day earlier."""
    promotion = build(validity=validity)
    assert carried(promotion.validity, as_of, 14, holidays={day(2, 28)}) is expected


def test_a_store_behind_the_company_clock_keeps_the_last_day(build: Any) -> None:
    """While it is still yesterday in a store, yesterday's promotion stays in its bundle."""
    validity = build(validity=FEB).validity
    assert carried(validity, day(3, 1), 14, holidays=set(), behind=True)
    assert not carried(validity, day(3, 2), 14, holidays=set(), behind=True)


def test_clocks_compare_by_their_offsets() -> None:
    """Jakarta is behind Makassar, not the other way round, and no clock is behind itself."""
    assert clock_behind("Asia/Jakarta", "Asia/Makassar", day(2, 1))
    assert not clock_behind("Asia/Makassar", "Asia/Jakarta", day(2, 1))
    assert not clock_behind("Asia/Jakarta", "Asia/Jakarta", day(2, 1))
