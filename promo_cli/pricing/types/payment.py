"""payment_discount: off the part of the bill that is paid by a listed method."""

from __future__ import annotations

from dataclasses import dataclass

from promo_cli.pricing.reading import Fields
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.scope import Scope
from promo_cli.pricing.types.base import Discount, Lump, Offer, Portion, Stand, read_terms
from promo_cli.pricing.types.spread import Formula, spread
from promo_cli.pricing.words import Money, percent


@dataclass(frozen=True, kw_only=True)
class Payment(Discount):
    """A percentage in hundredths of a percent with a cap, or an amount in minor units."""

    methods: tuple[str, ...]
    percent: int | None
    amount: int
    cap: int | None

    def describe(self, money: Money) -> str:
        """Return such as `10% payment discount`."""
        return "" if self.percent is None else f"{percent(self.percent)} payment discount"

    def offer(self, stand: Stand) -> Offer | Refusal:
        """Take every unit, at the share of it that the methods pay."""
        share = stand.paid_by(frozenset(self.methods))
        if share is None or not share[0]:
            return Refusal(Reason.PAYMENT_METHOD, name=" or ".join(self.methods))
        above, below = share
        formula: Formula = Lump(self.amount if self.cap is None else min(self.amount, self.cap), above, below)
        if self.percent is not None:
            formula = Portion(self.percent * above, 10_000 * below, self.cap)
        return spread(stand, formula, self.terms)


def read(fields: Fields, scope: Scope) -> Payment:
    """Return the rules of a payment_discount."""
    share = fields.choice("discount_type", ("percent", "amount")) == "percent"
    return Payment(
        methods=fields.ids("payment_methods"),
        percent=fields.percent("discount_value") if share else None,
        amount=0 if share else fields.price("discount_value"),
        cap=fields.amount("max_discount"),
        minimum=fields.amount("min_purchase") or 0,
        terms=read_terms(fields),
    )
