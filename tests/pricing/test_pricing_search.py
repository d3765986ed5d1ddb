from __future__ import annotations

import itertools
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promo_cli.pricing import prepare, price
from tests.pricing import oracle
from tests.pricing.strategies_build import bundle, product, promotion, scope

AT = "2026-02-07T10:00:00"


def amount(code: str, off: int, products: list[str], **fields: Any) -> dict[str, Any]:
    """An amount off the listed products."""
    return promotion(
        code, "amount_discount", {"discount_amount": off}, scope=scope("product", products=products), **fields
    )


def percent(
    code: str, off: int, products: list[str], rules: dict[str, Any] | None = None, **fields: Any
) -> dict[str, Any]:
    """A percentage off the listed products."""
    rules = {"discount_percent": off, **(rules or {})}
    return promotion(code, "percent_discount", rules, scope=scope("product", products=products), **fields)


def receipt_of(cart: dict[str, int], promotions: list[dict[str, Any]], **header: Any) -> Any:
    """Price products at 100 each, or as their name says (p250 costs 250)."""
    goods = {name: product(int(name[1:]) if name[1:].isdigit() else 100) for name in cart}
    items = [{"product_id": name, "quantity": quantity} for name, quantity in cart.items()]
    written = {"currency": {"code": "IDR", "exponent": 0}, **header}
    return price({"at": AT, "items": items}, prepare(bundle(promotions, goods, **written)))


def applied(receipt: Any) -> list[tuple[str, int]]:
    """Codes and amounts in the order applied."""
    return [(one["code"], one["amount"]) for one in receipt["applied"]]


def test_the_greatest_discount_wins_over_priority() -> None:
    """30 off both units is less than 25 off one and then 30 off what is left, whatever the priority."""
    offers = [amount("A", 30, ["p", "q"], execution_priority=9), amount("B", 20, ["p"]), amount("C", 25, ["q"])]
    assert applied(receipt_of({"p": 1, "q": 1}, offers)) == [("C", 25), ("A", 30)]
    assert applied(receipt_of({"p": 1, "q": 1}, offers, strategy="priority")) == [("A", 30)]


def test_the_order_may_go_against_priority() -> None:
    """The amount on one unit goes first and leaves the other to the percentage: 40 + 10, not 20 or 40."""
    offers = [percent("A", 10, ["p", "q"], execution_priority=9), amount("B", 40, ["p"])]
    assert applied(receipt_of({"p": 1, "q": 1}, offers)) == [("B", 40), ("A", 10)]


def test_of_equal_totals_the_first_order_wins() -> None:
    """Two promotions that give the same: the higher priority, then the smaller id."""
    assert applied(receipt_of({"p": 1}, [percent("A", 10, ["p"]), percent("B", 10, ["p"])])) == [("A", 10)]
    second = percent("B", 10, ["p"], execution_priority=1)
    assert applied(receipt_of({"p": 1}, [percent("A", 10, ["p"]), second])) == [("B", 10)]


@pytest.mark.parametrize(
    ("beside", "expected"),
    [("", ["A"]), ("C", ["A", "C"]), ("Z", ["A", "K", "Z"]), ("CZ", ["A", "C", "K", "Z"])],
    ids=["alone", "C", "Z", "C-and-Z"],
)
def test_of_equal_totals_the_first_order_of_the_whole_lane_wins(beside: str, expected: list[str]) -> None:
    """Two sets of A save as much as one and then K; what applies to other goods decides which order reads first."""
    sets = {"required_quantity": 2, "special_price": 150}
    offers = [promotion("A", "mix_match", sets, scope=scope("product", products=["p"])), amount("K", 50, ["p"])]
    others = [amount(code, 10, [code.lower()]) for code in beside]
    cart = {"p": 4, **{code.lower(): 1 for code in beside}}
    goods = {name: product(100) for name in cart}
    made = bundle([*offers, *others], goods, currency={"code": "IDR", "exponent": 0})
    bought = {"at": AT, "items": [{"product_id": name, "quantity": quantity} for name, quantity in cart.items()]}
    receipt = price(bought, prepare(made))
    assert [code for code, _ in applied(receipt)] == expected
    assert [promotion["code"] for promotion, _ in oracle.price(bought, made).given()] == expected


