import math
import random
from collections.abc import Sequence
from statistics import covariance, fmean, variance

import pytest

from promo_cli.reports.privacy import FEWEST_PERSONS, suppress
from promo_cli.reports.result import Blank, Column
from promo_cli.reports.statistics import intervals
from promo_cli.reports.statistics.intervals import Estimate, Sample
from promo_cli.reports.statistics.lift import Arms, Evidence, Panel, choose, difference, effect
from promo_cli.reports.statistics.survival import kaplan_meier
from promo_cli.reports.statistics.synthetic import synthetic_control


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_interval(successes: int, trials: int, low: float, high: float) -> None:
    """As published: Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3."""
    found = intervals.wilson(successes, trials)
    assert found == pytest.approx((low, high), abs=5e-5)


def test_a_share_of_nothing_has_no_interval() -> None:
    """Without trials nothing is known, rather than everything between 0 and 1."""
    assert intervals.wilson(0, 0) is None


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [((56, 70, 48, 80), 0.0524, 0.3339), ((9, 10, 3, 10), 0.1705, 0.8090), ((5, 56, 0, 29), -0.0381, 0.1926)],
)
def test_difference_of_shares(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    """As published: Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10."""
    found = intervals.newcombe(*counts)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_welch() -> None:
    """Miles per gallon of 249 US and 79 Japanese cars: t = -12.946, 136.87 degrees of freedom.

    NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.3, data AUTO83B.
    """
    found = intervals.welch(Sample(249, 20.14458, 6.41470**2), Sample(79, 30.48101, 6.10771**2))
    assert found.value / found.error == pytest.approx(-12.94627, abs=1e-3)
    assert found.degrees == pytest.approx(136.8750, abs=1e-2)
    assert not found.holds_zero


def test_difference_in_differences() -> None:
    """Employment in New Jersey and Pennsylvania before and after a minimum wage: 2.76 with standard error 1.36.

    Card, Krueger (1994), American Economic Review 84, table 3: means before and after, and errors of their changes.
    """

    def stores(n: int, before: float, after: float, error: float) -> Sample:
        return Sample(n, after, error**2 * n, before, 0.0, 0.0)

    arms = Arms(stores(321, 20.44, 21.03, 0.54), stores(77, 23.33, 21.17, 1.25))
    found = difference(arms, "C")
    assert found.value == pytest.approx(2.76, abs=0.011)
    assert found.error == pytest.approx(1.36, abs=0.005)


def test_kaplan_meier() -> None:
    """Weeks of remission of 21 patients on 6-mercaptopurine: survival 0.857 after week 6 down to 0.448 after 23.

    Freireich and others (1963), Blood 21, 699-716, as in Cox, Oakes (1984), Analysis of Survival Data, table 1.1.
    """
    relapsed = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    steps = kaplan_meier([(t, True, 1) for t in relapsed] + [(t, False, 1) for t in censored])
    assert [(step.time, step.at_risk) for step in steps] == [
        (6, 21), (7, 17), (10, 15), (13, 12), (16, 11), (22, 7), (23, 6),
    ]  # fmt: skip
    expected = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert [1 - step.share for step in steps] == pytest.approx(expected, abs=5e-4)
    assert all(step.low < step.share < step.high for step in steps)


def test_nobody_converted_has_no_curve() -> None:
    """Where it happened to nobody there is no step to show."""
    assert kaplan_meier([(5.0, False, 3)]) == []


def _sample(y: Sequence[float], x: Sequence[float]) -> Sample:
    return Sample(len(y), fmean(y), variance(y), fmean(x), variance(x), covariance(y, x))


def test_cuped_keeps_what_the_pre_period_does_not_explain() -> None:
    """The variance falls to 1 - r² of what it was: Deng and others (2013), equation 4."""
    rng = random.Random(3)
    before = [rng.gauss(100, 20) for _ in range(400)]
    after = [each + rng.gauss(5, 10) for each in before]
    arm = _sample(after, before)
    theta = intervals.cuped_theta(arm, arm)
    correlation = arm.covariance / math.sqrt(arm.variance * arm.before_variance)
    assert arm.less(theta).variance == pytest.approx(arm.variance * (1 - correlation**2), rel=1e-9)


def test_fieller_interval_is_where_the_difference_may_be_zero() -> None:
    """Its ends are the ratios r at which a - r·b is just t standard errors from 0: the definition, solved by search."""
    a, b = Estimate(3.0, 0.8, 0, 0, 30), Estimate(5.0, 0.9, 3.2, 6.8, 30)
    shared = 0.2
    found = intervals.ratio(a, b, shared)
    assert found is not None
    t = intervals.t_quantile(30)

    def away(r: float) -> float:
        error = math.sqrt(a.error**2 - 2 * r * shared + r**2 * b.error**2)
        return abs(a.value - r * b.value) / error - t

    for end in (found.low, found.high):
        assert away(end) == pytest.approx(0, abs=1e-6)
    assert found.low < 0.6 < found.high


def test_a_ratio_is_undefined_when_its_denominator_may_be_zero() -> None:
    """An interval that holds 0 divides into anything at all."""
    assert intervals.ratio(Estimate(1, 1, -1, 3), Estimate(1, 1, -1, 3)) is None


def test_average_bill_is_clustered_by_customer() -> None:
    """Σy/Σx is exact, and its error is that of the residuals y - R·x over the mean of x."""
    spent, bills = [100.0, 50.0, 240.0], [2.0, 1.0, 3.0]
    pairs = list(zip(spent, bills, strict=True))
    sums = (sum(y * y for y in spent), sum(x * x for x in bills), sum(y * x for y, x in pairs))
    found = intervals.mean_ratio(3, sum(spent), sum(bills), *sums)
    assert found.value == 65
    residuals = variance([y - 65 * x for y, x in pairs])
    assert found.error == pytest.approx(math.sqrt(residuals / 3) / fmean(bills))


DONORS = [
    ([10, 12, 14, 16, 18, 20], [22, 24, 26]),
    ([30, 28, 33, 27, 31, 26], [29, 30, 28]),
    ([5, 9, 4, 8, 5, 9], [5, 9, 4]),
    ([21, 20, 22, 19, 23, 20], [21, 22, 20]),
    ([40, 41, 39, 42, 38, 43], [40, 41, 40]),
]


def test_synthetic_control_finds_the_mixture() -> None:
    """A store that is 0.6 of one and 0.4 of another, and 5 more after: these weights, and 5, and no placebo like it."""
    before = [0.6 * a + 0.4 * b for a, b in zip(DONORS[0][0], DONORS[1][0], strict=True)]
    after = [0.6 * a + 0.4 * b + 5 for a, b in zip(DONORS[0][1], DONORS[1][1], strict=True)]
    found = synthetic_control(before, after, DONORS)
    assert found.weights == pytest.approx((0.6, 0.4, 0, 0, 0), abs=1e-4)
    assert found.gap == pytest.approx(5, abs=1e-3)
    assert found.fit < 1e-3
    assert found.share == pytest.approx(1 / 6)
    assert found.coverage == pytest.approx(5 / 6)


def _arms(change: float, trend: float = 0.0) -> dict[tuple[str, str], Arms]:
    quiet = Sample(8, 100.0, 4.0, 100.0, 4.0, 3.0)
    moved = Sample(8, 100.0 + change, 4.0, 100.0, 4.0, 3.0)
    before = Sample(8, 50.0 + trend, 4.0, 50.0, 4.0, 3.0)
    return {("C", "net"): Arms(moved, quiet), ("C", "placebo"): Arms(before, Sample(8, 50.0, 4.0, 50.0, 4.0, 3.0))}


def test_the_best_grade_that_holds_is_taken() -> None:
    """A holdout comes before stores, stores before a change; a grade that was asked for is the only one tried."""
    arms = {("A", "net"): Arms(Sample(9, 5, 1), Sample(9, 4, 1)), ("E", "net"): Arms(Sample(7, 5, 1), Sample(7, 4, 1))}
    assert choose(Evidence({**arms, **_arms(9)})).grade == "A"
    assert choose(Evidence({**arms, **_arms(9)}), "c").grade == "C"
    assert choose(Evidence(arms), "C").grade == ""


def test_a_trend_before_the_start_costs_the_grade() -> None:
    """Stores that were already going another way are not compared; what is left is a change, and says why."""
    change = {("E", "net"): Arms(Sample(7, 5, 1), Sample(7, 4, 1))}
    assert choose(Evidence({**_arms(9), **change})).grade == "C"
    found = choose(Evidence({**_arms(9, trend=8), **change}))
    assert (found.grade, found.incremental) == ("E", False)
    assert "pre-trend" in found.remark


def test_a_single_store_is_held_against_a_mixture() -> None:
    """With too few other stores there is no mixture; with enough it is grade D, over all days."""
    treated = ([float(n) for n in DONORS[0][0]], [float(n) + 4 for n in DONORS[0][1]])
    few = Evidence({}, Panel(treated, 3, 1, DONORS[:4]))
    assert choose(few).grade == ""
    enough = Evidence({}, Panel(treated, 3, 1, DONORS))
    found = choose(enough)
    assert found.grade == "D"
    assert effect(enough, found, "net").value == pytest.approx(12, abs=0.01)
    assert math.isnan(effect(enough, found, "other").value)


COLUMNS = (Column("who", "Who", "text"), Column("persons", "Persons", "count"), Column("net", "Net", "amount"))


@pytest.mark.parametrize(
    ("counts", "hidden", "total_hidden"),
    [
        ([20, 30, 0], [], False),
        ([3, 30, 20], [0, 2], False),
        ([3, 4, 30], [0, 1, 2], False),
        ([6, 7, 30], [0, 1], False),
        ([3, 0], [0], True),
    ],
)
def test_a_blank_cannot_be_worked_out(counts: list[int], hidden: list[int], total_hidden: bool) -> None:
    """Blanked rows are two at least and hold ten persons together; if there is no other row, the total goes."""
    rows = [(f"r{number}", count, 100 * count) for number, count in enumerate(counts)]
    kept, total = suppress(COLUMNS, rows, ("Total", sum(counts), 100 * sum(counts)), "persons")
    assert [number for number, row in enumerate(kept) if row[1] is Blank.SUPPRESSED] == hidden
    assert [row[0] for row in kept] == [row[0] for row in rows]
    assert total is not None
    assert (total[1] is Blank.SUPPRESSED) == total_hidden


def test_no_set_of_counts_gives_a_small_group_away() -> None:
    """Whatever the counts: what a reader can subtract from the total is nobody, or at least ten persons in two rows."""
    rng = random.Random(5)
    for _ in range(500):
        counts = [rng.choice((0, 1, 4, 9, 10, 15, 40)) for _ in range(rng.randrange(1, 7))]
        rows = [(f"r{number}", count, count) for number, count in enumerate(counts)]
        kept, total = suppress(COLUMNS, rows, ("Total", sum(counts), sum(counts)), "persons")
        blanked = [count for count, row in zip(counts, kept, strict=True) if row[1] is Blank.SUPPRESSED]
        assert all(row[1] is Blank.SUPPRESSED or row[1] == 0 or row[1] >= FEWEST_PERSONS for row in kept)
        assert total is not None
        if total[1] is not Blank.SUPPRESSED and blanked:
            assert len(blanked) > 1
            assert sum(blanked) >= FEWEST_PERSONS
