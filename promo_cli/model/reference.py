"""Reference data under stores/: brands, stores, the catalogue, tiers, holidays, payment methods."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from promo_cli.model.base import Amount, ClockTime, Date, Day, EndTime, Id, Strict, Text, nothing


class Brand(Strict):
    """A brand of the company."""

    id: Id
    """Names the brand in promotions, stores and products."""
    name: Text
    """What people call it."""


class OpeningHours(Strict):
    """When a store sells on these days, by its wall clock; `close` before `open` is after midnight."""

    days: list[Day] = [1, 2, 3, 4, 5, 6, 7]
    """The days it opens: mon to sun, or 1 (Monday) to 7. Default: every day."""
    open: ClockTime
    """When it opens, by its own clock."""
    close: EndTime
    """When it closes; before `open` it is the next morning. 00:00 to 24:00 is the whole day round."""


class Store(Strict):
    """One outlet. A food court lists several brands. The time zone defaults to the workspace's."""

    id: Id
    """Names the store for tills, reports and promotions."""
    name: Text
    """What people call it."""
    code: Id | None = None
    """Its number in other systems."""
    brand: Id | None = None
    """The brand it sells."""
    brands: list[Id] = nothing()
    """The brands it sells, where there are several. Default: `brand`, or every brand."""
    region: Id | None = None
    """The region it is in, a word of your own; promotions choose stores by it."""
    timezone: Text | None = None
    """Its IANA time zone, such as Asia/Makassar. Default: that of promo.yaml."""
    channels: list[Id] = nothing()
    """The ways it sells, such as dine_in, takeaway, delivery."""
    tags: list[Id] = nothing()
    """Words of your own; promotions choose stores by them."""
    opening_hours: list[OpeningHours] = nothing()
    """When it sells. Default: not known, or always."""

    @property
    def all_brands(self) -> tuple[str, ...]:
        """Every brand sold here, `brand` first."""
        return tuple(dict.fromkeys([*([self.brand] if self.brand else []), *self.brands]))


class Category(Strict):
    """A node of the category tree; a promotion on it reaches everything below."""

    id: Id
    """Names the category in products and promotions."""
    name: Text
    """What people call it."""
    parent: Id | None = None
    """The category above it. Default: none, it is at the top."""


class Product(Strict):
    """What is sold. `price` is as the customer sees it; `cost` stays in the workspace and is never published."""

    id: Id
    """Names the product for tills and promotions."""
    name: Text
    """What the receipt says."""
    category: Id | None = None
    """Its category."""
    brand: Id | None = None
    """The brand that sells it. Default: none, it is sold everywhere."""
    price: Amount
    """The list price per unit or kilogram as the customer sees it, in major units."""
    unit: Literal["each", "kg"] = "each"
    """Whether it is sold by the piece or by weight."""
    cost: Amount | None = None
    """What it costs the company, in major units; used in reports and checks, never sent to a till."""
    min_price: Amount | None = None
    """No promotion makes a unit cheaper than this, in major units. Default: 0."""
    tags: list[Id] = nothing()
    """Words of your own; a promotion's `scope` chooses products by them."""
    discountable: bool = True
    """Whether promotions may touch it; false for gift cards, deposits and the like."""


class Catalog(Strict):
    """The category tree and the products."""

    categories: list[Category] = nothing()
    """The category tree."""
    products: list[Product] = nothing()
    """What is sold."""


class Tier(Strict):
    """A member tier; the file lists them from the lowest to the highest."""

    id: Id
    """Names the tier in promotions and carts."""
    name: Text
    """What people call it."""


class Holiday(Strict):
    """A public holiday, on which promotions with `exclude_holidays` rest."""

    date: Date
    """The day."""
    name: Text
    """What it is called."""


class PaymentMethod(Strict):
    """A way to pay, as tills name it."""

    id: Id
    """Names the method in promotions and carts."""
    name: Text
    """What people call it."""
    kind: Annotated[str, Field(min_length=1)] | None = None
    """What sort it is, such as cash, card, qr or wallet."""
