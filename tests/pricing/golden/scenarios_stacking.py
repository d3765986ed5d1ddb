"""Which promotions meet: lanes, stages, priority, the search, groups, exclusives, ties."""

from __future__ import annotations

from typing import Any

from tests.pricing.golden.scenario import Scenario, amount, everything, items, percent, products
from tests.pricing.golden.scenarios_sets import bogo, mix

TWO_LANES = {"lanes": ["main", "second"]}
PRIORITY = {"strategy": "priority"}
SETS_OR_MORE = (
    mix("A", 2, "4.5", scope=products("americano")),
    amount("K", "1.5", scope=products("americano")),
)
"""Of four americanos, A twice or A once and then K: 3.00 either way."""


def group(code: str, value: str, priority: int, rule: str, **fields: Any) -> dict[str, Any]:
    """A member of one group."""
    return percent(code, value, priority=priority, stacking={"group": "G", "rule": rule}, **fields)


SCENARIOS = [
    Scenario(
        "one-per-lane",
        "In one lane a unit is discounted once: the better of two percentages.",
        "0.9",
        (percent("A", "10", scope=products("latte")), percent("B", "20", scope=products("latte"))),
        items(latte=1),
    ),
    Scenario(
        "two-lanes",
        "Two lanes add up, the second from running prices: 4.50, 3.60, 3.24.",
        "1.26",
        (percent("A", "20", scope=products("latte")), percent("B", "10", scope=products("latte"), lane="second")),
        items(latte=1),
        header=TWO_LANES,
    ),
    Scenario(
        "lane-order",
        "Lanes go in the header's order, whatever their names: 3.50 less 20 %.",
        "1.7",
        (percent("A", "20", scope=products("latte")), amount("B", "1", scope=products("latte"), lane="first")),
        items(latte=1),
        header={"lanes": ["first", "main"]},
    ),
    Scenario(
        "two-stages",
        "Stages add up: 10 % off the item, then 10 % off the order.",
        "0.86",
        (percent("B", "10", scope=products("latte")), percent("A", "10", scope=everything())),
        items(latte=1),
    ),
    Scenario(
        "stage-before-priority",
        "The item stage is first whatever the priorities.",
        "0.86",
        (percent("B", "10", scope=products("latte"), priority=0), percent("A", "10", priority=99)),
        items(latte=1),
    ),
    Scenario(
        "priority-takes-units",
        "Under `priority` the higher takes the units.",
        "0.45",
        (
            percent("A", "10", scope=products("latte"), priority=2),
            percent("B", "20", scope=products("latte"), priority=1),
        ),
        items(latte=1),
        header=PRIORITY,
    ),
    Scenario(
        "priority-then-rest",
        "What the first leaves free the next may take: two lattes in a set, 10 % of the third.",
        "4.95",
        (bogo("A", 1, 1), percent("B", "10", scope=products("latte"))),
        items(latte=3),
        header=PRIORITY,
    ),
    Scenario(
        "best-over-priority",
        "Best deal takes the pair for 6.00 and 30 % of the cake; priority would give 4.50.",
        "4.8",
        (
            percent("A", "30", priority=9, stage="item"),
            mix("B", 2, "6", scope=products("latte", "tea"), max_applications=1),
        ),
        items(latte=2, cake=1),
    ),
    Scenario(
        "whole-scope-is-taken",
        "Each takes every free unit of its scope: an amount is not kept to one unit.",
        "6",
        (amount("A", "5", stage="item"), percent("B", "40", stage="item")),
        items(juice=3),
    ),
    Scenario(
        "some-sets",
        "Any number of sets up to the maximum: the pair of cakes; the lattes are worth more at 80 % off.",
        "13.2",
        (
            mix("A", 2, "6", scope=products("latte", "cake"), priority=1),
            percent("B", "80", scope=products("latte")),
        ),
        items(latte=2, cake=2),
    ),
    Scenario(
        "minimum-of-taken-units",
        "A minimum looks at the whole scope, also at units another promotion took.",
        "6.9",
        (bogo("A", 1, 1), percent("B", "40", rules={"min_purchase": 15}, stage="item")),
        items(latte=2, cake=1),
    ),
    Scenario(
        "tie-by-id",
        "Equal discounts: the smaller id.",
        "0.9",
        (percent("B", "20", scope=products("latte")), percent("A", "20", scope=products("latte"))),
        items(latte=1),
    ),
    Scenario(
        "tie-by-priority",
        "Equal discounts: the higher priority goes before the id.",
        "0.9",
        (percent("B", "20", scope=products("latte"), priority=1), percent("A", "20", scope=products("latte"))),
        items(latte=1),
    ),
    Scenario(
        "tie-of-the-lane-short",
        "2 sets of A save as much as 1 set and then K. Beside C the shorter order reads first: A, C.",
        "3.5",
        (*SETS_OR_MORE, amount("C", "0.5", scope=products("cake"))),
        items(americano=4, cake=1),
    ),
    Scenario(
        "tie-of-the-lane-long",
        "2 sets of A save as much as 1 set and then K. Beside Z the longer order reads first: A, K, Z.",
        "3.5",
        (*SETS_OR_MORE, amount("Z", "0.5", scope=products("cake"))),
        items(americano=4, cake=1),
    ),
    Scenario(
        "tie-of-orders",
        "Equal totals of several: the first order by priority, then id.",
        "1.8",
        (
            percent("C", "20", scope=products("latte")),
            amount("A", "0.9", scope=products("latte")),
            percent("B", "20", scope=products("latte")),
        ),
        (
            {"line_id": "a", "product_id": "latte", "quantity": 1},
            {"line_id": "b", "product_id": "latte", "quantity": 1},
        ),
    ),
    Scenario(
        "group-first",
        "`first`: of one group the highest priority that applies.",
        "0.45",
        (group("A", "10", 2, "first", scope=products("latte")), group("B", "20", 1, "first", scope=products("latte"))),
        items(latte=1),
    ),
    Scenario(
        "group-first-next",
        "The first that applies: the higher one finds nothing.",
        "0.9",
        (group("A", "10", 2, "first", scope=products("tea")), group("B", "20", 1, "first", scope=products("latte"))),
        items(latte=1),
    ),
    Scenario(
        "group-best-customer",
        "`best_customer`: one member, the search's choice.",
        "1.2",
        (
            group("A", "10", 2, "best_customer", scope=products("latte")),
            group("B", "20", 1, "best_customer", scope=products("cake")),
        ),
        items(latte=1, cake=1),
    ),
    Scenario(
        "group-best-merchant",
        "`best_merchant`: the smallest discount of those that apply.",
        "0.45",
        (
            group("A", "10", 2, "best_merchant", scope=products("latte")),
            group("B", "20", 1, "best_merchant", scope=products("cake")),
            group("C", "20", 1, "best_merchant", scope=products("tea")),
        ),
        items(latte=1, cake=1),
    ),
    Scenario(
        "group-all",
        "`all`: no restriction.",
        "1.65",
        (group("A", "10", 2, "all", scope=products("latte")), group("B", "20", 1, "all", scope=products("cake"))),
        items(latte=1, cake=1),
    ),
    Scenario(
        "exclusive-cart-loses",
        "`exclusive: cart` against all others together: 2.10 against 2.55.",
        "2.55",
        (
            percent("X", "20", stacking={"exclusive": "cart"}),
            percent("A", "30", scope=products("latte")),
            percent("B", "20", scope=products("cake")),
        ),
        items(latte=1, cake=1),
    ),
    Scenario(
        "exclusive-cart-wins",
        "It gives more than all others together.",
        "3.15",
        (
            percent("X", "30", stacking={"exclusive": "cart"}),
            percent("A", "30", scope=products("latte")),
            percent("B", "20", scope=products("cake")),
        ),
        items(latte=1, cake=1),
    ),
    Scenario(
        "exclusive-cart-tie",
        "A tie goes to the others together.",
        "1.35",
        (
            percent("X", "30", scope=products("latte"), stacking={"exclusive": "cart"}),
            percent("Z", "30", scope=products("latte")),
        ),
        items(latte=1),
    ),
    Scenario(
        "exclusive-cart-priority",
        "Under `priority` the highest.",
        "0.45",
        (
            percent("X", "10", scope=products("latte"), priority=5, stacking={"exclusive": "cart"}),
            percent("A", "50", scope=products("latte"), priority=1),
        ),
        items(latte=1),
        header=PRIORITY,
    ),
    Scenario(
        "exclusive-lane",
        "`exclusive: lane`: alone in its lane; another lane adds up.",
        "2.26",
        (
            percent("X", "20", scope=everything(), stage="item", stacking={"exclusive": "lane"}),
            percent("A", "10", scope=products("latte")),
            percent("B", "10", scope=products("latte"), lane="second"),
        ),
        items(latte=1, juice=1),
        header=TWO_LANES,
    ),
    Scenario(
        "exclusive-units",
        "`exclusive: units`: its units get nothing later; the cake gets the order's 10 %.",
        "1.5",
        (percent("X", "20", scope=products("latte"), stacking={"exclusive": "units"}), percent("O", "10")),
        items(latte=1, cake=1),
    ),
    Scenario(
        "never-with-later-stage",
        "`never_with`: the earlier stage wins.",
        "0.9",
        (percent("A", "20", scope=products("latte")), percent("B", "50", stacking={"never_with": ["A"]})),
        items(latte=1),
    ),
    Scenario(
        "never-with-in-lane",
        "Within a lane the search chooses.",
        "3",
        (
            percent("A", "20", scope=products("latte")),
            percent("B", "50", scope=products("cake"), stacking={"never_with": ["A"]}),
        ),
        items(latte=1, cake=1),
    ),
    Scenario(
        "not-already-discounted",
        "A scope of units without a discount so far: the cake alone.",
        "1.5",
        (
            percent("A", "20", scope=products("latte")),
            percent("B", "10", scope=everything(not_already_discounted=True)),
        ),
        items(latte=1, cake=1),
    ),
    Scenario(
        "nothing-below-zero",
        "Buy one get one, then 10.00 off: only what is left.",
        "9",
        (bogo("A", 1, 1), amount("B", "10")),
        items(latte=2),
    ),
    Scenario(
        "bounded-search",
        "With no steps to search: the better of greedy and priority, and the receipt says so.",
        "4.5",
        (
            percent("A", "30", priority=9, stage="item"),
            mix("B", 2, "6", scope=products("latte", "tea"), max_applications=1),
        ),
        items(latte=2, cake=1),
        header={"step_budget": 0},
    ),
]
