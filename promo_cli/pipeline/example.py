"""A test for a promotion that has none: a made-up cart, and what the receipt says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

from promo_cli.compiler import compile_store, stores_running
from promo_cli.compiler.targeting import kind_of
from promo_cli.model.promotion import Promotion
from promo_cli.pricing import CartError, prepare, price
from promo_cli.validation.sample import sample
from promo_cli.workspace import Workspace

MOST_TRIED = 40
"""Carts tried, until one is found in which no other promotion takes part."""

Cart = dict[str, Any]
Receipt = Mapping[str, Any]


def example_test(workspace: Workspace, promotion: Promotion[Any], today: dt.date) -> dict[str, Any] | None:
    """Return an entry of `tests:`, as plain values, or None where no cart was found to which the promotion applies.

    The cart is bought where everything of the workspace runs, so that `promo test` finds the same; carts in which no
    other promotion takes part are preferred, and only those in which this one does are taken.
    """
    best: tuple[Cart, Receipt] | None = None
    for cart in islice(_carts(workspace, promotion, today), MOST_TRIED):
        receipt = _priced(workspace, cart)
        given = _given(receipt)
        if promotion.code in given and (best is None or len(given) < len(_given(best[1]))):
            best = cart, receipt
            if given == {promotion.code}:
                break
    if best is None:
        return None
    cart, receipt = best
    cart = _bare(workspace, cart, receipt)
    test = {"name": _name(cart, receipt), "at": cart["at"].replace("T", " ")[:16], "store": cart["store_id"]}
    if cart["store_id"] == stores_running(workspace, promotion)[0]:
        del test["store"]  # what a test says for itself when it says nothing
    bought = {key: part for key, part in cart.items() if key not in ("store_id", "at")}
    return {**test, "cart": bought, "expect": _expectation(receipt)}


def _carts(workspace: Workspace, promotion: Promotion[Any], today: dt.date) -> Iterator[Cart]:
    """Carts to which the promotion alone applies: on every day of a week, in a store of each set of brands."""
    running = set(stores_running(workspace, promotion))
    kinds = {kind_of(store).brands: store.id for store in reversed(workspace.stores) if store.id in running}
    for ahead in range(7):
        for store_id in (kinds[brands] for brands in sorted(kinds, key=len)):
            with suppress(CartError):  # a store that does not sell what the promotion names
                made = sample(workspace, promotion, today + dt.timedelta(days=ahead), store_id=store_id)
                if made is not None and made.applies:
                    yield made.cart


def _priced(workspace: Workspace, cart: Cart) -> Receipt:
    """The receipt of the store's till, with every promotion that runs there."""
    day = dt.datetime.fromisoformat(cart["at"]).date()
    return price(cart, prepare(compile_store(workspace, cart["store_id"], day)))


def _given(receipt: Receipt) -> set[str]:
    return {entry["code"] for entry in (*receipt["applied"], *receipt["rewards"])}


def _bare(workspace: Workspace, cart: Cart, receipt: Receipt) -> Cart:
    """The cart without what the receipt does not need, such as a channel that no promotion looks at."""
    for key in [key for key in cart if key not in ("store_id", "at", "items")]:
        less = {name: part for name, part in cart.items() if name != key}
        if _expectation(_priced(workspace, less)) == _expectation(receipt):
            cart = less
    return cart


def _expectation(receipt: Receipt) -> dict[str, Any]:
    expected: dict[str, Any] = {
        "applied": {entry["code"]: entry["amount"] for entry in receipt["applied"]} or [],
        "final_amount": receipt["final_amount"],
    }
    rewards = [
        {key: entry[key] for key in ("code", "amount", "points_multiplier") if key in entry}
        for entry in receipt["rewards"]
    ]
    return expected | ({"rewards": rewards} if rewards else {})


def _name(cart: Cart, receipt: Receipt) -> str:
    """`2 Caffe Latte and 1 Banana Bread on a Saturday`."""
    names = {line["product_id"]: line.get("name", line["product_id"]) for line in receipt["lines"]}
    parts = [f"{item['quantity']} {names[item['product_id']]}" for item in cart["items"]]
    shown = " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
    return f"{shown} on a {dt.datetime.fromisoformat(cart['at']):%A}"
