"""The cart a till prices, as written in tests and in cart files. Amounts are in major units."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Tag

from promo_cli.model.base import Amount, Date, Id, Number, Quantity, Strict, Text, by_kind


class Modifier(Strict):
    """An option on an item with its surcharge, such as extra shot."""

    id: Id
    """Names the option."""
    name: Text | None = None
    """What the receipt says."""
    price: Amount | None = None
    """The surcharge for one. Default: none."""
    quantity: int = 1
    """How many per unit of the item."""


class Item(Strict):
    """One line. A missing price is the catalogue's; `ordered_at` is the store's wall clock."""

    line_id: Text | None = None
    """Names the line in the receipt. Default: it has no name there."""
    product_id: Id
    """What is bought."""
    quantity: Quantity
    """Whole units, or kilograms with at most three decimals."""
    price: Amount | None = None
    """The list price per unit or kilogram. Default: the catalogue's."""
    ordered_at: Text | None = None
    """When it was ordered, by the store's clock; happy hours look at it. Default: the cart's `at`."""
    modifiers: list[
        Annotated[Annotated[Id, Tag("str")] | Annotated[Modifier, Tag("dict")], by_kind("a modifier's id, or a map")]
    ] = []
    """Options on each unit: ids, or maps where there is a surcharge."""


class Customer(Strict):
    """Who buys, as far as the till knows."""

    member_id: Text | None = None
    """The member's number; limits per customer count by it."""
    is_member: bool | None = None
    """Whether the customer is a member. Default: yes if there is a `member_id`."""
    tier: Id | None = None
    """The member's tier."""
    customer_type: Annotated[str, Field(pattern="^(new|returning)$")] | None = None
    """`new` or `returning`, where it is known."""
    order_number: int | None = None
    """Which order of the customer this is: 1 for the first."""
    points: Number | None = None
    """The member's points."""
    birthday: Date | None = None
    """The member's birthday; the year does not matter."""


class Payment(Strict):
    """A part of a split tender."""

    method: Id
    """The payment method."""
    amount: Amount
    """What is paid by it."""


class VoucherClaim(Strict):
    """A voucher code that the till has resolved to its promotion."""

    code: Text
    """The code as presented."""
    promotion_id: Id
    """The promotion it unlocks."""


class GiftClaim(Strict):
    """A promotion the customer asks for, with the gift chosen where there are several."""

    code: Id
    """The promotion's code."""
    product_id: Id | None = None
    """The gift that is chosen."""


class Usage(Strict):
    """Counters of one promotion: uses in all, today, by this customer, and the discount given so far."""

    total: int | None = None
    """Uses in all."""
    today: int | None = None
    """Uses today."""
    customer: int | None = None
    """Uses by this customer."""
    discount: Amount | None = None
    """The discount given so far."""


class Cart(Strict):
    """What is to be priced."""

    store_id: Id | None = None
    """The store. Default: the one whose bundle prices it."""
    at: Text | None = None
    """The store's wall clock, such as 2026-02-07T10:00:00, or a moment with its UTC offset."""
    items: list[Item] = []
    """What is bought."""
    subtotal: Amount | None = None
    """The till's own sum at list prices; one that differs is an error."""
    customer: Customer | None = None
    """Who buys. Default: unknown."""
    channel: Id | None = None
    """How it is sold, such as dine_in or delivery."""
    payment_method: Id | None = None
    """How it is paid, if by one method."""
    payments: list[Payment] | None = None
    """How it is paid, if by several: parts that sum to the total before payment discounts."""
    vouchers: list[
        Annotated[
            Annotated[str, Tag("str")] | Annotated[VoucherClaim, Tag("dict")],
            by_kind("a voucher code, or a map with code and promotion_id"),
        ]
    ] = []
    """Voucher codes that are presented."""
    claims: list[
        Annotated[
            Annotated[Id, Tag("str")] | Annotated[GiftClaim, Tag("dict")],
            by_kind("a promotion's code, or a map with code and product_id"),
        ]
    ] = []
    """Promotions that the customer asks for by code, and the gift chosen."""
    usage: dict[Id, Usage] = {}
    """Counters by promotion id, for limits. Default: nothing used yet."""
