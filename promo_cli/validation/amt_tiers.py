"""AMT: the steps of threshold promotions against each other."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

from promo_cli.diagnostics import Severity
from promo_cli.model.promotion import Promotion
from promo_cli.model.rules import ThresholdTier
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import Also, Change, Finding, rule
from promo_cli.validation.words import money, written

Step = tuple[int, ThresholdTier]
"""A tier and its place in the file."""


@rule("AMT030", "tiers-overlap", "threshold_tier")
def tiers_overlap(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """Two tiers cover the same amounts.

    Why: only the higher one applies there, so the range stated for the lower is wrong, and so may be its price tag.

    Bad:
        promo_type: threshold_tier
        rules:
          tiers:
            - {tier_name: A, min_amount: 100_000, max_amount: 300_000, discount_type: percent, discount_value: 5}
            - {tier_name: B, min_amount: 200_000, discount_type: percent, discount_value: 10}

    Good:
        promo_type: threshold_tier
        rules:
          tiers:
            - {tier_name: A, min_amount: 100_000, max_amount: 200_000, discount_type: percent, discount_value: 5}
            - {tier_name: B, min_amount: 200_000, discount_type: percent, discount_value: 10}

    Fix: end the lower tier where the higher begins, or leave `max_amount` out: the highest tier reached applies.
    """
    for (low, lower), (high, higher) in pairwise(_steps(promotion)):
        if lower.min_amount == higher.min_amount:
            message = f"`{higher.tier_name}` begins at the same amount as `{lower.tier_name}`"
            also = (Also("the same", f"/rules/tiers/{low}/min_amount"),)
            yield Finding(message, f"/rules/tiers/{high}/min_amount", also=also, help="let each tier begin higher")
        elif lower.max_amount is not None and lower.max_amount > higher.min_amount:
            message = f"`{lower.tier_name}` reaches into `{higher.tier_name}`"
            advice = ", or leave `max_amount` out: the highest tier reached applies"
            yield _ends_wrong(message, low, (high, higher), advice)


@rule("AMT031", "tiers-gap", "threshold_tier", severity=Severity.WARNING)
def tiers_gap(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """Between two tiers lie amounts that get nothing.

    Why: a customer who spends more loses the discount. `max_amount` is exclusive: 199_999 leaves out 199,999 itself.

    Bad:
        promo_type: threshold_tier
        rules:
          tiers:
            - {tier_name: A, min_amount: 100_000, max_amount: 199_999, discount_type: percent, discount_value: 5}
            - {tier_name: B, min_amount: 200_000, discount_type: percent, discount_value: 10}

    Good:
        promo_type: threshold_tier
        rules:
          tiers:
            - {tier_name: A, min_amount: 100_000, max_amount: 200_000, discount_type: percent, discount_value: 5}
            - {tier_name: B, min_amount: 200_000, discount_type: percent, discount_value: 10}

    Fix: end the lower tier where the higher begins, or leave `max_amount` out.
    """
    for (low, lower), (high, higher) in pairwise(_steps(promotion)):
        if lower.max_amount is not None and lower.min_amount < lower.max_amount < higher.min_amount:
            until, begins = (money(one, facts.currency) for one in (lower.max_amount, higher.min_amount))
            message = f"from {until} up to {begins} no tier applies"
            yield _ends_wrong(message, low, (high, higher), ": `max_amount` is exclusive")


@rule("AMT032", "tier-pays-less", "threshold_tier", severity=Severity.WARNING)
def tier_pays_less(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A higher tier gives less than the one below it would at the same amount.

    Why: customers are punished for spending more, and cashiers have to explain it.

    Bad:
        promo_type: threshold_tier
        rules:
          tiers:
            - {tier_name: A, min_amount: 100_000, discount_type: percent, discount_value: 10}
            - {tier_name: B, min_amount: 200_000, discount_type: amount, discount_value: 15_000}

    Good:
        promo_type: threshold_tier
        rules:
          tiers:
            - {tier_name: A, min_amount: 100_000, discount_type: percent, discount_value: 10}
            - {tier_name: B, min_amount: 200_000, discount_type: amount, discount_value: 30_000}

    Fix: raise what the higher tier gives, or swap the two.
    """
    for (low, lower), (high, higher) in pairwise(_steps(promotion)):
        if lower.min_amount == higher.min_amount:
            continue
        at = higher.min_amount
        less, more = _worth(higher, at, facts), _worth(lower, at, facts)
        if less is not None and more is not None and less < more:
            value = "free_product_id" if higher.discount_type == "free_product" else "discount_value"
            yield Finding(
                f"at {money(at, facts.currency)} `{higher.tier_name}` gives {money(less, facts.currency)}, "
                f"`{lower.tier_name}` would give {money(more, facts.currency)}",
                f"/rules/tiers/{high}/{value}",
                also=(Also("more than the tier above", f"/rules/tiers/{low}"),),
                help="raise what the higher tier gives, or swap the two",
            )


