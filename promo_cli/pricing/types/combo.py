"""combo: the listed products together for one price, as often as complete, dearest units first."""

from __future__ import annotations

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

        sized = [(tuple(column), quantity) for (_, quantity), column in zip(self.parts, columns, strict=True)]
        return _Combos(self, stand, sized)


class _Combos(Sets):
    """`sized` is what there is of each product, with how many of it a set takes."""

    __slots__ = ("rules", "sized")

    def __init__(self, rules: Combo, stand: Stand, sized: list[tuple[tuple[int, ...], int]]) -> None:
        shape = ("combo", rules.parts, rules.least)
        super().__init__(stand.runs, stand.pool, rules.terms, 1, shape, rules.price)
        self.rules = rules
        self.sized = sized

    def form(self, free: Free) -> list[Block]:
        """One of each product, while enough of them are left."""
        groups = [chunks(free_of(column, free), quantity) for column, quantity in self.sized]
        return priced(self.runs, together(groups, self.rules.least), self.price)

    def bound(self) -> dict[int, int]:
        """Every product bears a share of the price, unless a set may do without it."""
        whole = self.rules.least == len(self.rules.parts)
        return spread_price(self.runs, self.sized, self.price if whole else 0)


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
