from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promo_cli.pricing.money import allocate, half_up, major, whole


@pytest.mark.parametrize(
    ("number", "places", "minor"),
    [(25000, 0, 25000), (Decimal("12.50"), 2, 1250), (25000.0, 0, 25000), (0.1, 2, 10), (Decimal("1E+3"), 0, 1000)],
)
def test_major_units_become_whole_minor_units(number: object, places: int, minor: int) -> None:
    """Ints, decimals and the decimals that floats print as are scaled exactly."""
    assert whole(number, places) == minor


@pytest.mark.parametrize(
    "number",
    [Decimal("0.001"), Decimal("NaN"), float("nan"), float("inf"), 10**15, Decimal("1E+999999"), True, "5", None],
)
def test_what_is_no_amount_is_refused(number: object) -> None:
    """Finer than the currency, not finite, too large or not a number: none of them is an amount."""
    assert whole(number, 2) is None


@given(st.integers(0, 10**12), st.sampled_from([0, 2, 3]))
def test_minor_units_come_back_unchanged(minor: int, exponent: int) -> None:
    """Writing an amount in major units and reading it gives the same minor units, without trailing zeros."""
    written = major(minor, exponent)
    assert whole(written, exponent) == minor
    assert not ("." in str(written) and str(written).endswith("0"))


def test_halves_round_up() -> None:
    """Half a minor unit counts as a whole one; less does not."""
    assert [half_up(149, 100), half_up(150, 100), half_up(250, 100)] == [1, 2, 3]


groups = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(1, 4)), min_size=1, max_size=6)


@given(st.integers(0, 3000), groups)
def test_shares_add_up_and_fit(total: int, units: list[tuple[int, int, int]]) -> None:
    """Shares sum to the total, or to all the room there is; no unit gets more than its room or below its due whole."""
    weights, rooms, counts = (list(column) for column in zip(*units, strict=True))
    shares = allocate(total, weights, rooms, counts)
    takers = [i for i, weight in enumerate(weights) if weight]
    assert [sum(count for count, _ in share) for share in shares] == counts
    assert sum(count * each for share in shares for count, each in share) == min(
        total, sum(rooms[i] * counts[i] for i in takers)
    )
    assert all(0 <= each <= rooms[i] for i, share in enumerate(shares) for _, each in share)
    assert all(each == 0 for i, share in enumerate(shares) if not weights[i] for _, each in share)


def test_largest_remainders_get_what_is_left_over() -> None:
    """50.00 over 120/230/300 is 9.23, 17.69 and 23.08: the cent left over goes to the largest remainder."""
    shares = allocate(5000, [12000, 23000, 30000], [12000, 23000, 30000], [1, 1, 1])
    assert [share[0][1] for share in shares] == [923, 1769, 2308]


def test_what_a_floor_holds_back_goes_to_the_others() -> None:
    """25.00 over a unit that may give 5.00 and three of 20.00: 5.00, then 6.67, 6.67 and 6.66."""
    assert allocate(2500, [5000, 2000], [500, 2000], [1, 3]) == [[(1, 500)], [(2, 667), (1, 666)]]