@rule("AMT033", "tier-upside-down", "threshold_tier")
def tier_upside_down(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A tier that ends at or below the amount at which it begins.

    Why: no purchase is in it.

    Bad:
        promo_type: threshold_tier
        rules:
          tiers: [{tier_name: A, min_amount: 200_000, max_amount: 100_000, discount_type: percent, discount_value: 5}]

    Good:
        promo_type: threshold_tier
        rules:
          tiers: [{tier_name: A, min_amount: 100_000, max_amount: 200_000, discount_type: percent, discount_value: 5}]

    Fix: swap the two amounts.
    """
    for index, tier in enumerate(promotion.rules.tiers):
        if tier.max_amount is not None and tier.max_amount <= tier.min_amount:
            also = (Also("it begins here", f"/rules/tiers/{index}/min_amount"),)
            message = f"`{tier.tier_name}` ends before it begins"
            yield Finding(message, f"/rules/tiers/{index}/max_amount", also=also, help="swap the two amounts")


@rule("AMT034", "no-active-tier", "threshold_tier")
def no_active_tier(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A threshold promotion without a tier that is active.

    Why: it never applies.

    Bad:
        promo_type: threshold_tier
        rules: {tiers: []}

    Good:
        promo_type: threshold_tier
        rules: {tiers: [{tier_name: A, min_amount: 100_000, discount_type: percent, discount_value: 5}]}

    Fix: add a tier, or set the promotion's own `is_active: false`.
    """
    if not any(tier.is_active for tier in promotion.rules.tiers):
        what = "no tier is active" if promotion.rules.tiers else "there is no tier"
        yield Finding(what, "/rules/tiers", help="add a tier, or set `is_active: false` for the promotion")


@rule("AMT035", "tier-without-benefit", "threshold_tier")
def tier_without_benefit(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A tier does not say what it gives: `discount_type` names one kind of benefit, and its field is missing.

    Why: whoever reaches the tier gets nothing.

    Bad:
        promo_type: threshold_tier
        rules: {tiers: [{tier_name: A, min_amount: 100_000, discount_type: percent}]}

    Good:
        promo_type: threshold_tier
        rules: {tiers: [{tier_name: A, min_amount: 100_000, discount_type: percent, discount_value: 5}]}

    Fix: add the field that the message names.
    """
    for index, tier in enumerate(promotion.rules.tiers):
        needed = {"free_product": "free_product_id", "points_multiplier": "points_multiplier"}
        field = needed.get(tier.discount_type, "discount_value")
        if tier.is_active and not getattr(tier, field):
            at = f"/rules/tiers/{index}"
            yield Finding(
                f"`{tier.tier_name}` gives nothing: its discount_type is {tier.discount_type}",
                f"{at}/{field}" if field in tier.model_fields_set else f"{at}/discount_type",
                help=f"add `{field}`",
            )


def _ends_wrong(message: str, low: int, following: Step, advice: str) -> Finding:
    """A tier that does not end where the next one begins."""
    high, higher = following
    begins, place = written(higher.min_amount), f"/rules/tiers/{low}/max_amount"
    also = (Also(f"`{higher.tier_name}` begins here", f"/rules/tiers/{high}/min_amount"),)
    return Finding(message, place, also=also, help=f"write {begins}{advice}", change=Change(place, begins))


def _steps(promotion: Promotion[Any]) -> list[Step]:
    """The active tiers that hold any amount, by the amount at which they begin."""
    steps = [
        (index, tier)
        for index, tier in enumerate(promotion.rules.tiers)
        if tier.is_active and (tier.max_amount is None or tier.max_amount > tier.min_amount)
    ]
    return sorted(steps, key=lambda step: step[1].min_amount)


def _worth(tier: ThresholdTier, amount: Decimal, facts: Facts) -> Decimal | None:
    """What a tier gives at an amount, as money; None where that cannot be said."""
    match tier.discount_type:
        case "percent":
            return amount * tier.discount_value / 100
        case "amount":
            return min(tier.discount_value, amount)
        case "free_product":
            product = facts.products.get(tier.free_product_id or "")
            return product.price if product else None
        case _:
            return None
