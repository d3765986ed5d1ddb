"""Builds and prices the cart that shows a finding, and tells of it in notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any, NamedTuple

from promo_cli.compiler import bundle
from promo_cli.compiler.promotion import compile_promotion
from promo_cli.diagnostics import Scope
from promo_cli.model.reference import Store
from promo_cli.protocol import canonical
from promo_cli.protocol.bundle import join
from promo_cli.validation.conflicts.reach import DIMENSIONS, Encoder, Reach
from promo_cli.validation.conflicts.runs import moment, moments, opening_runs
from promo_cli.validation.facts import Facts
from promo_cli.validation.words import money

if TYPE_CHECKING:
    from promo_cli.pricing import PreparedBundle

_STORES_TRIED = 20
_NAMES = {"id", "code", "name", "description", "validity", "version", "tags", "funder"}
"""What of a compiled promotion decides nothing, at a moment at which it runs."""
_DECIDING = ("items", "channel", "customer", "payment_method")
"""What of a cart decides, beside the vouchers and claims that its promotions ask for."""
MOST_STORES = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when some promotions run at once, and the stores of all of them."""

    store: Store
    at: dt.datetime
    stores: int


@dataclass(frozen=True, slots=True)
class Witness:
    """A cart and what it costs with some promotions and no other (major units)."""

    place: Place
    cart: dict[str, Any]
    receipt: dict[str, Any]

    @property
    def applied(self) -> dict[str, Decimal]:
        """What each promotion that applies takes off, by code."""
        return {one["code"]: one["amount"] for one in self.receipt["applied"]}


class Outcome(NamedTuple):
    """Which of the promotions a cart is tried with apply, by their place in the list, and whether that is proven."""

    applied: frozenset[int]
    exact: bool


