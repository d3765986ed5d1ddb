"""Tests: a cart, a moment, and what the receipt must say. Those of one promotion stand in its file, those of the whole
chain in files of their own, where a test can be repeated for every combination of what varies.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, Tag

from promo_cli.model.base import Amount, Id, Strict, Text, by_kind
from promo_cli.model.cart import Cart


class ExpectedLine(Strict):
    """What one line of the expected receipt must say."""

    product_id: Id
    """The product; several lines of it are compared in order."""
    quantity: Amount | None = None
    """Units, or kilograms of a weighed product."""
    discount: Amount | None = None
    """All that is taken off the line, in major units."""
    net: Amount | None = None
    """What is paid for the line, in major units."""
    gift: bool | None = None
    """Whether the line is a gift that a promotion added."""


class Expectation(Strict):
    """Any part of the receipt. `applied` lists exactly the promotions that apply, with amounts if given as a map."""

    subtotal: Amount | None = None
    """The value of everything at list price, gifts included."""
    total_discount: Amount | None = None
    """All that is taken off, gifts included."""
    final_amount: Amount | None = None
    """What the customer pays."""
    applied: (
        Annotated[
            Annotated[list[Id], Tag("list")] | Annotated[dict[Id, Amount], Tag("dict")],
            by_kind("a list of promotion codes, or a map of code to amount"),
        ]
        | None
    ) = None
    """Exactly the promotions that apply: a list of codes, or a map of code to the amount each takes off."""
    skipped: (
        Annotated[
            Annotated[list[Id], Tag("list")] | Annotated[dict[Id, str], Tag("dict")],
            by_kind("a list of promotion codes, or a map of code to reason code"),
        ]
        | None
    ) = None
    """Promotions that must be reported as not applied: a list of codes, or a map of code to reason code."""
    lines: list[ExpectedLine] | None = None
    """What single lines must say; lines that are not named may say anything."""
    rewards: list[dict[str, Any]] | None = None
    """What is earned: points, cashback, multipliers; only the keys written here are compared."""
    hints: list[dict[str, Any]] | None = None
    """What the cashier is told to offer; only the keys written here are compared."""


class PromotionTest(Strict):
    """A cart and what it must cost, run by `promo test`. `at` is the store's wall clock."""

    name: Text
    """What the test shows, as you would say it to a cashier."""
    at: Text
    """The store's wall clock, such as 2026-02-07 10:00."""
    store: Id | None = None
    """The store whose bundle prices the cart. Default: the first that runs the promotion."""
    cart: Cart
    """What is bought, and by whom."""
    expect: Expectation
    """What the receipt must say; whatever is left out may be anything."""


class Row(Strict):
    """What one combination must cost: a value's name for each variable, such as `day: Saturday`, and `expect`.

    A variable that the row leaves out may have any of its values.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Text]

    expect: Expectation
    """What the receipt must say, on top of the test's own `expect`."""


class ChainTest(Strict):
    """A test over the whole chain: one cart, or a cart for every combination of its `variables`."""

    name: Text
    """What the test shows, as you would say it to a cashier."""
    store: Id | None = None
    """The store whose bundle prices the cart. Default: the file's, or the cart's `store_id`."""
    at: Text | None = None
    """The store's wall clock, such as 2026-02-07 10:00. Default: the file's, or the cart's."""
    cart: Cart = Field(default_factory=Cart)
    """What is the same in every combination: items, customer, channel."""
    variables: dict[
        Text,
        Annotated[
            Annotated[list[Text], Tag("list")] | Annotated[dict[Text, Cart], Tag("dict")],
            by_kind("a list, or a map of names to parts of the cart"),
        ],
    ] = {}
    """What varies: for each variable its values by name, each a part of the cart. `store`, `at`, `channel` and
    `payment_method` take a plain list."""
    rows: list[Row] = []
    """What single combinations must cost. Without `expect`, no others are tested."""
    expect: Expectation | None = None
    """What the receipt must say in every combination."""


class ChainTests(Strict):
    """A file of tests over the whole chain, `promotions/**/*.test.yaml`."""

    store: Id | None = None
    """The store of every test that names none."""
    at: Text | None = None
    """The moment of every test that names none, by the store's wall clock."""
    tests: list[ChainTest]
    """Carts and what they must cost."""
