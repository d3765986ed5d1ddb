"""Builds and prices the cart that shows a finding, and tells of it in notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice
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
from promo_cli.validation.conflicts.telling import MOST_STORES, Shown, told
from promo_cli.validation.facts import Facts
from promo_cli.workspace.exact import from_json, to_json
from promo_cli.workspace.memo import UNKNOWN, digest_of

if TYPE_CHECKING:
    from promo_cli.pricing import PreparedBundle

_STORES_TRIED = 20
_DECIDING = ("items", "channel", "customer", "payment_method")
"""What of a cart decides, beside the vouchers and claims that its promotions ask for."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when some promotions run at once, the stores of all of them, and the products that this one sells."""

    store: Store
    at: dt.datetime
    stores: int
    sold: int


@dataclass(frozen=True, slots=True)
class Witness:
    """A cart and what it costs with some promotions and no other (major units)."""

    place: Place
    cart: dict[str, Any]
    receipt: dict[str, Any]


class Outcome(NamedTuple):
    """Which of the promotions a cart is tried with apply, by their place in the list, and whether that is proven."""

    applied: frozenset[int]
    exact: bool


class Witnesses:
    """Makes carts for promotions, and prices them with bundles that hold no more than is asked for."""

    def __init__(self, facts: Facts, encoder: Encoder, origin: dt.date) -> None:
        self._facts, self._encoder, self._origin = facts, encoder, origin
        self._lines: dict[str, bytes] = {}
        self._headers: dict[str, bytes] = {}
        self._products: dict[str, bytes] = {}
        self._of_brands: dict[frozenset[str] | None, int] = {}

    def place(self, reaches: Sequence[Reach], wanted: int = 0) -> Place | None:
        """Return an open store and a moment at which all of these run; None if the stores tried have none.

        The store sells one of the products `wanted`, if there are any.
        """
        shared = reduce(and_, (one.stores for one in reaches))
        able = ((store, self._sold(store, reaches)) for store in self._encoder.store_of(shared))
        for store, sold in islice((one for one in able if not wanted or one[1] & wanted), _STORES_TRIED):
            for opened in opening_runs(store.opening_hours, self._origin):
                found = next(moments([*(one.runs for one in reaches), opened]), None)
                if found is not None:
                    return Place(store, moment(self._origin, found), shared, sold)
        return None

    def _sold(self, store: Store, reaches: Sequence[Reach]) -> int:
        """Return the products that a store with these promotions sells."""
        brands = bundle.brands_covered(store.all_brands, (one.promotion for one in reaches))
        if brands not in self._of_brands:
            self._of_brands[brands] = self._encoder.sold(brands)
        return self._of_brands[brands]

    def bundle(self, place: Place, reaches: Sequence[Reach], product_ids: Sequence[str]) -> PreparedBundle:
        """Return a bundle with these promotions and products only."""
        from promo_cli.pricing import prepare  # most workspaces have nothing to show, and need no engine

        products = bundle.products((self._facts.products[one] for one in dict.fromkeys(product_ids)), None)
        lines = (self._line(one) for one in sorted(reaches, key=lambda one: one.id))
        return prepare(join(self._header(place), products, lines))

    def _header(self, place: Place | None) -> bytes:
        """Return the header of a store, or of one in the company's time zone."""
        workspace = self._facts.workspace
        zone = (place and place.store.timezone) or workspace.settings.timezone
        if zone not in self._headers:
            self._headers[zone] = bundle.header(
                workspace.settings,
                zone,
                categories=workspace.categories,
                holidays=workspace.holidays,
                tiers=workspace.tiers,
                payments=workspace.payments,
            )
        return self._headers[zone]

    def _texts(self, product_ids: Iterable[str]) -> Iterator[bytes]:
        for one in product_ids:
            if one not in self._products:
                self._products[one] = bundle.products([self._facts.products[one]], None)
            yield self._products[one]

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
        cart, memo = self.cart(place, reaches, items), self._facts.memo
        workspace = self._facts.workspace
        written = (workspace.sources.texts[workspace.origin(one.promotion).path] for one in reaches)
        asked = digest_of("receipt", self._header(place), *written, *self._texts(items), to_json(cart))
        known = memo.get(asked)
        if known is not UNKNOWN:
            return None if known is None else Witness(place, cart, from_json(known))
        receipt = _price(cart, self.bundle(place, reaches, [*items]))
        memo.put(asked, None if receipt is None else to_json(receipt))
        return None if receipt is None else Witness(place, cart, receipt)

    def outcomes(
        self, place: Place, reaches: Sequence[Reach], carts: Sequence[Mapping[str, int]]
    ) -> Iterator[tuple[Mapping[str, int], Outcome]]:
        """Yield what applies to each of several carts that the engine takes.

        What the same terms led to with other names, in another store or at another moment is not asked again.
        """
        memo, prepared = self._facts.memo, None
        order = sorted(range(len(reaches)), key=lambda index: reaches[index].id)
        named = [one.code for one in reaches] if any(one.promotion.stacking.never_with for one in reaches) else ()
        when = place.at if any(one.promotion.conditions for one in reaches) else None
        terms = [self._terms(one) for one in reaches]
        same = digest_of("outcome", self._header(None), repr((order, named, when)), *terms)
        for items in carts:
            cart = self.cart(place, reaches, items)
            asked = digest_of(same, *self._texts(items), *(repr(cart.get(name)) for name in _DECIDING))
            known = memo.get(asked)
            if known is UNKNOWN:
                prepared = prepared or self.bundle(place, reaches, [product for some in carts for product in some])
                known = _outcome(_price(cart, prepared), reaches)
                memo.put(asked, known)
            if known is not None:
                yield items, Outcome(frozenset(known[0]), known[1])

    def shown(self, witness: Witness, products: Sequence[str] = ()) -> Shown:
        """Return the cart with its receipt, and what a finding about it is about: stores, products, and the day."""
        stores = islice(self._encoder.store_of(witness.place.stores), MOST_STORES)
        named = tuple(products) or tuple(item["product_id"] for item in witness.cart["items"])
        scope = Scope(tuple(one.id for one in stores), named, (witness.place.at.date().isoformat(),))
        return {"notes": told(witness.cart, witness.receipt, self._facts.currency), "scope": scope}

    def _line(self, reach: Reach) -> bytes:
        if reach.id not in self._lines:
            compiled = compile_promotion(reach.promotion, self._facts.workspace.settings.company.id)
            self._lines[reach.id] = canonical.dumps(compiled)
        return self._lines[reach.id]

    def _terms(self, reach: Reach) -> str:
        """Return all of a promotion that decides anything, at a moment at which it runs."""
        promotion = reach.promotion
        customers = promotion.targeting.model_dump_json(exclude={"stores"})
        return repr((self._encoder.terms[reach.terms], promotion.execution_priority, customers))


def _price(cart: dict[str, Any], prepared: PreparedBundle) -> dict[str, Any] | None:
    from promo_cli.pricing import CartError, price

    try:
        return price(cart, prepared)
    except CartError:
        return None


def _outcome(receipt: dict[str, Any] | None, reaches: Sequence[Reach]) -> list[Any] | None:
    """Return an outcome as it is kept."""
    if receipt is None:
        return None
    applied = {one["code"] for one in receipt["applied"]}
    return [[index for index, one in enumerate(reaches) if one.code in applied], receipt["search"] == "exact"]


def _voucher(reach: Reach) -> Any:
    codes = reach.promotion.voucher_codes
    return codes[0] if codes else {"code": "SAMPLE-VOUCHER", "promotion_id": reach.id}
