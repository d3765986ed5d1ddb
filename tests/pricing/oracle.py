"""A second opinion on prices: every order of every subset, tried one by one, straight from the rules.

Covers percent and amount (once, per unit), buy X get Y (same product, named product, any in scope), combo, mix and
match, upsell, happy hour, threshold tiers (percent, amount), payment discount, cashback, gifts by trigger or minimum,
packages as long as nothing comes after them; minimums before and after, caps, floors, unit limits, lanes, stages,
groups, exclusives, never_with, budgets and cross-brand triggers.

Does not cover: what a later lane does with a package, optional parts, free products and points of tiers, choices among
gifts, `round: line`, conditions that consume units or ask facts of the customer, a named get product that is itself in
the scope, combos with `all_required: false`, unit limits on sets, UTC offsets in times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.pricing.oracle_offers import Grant, Sale, cashback, eligible, options
from tests.pricing.oracle_units import Json, Unit, canonical, units_of

STAGES = ("item", "order", "payment")
Given = tuple[Json, Grant]


@dataclass(eq=False)
class Outcome:
    """A priced cart: what each promotion gave, lane by lane, and the units as they ended."""

    units: list[Unit]
    lanes: dict[tuple[str, str], list[Given]] = field(default_factory=dict)
    earned: dict[str, int] = field(default_factory=dict)

    def given(self) -> list[Given]:
        """What was given, in the order of stages and lanes."""
        return [one for lane in self.lanes.values() for one in lane]

    def discount(self) -> int:
        """In all, gifts with their list value."""
        return sum(grant.worth() for _, grant in self.given())

    def applied(self) -> dict[str, int]:
        """Promotion id to discount in minor units."""
        return {promotion["id"]: grant.worth() for promotion, grant in self.given()}


def rank(promotion: Json) -> tuple[int, str]:
    """Higher priority first, then smaller id."""
    return (-promotion["execution_priority"], promotion["id"])


def price(cart: Json, bundle: Json) -> Outcome:
    """The whole cart, `exclusive: cart` included."""
    alone = [p for p in bundle["promotions"] if p.get("stacking", {}).get("exclusive") == "cart"]
    others = [p for p in bundle["promotions"] if p not in alone]
    together = _stages(cart, bundle, others)
    singles = [(p, _stages(cart, bundle, [p])) for p in sorted(alone, key=rank)]
    singles = [(p, outcome) for p, outcome in singles if outcome.discount() > 0]
    if bundle["header"]["strategy"] == "priority":
        first = min((rank(p) for p, _ in together.given()), default=None)
        if singles and (first is None or rank(singles[0][0]) < first):
            return singles[0][1]
        return together
    return max([together, *(outcome for _, outcome in singles)], key=Outcome.discount)


def _stages(cart: Json, bundle: Json, promotions: Sequence[Json]) -> Outcome:
    outcome = Outcome(units_of(cart, bundle))
    for stage in STAGES:
        sale = Sale(cart, bundle, outcome.units, stage, {unit: unit.running for unit in outcome.units})
        for lane in bundle["header"]["lanes"]:
            here = [p for p in promotions if p["execution_stage"] == stage and _lane(p) == lane]
            given = _lane_of(sorted(here, key=rank), sale, [p["code"] for p, _ in outcome.given()], outcome.given())
            outcome.lanes[stage, lane] = given
            for promotion, grant in given:
                for unit, cut in grant.cuts.items():
                    unit.running -= cut
                if promotion.get("stacking", {}).get("exclusive") == "units":
                    for unit in grant.used:
                        unit.sealed = True
    outcome.earned = _earn(cart, bundle, outcome, [p for p in promotions if p["execution_stage"] == "earn"])
    return outcome


def _earn(cart: Json, bundle: Json, outcome: Outcome, promotions: Sequence[Json]) -> dict[str, int]:
    """Cashback on what is paid in the end; all that apply are earned, and none takes a unit."""
    sale = Sale(cart, bundle, outcome.units, "earn", {unit: unit.running for unit in outcome.units})
    given = [promotion for promotion, _ in outcome.given()]
    able = [p for p in promotions if eligible(p, sale) and not any(_never(p, other) for other in given)]
    rewards = {promotion["id"]: cashback(promotion, sale) for promotion in able}
    return {promotion_id: amount for promotion_id, amount in rewards.items() if amount > 0}


def _lane(promotion: Json) -> str:
    return promotion.get("stacking", {}).get("lane", "main")


def _lane_of(promotions: list[Json], sale: Sale, codes: list[str], before: list[Given]) -> list[Given]:
    """One lane from the running prices it finds."""
    free = [unit for unit in canonical(sale.units) if not unit.sealed]
    earlier = [promotion for promotion, _ in before]
    able = [p for p in promotions if eligible(p, sale) and not any(_never(p, other) for other in earlier)]
    able = _one_of_each_group(able, sale, free)
    search = _best if sale.bundle["header"]["strategy"] == "best_deal" else _in_turn
    alone = [p for p in able if p.get("stacking", {}).get("exclusive") == "lane"]
    together = search([p for p in able if p not in alone], sale, free)
    singles = [given for given in (search([p], sale, free) for p in alone) if given]
    if sale.bundle["header"]["strategy"] == "priority":
        first = min((rank(p) for p, _ in together), default=None)
        return singles[0] if singles and (first is None or rank(singles[0][0][0]) < first) else together
    return max([together, *singles], key=_worth)


def _worth(given: Iterable[Given]) -> int:
    return sum(grant.worth() for _, grant in given)


def _never(one: Json, other: Json) -> bool:
    return other["code"] in one.get("stacking", {}).get("never_with", []) or one["code"] in other.get(
        "stacking", {}
    ).get("never_with", [])


def _group(promotion: Json) -> str | None:
    stacking = promotion.get("stacking", {})
    return stacking.get("group") if stacking.get("rule", "all") != "all" else None


def _one_of_each_group(promotions: list[Json], sale: Sale, free: list[Unit]) -> list[Json]:
    """`first` and `best_merchant` settle their member before the search, each priced alone at the lane's start."""
    keep = []
    for promotion in promotions:
        group, rule = _group(promotion), promotion.get("stacking", {}).get("rule")
        if group is None or rule == "best_customer":
            keep.append(promotion)
            continue
        members = [p for p in promotions if _group(p) == group]
        alone = [(max(g.worth() for g in options(p, sale, free)), p) for p in members if options(p, sale, free)]
        if rule == "best_merchant":
            alone.sort(key=lambda pair: (pair[0], rank(pair[1])))
        if alone and alone[0][1] is promotion:
            keep.append(promotion)
    return keep


