"""The `tests` of a promotion: a cart, a moment, and what the receipt must say."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Tag

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


class Matrix(Strict):
    """A file of tests over several promotions, `promotions/*.test.yaml`."""

    tests: list[PromotionTest]
    """Carts and what they must cost."""