def test_sets_may_be_fewer_than_possible() -> None:
    """Of four units one set of two leaves two for a better offer."""
    sets = promotion(
        "MIX", "mix_match", {"required_quantity": 2, "special_price": 150}, scope=scope("product", products=["p"])
    )
    better = amount("OFF", 90, ["p"])
    assert applied(receipt_of({"p": 4}, [sets, better])) == [("MIX", 50), ("OFF", 90)]


def test_too_few_steps_give_a_bounded_search() -> None:
    """Without steps a contested lane is decided by the fallback, and says so; apart ones need no steps."""
    offers = [amount("A", 30, ["p", "q"]), amount("B", 20, ["p"]), amount("C", 25, ["q"])]
    bounded = receipt_of({"p": 1, "q": 1}, offers, step_budget=0)
    assert bounded["search"] == "bounded"
    assert receipt_of({"p": 1, "q": 1}, offers[1:], step_budget=0)["search"] == "exact"


def test_local_swaps_better_the_greedy_choice() -> None:
    """Greedy takes the 30; one swap, B in front of A, leaves A the other unit: 20 + 30, proven or not."""
    offers = [amount("A", 30, ["p", "q"]), amount("B", 20, ["p"])]
    assert applied(receipt_of({"p": 1, "q": 1}, offers, step_budget=200)) == [("B", 20), ("A", 30)]


def chain(random: Random, length: int) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """Products in a row, and offers that each want two neighbours."""
    names = [f"p{random.randint(50, 500)}{i:02}" for i in range(length)]
    offers = []
    for i, (one, other) in enumerate(itertools.pairwise(names)):
        make = amount if random.random() < 0.5 else percent
        offers.append(make(f"C{i:02}", random.randint(5, 40), [one, other], execution_priority=random.randint(0, 2)))
    return {name: random.randint(1, 2) for name in names}, offers


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_long_chains_are_settled_exactly_and_beat_priority(random: Random) -> None:
    """A search that comes apart as it goes proves the best of fourteen linked offers within the default budget."""
    cart, offers = chain(random, 15)
    best, turns = receipt_of(cart, offers), receipt_of(cart, offers, strategy="priority")
    assert best["search"] == "exact"
    assert best["total_discount"] >= turns["total_discount"]


@pytest.mark.parametrize("budget", [0, 1, 50, 1000])
def test_any_budget_gives_a_receipt_that_adds_up(budget: int) -> None:
    """However few the steps, unit nets, lines and promotions sum to the same total, no less than by priority."""
    cart, offers = chain(Random(7), 30)
    receipt = receipt_of(cart, offers, step_budget=budget)
    assert sum(sum(line["unit_nets"]) for line in receipt["lines"]) == receipt["final_amount"]
    assert sum(one["amount"] for one in receipt["applied"]) == receipt["total_discount"]
    assert receipt["total_discount"] >= receipt_of(cart, offers, strategy="priority")["total_discount"]


def test_a_crowd_that_wants_everything_needs_no_steps() -> None:
    """Of two hundred offers on the whole cart the best is found without a search."""
    offers = [
        promotion(f"P{i:03}", "amount_discount", {"discount_amount": 10 + i % 90}, execution_stage="order")
        for i in range(200)
    ]
    receipt = receipt_of({"p": 1, "q": 3}, offers, step_budget=0)
    assert (applied(receipt), receipt["search"]) == ([("P089", 99)], "exact")


def test_dominated_offers_take_no_part_in_the_search() -> None:
    """Forty percents on the same two products and an amount on one of them are as quick as two offers."""
    offers = [percent(f"P{i:02}", 1 + i, ["p", "q"]) for i in range(40)]
    receipt = receipt_of({"p": 1, "q": 1}, [*offers, amount("X", 60, ["p"])], step_budget=200)
    assert (applied(receipt), receipt["search"]) == ([("X", 60), ("P39", 40)], "exact")


