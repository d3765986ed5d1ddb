"""free_item: extra units as a gift, when a trigger product or a minimum is in the cart."""

from __future__ import annotations

from dataclasses import dataclass

from promo_cli.pricing.errors import BundleError
from promo_cli.pricing.reading import Fields
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.scope import Scope
from promo_cli.pricing.types.base import Discount, Gift, Offer, Stand, read_terms
from promo_cli.pricing.types.gifts import Gifts


@dataclass(frozen=True, kw_only=True)
class FreeItem(Discount):
    """`choices` are the products of which `units` are given; with several, the customer names one."""

    trigger: Scope | None
    size: int
    choices: tuple[str, ...]
    units: int

    def triggers(self) -> tuple[Scope, ...]:
        """Looks at the trigger product."""
        return () if self.trigger is None else (self.trigger,)

    def touched_by(self, scope: Scope) -> tuple[Scope, ...]:
        """Worth mentioning where the trigger is in the cart; without one, where something counts for the minimum."""
        return self.triggers() or (scope,)

    def offer(self, stand: Stand) -> Offer | Refusal:
        """Give it once, or up to `max_applications` times as often as the trigger or the minimum is met."""
        gift = self._gift(stand)
        if isinstance(gift, Refusal):
            return gift
        most = self.terms.max_applications
        if self.trigger is None:
            return Gifts(gift, 1 if most is None or not self.minimum else min(most, stand.spent // self.minimum))
        reach = stand.within(self.trigger, discounted=False)
        if (missing := self.size - sum(stand.runs[i].count for i in reach)) > 0:
            return Refusal(Reason.ADD_UNITS, units=missing)
        return Gifts(gift, 1 if most is None else most, reach, self.size)

    def _gift(self, stand: Stand) -> Gift | Refusal:
        chosen = stand.claimed() if len(self.choices) > 1 else self.choices[0]
        if chosen is None:
            return Refusal(Reason.CHOICE_MISSING)
        product = stand.gift(chosen) if chosen in self.choices else None
        if product is None:
            return Refusal(Reason.GIFT_UNAVAILABLE)
        return Gift(product, self.units, product.price)


def read(fields: Fields, scope: Scope) -> FreeItem:
    """Return the rules of a free_item."""
    trigger = fields.optional("trigger_product_id")
    named = fields.optional("free_product_id")
    choices = (*((named,) if named else ()), *fields.ids("free_product_ids"))
    if not choices:
        raise BundleError(f"{fields.where}.free_product_id: expected a product, found none")
    return FreeItem(
        trigger=Scope(products=frozenset({trigger})) if trigger else None,
        size=fields.positive("trigger_min_qty", 1),
        choices=choices,
        units=fields.positive("free_quantity", 1),
        minimum=fields.amount("min_purchase") or 0,
        terms=read_terms(fields),
    )
