"""happy_hour: within the hours of the promotion a percentage, an amount per unit, or a special unit price."""

from __future__ import annotations

from dataclasses import dataclass

from promo_cli.pricing.reading import Fields
from promo_cli.pricing.reasons import Refusal
from promo_cli.pricing.scope import Scope
from promo_cli.pricing.types.base import Discount, Offer, Portion, Rung, Stand, read_terms
from promo_cli.pricing.types.spread import Down, Each, Formula, ladder, spread
from promo_cli.pricing.words import Money, percent


@dataclass(frozen=True, kw_only=True)
class HappyHour(Discount):
    """One of the three as a formula."""

    formula: Formula

    def describe(self, money: Money) -> str:
        """Return such as `20% discount`."""
        return f"{percent(self.formula.above)} discount" if isinstance(self.formula, Portion) else ""

    def ladder(self) -> tuple[Rung, ...]:
        """One rung for a percentage."""
        return ladder(0, self.formula, self.terms)

    def offer(self, stand: Stand) -> Offer | Refusal:
        """Take every unit ordered in the hours."""
        return spread(stand, self.formula, self.terms)


def read(fields: Fields, scope: Scope) -> HappyHour:
    """Return the rules of a happy_hour."""
    share, amount = fields.percent("discount_percent"), fields.amount("discount_amount")
    formula: Formula
    if share is not None:
        formula = Portion(share, 10_000)
    else:
        formula = Down(fields.price("special_price")) if amount is None else Each(amount)
    return HappyHour(formula=formula, terms=read_terms(fields))
