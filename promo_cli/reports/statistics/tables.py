"""The statistics that a report's section can name: each makes the section's rows out of its query's rows."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from promo_cli.reports.result import Blank
from promo_cli.reports.statistics import lift
from promo_cli.reports.statistics.intervals import NOTHING, Estimate, newcombe, ratio, welch, wilson
from promo_cli.reports.statistics.lift import Evidence, Finding
from promo_cli.reports.statistics.survival import Step, kaplan_meier

_DAYS = (0, 1, 2, 3, 5, 7, 10, 14, 21, 28, 42, 56, 90, 120, 180, 365)

Rows = Sequence[Mapping[str, Any]]
Made = list[dict[str, Any]]


def lift_rows(rows: Rows) -> Made:
    """Of each promotion in `lift_evidence`: what it added to net, its grade and method."""
    made = []
    for facts, evidence, found in _promotions(rows):
        net = lift.effect(evidence, found, "net")
        base = lift.baseline(evidence, found)
        share = net.times(1 / base) if base > 0 else NOTHING
        made.append(
            {
                "code": facts["code"],
                "grade": found.grade or "none",
                "called": _called(found),
                **_interval("change", net),
                **_interval("lift", share),
                "treated": found.treated or None,
                "control": found.control or None,
                "method": found.method,
                "remark": _remark(found),
            }
        )
    return made


def effect_rows(rows: Rows) -> Made:
    """Of each promotion: what else it did, by the same design as its lift; nothing at grade E."""
    made = []
    for facts, evidence, found in _promotions(rows):
        usable = found.incremental
        later = lift.effect(evidence, found, "later") if usable else NOTHING
        made.append(
            {
                "code": facts["code"],
                **_interval("promoted", lift.effect(evidence, found, "promoted") if usable else NOTHING, 1),
                **_cannibalised(evidence, found),
                **_interval("halo", lift.effect(evidence, found, "other") if usable else NOTHING),
                **_interval("pulled_forward", later.times(-1)),
                **_interval("customers", lift.effect(evidence, found, "new") if usable else NOTHING, 1),
            }
        )
    return made


def roi_rows(rows: Rows) -> Made:
    """Of each promotion, at its costs of goods or else at two margins: ROI, break-even, cost per new customer, LTV.

    ROI is (IC − PC) / (DG + PC): incremental contribution after discounts, programme cost, discount given.
    """
    made = []
    for facts, evidence, found in _promotions(rows):
        given, programme = float(facts["given"]), float(facts["programme_cost"] or 0)
        spent = given + programme
        for basis, outcome, margin in _bases(facts, evidence, found):
            added = lift.effect(evidence, found, outcome) if found.incremental else NOTHING
            roi = added.plus(-programme).times(1 / spent) if spent > 0 else NOTHING
            made.append(
                {
                    "code": facts["code"],
                    "grade": found.grade or "none",
                    "basis": basis,
                    "given": facts["given"],
                    "programme": facts["programme_cost"] or 0,
                    **_interval("contribution", added),
                    **_interval("roi", roi),
                    "margin": margin,
                    "depth": _depth(facts),
                    "break_even": _break_even(_depth(facts), margin),
                }
            )
    return made


def customer_rows(rows: Rows) -> Made:
    """Of each promotion: cost per new customer, and what a customer was worth in the first 90 and 180 days."""
    made = []
    for facts, evidence, found in _promotions(rows):
        spent = float(facts["given"]) + float(facts["programme_cost"] or 0)
        fresh = lift.effect(evidence, found, "new") if found.incremental else NOTHING
        made.append(
            {
                "code": facts["code"],
                "grade": found.grade or "none",
                **_interval("customers", fresh, 1),
                **_interval("cac", _cost_per(spent, fresh)),
                **_worth("ltv_90", evidence, found, "to_90"),
                **_worth("ltv_180", evidence, found, "to_180"),
            }
        )
        if not math.isnan(fresh.value) and fresh.holds_zero:
            made[-1] |= {"cac": Blank.UNDEFINED, "cac_low": Blank.UNDEFINED, "cac_high": Blank.UNDEFINED}
    return made


def impact_rows(rows: Rows) -> Made:
    """Of one promotion: what the headline says it changed."""
    return [
        {**row, "impact": row["change"], "impact_low": row["change_low"], "impact_high": row["change_high"]}
        for row in lift_rows(rows)
    ]


def caveat_rows(rows: Rows) -> Made:
    """Of each promotion: the sentence that says how far its estimate can be trusted."""
    made = []
    for facts, _, found in _promotions(rows):
        if not found.grade:
            text = f"{facts['code']}: what it added is not known - {found.remark}."
        elif found.incremental:
            text = f"{facts['code']}: what it added is of grade {found.grade} - {found.method}."
        else:
            text = f"{facts['code']}: only a change against the weeks before (grade E). It is not incremental."
        made.append({"caveat": text})
    return made


def conversion_rows(rows: Rows) -> Made:
    """Add, to counts of customers with and without a holdout, the rates, their intervals and the difference."""
    made = []
    for row in rows:
        own = wilson(row["converted"], row["customers"])
        held = newcombe(row["converted_t"], row["customers_t"], row["converted_c"], row["customers_c"])
        made.append(
            {
                **row,
                "rate": row["converted"] / row["customers"] if own else None,
                "rate_low": own[0] if own else None,
                "rate_high": own[1] if own else None,
                "natural": row["converted_c"] / row["customers_c"] if row["customers_c"] else None,
                **_interval("lift", held),
            }
        )
    return made


def survival_rows(rows: Rows) -> Made:
    """Kaplan-Meier by `series`, of rows with `time`, whether it `happened`, and how many `customers`."""
    made = []
    ordered = sorted(rows, key=lambda row: (row["series"], row["time"], row["happened"]))
    for series, group in groupby(ordered, key=lambda row: row["series"]):
        steps = _at_days(kaplan_meier((row["time"], row["happened"], row["customers"]) for row in group))
        made += [
            {
                "series": series,
                "time": int(step.time),
                "at_risk": step.at_risk,
                "share": step.share,
                "share_low": step.low,
                "share_high": step.high,
            }
            for step in steps
        ]
    return made


def _at_days(steps: Sequence[Step]) -> list[Step]:
    """Thin a curve to what a table needs: of each span between two of those days the last step."""
    ends = {bisect_left(_DAYS, step.time): step for step in steps}
    return [ends[key] for key in sorted(ends)]


STATISTICS: Mapping[str, Callable[[Rows], Made]] = {
    "lift": lift_rows,
    "effects": effect_rows,
    "roi": roi_rows,
    "customers": customer_rows,
    "impact": impact_rows,
    "caveats": caveat_rows,
    "conversion": conversion_rows,
    "survival": survival_rows,
}


def _promotions(rows: Rows) -> Iterable[tuple[Mapping[str, Any], Evidence, Finding]]:
    def key(row: Mapping[str, Any]) -> tuple[str, str]:
        return row["code"], row["promotion_id"]

    for _, group in groupby(sorted(rows, key=key), key=key):
        own = list(group)
        evidence = lift.gather(own)
        yield own[0], evidence, lift.choose(evidence, own[0]["wanted"])


def _interval(name: str, found: Estimate, places: int | None = None) -> dict[str, Any]:
    """Name an estimate and its ends, None where there is none; `places` for what nobody counts in thousandths."""
    if math.isnan(found.value):
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"))
    ends = {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
    return ends if places is None else {key: round(value, places) for key, value in ends.items()}


def _called(found: Finding) -> str:
    if not found.grade:
        return "not known"
    return "incremental" if found.incremental else "change vs baseline, not incremental"


def _remark(found: Finding) -> str:
    if found.synthetic is None:
        return found.remark
    test = f"placebo p = {found.synthetic.share:.2f}, interval holds {found.synthetic.coverage:.0%} of placebos"
    return "; ".join(each for each in (found.remark, test) if each)


def _bases(facts: Mapping[str, Any], evidence: Evidence, found: Finding) -> Iterable[tuple[str, str, float | None]]:
    if facts["all_costed"]:
        listed, cost = facts["promoted_list"], facts["promoted_cost"]
        yield "costs of goods", "contribution", float(1 - cost / listed) if listed and cost is not None else None
        return
    for outcome in ("low", "high"):
        margin = float(facts[f"margin_{outcome}"])
        yield f"margin {margin:.0%}", outcome, margin


def _depth(facts: Mapping[str, Any]) -> float | None:
    return float(facts["given"] / facts["promoted_list"]) if facts["promoted_list"] else None


def _break_even(depth: float | None, margin: float | None) -> float | Blank | None:
    """How many more units, as a share, it takes to earn as much as without: d / (m − d); none are enough at m ≤ d."""
    if depth is None or margin is None:
        return None
    return depth / (margin - depth) if margin > depth else Blank.UNDEFINED


def _cost_per(spent: float, fresh: Estimate) -> Estimate:
    if fresh.holds_zero or fresh.value <= 0:
        return NOTHING
    return Estimate(spent / fresh.value, math.nan, spent / fresh.high, spent / fresh.low)


def _worth(name: str, evidence: Evidence, found: Finding, outcome: str) -> dict[str, Any]:
    arms = evidence.arms.get(("A", outcome)) if found.grade == "A" else None
    return _interval(name, welch(arms.treated, arms.control) if arms else NOTHING)


def _cannibalised(evidence: Evidence, found: Finding) -> dict[str, Any]:
    """−Δ substitutes / Δ promoted, in units; undefined when the promoted units may not have changed."""
    names = ("substitute", "promoted", "both")
    arms = [evidence.arms.get((found.grade, name)) for name in names] if found.incremental else [None]
    if any(each is None for each in arms):
        return _interval("cannibalised", NOTHING)
    theta = 1.0 if found.grade == "C" else 0.0
    substitute, promoted, both = (
        welch(each.treated.less(theta), each.control.less(theta)) for each in arms if each is not None
    )
    covariance = (both.error**2 - substitute.error**2 - promoted.error**2) / 2
    share = ratio(substitute.times(-1), promoted, -covariance)
    if share is None:
        return dict.fromkeys(("cannibalised", "cannibalised_low", "cannibalised_high"), Blank.UNDEFINED)
    return _interval("cannibalised", share)
