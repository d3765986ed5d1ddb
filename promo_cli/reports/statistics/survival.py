"""Time until something happens, when for some it has not happened yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """At `time`: how many were still to come, how many did, and the share that has by now, with its 95 % interval."""

    time: float
    at_risk: int
    events: int
    share: float
    low: float
    high: float


def kaplan_meier(observed: Iterable[tuple[float, bool, int]]) -> list[Step]:
    """Return the steps of 1 − S(t) from (time, whether it happened or was only watched until then, how many).

    Kaplan, Meier (1958), Journal of the American Statistical Association 53, 457-481; variance by Greenwood, interval
    on the log-log scale (Kalbfleisch, Prentice 1980), which stays inside 0 to 1.
    """
    import warnings

    import numpy as np
    from scipy import stats  # type: ignore[import-untyped]

    rows = sorted(observed)
    happened = [np.repeat(time, count) for time, event, count in rows if event and count]
    censored = [np.repeat(time, count) for time, event, count in rows if not event and count]
    if not happened:
        return []
    times = np.concatenate([*happened, *censored]).astype(float)
    flags = np.concatenate([np.zeros(len(each), bool) for each in happened] + [np.ones(len(e), bool) for e in censored])
    function = stats.ecdf(stats.CensoredData.right_censored(times, flags)).sf
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        # Where nobody or everybody is left the formula has no interval; those ends are filled in below.
        warnings.filterwarnings("ignore", "The confidence interval is undefined")
        interval = function.confidence_interval(method="log-log")
    steps = []
    for at, time in enumerate(function.quantiles):
        events = int(sum(len(each) for each in happened if each[0] == time))
        if events:
            survives = float(function.probabilities[at])
            low, high = (float(end.probabilities[at]) for end in (interval.low, interval.high))
            low, high = (survives if np.isnan(end) else end for end in (low, high))
            steps.append(Step(float(time), int((times >= time).sum()), events, 1 - survives, 1 - high, 1 - low))
    return steps
