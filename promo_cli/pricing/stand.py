"""How one promotion sees a lane."""

from __future__ import annotations

from promo_cli.pricing.catalogue import Product
from promo_cli.pricing.promotion import Entry
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.scope import Scope
from promo_cli.pricing.types import base
from promo_cli.pricing.types.base import Pool
from promo_cli.pricing.view import View


class Stand(base.Stand):
    """One promotion's view of a lane; `pool` are the runs it may discount."""

    __slots__ = ("entry", "view")

    def __init__(self, view: View, entry: Entry) -> None:
        super().__init__(view.runs, view.in_hours(view.discountable(entry.benefit), entry.promotion.window))
        self.view = view
        self.entry = entry

    @property
    def spent(self) -> int:
        """What its scope is worth, as it measures, in minor units."""
        promotion = self.entry.promotion
        return self.view.spent(self.entry.scope, promotion.how, promotion.window)

    @property
    def whole(self) -> Pool:
        """The pool with what it holds."""
        return self.view.pool(self.pool)

    @property
    def held(self) -> tuple[int, ...]:
        """The runs in its scope and hours, discountable or not."""
        return self._in_hours(self.view.held(self.entry.benefit))

    def within(self, scope: Scope, discounted: bool) -> tuple[int, ...]:
        """Return the runs of another scope in the promotion's hours; only discountable ones if they get cheaper."""
        number = self.view.bundle.scopes[scope]
        return self._in_hours(self.view.discountable(number) if discounted else self.view.held(number))

    def _in_hours(self, held: tuple[int, ...]) -> tuple[int, ...]:
        return self.view.in_hours(held, self.entry.promotion.window)

    def lacks(self, product_id: str, units: int) -> Refusal:
        """Return that so many units of a product are missing."""
        product = self.view.bundle.products.get(product_id)
        name = product.name if product else product_id
        return Refusal(Reason.ADD_PRODUCT, units=units, name=name, product_id=product_id)

    def gift(self, product_id: str) -> Product | None:
        """Return a product if the promotion may give it away.

        It must be of the promotion's brands; `discountable` and floors are about what is sold.
        """
        product = self.view.bundle.products.get(product_id)
        return product if product and self.entry.promotion.benefit.sells(product.brand) else None

    def paid_by(self, methods: frozenset[str]) -> tuple[int, int] | None:
        """Return the share that these methods pay as a fraction, or None while the method is not known."""
        cart = self.view.sale.cart
        if cart.methods is None:
            return None
        if cart.payments is None:
            return (0 if methods.isdisjoint(cart.methods) else 1), 1
        whole = sum(amount for _, amount in cart.payments)
        return sum(amount for method, amount in cart.payments if method in methods), max(whole, 1)

    def claimed(self) -> str | None:
        """Return the product that was claimed as this promotion's gift."""
        return self.view.sale.cart.claims.get(self.entry.promotion.code.upper())
