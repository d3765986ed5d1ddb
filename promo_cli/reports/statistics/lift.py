"""What a promotion added: one estimate, by the best design that the data allows, graded A to E.

A  customers held out at random; means per customer compared (Welch), with the pre-period taken off (CUPED) if any
B  stores drawn at random; means per store compared, so that stores are what is counted, not bills
C  stores with it and stores without, before and after: difference of differences, with a pre-trend as placebo
D  a few stores with it against a mixture of stores without (synthetic control), with placebos
E  the same stores before and after: a change, not an effect; nothing says what would have happened anyway
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from promo_cli.reports.statistics.intervals import NOTHING, Estimate, Sample, cuped_theta, welch
from promo_cli.reports.statistics.synthetic import Synthetic, synthetic_control

GRADES = ("A", "B", "C", "D", "E")
FEWEST_DONORS = 5
"""Stores without the promotion that a synthetic control needs at least; with fewer its interval says nothing."""

METHODS = {
    "A": "customers held out",
    "B": "stores drawn at random",
    "C": "other stores, before and after",
    "D": "a mixture of other stores",
    "E": "same stores, before and after",
    "": "no comparison in the data",
}


@dataclass(frozen=True, slots=True)
class Arms:
    """What units with the promotion and without it came to, of one outcome."""

    treated: Sample
    control: Sample


@dataclass(frozen=True, slots=True)
class Panel:
    """Series per day and store of one outcome, before and after the start."""

    treated: tuple[Sequence[float], Sequence[float]]
    days: int
    stores: int
    donors: Sequence[tuple[Sequence[float], Sequence[float]]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of one promotion: arms by grade and outcome, and the panel for grade D."""

    arms: Mapping[tuple[str, str], Arms] = field(default_factory=dict)
    panel: Panel | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """The grade that was chosen, how many units were compared, and why a better grade was passed over."""

    grade: str
    treated: int = 0
    control: int = 0
    cuped: bool = False
    remark: str = ""
    synthetic: Synthetic | None = None

    @property
    def incremental(self) -> bool:
        """Tell whether the estimate may be called incremental."""
        return self.grade in ("A", "B", "C", "D")

    @property
    def method(self) -> str:
        """Say how it was found."""
        return METHODS[self.grade] + (" (CUPED)" if self.cuped else "")


def choose(evidence: Evidence, wanted: str | None = None) -> Finding:
    """Return the best design there is, or the one of the grade that is `wanted`, if there is enough for it."""
    remarks: list[str] = []
    for grade in GRADES:
        if wanted and grade != wanted.upper():
            continue
        found = _judge(evidence, grade, remarks)
        if found is not None:
            return found
    return Finding(
        "", remark="; ".join(remarks) or "nothing to compare with: no holdout, no other stores, no days before"
    )


def effect(evidence: Evidence, finding: Finding, outcome: str) -> Estimate:
    """Return the outcome's total difference over all treated units; NaN where this design does not have it."""
    if finding.grade == "D":
        return _from_panel(evidence, finding) if outcome == "net" else NOTHING
    arms = evidence.arms.get((finding.grade, outcome))
    if arms is None:
        return NOTHING
    return difference(arms, finding.grade).times(arms.treated.n)


def difference(arms: Arms, grade: str) -> Estimate:
    """Return the difference per unit: at A less the pre-period as far as it explains, at C less all of it."""
    theta = {"A": cuped_theta(arms.treated, arms.control), "C": 1.0}.get(grade, 0.0)
    return welch(arms.treated.less(theta), arms.control.less(theta))


def baseline(evidence: Evidence, finding: Finding) -> float:
    """Return what the treated units would have netted without it, for the lift in percent; NaN if unknown."""
    if finding.grade == "D":
        assert evidence.panel is not None
        return sum(evidence.panel.treated[1]) * evidence.panel.stores - _from_panel(evidence, finding).value
    arms = evidence.arms.get((finding.grade, "net"))
    if arms is None:
        return math.nan
    return arms.treated.mean * arms.treated.n - effect(evidence, finding, "net").value


def _judge(evidence: Evidence, grade: str, remarks: list[str]) -> Finding | None:
    if grade == "D":
        return _judge_panel(evidence, remarks)
    arms = evidence.arms.get((grade, "net"))
    if arms is None or min(arms.treated.n, arms.control.n) < 2:
        return None
    if grade == "C":
        placebo = evidence.arms.get(("C", "placebo"))
        if placebo is None or min(placebo.treated.n, placebo.control.n) < 2:
            remarks.append("too few days before to check the trend of stores")
            return None
        if not difference(placebo, "C").holds_zero:
            remarks.append("stores with it were already going another way before it began (pre-trend), so no grade C")
            return None
    cuped = grade == "A" and cuped_theta(arms.treated, arms.control) != 0
    return Finding(grade, arms.treated.n, arms.control.n, cuped, "; ".join(remarks))


def _judge_panel(evidence: Evidence, remarks: list[str]) -> Finding | None:
    panel = evidence.panel
    if panel is None or len(panel.donors) < FEWEST_DONORS or len(panel.treated[0]) < 2:
        return None
    found = synthetic_control(*panel.treated, panel.donors)
    if not found.fit <= 0.25:
        remarks.append("no mixture of other stores went like these before, so no grade D")
        return None
    return Finding("D", panel.stores, len(panel.donors), False, "; ".join(remarks), found)


def _from_panel(evidence: Evidence, finding: Finding) -> Estimate:
    found, panel = finding.synthetic, evidence.panel
    if found is None or panel is None:
        return NOTHING
    scale = panel.days * panel.stores
    half = found.half_width
    return Estimate(found.gap, math.nan, found.gap - half, found.gap + half).times(scale)


def gather(rows: Iterable[Mapping[str, Any]]) -> Evidence:
    """Read one promotion's rows of the shared table `lift_evidence`."""
    samples: dict[tuple[str, str, str], Sample] = {}
    series: dict[str, list[tuple[str, Sequence[float], Sequence[float]]]] = {"T": [], "C": []}
    for row in rows:
        if row["design"] == "D":
            series[row["arm"]].append((row["unit"], row["days_before"], row["days_after"]))
        elif row["design"] is not None:
            numbers = (row[name] or 0.0 for name in ("mean", "variance", "before", "before_variance", "covariance"))
            samples[row["design"], row["outcome"], row["arm"]] = Sample(row["n"], *numbers)
    arms = {
        (design, outcome): Arms(sample, samples[design, outcome, "C"])
        for (design, outcome, arm), sample in samples.items()
        if arm == "T" and (design, outcome, "C") in samples
    }
    return Evidence(arms, _panel(series))


def _panel(series: Mapping[str, list[tuple[str, Sequence[float], Sequence[float]]]]) -> Panel | None:
    treated, donors = sorted(series["T"]), sorted(series["C"])
    if not treated or not donors or not treated[0][1] or not treated[0][2]:
        return None

    def average(at: int) -> list[float]:
        return [sum(day) / len(treated) for day in zip(*(each[at] for each in treated), strict=True)]

    after = average(2)
    return Panel((average(1), after), len(after), len(treated), [(before, later) for _, before, later in donors])
