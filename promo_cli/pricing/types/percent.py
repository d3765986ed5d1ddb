"""percent_discount: a percentage off the scope, at most a maximum."""

from __future__ import annotations

from dataclasses import dataclass

from promo_cli.pricing.reading import Fields
from promo_cli.pricing.reasons import Refusal
from promo_cli.pricing.scope import Scope
from promo_cli.pricing.types.base import Discount, Offer, Portion, Rung, Stand, read_terms
from promo_cli.pricing.types.spread import ladder, spread
from promo_cli.pricing.words import Money, percent


@dataclass(frozen=True, kw_only=True)
class Percent(Discount):
    """`percent` in hundredths of a percent, `cap` in minor units."""

    percent: int
    cap: int | None

    def describe(self, money: Money) -> str:
        """Return such as `20% discount`."""
        return f"{percent(self.percent)} discount"

    def ladder(self) -> tuple[Rung, ...]:
        """One rung, from the minimum on."""
        return ladder(self.minimum, self._formula, self.terms)

    @property
    def _formula(self) -> Portion:
        return Portion(self.percent, 10_000, self.cap)

    def offer(self, stand: Stand) -> Offer | Refusal:
        """Take every unit."""
        return spread(stand, self._formula, self.terms)


def read(fields: Fields, scope: Scope) -> Percent:
    """Return the rules of a percent_discount."""
    return Percent(
        percent=fields.percent("discount_percent") or 0,
        cap=fields.amount("max_discount_amount"),
        minimum=fields.amount("min_purchase") or 0,
        terms=read_terms(fields),
    )
