"""AMT: amounts that no cart reaches, and budgets that do not last a day."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from promo_cli.diagnostics import Severity
from promo_cli.model.promotion import Condition, Promotion
from promo_cli.model.reference import Product
from promo_cli.validation.conflicts.estimate import estimate
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import Also, Finding, rule
from promo_cli.validation.words import money, several

MANY = 1_000
"""More units of the dearest product than anybody buys."""


@rule("AMT011", "minimum-out-of-reach", severity=Severity.WARNING)
def minimum_out_of_reach(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """The minimum purchase is above any cart that its scope can make.

    Why: the promotion never applies; most often there is a zero too many. The most that a cart can be worth is
    `limits.largest_bill` in promo.yaml, what a `max_quantity` allows, or else a thousand of the dearest product.

    Bad:
        scope: {apply_to: product, products: [espresso]}
        rules: {discount_percent: 20, min_purchase: 50_000_000}

    Good:
        scope: {apply_to: product, products: [espresso]}
        rules: {discount_percent: 20, min_purchase: 50_000}

    Fix: lower the minimum, or widen the scope.
    """
    least = getattr(promotion.rules, "min_purchase", None)
    if least is not None:
        yield from _out_of_reach(promotion, facts, least, "/rules/min_purchase", "the minimum purchase")
    cross = promotion.cross_brand
    if cross is not None and cross.trigger_min_amount is not None:
        most = facts.workspace.settings.limits.largest_bill
        if most is not None and cross.type == "trigger_benefit" and cross.trigger_min_amount > most:
            message = f"the spend it takes is above the largest bill, {money(most, facts.currency)}"
            yield Finding(message, "/cross_brand/trigger_min_amount", help="lower it, or raise `limits.largest_bill`")


@rule("AMT036", "tier-out-of-reach", "threshold_tier", severity=Severity.WARNING)
def tier_out_of_reach(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A tier begins above any cart that its scope can make.

    Why: nobody ever reaches it, though it is advertised as the best there is.

    Bad:
        promo_type: threshold_tier
        scope: {apply_to: product, products: [espresso]}
        rules:
          tiers:
            - {tier_name: A, min_amount: 100_000, discount_type: percent, discount_value: 5}
            - {tier_name: B, min_amount: 200_000_000, discount_type: percent, discount_value: 10}

    Good:
        promo_type: threshold_tier
        scope: {apply_to: product, products: [espresso]}
        rules:
          tiers:
            - {tier_name: A, min_amount: 100_000, discount_type: percent, discount_value: 5}
            - {tier_name: B, min_amount: 200_000, discount_type: percent, discount_value: 10}

    Fix: let the tier begin lower, or widen the scope.
    """
    for index, tier in enumerate(promotion.rules.tiers):
        if tier.is_active:
            pointer = f"/rules/tiers/{index}/min_amount"
            yield from _out_of_reach(promotion, facts, tier.min_amount, pointer, f"`{tier.tier_name}`")


@rule("AMT012", "budget-for-less-than-a-day", severity=Severity.WARNING)
def budget_for_less_than_a_day(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """The budget does not last through one day with as many uses as `max_uses_per_day` expects.

    Why: it runs out on the first afternoon, and every store has to explain why the poster still hangs there.
    A use is reckoned with the middle product of its scope, in the quantity that reaches its minimum.

    Bad:
        rules: {discount_percent: 20, min_purchase: 100_000}
        limits: {max_uses_per_day: 500, budget: 1_000_000}

    Good:
        rules: {discount_percent: 20, min_purchase: 100_000}
        limits: {max_uses_per_day: 500, budget: 500_000_000}

    Fix: raise the budget, or lower `max_uses_per_day`.
    """
    limits = promotion.limits
    if limits.budget is None or not limits.max_uses_per_day or limits.budget <= 0 or not _readable(facts):
        return
    priced = [product for product in facts.priced(promotion) if product.price > 0]
    if not priced:
        return
    middle = priced[len(priced) // 2]
    estimated = estimate(promotion)
    count = max(estimated.counts(middle.price), default=1)
    use = estimated.off(middle.price, count, middle.price * count)
    expected = use * limits.max_uses_per_day
    if expected > limits.budget:
        currency = facts.currency
        yield Finding(
            f"the budget lasts for {several(int(limits.budget // use), 'use')} of about {money(use, currency)}; "
            f"a day may have {limits.max_uses_per_day:,}",
            "/limits/budget",
            also=(Also("expected in a day", "/limits/max_uses_per_day"),),
            notes=(f"reckoned with {count} × {middle.id}, which makes {money(expected, currency)} in a day",),
            help="raise the budget, or lower `max_uses_per_day`",
        )


def _out_of_reach(
    promotion: Promotion[Any], facts: Facts, least: Decimal, pointer: str, what: str
) -> Iterator[Finding]:
    most, units, dearest = _largest(promotion, facts)
    if most is not None and least > most:
        found = money(most, facts.currency)
        why = "the largest bills" if dearest is None else f"{units:,} × {dearest.id}"
        advice = f"write at most {found}, or widen the scope"
        yield Finding(f"{what} is above any cart there can be: {why} make {found}", pointer, help=advice)


def _largest(promotion: Promotion[Any], facts: Facts) -> tuple[Decimal | None, int, Product | None]:
    """The most that a promotion's scope can be worth in one cart, and how many of what make it, if it is a product."""
    stated = facts.workspace.settings.limits.largest_bill
    priced = facts.priced(promotion) if _readable(facts) else []
    dearest = priced[-1] if priced else None
    if dearest is None or dearest.unit != "each" or dearest.price <= 0:
        return stated, 0, None
    allowed = _allowed(promotion.conditions, promotion)
    units = allowed if allowed is not None else MANY if stated is None else None
    if units is not None and (stated is None or dearest.price * units < stated):
        return dearest.price * units, units, dearest
    return stated, 0, None


def _allowed(condition: Condition | None, promotion: Promotion[Any]) -> int | None:
    """How many units conditions allow in the promotion's scope, where they say so."""
    if condition is None:
        return None
    counted = condition.scope is None or condition.scope == promotion.scope
    own = [condition.max_quantity] if condition.max_quantity is not None and counted else []
    below = [found for part in condition.all or () if (found := _allowed(part, promotion)) is not None]
    return min((*own, *below), default=None)


def _readable(facts: Facts) -> bool:
    return facts.whole("products", "categories")
