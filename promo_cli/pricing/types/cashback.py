"""cashback: earned on what is left of the scope after all discounts; changes no price."""

from __future__ import annotations

from dataclasses import dataclass

from promo_cli.pricing.reading import Fields
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.scope import Scope
from promo_cli.pricing.types.base import Discount, Reward, Stand, read_terms


@dataclass(frozen=True, kw_only=True)
class Cashback(Discount):
    """A percentage in hundredths of a percent, or an amount in minor units. No methods: however the bill is paid."""

    percent: int | None
    amount: int
    cap: int | None
    methods: tuple[str, ...]
    method: str

    def offer(self, stand: Stand) -> Reward | Refusal:
        """Earn on the net of the scope, of a split tender on the methods' share, rounded down."""
        share: tuple[int, int] | None = (1, 1)
        if self.methods:
            share = stand.paid_by(frozenset(self.methods))
        if share is None or not share[0]:
            return Refusal(Reason.PAYMENT_METHOD, name=" or ".join(self.methods))
        net = sum(stand.runs[i].running * stand.runs[i].count for i in stand.held)
        if not net:
            return Refusal(Reason.NOTHING_IN_SCOPE)
        above, below = share
        earned = self.amount if self.percent is None else net * self.percent * above // (10_000 * below)
        earned = earned if self.cap is None else min(earned, self.cap)
        return Reward("cashback", self.method, earned) if earned else Refusal(Reason.NO_SAVING)


def read(fields: Fields, scope: Scope) -> Cashback:
    """Return the rules of a cashback."""
    share = fields.choice("cashback_type", ("percent", "amount")) == "percent"
    return Cashback(
        percent=fields.percent("cashback_value") if share else None,
        amount=0 if share else fields.price("cashback_value"),
        cap=fields.amount("cashback_max"),
        methods=fields.ids("payment_methods"),
        method=fields.choice("cashback_method", ("points", "wallet", "voucher")),
        minimum=fields.amount("min_purchase") or 0,
        terms=read_terms(fields),
    )
