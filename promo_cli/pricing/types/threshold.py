"""threshold_tier: spend more, get more; the highest tier reached applies, and only it."""

from __future__ import annotations

from dataclasses import dataclass

from promo_cli.pricing.reading import Fields
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.scope import Scope
from promo_cli.pricing.types.base import Discount, Gift, Lump, Offer, Portion, Reward, Rung, Stand, read_terms
from promo_cli.pricing.types.gifts import Gifts
from promo_cli.pricing.types.spread import Formula, ladder, spread


@dataclass(frozen=True)
class Tier:
    """From `least` up to but not including `below`, in minor units: one of four benefits."""

    least: int
    below: int | None
    formula: Formula | None
    product: str | None
    factor: int


@dataclass(frozen=True, kw_only=True)
class Threshold(Discount):
    """Tiers, the lowest first."""

    tiers: tuple[Tier, ...]

    def ladder(self) -> tuple[Rung, ...]:
        """A rung for every tier, if each is a percentage or an amount."""
        rungs = [ladder(tier.least, tier.formula, self.terms) for tier in self.tiers if tier.formula is not None]
        if len(rungs) < len(self.tiers) or not all(rungs):
            return ()
        return tuple(rung._replace(below=tier.below) for tier, (rung,) in zip(self.tiers, rungs, strict=True))

    def offer(self, stand: Stand) -> Offer | Reward | Refusal:
        """Give what the tier gives that the whole scope reaches."""
        spent = stand.spent
        met = [tier for tier in self.tiers if tier.least <= spent and (tier.below is None or spent < tier.below)]
        if not met:
            higher = [tier.least - spent for tier in self.tiers if tier.least > spent]
            return Refusal(Reason.SPEND_MORE, amount=higher[0]) if higher else Refusal(Reason.CONDITION_UNMET)
        tier = met[-1]
        if tier.formula is not None:
            return spread(stand, tier.formula, self.terms)
        if tier.product is None:
            return Reward("points_multiplier", "points", 0, tier.factor)
        product = stand.gift(tier.product)
        return Refusal(Reason.GIFT_UNAVAILABLE) if product is None else Gifts(Gift(product, 1, product.price), 1)


def read(fields: Fields, scope: Scope) -> Threshold:
    """Return the rules of a threshold_tier."""
    tiers = [_tier(tier) for tier in fields.sections("tiers") if tier.flag("is_active", True)]
    return Threshold(tiers=tuple(sorted(tiers, key=lambda tier: tier.least)), terms=read_terms(fields))


def _tier(fields: Fields) -> Tier:
    kind = fields.choice("discount_type", ("percent", "amount", "free_product", "points_multiplier"))
    formula: Formula | None = None
    if kind == "percent":
        formula = Portion(fields.percent("discount_value") or 0, 10_000)
    if kind == "amount":
        formula = Lump(fields.price("discount_value"))
    return Tier(
        least=fields.price("min_amount"),
        below=fields.amount("max_amount"),
        formula=formula,
        product=fields.text("free_product_id") if kind == "free_product" else None,
        factor=fields.thousandths("points_multiplier") if kind == "points_multiplier" else 0,
    )