def tied(random: Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """Percentages that tie two clusters of goods together, each cluster with a set or an amount of its own."""
    prices = {name: random.choice([75, 90, 100, 110, 130]) for name in "pqrs"}
    offers = [
        percent("L", random.choice([10, 15, 20, 30]), random.choice([["p", "r"], ["p", "q", "r"]])),
        percent("M", random.choice([10, 20, 25, 30]), random.choice([["q", "s"], ["q", "r", "s"]])),
    ]
    for code, pair in (("A", ["p", "q"]), ("B", ["r", "s"])):
        sets = {"required_quantity": random.choice([2, 3]), "special_price": random.randint(120, 260)}
        if random.random() < 0.6:
            offers.append(promotion(code, "mix_match", sets, scope=scope("product", products=pair)))
        else:
            offers.append(amount(code, random.randint(20, 80), pair))
    if random.random() < 0.5:
        offers.append(percent("N", random.choice([10, 20, 25, 30]), random.sample("pqrs", 2)))
    goods = {name: product(price) for name, price in prices.items()}
    items = [{"product_id": name, "quantity": random.randint(1, 2)} for name in goods]
    return bundle(offers, goods, currency={"code": "IDR", "exponent": 0}), {"at": AT, "items": items}


@pytest.mark.parametrize("seed", range(60))
def test_percentages_across_clusters_are_settled_as_by_brute_force(seed: int) -> None:
    """Cutting them apart changes neither who applies nor in which order, even where the parts contradict each other."""
    made, cart = tied(Random(seed))
    receipt = price(cart, prepare(made))
    assert receipt["search"] == "exact"
    expected = [(promotion["code"], grant.times) for promotion, grant in oracle.price(cart, made).given()]
    assert [(one["code"], one["times"]) for one in receipt["applied"]] == expected


def test_a_percentage_across_clusters_is_rounded_once() -> None:
    """5 % of 110 and of 30 end in a half each and make 7 together, which is rounded once and not for each cluster."""
    offers = [
        percent("L", 5, ["p110", "p30"]),
        amount("A", 20, ["p110", "p40"]),
        amount("B", 20, ["p30", "p60"]),
        percent("K", 5, ["p40", "p60"]),
    ]
    receipt = receipt_of({"p110": 1, "p40": 1, "p30": 1, "p60": 1}, offers)
    assert (applied(receipt), receipt["search"]) == ([("L", 7), ("A", 20), ("B", 20)], "exact")


def test_a_gift_counts_with_its_value_beside_rivals_for_units() -> None:
    """A gift of 90 that refuses the best of four rivals, 60, wins together with the others."""
    refusing = {"never_with": ["A"]}
    gift = promotion("G", "free_item", {"free_product_id": "p90", "min_purchase": 100}, stacking=refusing)
    offers = [amount("A", 60, ["p60", "p70"]), amount("B", 20, ["p60"]), amount("C", 25, ["p70"]), gift]
    offers += [percent("D", 10, ["p60", "p70"])]
    goods = {name: product(int(name[1:])) for name in ("p60", "p70", "p90")}
    made = bundle(offers, goods, currency={"code": "IDR", "exponent": 0})
    items = [{"product_id": "p60", "quantity": 1}, {"product_id": "p70", "quantity": 1}]
    receipt = price({"at": AT, "items": items}, prepare(made))
    assert (applied(receipt), receipt["search"]) == ([("B", 20), ("C", 25), ("G", 90)], "exact")


def shelves(random: Random, count: int) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """Shelves of five products, each with a mix and two capped percentages, tied together by percentages."""
    names = [[f"p{random.randint(40, 600)}{i:02}{k}" for k in range(5)] for i in range(count)]
    everything = [name for shelf in names for name in shelf]
    offers = []
    for i, shelf in enumerate(names):
        sets = {"required_quantity": 3, "special_price": random.randint(20, 90) * 10_000}
        offers.append(promotion(f"M{i:02}", "mix_match", sets, scope=scope("product", products=shelf)))
        for off, cap in ((10, 50_000), (20, 30_000)):
            offers.append(percent(f"C{i:02}-{off}", off, shelf, {"max_discount_amount": cap}))
    for i in range(4 * count):
        tied = random.sample(everything, random.randint(1, 3))
        offers.append(percent(f"T{i:02}", random.choice([5, 10, 15]), tied))
    return {name: random.randint(1, 4) for name in everything}, offers


@pytest.mark.parametrize("seed", range(3))
def test_a_hundred_rivals_tied_together_are_proven_within_half_the_budget(seed: int) -> None:
    """Fifteen shelves and sixty percentages across them are one group, and still settled exactly."""
    cart, offers = shelves(Random(seed), 15)
    best = receipt_of(cart, offers, step_budget=100_000)
    assert best["search"] == "exact"
    assert best["total_discount"] > receipt_of(cart, offers, step_budget=0)["total_discount"]
