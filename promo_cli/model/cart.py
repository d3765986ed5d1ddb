"""The cart a till prices, as written in tests and in cart files. Amounts are in major units."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Tag

from promo_cli.model.base import Amount, Date, Id, Number, Quantity, Strict, Text, by_kind


class Modifier(Strict):
    """An option on an item with its surcharge, such as extra shot."""

    id: Id
    name: Text | None = None
    price: Amount | None = None
    quantity: int = 1


class Item(Strict):
    """One line. A missing price is the catalogue's; `ordered_at` is the store's wall clock."""

    line_id: Text | None = None
    product_id: Id
    quantity: Quantity
    price: Amount | None = None
    ordered_at: Text | None = None
    modifiers: list[
        Annotated[Annotated[Id, Tag("str")] | Annotated[Modifier, Tag("dict")], by_kind("a modifier's id, or a map")]
    ] = []


class Customer(Strict):
    """Who buys, as far as the till knows."""

    member_id: Text | None = None
    is_member: bool | None = None
    tier: Id | None = None
    customer_type: Annotated[str, Field(pattern="^(new|returning)$")] | None = None
    order_number: int | None = None
    points: Number | None = None
    birthday: Date | None = None


class Payment(Strict):
    """A part of a split tender."""

    method: Id
    amount: Amount


class VoucherClaim(Strict):
    """A voucher code that the till has resolved to its promotion."""

    code: Text
    promotion_id: Id


class GiftClaim(Strict):
    """A promotion the customer asks for, with the gift chosen where there are several."""

    code: Id
    product_id: Id | None = None


class Usage(Strict):
    """Counters of one promotion: uses in all, today, by this customer, and the discount given so far."""

    total: int | None = None
    today: int | None = None
    customer: int | None = None
    discount: Amount | None = None


class Cart(Strict):
    """What is to be priced."""

    store_id: Id | None = None
    at: Text | None = None
    items: list[Item] = []
    subtotal: Amount | None = None
    customer: Customer | None = None
    channel: Id | None = None
    payment_method: Id | None = None
    payments: list[Payment] | None = None
    vouchers: list[
        Annotated[
            Annotated[str, Tag("str")] | Annotated[VoucherClaim, Tag("dict")],
            by_kind("a voucher code, or a map with code and promotion_id"),
        ]
    ] = []
    claims: list[
        Annotated[
            Annotated[Id, Tag("str")] | Annotated[GiftClaim, Tag("dict")],
            by_kind("a promotion's code, or a map with code and product_id"),
        ]
    ] = []
    usage: dict[Id, Usage] = {}
