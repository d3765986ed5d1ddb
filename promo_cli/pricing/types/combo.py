"""combo: the listed products together for one price, as often as complete, dearest units first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from promo_cli.pricing.reading import Fields
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.scope import Scope
from promo_cli.pricing.types.base import Discount, Free, Offer, Stand, read_terms
from promo_cli.pricing.types.sets import Block, Sets, chunks, free_of, priced, spread_price, together


@dataclass(frozen=True, kw_only=True)
class Combo(Discount):
    """`price` in minor units; `parts` are products with how many of each. At least `least` parts make a set."""

    price: int
    parts: tuple[tuple[str, int], ...]
    least: int

    def scope(self, scope: Scope) -> Scope:
        """Return the listed products, as far as the promotion's scope holds them."""
        listed = frozenset(product for product, _ in self.parts)
        return replace(scope, products=listed if scope.products is None else listed & scope.products)

    def offer(self, stand: Stand) -> Offer | Refusal:
        """Form complete sets."""
        if not stand.pool:
            return Refusal(Reason.NOTHING_IN_SCOPE)
        columns = [[i for i in stand.pool if stand.runs[i].line.product.id == product] for product, _ in self.parts]
        for (product, quantity), column in zip(self.parts, columns, strict=True):
            missing = quantity - sum(stand.runs[i].count for i in column)
            if missing > 0 and self.least == len(self.parts):
                return stand.lacks(product, missing)

        sized = [(column, quantity) for (_, quantity), column in zip(self.parts, columns, strict=True)]

        def bound() -> dict[int, int]:
            return spread_price(stand.runs, sized, self.price if self.least == len(self.parts) else 0)

        def form(free: Free) -> Sequence[Block]:
            groups = [chunks(free_of(column, free), quantity) for column, quantity in sized]
            return priced(stand.runs, together(groups, self.least), self.price)

        return Sets(
            stand.runs, stand.pool, form, self.terms, bound, shape=("combo", self.parts, self.least), price=self.price
        )


def read(fields: Fields, scope: Scope) -> Combo:
    """Return the rules of a combo."""
    parts: dict[str, int] = {}
    for part in fields.sections("products"):
        product = part.text("product_id")
        parts[product] = parts.get(product, 0) + part.positive("quantity", 1)
    return Combo(
        price=fields.price("combo_price"),
        parts=tuple(sorted(parts.items())),
        least=len(parts) if fields.flag("all_required", True) else min(2, len(parts)),
        terms=read_terms(fields),
    )