class Witnesses:
    """Makes carts for promotions, and prices them with bundles that hold no more than is asked for."""

    def __init__(self, facts: Facts, encoder: Encoder, origin: dt.date) -> None:
        self._facts, self._encoder, self._origin = facts, encoder, origin
        self._lines: dict[str, bytes] = {}
        self._terms: dict[str, bytes] = {}
        self._headers: dict[str, bytes] = {}
        self._outcomes: dict[object, Outcome | None] = {}

    def place(self, reaches: Sequence[Reach]) -> Place | None:
        """Return an open store and a moment at which all of these run; None if the stores tried have none."""
        shared = reduce(and_, (one.stores for one in reaches))
        for _, store in zip(range(_STORES_TRIED), self._encoder.store_of(shared), strict=False):
            for opened in opening_runs(store.opening_hours, self._origin):
                found = next(moments([*(one.runs for one in reaches), opened]), None)
                if found is not None:
                    return Place(store, moment(self._origin, found), shared)
        return None

    def bundle(self, place: Place, reaches: Sequence[Reach], product_ids: Sequence[str]) -> PreparedBundle:
        """Return a bundle with these promotions and products only."""
        from promo_cli.pricing import prepare  # most workspaces have nothing to show, and need no engine

        workspace = self._facts.workspace
        zone = place.store.timezone or workspace.settings.timezone
        if zone not in self._headers:
            self._headers[zone] = bundle.header(
                workspace.settings,
                zone,
                categories=workspace.categories,
                holidays=workspace.holidays,
                tiers=workspace.tiers,
                payments=workspace.payments,
            )
        products = bundle.products((self._facts.products[one] for one in dict.fromkeys(product_ids)), None)
        lines = (self._line(one) for one in sorted(reaches, key=lambda one: one.id))
        return prepare(join(self._headers[zone], products, lines))

    def cart(self, place: Place, reaches: Sequence[Reach], items: Mapping[str, int]) -> dict[str, Any]:
        """Return a cart of a customer whom all of these reach, with what they need shown."""
        channels, customers, payments = (
            reduce(and_, (getattr(one, name) for one in reaches)) for name in DIMENSIONS if name != "stores"
        )
        listed = [{"product_id": product_id, "quantity": count} for product_id, count in items.items()]
        cart: dict[str, Any] = {"store_id": place.store.id, "at": place.at.isoformat(), "items": listed}
        own = self._encoder.channel_of(channels)
        if own is not None:
            cart["channel"] = own
        if customer := self._encoder.customer_of(customers):
            cart["customer"] = customer
        method = self._encoder.payment_of(payments)
        if method is not None:
            cart["payment_method"] = method
        vouchers = [_voucher(one) for one in reaches if one.promotion.require_voucher or one.promotion.voucher]
        claims = [one.code for one in reaches if not one.promotion.is_auto_apply]
        return {**cart, **({"vouchers": vouchers} if vouchers else {}), **({"claims": claims} if claims else {})}

    def priced(self, place: Place, reaches: Sequence[Reach], items: Mapping[str, int]) -> Witness | None:
        """Return the cart with its receipt; None if the engine refuses the cart."""
        cart = self.cart(place, reaches, items)
        receipt = _price(cart, self.bundle(place, reaches, [*items]))
        return None if receipt is None else Witness(place, cart, receipt)

    def outcomes(
        self, place: Place, reaches: Sequence[Reach], carts: Sequence[Mapping[str, int]]
    ) -> Iterator[tuple[Mapping[str, int], Outcome]]:
        """Yield what applies to each of several carts that the engine takes.

        What the same terms led to with other names, in another store or at another moment is not asked again.
        """
        order = sorted(range(len(reaches)), key=lambda index: reaches[index].id)
        terms = tuple(self._terms_of(one) for one in reaches)
        named = tuple(one.code for one in reaches) if any(one.promotion.stacking.never_with for one in reaches) else ()
        when = place.at if any(one.promotion.conditions for one in reaches) else None
        prepared: PreparedBundle | None = None
        for items in carts:
            cart = self.cart(place, reaches, items)
            asked = (terms, tuple(order), named, when, *(repr(cart.get(name)) for name in _DECIDING))
            if asked not in self._outcomes:
                prepared = prepared or self.bundle(place, reaches, [product for some in carts for product in some])
                self._outcomes[asked] = _outcome(_price(cart, prepared), reaches)
            outcome = self._outcomes[asked]
            if outcome is not None:
                yield items, outcome

    def notes(self, witness: Witness) -> tuple[str, ...]:
        """Return store, moment and cart, and what the receipt says."""
        place, cart, currency = witness.place, witness.cart, self._facts.currency
        bought = ", ".join(f"{item['quantity']} × {item['product_id']}" for item in cart["items"])
        shown = [f"{name.replace('_', ' ')} {cart[name]}" for name in ("channel", "payment_method") if name in cart]
        customer = cart.get("customer", {})
        shown += ["a member"] if customer.get("is_member") else []
        shown += [
            f"{name.replace('_', ' ')} {customer[name]}" for name in ("tier", "customer_type") if name in customer
        ]
        shown += [f"voucher {one if isinstance(one, str) else one['code']}" for one in cart.get("vouchers", ())]
        shown += [f"claims {one}" for one in cart.get("claims", ())]
        receipt = witness.receipt
        off = [f"{code} -{money(Decimal(amount), currency)}" for code, amount in witness.applied.items()]
        skipped = [f"{one['code']}: {one['reason']}" for one in receipt["skipped"]]
        figures = (
            f"{money(Decimal(receipt['subtotal']), currency)} → {money(Decimal(receipt['final_amount']), currency)}"
        )
        return (
            f"cart: {place.store.id}, {place.at:%a %Y-%m-%d %H:%M}: {bought}{''.join(f', {one}' for one in shown)}",
            f"receipt: {figures}{''.join(f'; {one}' for one in off)}{''.join(f'; {one}' for one in skipped)}",
        )

    def scope(self, witness: Witness, products: Sequence[str] = ()) -> Scope:
        """Return what a finding is about: stores, products, and the day of the cart."""
        stores = [
            store.id for _, store in zip(range(MOST_STORES), self._encoder.store_of(witness.place.stores), strict=False)
        ]
        named = tuple(products) or tuple(item["product_id"] for item in witness.cart["items"])
        return Scope(tuple(stores), named, (witness.place.at.date().isoformat(),))

    def _line(self, reach: Reach) -> bytes:
        if reach.id not in self._lines:
            compiled = compile_promotion(reach.promotion, self._facts.workspace.settings.company.id)
            self._lines[reach.id] = canonical.dumps(compiled)
            self._terms[reach.id] = canonical.dumps({key: compiled[key] for key in compiled.keys() - _NAMES})
        return self._lines[reach.id]

    def _terms_of(self, reach: Reach) -> bytes:
        self._line(reach)
        return self._terms[reach.id]


def _price(cart: dict[str, Any], prepared: PreparedBundle) -> dict[str, Any] | None:
    from promo_cli.pricing import CartError, price

    try:
        return price(cart, prepared)
    except CartError:
        return None


def _outcome(receipt: dict[str, Any] | None, reaches: Sequence[Reach]) -> Outcome | None:
    if receipt is None:
        return None
    applied = {one["code"] for one in receipt["applied"]}
    places = (index for index, one in enumerate(reaches) if one.code in applied)
    return Outcome(frozenset(places), receipt["search"] == "exact")


def _voucher(reach: Reach) -> Any:
    codes = reach.promotion.voucher_codes
    return codes[0] if codes else {"code": "SAMPLE-VOUCHER", "promotion_id": reach.id}
