"""Synthetic control: a mixture of untreated stores that went like the treated one before, as what would have been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Series = Sequence[float]


@dataclass(frozen=True, slots=True)
class Synthetic:
    """`gap` is the treated store's mean per day less the mixture's, after; `placebos` are the same with each other
    store taken for the treated one. `share` is the share of placebos, itself counted, whose gap is as unusual for how
    well they fitted before: the p-value. `fit` is the root mean square error before, by the mean before."""

    gap: float
    placebos: tuple[float, ...]
    weights: tuple[float, ...]
    fit: float
    share: float

    @property
    def half_width(self) -> float:
        """The largest gap of a placebo: chance alone went so far. It covers with n/(n+1), for n placebos."""
        return max((abs(each) for each in self.placebos), default=float("nan"))

    @property
    def coverage(self) -> float:
        """How sure the interval is that reaches `half_width` to each side."""
        return len(self.placebos) / (len(self.placebos) + 1)


def synthetic_control(before: Series, after: Series, donors: Sequence[tuple[Series, Series]]) -> Synthetic:
    """Compare a treated store with the mixture of donors that fits it best before; series are per day.

    Weights are at least 0 and sum to 1. Abadie, Diamond, Hainmueller (2010), Journal of the American Statistical
    Association 105, 493-505; placebo test by the ratio of mean squared errors after and before, section 4.
    """
    gap, fit_before, fit_after, weights = _gap(before, after, donors)
    placebos, unusual = [], 1
    own = _unusual(fit_before, fit_after)
    for number, (placebo_before, placebo_after) in enumerate(donors):
        others = [donor for at, donor in enumerate(donors) if at != number]
        other_gap, mse_before, mse_after, _ = _gap(placebo_before, placebo_after, others)
        placebos.append(other_gap)
        unusual += _unusual(mse_before, mse_after) >= own
    mean = sum(before) / len(before)
    fit = fit_before**0.5 / mean if mean else float("nan")
    return Synthetic(gap, tuple(placebos), weights, fit, unusual / (len(donors) + 1))


def _unusual(before: float, after: float) -> float:
    return after / before if before > 0 else float("inf")


def _gap(
    before: Series, after: Series, donors: Sequence[tuple[Series, Series]]
) -> tuple[float, float, float, tuple[float, ...]]:
    import numpy as np

    weights = _weights(before, [donor for donor, _ in donors])
    missed_before = np.asarray(before, float) - np.asarray([donor for donor, _ in donors], float).T @ weights
    missed_after = np.asarray(after, float) - np.asarray([donor for _, donor in donors], float).T @ weights
    mse_before, mse_after = float((missed_before**2).mean()), float((missed_after**2).mean())
    return float(missed_after.mean()), mse_before, mse_after, tuple(float(each) for each in weights)


def _weights(target: Series, donors: Sequence[Series]) -> Any:
    import numpy as np
    from scipy.optimize import nnls  # type: ignore[import-untyped]

    matrix = np.asarray(donors, float).T
    goal = np.asarray(target, float)
    # A heavy last row makes the weights sum to 1; scaling keeps the problem well posed whatever the currency.
    scale = float(np.abs(matrix).mean()) or 1.0
    heavy = 1e4 * np.sqrt(len(goal))
    found, _ = nnls(np.vstack([matrix / scale, np.full((1, matrix.shape[1]), heavy)]), np.append(goal / scale, heavy))
    return found / found.sum()
