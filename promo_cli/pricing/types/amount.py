"""amount_discount: an amount off the scope, once or on every unit, never more than the scope is worth."""

from __future__ import annotations

from dataclasses import dataclass

from promo_cli.pricing.reading import Fields
from promo_cli.pricing.reasons import Refusal
from promo_cli.pricing.scope import Scope
from promo_cli.pricing.types.base import Discount, Lump, Offer, Rung, Stand, read_terms
from promo_cli.pricing.types.spread import Each, Formula, ladder, spread


@dataclass(frozen=True, kw_only=True)
class Amount(Discount):
    """The amount in minor units, off all units together or off each."""

    formula: Formula

    def ladder(self) -> tuple[Rung, ...]:
        """One rung, from the minimum on, unless the amount is off every unit."""
        return ladder(self.minimum, self.formula, self.terms)

    def offer(self, stand: Stand) -> Offer | Refusal:
        """Take every unit."""
        return spread(stand, self.formula, self.terms)


def read(fields: Fields, scope: Scope) -> Amount:
    """Return the rules of an amount_discount."""
    amount = fields.price("discount_amount")
    each = fields.choice("per", ("cart", "unit")) == "unit"
    return Amount(
        formula=Each(amount) if each else Lump(amount),
        minimum=fields.amount("min_purchase") or 0,
        terms=read_terms(fields),
    )