def _may_join(promotion: Json, given: Sequence[Given]) -> bool:
    return not any(
        promotion is other
        or _never(promotion, other)
        or (_group(promotion) is not None and _group(promotion) == _group(other))
        for other, _ in given
    )


def _orders(promotions: list[Json], sale: Sale, free: list[Unit], so_far: list[Given]) -> Iterator[list[Given]]:
    """Every order of every subset, every number of sets."""
    yield so_far
    for promotion in promotions:
        if not _may_join(promotion, so_far):
            continue
        for grant in options(promotion, sale, free):
            left = [unit for unit in free if unit not in grant.used]
            yield from _orders(promotions, sale, left, [*so_far, (promotion, grant)])


def _best(promotions: list[Json], sale: Sale, free: list[Unit]) -> list[Given]:
    """The greatest discount; of equals the first order by priority, then id; of those the most sets."""

    def preference(given: list[Given]) -> tuple[int, list[tuple[int, str]], list[int]]:
        return -_worth(given), [rank(promotion) for promotion, _ in given], [-grant.times for _, grant in given]

    return min(_orders(promotions, sale, free, []), key=preference)


def _in_turn(promotions: list[Json], sale: Sale, free: list[Unit]) -> list[Given]:
    """The first that applies takes the units."""
    given: list[Given] = []
    for promotion in promotions:
        grants = options(promotion, sale, free) if _may_join(promotion, given) else []
        if grants:
            given.append((promotion, grants[0]))
            free = [unit for unit in free if unit not in grants[0].used]
    return given


def greedy(cart: Json, bundle: Json) -> Outcome:
    """The same cart as if the strategy were `priority`."""
    return price(cart, {**bundle, "header": {**bundle["header"], "strategy": "priority"}})
