from __future__ import annotations

from typing import Any

from promo_cli.pricing import prepare, price
from tests.pricing.strategies_build import bundle, product, promotion, scope

GOODS = {"latte": product(100), "cake": product(100), "tea": product(40)}
LATTE = scope("product", products=["latte"])


def receipt_of(promotions: list[dict[str, Any]], items: dict[str, int] | None = None, **extra: Any) -> Any:
    """Price one latte and one cake unless told otherwise; `extra` goes to the cart if it knows it, or the header."""
    of_cart = {"customer", "usage", "vouchers", "claims", "payment_method", "payments"}
    header = {"currency": {"code": "IDR", "exponent": 0}, **{k: v for k, v in extra.items() if k not in of_cart}}
    lines = [{"product_id": name, "quantity": n} for name, n in (items or {"latte": 1, "cake": 1}).items()]
    cart = {"at": "2026-02-07T10:00:00", "items": lines, **{k: v for k, v in extra.items() if k in of_cart}}
    return price(cart, prepare(bundle(promotions, GOODS, **header)))


def percent(code: str, off: int, rules: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A percentage off the lattes."""
    return promotion(code, "percent_discount", {"discount_percent": off, **(rules or {})}, **{"scope": LATTE, **fields})


def applied(receipt: Any) -> dict[str, Any]:
    """Amounts by code."""
    return {one["code"]: one["amount"] for one in receipt["applied"]}


def reasons(receipt: Any) -> dict[str, str]:
    """Reason codes by code."""
    return {one["code"]: one["reason_code"] for one in receipt["skipped"]}


def in_group(code: str, off: int, rule: str, **fields: Any) -> dict[str, Any]:
    """A member of group G."""
    return percent(code, off, stacking={"group": "G", "rule": rule}, **fields)


def test_best_merchant_takes_the_smallest_discount_of_the_group() -> None:
    """Of 10, 20 and 30 percent the customer gets 10."""
    receipt = receipt_of([in_group(code, off, "best_merchant") for code, off in (("A", 20), ("B", 10), ("C", 30))])
    assert applied(receipt) == {"B": 10}
    assert reasons(receipt) == {"A": "group", "C": "group"}


def test_first_takes_the_highest_of_the_group_that_applies() -> None:
    """The highest priority that saves something alone stands for the group, even where another saves more."""
    members = [in_group("A", 0, "first", execution_priority=9), in_group("B", 10, "first", execution_priority=5),
               in_group("C", 30, "first")]  # fmt: skip
    assert applied(receipt_of(members)) == {"B": 10}


def test_best_customer_leaves_the_choice_to_the_search() -> None:
    """At most one member applies, the one that makes the total greatest."""
    members = [in_group("A", 20, "best_customer"), in_group("B", 30, "best_customer")]
    assert applied(receipt_of(members, {"latte": 3})) == {"B": 90}


def test_never_with_lets_the_earlier_stage_win() -> None:
    """A promotion of the order refuses one of the items that has applied, and steps back."""
    late = promotion("LATE", "amount_discount", {"discount_amount": 90}, stacking={"never_with": ["ITEM"]})
    receipt = receipt_of([percent("ITEM", 10), late])
    assert applied(receipt) == {"ITEM": 10}
    assert receipt["skipped"][0]["reason"] == "does not combine with ITEM"


def test_never_with_inside_a_lane_is_a_choice() -> None:
    """Of two that refuse each other in one lane the better pair of all is chosen."""
    cake = scope("product", products=["cake"])
    offers = [percent("A", 10, stacking={"never_with": ["B"]}), percent("B", 30, scope=cake)]
    assert applied(receipt_of(offers)) == {"B": 30}


def test_an_exclusive_of_the_cart_stands_alone() -> None:
    """50 alone beats 10 and 20 together; 25 does not, and a tie goes to the others together."""
    others = [percent("A", 10), percent("B", 20, scope=scope("product", products=["cake"]))]
    for off, expected in ((50, {"X": 50}), (25, {"A": 10, "B": 20}), (30, {"A": 10, "B": 20})):
        alone = promotion("X", "amount_discount", {"discount_amount": off}, stacking={"exclusive": "cart"})
        assert applied(receipt_of([*others, alone])) == expected


def test_by_priority_the_highest_exclusive_stands_alone() -> None:
    """With `strategy: priority` rank decides, not the amount."""
    alone = promotion(
        "X", "amount_discount", {"discount_amount": 5}, stacking={"exclusive": "cart"}, execution_priority=1
    )
    receipt = receipt_of([percent("A", 10), alone], strategy="priority")
    assert (applied(receipt), reasons(receipt)) == ({"X": 5}, {"A": "exclusive"})


def test_an_exclusive_of_the_lane_leaves_other_lanes_alone() -> None:
    """It is alone in its lane, and a promotion of the next lane still adds up."""
    alone = percent("X", 50, stacking={"exclusive": "lane"})
    other = percent("B", 20, scope=scope("product", products=["cake"]))
    late = promotion(
        "C", "percent_discount", {"discount_percent": 10}, stacking={"lane": "second"}, execution_stage="item"
    )
    assert applied(receipt_of([alone, other, late], lanes=["main", "second"])) == {"X": 50, "C": 15}


def test_exclusive_units_get_nothing_later() -> None:
    """What it took is out of reach for the order's percentage; the rest is not."""
    whole = promotion("ALL", "percent_discount", {"discount_percent": 10})
    sealed = percent("S", 20, stacking={"exclusive": "units"})
    assert applied(receipt_of([sealed, whole])) == {"S": 20, "ALL": 10}


def test_consumed_conditions_use_up_their_units() -> None:
    """20 % on lattes that consumes a cake leaves no cake for the other promotion; the better of both is taken."""
    condition = {"min_quantity": 1, "scope": {"apply_to": "product", "products": ["cake"]}, "consumes": True}
    offers = [percent("A", 20, conditions=condition), percent("B", 15, scope=scope("product", products=["cake"]))]
    assert applied(receipt_of(offers)) == {"A": 20}
    assert applied(receipt_of(offers, {"latte": 1, "cake": 2})) == {"A": 20, "B": 15}


def test_a_budget_is_used_whole_or_not_at_all() -> None:
    """20 off with 15 left of the budget gives nothing, not 15; sets may be fewer."""
    limited = percent("A", 20, limits={"budget": 100})
    assert reasons(receipt_of([limited], usage={"A": {"discount": 85}})) == {"A": "budget_spent"}
    assert applied(receipt_of([limited], usage={"A": {"discount": 80}})) == {"A": 20}
    sets = promotion("S", "buy_x_get_y", {"buy_quantity": 1, "get_quantity": 1}, scope=LATTE, limits={"budget": 250})
    receipt = receipt_of([sets], {"latte": 8})
    assert (receipt["applied"][0]["times"], receipt["provisional"]) == (2, True)


def test_limits_are_decided_on_the_counters_given() -> None:
    """Uses in all, today and by this customer; without a customer, one per customer cannot be known."""
    limits = {"max_uses": 5, "max_uses_per_day": 3, "max_uses_per_customer": 1}
    offer, member = [percent("A", 20, limits=limits)], {"member_id": "M1"}
    assert reasons(receipt_of(offer)) == {"A": "customer_unknown"}
    assert applied(receipt_of(offer, customer=member)) == {"A": 20}
    for usage, reason in (
        ({"total": 5}, "limit_reached"),
        ({"today": 3}, "limit_today_reached"),
        ({"customer": 1}, "limit_customer_reached"),
    ):
        assert reasons(receipt_of(offer, customer=member, usage={"A": usage})) == {"A": reason}


def test_vouchers_unlock_by_code_or_by_promotion() -> None:
    """A shared code in any letter case, or a code that the till has resolved to the promotion."""
    offer = [percent("A", 20, require_voucher=True, voucher_codes=["PROMO20"])]
    assert reasons(receipt_of(offer)) == {"A": "voucher_missing"}
    assert applied(receipt_of(offer, vouchers=[" promo20 "])) == {"A": 20}
    assert applied(receipt_of(offer, vouchers=[{"code": "X1Y2", "promotion_id": "A"}])) == {"A": 20}
    assert reasons(receipt_of(offer, vouchers=[{"code": "X1Y2", "promotion_id": "B"}])) == {"A": "voucher_missing"}


def test_gifts_with_a_choice_wait_for_it() -> None:
    """Of several products one is named in the claim; without it there is a hint."""
    rules = {"free_product_ids": ["cake", "tea"], "trigger_product_id": "latte", "trigger_min_qty": 1}
    gift = [promotion("G", "free_item", rules, is_auto_apply=False)]
    assert receipt_of(gift)["hints"][0]["reason_code"] == "not_claimed"
    assert receipt_of(gift, claims=["G"])["hints"][0]["reason_code"] == "choice_missing"
    receipt = receipt_of(gift, claims=[{"code": "G", "product_id": "tea"}])
    assert [(line["product_id"], line["net"]) for line in receipt["lines"] if line.get("gift")] == [("tea", 0)]
    assert (receipt["subtotal"], receipt["total_discount"], receipt["final_amount"]) == (240, 40, 200)


def test_spend_at_one_brand_unlocks_another() -> None:
    """`trigger_benefit` counts what trigger brands sell and discounts what benefit brands sell, in the same cart."""
    goods = {"latte": product(100, brand="a"), "cake": product(100, brand="b"), "tea": product(40)}
    cross = {"enabled": True, "type": "trigger_benefit", "trigger_brands": ["a"], "trigger_min_amount": 150,
             "benefit_brands": ["b"]}  # fmt: skip
    offer = promotion("X", "percent_discount", {"discount_percent": 50}, cross_brand=cross, execution_stage="item")
    prepared = prepare(bundle([offer], goods, currency={"code": "IDR", "exponent": 0}))
    for lattes, expected in ((1, {}), (2, {"X": 50})):
        items = [{"product_id": "latte", "quantity": lattes}, {"product_id": "cake", "quantity": 1},
                 {"product_id": "tea", "quantity": 5}]  # fmt: skip
        assert applied(price({"at": "2026-02-07T10:00:00", "items": items}, prepared)) == expected


def test_cashback_is_earned_on_what_is_paid() -> None:
    """After all discounts, on the methods' share of a split tender, rounded down; it changes no price."""
    back = promotion(
        "BACK",
        "cashback",
        {"cashback_type": "percent", "cashback_value": 5, "payment_methods": ["card"], "cashback_method": "wallet"},
    )
    payments = [{"method": "card", "amount": 95}, {"method": "cash", "amount": 95}]
    receipt = receipt_of([percent("A", 10), back], payments=payments)
    assert (receipt["final_amount"], receipt["rewards"][0]["amount"]) == (190, 4)
    assert receipt["rewards"][0]["method"] == "wallet"


def test_limits_of_units_count_the_cheaper_units_of_sets() -> None:
    """Of six lattes in two lines, buy one get one: three free; at most two in all, or one of each line."""
    goods, rules = {"latte": product(100)}, {"buy_quantity": 1, "get_quantity": 1}
    items = [{"line_id": name, "product_id": "latte", "quantity": 3} for name in ("a", "b")]
    for limit, expected in (({}, 300), ({"max_units": 2}, 200), ({"max_units_per_line": 1}, 200)):
        offer = promotion("B", "buy_x_get_y", {**rules, **limit}, scope=LATTE)
        prepared = prepare(bundle([offer], goods, currency={"code": "IDR", "exponent": 0}))
        assert price({"at": "2026-02-07T10:00:00", "items": items}, prepared)["total_discount"] == expected
