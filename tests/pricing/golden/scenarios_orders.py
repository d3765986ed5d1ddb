"""Minimums, thresholds, payment, points and cashback."""

from __future__ import annotations

from typing import Any

from tests.pricing.golden.scenario import Scenario, amount, category, d, items, p, percent, products


def tiers(*steps: tuple[str, str | None, str, str], **fields: Any) -> dict[str, Any]:
    """Tiers of (from, up to, kind, value)."""
    lines = [
        {
            "tier_name": f"T{index}",
            "min_amount": d(low),
            "max_amount": None if high is None else d(high),
            "discount_type": kind,
            "discount_value": d(value),
        }
        for index, (low, high, kind, value) in enumerate(steps, start=1)
    ]
    return p("T", "threshold_tier", {"tiers": lines, **fields.pop("rules", {})}, **fields)


def paid(code: str, kind: str, value: str, **rules: Any) -> dict[str, Any]:
    """Off what is paid by card."""
    fields = {"scope": rules.pop("scope")} if "scope" in rules else {}
    base = {"payment_methods": ["card"], "discount_type": kind, "discount_value": d(value)}
    return p(code, "payment_discount", {**base, **rules}, **fields)


def back(code: str, kind: str, value: str, **rules: Any) -> dict[str, Any]:
    """Cashback."""
    fields = {"scope": rules.pop("scope")} if "scope" in rules else {}
    return p(code, "cashback", {"cashback_type": kind, "cashback_value": d(value), **rules}, **fields)


STEPS = tiers(("10", "20", "percent", "5"), ("20", "30", "percent", "10"), ("30", None, "percent", "15"))
CARD, CASH = {"payment_method": "card"}, {"payment_method": "cash"}


def split(card: str, cash: str) -> dict[str, Any]:
    """Paid in two parts."""
    return {"payments": [{"method": "card", "amount": d(card)}, {"method": "cash", "amount": d(cash)}]}


