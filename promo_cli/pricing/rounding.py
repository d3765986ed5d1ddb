"""What clusters can save together, where rivals that lie in several are rounded once.

A cluster counts what cut rivals save in it exactly, in parts of 1/SCALE, so rounding may yet add half a minor unit for
each of them, or take it. To know the greatest sum after rounding it is enough to look at *outcomes* of each cluster
(what the whole rivals save in it, and each cut one) that fall short of its best by less than rounding can make up.
"""

from __future__ import annotations

from promo_cli.pricing.exploring import Cluster, State, Steps
from promo_cli.pricing.types.base import SCALE

Shares = tuple[tuple[int, int], ...]
"""What cut rivals save, by place in rank, in parts of 1/SCALE."""

Outcome = tuple[int, Shares]
"""What whole rivals save, and each cut one."""


def ceiling(clusters: list[Cluster], states: list[list[State]], gain: int, steps: Steps) -> int:
    """Return the most that clusters can save together from their states on, which are settled, in minor units.

    `gain` is how much rounding can add to all cut rivals, in parts of 1/SCALE.
    """
    total = _exactly(states)
    if not gain:
        return total // SCALE
    best = _rounded(clusters, states, 0, steps)
    spare = total + gain - (best + 1) * SCALE
    return best if spare < 0 else max(best, _rounded(clusters, states, spare, steps))


def reaches(clusters: list[Cluster], states: list[list[State]], gain: int, least: int, steps: Steps) -> bool:
    """Tell whether the ceiling is `least` or more; mostly quicker than the ceiling itself."""
    if _rounded(clusters, states, 0, steps) >= least:
        return True
    spare = _exactly(states) + gain - least * SCALE
    return spare >= 0 and _rounded(clusters, states, spare, steps) >= least


def _exactly(states: list[list[State]]) -> int:
    total = 0
    for of_cluster in states:
        for state in of_cluster:
            total += state.most
    return total


def _rounded(clusters: list[Cluster], states: list[list[State]], spare: int, steps: Steps) -> int:
    """The greatest sum of outcomes that fall short of the best by no more than `spare`, in minor units."""
    last: dict[int, int] = {}
    for k, cluster in enumerate(clusters):
        for part in cluster.parts:
            if part.cut:
                last[part.place] = k
    sums: dict[Shares, int] = {(): 0}
    for k, cluster in enumerate(clusters):
        outcomes = _together(cluster, states[k], spare, steps)
        steps.pay(len(sums) * len(outcomes))
        joined: dict[Shares, int] = {}
        for shares, whole in sums.items():
            for more, others in outcomes:
                worth = whole + more
                open_shares: list[tuple[int, int]] = []
                for place, amount in _added(shares, others):
                    if last[place] == k:
                        worth += (2 * amount + SCALE) // (2 * SCALE) * SCALE
                    else:
                        open_shares.append((place, amount))
                key = tuple(open_shares)
                if joined.get(key, -1) < worth:
                    joined[key] = worth
        sums = joined
    return max(sums.values()) // SCALE


def _added(one: Shares, other: Shares) -> Shares:
    if not other:
        return one
    if not one:
        return other
    amounts = dict(one)
    for place, amount in other:
        amounts[place] = amounts.get(place, 0) + amount
    return tuple(sorted(amounts.items()))


def _together(cluster: Cluster, states: list[State], spare: int, steps: Steps) -> list[Outcome]:
    """Return the outcomes of states that fall short of their best by no more than `spare`."""
    best = 0
    sums: dict[Outcome, int] = {(0, ()): 0}
    for state in states:
        best += state.most
        own = _near(cluster, state, spare, steps)
        joined: dict[Outcome, int] = {}
        for (whole, shares), worth in sums.items():
            for more, others in own:
                total = worth + more + _sum(others)
                if total >= best - spare:
                    joined[whole + more, _added(shares, others)] = total
        sums = joined
    return list(sums)


def _near(cluster: Cluster, state: State, spare: int, steps: Steps) -> list[Outcome]:
    if state.near is None:
        state.near = {}
    known = state.near.get(spare)
    if known is not None:
        return known
    least = state.most - spare
    found: dict[Outcome, None] = {}
    if least <= 0:
        found[0, ()] = None
    for trial in cluster.trials(state):
        if trial.most < least:
            break
        then = cluster.most(trial.behind, least - trial.worth)
        if then < 0:
            continue
        beyond = _together(cluster, trial.behind, trial.worth + then - least, steps)
        steps.pay(len(beyond))
        for whole, shares in beyond:
            if trial.part.cut:
                found[whole, _added(shares, ((trial.part.place, trial.worth),))] = None
            else:
                found[whole + trial.worth, shares] = None
    outcomes = state.near[spare] = list(found)
    return outcomes


def _sum(shares: Shares) -> int:
    total = 0
    for _, amount in shares:
        total += amount
    return total
