"""Reference data under stores/: brands, stores, the catalogue, tiers, holidays, payment methods."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from promo_cli.model.base import Amount, ClockTime, Date, Day, Id, Strict, Text


class Brand(Strict):
    """A brand of the company."""

    id: Id
    name: Text


class OpeningHours(Strict):
    """When a store sells on these days, by its wall clock; `close` before `open` is after midnight."""

    days: list[Day] = [1, 2, 3, 4, 5, 6, 7]
    open: ClockTime
    close: ClockTime


class Store(Strict):
    """One outlet. A food court lists several brands. The time zone defaults to the workspace's."""

    id: Id
    name: Text
    code: Id | None = None
    brand: Id | None = None
    brands: list[Id] = []
    region: Id | None = None
    timezone: Text | None = None
    channels: list[Id] = []
    tags: list[Id] = []
    opening_hours: list[OpeningHours] = []

    @property
    def all_brands(self) -> tuple[str, ...]:
        """Every brand sold here, `brand` first."""
        return tuple(dict.fromkeys([*([self.brand] if self.brand else []), *self.brands]))


class Category(Strict):
    """A node of the category tree; a promotion on it reaches everything below."""

    id: Id
    name: Text
    parent: Id | None = None


class Product(Strict):
    """What is sold. `price` is as the customer sees it; `cost` stays in the workspace and is never published."""

    id: Id
    name: Text
    category: Id | None = None
    brand: Id | None = None
    price: Amount
    unit: Literal["each", "kg"] = "each"
    cost: Amount | None = None
    min_price: Amount | None = None
    tags: list[Id] = []
    discountable: bool = True


class Catalog(Strict):
    """The category tree and the products."""

    categories: list[Category] = []
    products: list[Product] = []


class Tier(Strict):
    """A member tier; the file lists them from the lowest to the highest."""

    id: Id
    name: Text


class Holiday(Strict):
    """A public holiday, on which promotions with `exclude_holidays` rest."""

    date: Date
    name: Text


class PaymentMethod(Strict):
    """A way to pay, as tills name it."""

    id: Id
    name: Text
    kind: Annotated[str, Field(min_length=1)] | None = None