SCENARIOS = [
    Scenario(
        "minimum-reached",
        "Inclusive: 10.50 spent is enough for 10.50.",
        "1.05",
        (percent("P", "10", rules={"min_purchase": d("10.5")}),),
        items(latte=1, cake=1),
    ),
    Scenario(
        "minimum-missed",
        "One cent short.",
        "0",
        (percent("P", "10", rules={"min_purchase": d("10.51")}),),
        items(latte=1, cake=1),
    ),
    Scenario(
        "minimum-of-scope",
        "A minimum is of the promotion's own scope: 4.50 of hot drinks.",
        "0",
        (percent("P", "10", rules={"min_purchase": 5}, scope=category("hot")),),
        items(latte=1, cake=1),
    ),
    Scenario(
        "minimum-item-before",
        "In the item stage before discounts: 10.50, though the latte is half price in lane one.",
        "3.08",
        (
            percent("A", "50", scope=products("latte")),
            percent("B", "10", rules={"min_purchase": d("10.5")}, stage="item", lane="second"),
        ),
        items(latte=1, cake=1),
        header={"lanes": ["main", "second"]},
    ),
    Scenario(
        "minimum-order-after",
        "In the order stage after them: 8.25 is left.",
        "2.25",
        (percent("A", "50", scope=products("latte")), percent("B", "10", rules={"min_purchase": d("10.5")})),
        items(latte=1, cake=1),
    ),
    Scenario(
        "minimum-order-measured-before",
        "`measured: before` on the order stage.",
        "3.08",
        (
            percent("A", "50", scope=products("latte")),
            percent("B", "10", rules={"min_purchase": d("10.5"), "measured": "before"}),
        ),
        items(latte=1, cake=1),
    ),
    Scenario("tier-lowest", "10.50: the first tier, 5 %.", "0.53", (STEPS,), items(latte=1, cake=1)),
    Scenario("tier-boundary", "[min, max): 20.00 is in the second tier, 10 %.", "2", (STEPS,), items(juice=4)),
    Scenario(
        "tier-just-below",
        "19.99 is in the first.",
        "1",
        (STEPS,),
        (*items(mug=1, juice=1), {"line_id": "x", "product_id": "juice", "quantity": 1}),
    ),
    Scenario("tier-open-ended", "The last has no end.", "9", (STEPS,), items(cake=10)),
    Scenario("tier-below-all", "9.00: none, and a hint of what is missing.", "0", (STEPS,), items(latte=2)),
    Scenario(
        "tier-after-items",
        "Matched after the item stage: 12.00 down to 9.00 is below all.",
        "3",
        (STEPS, percent("A", "25", scope=category("food"))),
        items(cake=2),
    ),
    Scenario(
        "tier-amount",
        "An amount off.",
        "4",
        (tiers(("10", "20", "amount", "1.5"), ("20", None, "amount", "4")),),
        items(juice=4),
    ),
    Scenario(
        "tier-gap",
        "Between two tiers: nothing.",
        "0",
        (tiers(("5", "8", "amount", "1"), ("12", None, "amount", "4")),),
        items(latte=1, cake=1),
    ),
    Scenario(
        "tier-groups",
        "`every_quantity: 3`: complete groups only, 20 % of the cheapest three of four.",
        "2.7",
        (tiers(("10", None, "percent", "20"), rules={"every_quantity": 3}),),
        items(latte=3, cake=1),
    ),
    Scenario(
        "tier-gift",
        "A free product as the tier's reward.",
        "5",
        (
            p(
                "T",
                "threshold_tier",
                {
                    "tiers": [
                        {
                            "tier_name": "T1",
                            "min_amount": 10,
                            "max_amount": None,
                            "discount_type": "free_product",
                            "discount_value": 0,
                            "free_product_id": "juice",
                        }
                    ]
                },
            ),
        ),
        items(latte=1, cake=1),
    ),
    Scenario(
        "tier-points",
        "A points multiplier is a reward, no discount.",
        "0",
        (
            p(
                "T",
                "threshold_tier",
                {
                    "tiers": [
                        {
                            "tier_name": "T1",
                            "min_amount": 10,
                            "max_amount": None,
                            "discount_type": "points_multiplier",
                            "discount_value": 0,
                            "points_multiplier": 2,
                        }
                    ]
                },
            ),
        ),
        items(latte=1, cake=1),
    ),
    Scenario("payment", "10 % by card.", "1.05", (paid("P", "percent", "10"),), items(latte=1, cake=1), cart=CARD),
    Scenario("payment-other", "Not in cash.", "0", (paid("P", "percent", "10"),), items(latte=1, cake=1), cart=CASH),
    Scenario("payment-unknown", "No method yet: a hint.", "0", (paid("P", "percent", "10"),), items(latte=1, cake=1)),
    Scenario(
        "payment-cap",
        "At most 0.50.",
        "0.5",
        (paid("P", "percent", "10", max_discount=d("0.5")),),
        items(latte=1, cake=1),
        cart=CARD,
    ),
    Scenario(
        "payment-amount", "2.00 off by card.", "2", (paid("P", "amount", "2"),), items(latte=1, cake=1), cart=CARD
    ),
    Scenario(
        "payment-after-order",
        "After item and order stages: 10 % of what is left of 10.50 less 10 %.",
        "2",
        (paid("P", "percent", "10"), percent("O", "10")),
        items(latte=1, cake=1),
        cart=CARD,
    ),
    Scenario(
        "payment-split",
        "4.20 of 10.50 by card: 10 % of that part.",
        "0.42",
        (paid("P", "percent", "10"),),
        items(latte=1, cake=1),
        cart=split("4.2", "6.3"),
    ),
    Scenario(
        "payment-split-exact",
        "A share of 1.00 of 10.50 is exact: 50 % of it is 0.50.",
        "0.5",
        (paid("P", "percent", "50"),),
        items(latte=1, cake=1),
        cart=split("1", "9.5"),
    ),
    Scenario(
        "payment-split-minimum",
        "The minimum looks at the whole bill.",
        "0.42",
        (paid("P", "percent", "10", min_purchase=10),),
        items(latte=1, cake=1),
        cart=split("4.2", "6.3"),
    ),
    Scenario(
        "payment-split-amount",
        "5.00 off, but only 4.20 are paid by card.",
        "4.2",
        (paid("P", "amount", "5"),),
        items(latte=1, cake=1),
        cart=split("4.2", "6.3"),
    ),
    Scenario(
        "payment-split-after-order",
        "The parts sum to the total before the payment stage: 9.45.",
        "1.47",
        (paid("P", "percent", "10"), percent("O", "10")),
        items(latte=1, cake=1),
        cart=split("4.2", "5.25"),
    ),
    Scenario(
        "cashback-points",
        "5 % of 10.50 in points: no price changes.",
        "0",
        (back("B", "percent", "5"),),
        items(latte=1, cake=1),
    ),
    Scenario(
        "cashback-after-all",
        "On the net after all discounts, the payment discount included: 10 % of 8.50.",
        "2",
        (back("B", "percent", "10", cashback_method="wallet"), percent("O", "10"), paid("P", "percent", "10")),
        items(latte=1, cake=1),
        cart=CARD,
    ),
    Scenario(
        "cashback-cap",
        "At most 0.30.",
        "0",
        (back("B", "percent", "5", cashback_max=d("0.3"), cashback_method="wallet"),),
        items(latte=1, cake=1),
    ),
    Scenario(
        "cashback-scope",
        "Of its scope.",
        "0",
        (back("B", "percent", "10", cashback_method="wallet", scope=category("hot")),),
        items(latte=1, cake=1),
    ),
    Scenario(
        "cashback-method",
        "Only for its methods.",
        "0",
        (back("B", "percent", "5", payment_methods=["card"]),),
        items(latte=1, cake=1),
        cart=CASH,
    ),
    Scenario(
        "cashback-amount",
        "A fixed amount from a minimum.",
        "0",
        (back("B", "amount", "1", min_purchase=10, cashback_method="voucher"),),
        items(latte=1, cake=1),
    ),
    Scenario(
        "cashback-all-earned",
        "All that apply are earned, on the same units.",
        "0",
        (back("B", "percent", "5", cashback_method="wallet"), back("C", "percent", "3", cashback_method="wallet")),
        items(latte=1, cake=1),
    ),
    Scenario(
        "amount-order-by-default",
        "An amount on everything belongs to the order: after the item stage.",
        "6.25",
        (percent("A", "50", scope=products("latte")), amount("B", "4")),
        items(latte=1, cake=1),
    ),
]
