"""upsell: with every so many units of one product, one unit of another at a special price."""

from __future__ import annotations

from dataclasses import dataclass

from promo_cli.pricing.reading import Fields
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.scope import Scope, of_products
from promo_cli.pricing.types.base import SCALE, Discount, Free, Offer, Option, Stand, read_terms
from promo_cli.pricing.types.sets import Block, Sets, buys_and_gets, free_of, joined
from promo_cli.pricing.units import Cut, Run


@dataclass(frozen=True, kw_only=True)
class Upsell(Discount):
    """`price` in minor units; `message` is for the cashier while the upsell product is not in the cart."""

    required: Scope
    quantity: int
    product: str
    upsell: Scope
    price: int
    message: str

    def scope(self, scope: Scope) -> Scope:
        """Return the upsell product."""
        return self.upsell

    def triggers(self) -> tuple[Scope, ...]:
        """Looks at the required product too."""
        return (self.required,)

    def touched_by(self, scope: Scope) -> tuple[Scope, ...]:
        """Worth mentioning where the required product is in the cart."""
        return (self.required,)

    def hint(self, refusal: Refusal) -> str:
        """Return the message while the upsell product is missing."""
        return self.message if refusal.reason is Reason.ADD_PRODUCT else ""

    def offer(self, stand: Stand) -> Offer | Refusal:
        """Form pairs; a pair that would cost more is left alone."""
        required, runs = stand.within(self.required, discounted=False), stand.runs
        if (missing := self.quantity - sum(runs[i].count for i in required)) > 0:
            return Refusal(Reason.ADD_UNITS, units=missing)
        if not stand.pool:
            return stand.lacks(self.product, 1)
        cheaper = tuple([i for i in stand.pool if self.off(runs[i]) > 0])
        return _Upsells(self, runs, required, cheaper)

    def off(self, run: Run) -> int:
        """Return what the special price takes off a unit."""
        return min(run.running - self.price, run.room)


class _Upsells(Sets):
    """Pairs of what is `required` and of what gets `cheaper`, each cheaper unit priced by itself."""

    __slots__ = ("cheaper", "required", "rules")

    def __init__(self, rules: Upsell, runs: list[Run], required: tuple[int, ...], cheaper: tuple[int, ...]) -> None:
        super().__init__(runs, tuple(sorted({*required, *cheaper})), rules.terms)
        self.rules = rules
        self.required = required
        self.cheaper = cheaper

    def form(self, free: Free) -> list[Block]:
        """The dearest units first."""
        required, cheaper = free_of(self.required, free), free_of(self.cheaper, free)
        return [
            Block(times, joined((bought, added)), added, sum([self._off(i) * count for i, count in added]))
            for times, bought, added in buys_and_gets(required, cheaper, self.rules.quantity, 1)
        ]

    def bound(self) -> dict[int, int]:
        """Only the cheaper unit contributes."""
        return {i: SCALE * self._off(i) for i in self.cheaper}

    def cuts(self, option: Option) -> list[Cut]:
        """Return what the special price takes off each."""
        return [(i, count, self._off(i)) for i, count in option.cheaper]

    def _off(self, i: int) -> int:
        return self.rules.off(self.runs[i])


def read(fields: Fields, scope: Scope) -> Upsell:
    """Return the rules of an upsell."""
    product = fields.text("upsell_product_id")
    return Upsell(
        required=Scope(products=frozenset({fields.text("required_product_id")})),
        quantity=fields.positive("required_min_qty", 1),
        product=product,
        upsell=of_products(scope, product),
        price=fields.price("special_price"),
        message=fields.optional("upsell_message") or "",
        terms=read_terms(fields),
    )
