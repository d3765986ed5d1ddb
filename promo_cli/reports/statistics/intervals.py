"""Intervals of shares, of differences of means, and of ratios."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its standard error and the ends of its interval; NaN where they cannot be had."""

    value: float
    error: float
    low: float
    high: float
    degrees: float = math.inf

    def times(self, factor: float) -> Estimate:
        """Return the estimate of `factor` times as much."""
        ends = sorted((self.low * factor, self.high * factor))
        return Estimate(self.value * factor, self.error * abs(factor), ends[0], ends[1], self.degrees)

    def plus(self, constant: float) -> Estimate:
        """Return the estimate of as much and a known amount."""
        return Estimate(self.value + constant, self.error, self.low + constant, self.high + constant, self.degrees)

    @property
    def holds_zero(self) -> bool:
        """Tell whether 0 is inside the interval, or there is none."""
        return not (self.low > 0 or self.high < 0)


NOTHING = Estimate(math.nan, math.nan, math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class Sample:
    """What a sample of pairs (y, x) comes to; variances and the covariance have n − 1 as denominator."""

    n: int
    mean: float
    variance: float
    before: float = 0.0
    before_variance: float = 0.0
    covariance: float = 0.0

    def less(self, theta: float) -> Sample:
        """Return the sample of y − theta·x."""
        variance = self.variance - 2 * theta * self.covariance + theta**2 * self.before_variance
        return Sample(self.n, self.mean - theta * self.before, max(variance, 0.0))


def wilson(successes: int, trials: int) -> tuple[float, float] | None:
    """Return the score interval of a share; None without trials.

    Wilson (1927), Journal of the American Statistical Association 22, 209-212.
    """
    if trials <= 0 or not 0 <= successes <= trials:
        return None
    z = normal_quantile()
    share = successes / trials
    middle = share + z**2 / (2 * trials)
    half = z * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    scale = 1 + z**2 / trials
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def newcombe(s1: int, n1: int, s2: int, n2: int) -> Estimate:
    """Return the difference of two independent shares, s1/n1 − s2/n2, with the hybrid score interval.

    Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.
    """
    first, second = wilson(s1, n1), wilson(s2, n2)
    if first is None or second is None:
        return NOTHING
    p1, p2 = s1 / n1, s2 / n2
    low = p1 - p2 - math.hypot(p1 - first[0], second[1] - p2)
    high = p1 - p2 + math.hypot(first[1] - p1, p2 - second[0])
    return Estimate(p1 - p2, math.nan, low, high)


def welch(treated: Sample, control: Sample) -> Estimate:
    """Return the difference of two means, of which the variances may differ.

    Welch (1947), Biometrika 34, 28-35; degrees of freedom by Satterthwaite (1946).
    """
    if treated.n < 2 or control.n < 2:
        return NOTHING
    parts = treated.variance / treated.n, control.variance / control.n
    difference = treated.mean - control.mean
    error = math.sqrt(sum(parts))
    if error == 0:
        return Estimate(difference, 0.0, difference, difference)
    degrees = sum(parts) ** 2 / (parts[0] ** 2 / (treated.n - 1) + parts[1] ** 2 / (control.n - 1))
    half = t_quantile(degrees) * error
    return Estimate(difference, error, difference - half, difference + half, degrees)


def cuped_theta(treated: Sample, control: Sample) -> float:
    """Return how much of the pre-period to take off so that the variance is smallest: pooled cov(y, x) / var(x).

    Deng, Xu, Kohavi, Walker (2013), Improving the Sensitivity of Online Controlled Experiments, WSDM, section 3.
    """
    variance = (treated.n - 1) * treated.before_variance + (control.n - 1) * control.before_variance
    covariance = (treated.n - 1) * treated.covariance + (control.n - 1) * control.covariance
    return covariance / variance if variance > 0 else 0.0


def ratio(numerator: Estimate, denominator: Estimate, covariance: float = 0.0) -> Estimate | None:
    """Return a ratio of two estimates with Fieller's interval, or None when the denominator may be 0.

    Fieller (1954), Journal of the Royal Statistical Society B 16, 175-185.
    """
    if denominator.holds_zero:
        return None
    a, b = numerator.value, denominator.value
    t = t_quantile(min(numerator.degrees, denominator.degrees))
    g = (t * denominator.error / b) ** 2
    if not g < 1:
        return None
    value = a / b
    middle = value - g * covariance / denominator.error**2 if denominator.error else value
    inside = (
        numerator.error**2
        - 2 * value * covariance
        + value**2 * denominator.error**2
        - g * (numerator.error**2 - (covariance / denominator.error) ** 2 if denominator.error else 0.0)
    )
    half = t / abs(b) * math.sqrt(max(inside, 0.0))
    return Estimate(value, half / t, (middle - half) / (1 - g), (middle + half) / (1 - g))


def mean_ratio(n: int, y: float, x: float, yy: float, xx: float, xy: float) -> Estimate:
    """Return Σy/Σx over `n` clusters with its delta-method interval, from the sums of y, x, y², x² and xy.

    Used for the average bill: y is what a customer spent, x how many bills it took. Deng, Knoblich, Lu (2018),
    Applying the Delta Method in Metric Analytics, KDD, section 3.
    """
    if n < 2 or x <= 0:
        return NOTHING
    value = y / x
    # The sum of squared residuals y − value·x, which sum to 0 themselves.
    squares = max(yy - 2 * value * xy + value**2 * xx, 0.0)
    error = math.sqrt(squares * n / (n - 1)) / x
    half = t_quantile(n - 1) * error
    return Estimate(value, error, value - half, value + half, n - 1)


def normal_quantile() -> float:
    """Return how many standard errors an interval reaches to each side, for large samples."""
    return _quantile("norm", math.inf)


def t_quantile(degrees: float) -> float:
    """Return the same for samples with so many degrees of freedom."""
    return _quantile("t", degrees) if math.isfinite(degrees) else normal_quantile()


def _quantile(name: str, degrees: float) -> float:
    from scipy import stats  # type: ignore[import-untyped]

    upper = (1 + CONFIDENCE) / 2
    quantile: Callable[..., float] = stats.norm.ppf if name == "norm" else stats.t.ppf
    return float(quantile(upper) if name == "norm" else quantile(upper, degrees))
