"""What a promotion reaches, as sets: units, stores, channels, customers, payments, and when.

Products, stores, channels, customers and payments are bits of an integer, so whether two promotions meet, or one
reaches all that another does, is a few operations, whatever the size of the chain.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import and_
from typing import Any

from promo_cli.compiler import promotion_id
from promo_cli.compiler.promotion import stage
from promo_cli.model import rules as model
from promo_cli.model.promotion import STAGES, Promotion, Scope, Targeting
from promo_cli.model.reference import Store
from promo_cli.validation.conflicts.runs import Runs, overlapping, runs_of
from promo_cli.validation.facts import Facts

Slot = tuple[int, int]
"""A stage and a lane, by their order: promotions of one slot compete, those of different ones add up."""

DIMENSIONS = ("stores", "channels", "customers", "payments")


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """`takes`: the products of which units are discounted or used up. `rank`: higher priority first, then smaller id.

    `customers` has a bit for every kind of customer, the unknown one included; `channels` and `payments` likewise.
    `footprint` is equal where stores, channels, customers, payments and runs are, `terms` where the promotions differ
    in nothing that decides what they are worth: with the same products, such promotions are alike to all others.
    """

    promotion: Promotion[Any]
    id: str
    slot: Slot
    rank: tuple[int, str]
    takes: int
    stores: int
    channels: int
    customers: int
    payments: int
    runs: Runs
    footprint: int
    terms: int

    @property
    def code(self) -> str:
        """The promotion's code."""
        return self.promotion.code


def meet(reaches: Sequence[Reach]) -> bool:
    """Tell whether some customer can come under all of these at once, whatever is bought."""
    shared = all(reduce(and_, (getattr(one, name) for one in reaches)) for name in DIMENSIONS)
    return shared and overlapping([one.runs for one in reaches])


def within(reach: Reach, wider: Reach) -> bool:
    """Tell whether one reaches nobody and no store that the other does not."""
    return not (
        reach.stores & ~wider.stores
        or reach.channels & ~wider.channels
        or reach.customers & ~wider.customers
        or reach.payments & ~wider.payments
    )


def within_but_for(name: str, reach: Reach, wider: Reach) -> bool:
    """Tell the same of all dimensions but one."""
    return all(not getattr(reach, other) & ~getattr(wider, other) for other in DIMENSIONS if other != name)


class Encoder:
    """Turns ids into bits, and promotions into what they reach."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        workspace = facts.workspace
        self.products = list(workspace.products)
        self._product = {one.id: 1 << n for n, one in enumerate(self.products)}
        self._store = {one.id: 1 << n for n, one in enumerate(workspace.stores)}
        self._channel = {one: 1 << n for n, one in enumerate((None, *workspace.channels))}
        self._payment = {one.id: 1 << n for n, one in enumerate(workspace.payments)}
        self._customers = list(product((None, "new", "returning"), ("guest", None, *(t.id for t in workspace.tiers))))
        self._stages = {name: n for n, name in enumerate(STAGES)}
        self._lanes = {name: n for n, name in enumerate(facts.lanes)}
        self._masks: dict[int, int] = {}
        self._holidays = [holiday.date for holiday in workspace.holidays]
        self._runs: dict[str, Runs] = {}
        self._footprints: dict[tuple[object, ...], int] = {}
        self._terms: dict[tuple[object, ...], int] = {}
        self.terms: list[tuple[object, ...]] = []
        """What is equal for promotions of the same `terms`, which count it."""

    def reach(self, promotion: Promotion[Any], origin: Any) -> Reach:
        """Return what a promotion reaches from the day after `origin` on."""
        pinned = promotion_id(self.facts.workspace.settings.company.id, promotion)
        stores = self._stores_of(self.facts.stores_of(promotion.targeting))
        channels, customers = self._channels(promotion.targeting), self._kinds(promotion)
        payments, runs = self._methods(promotion.rules), self._when(promotion, origin)
        where = (stores, channels, customers, payments, id(runs))
        return Reach(
            promotion,
            pinned,
            (self._stages[stage(promotion)], self._lanes.get(promotion.stacking.lane or "main", 0)),
            (-promotion.execution_priority, pinned),
            self._takes(promotion),
            stores,
            channels,
            customers,
            payments,
            runs,
            self._footprints.setdefault(where, len(self._footprints)),
            self._number(_terms(promotion)),
        )

    def store_of(self, mask: int) -> Iterator[Store]:
        """Yield the stores of a set, the first of the file first."""
        return (self.facts.workspace.stores[n] for n in bits(mask))

    def sold(self, brands: Collection[str] | None) -> int:
        """Return the products of some brands, or of none; None stands for every brand."""
        return self.mask(one.id for one in self.products if brands is None or one.brand is None or one.brand in brands)

    def channel_of(self, mask: int) -> str | None:
        """Return a channel of a set, none where that is allowed."""
        return next(name for name, bit in self._channel.items() if bit & mask)

    def customer_of(self, mask: int) -> dict[str, Any]:
        """Return a customer of a set, the least known that will do."""
        kind, tier = self._customers[next(bits(mask))]
        found: dict[str, Any] = {} if tier == "guest" else {"member_id": "sample-member", "is_member": True}
        return {
            **found,
            **({"tier": tier} if tier not in ("guest", None) else {}),
            **({"customer_type": kind} if kind else {}),
        }

    def payment_of(self, mask: int) -> str | None:
        """Return a payment method of a set."""
        return next((name for name, bit in self._payment.items() if bit & mask), None)

    def _number(self, terms: tuple[object, ...]) -> int:
        if terms not in self._terms:
            self._terms[terms] = len(self.terms)
            self.terms.append(terms)
        return self._terms[terms]

    def _when(self, promotion: Promotion[Any], origin: Any) -> Runs:
        """Return its runs; equal ones are one object."""
        stated = promotion.validity.model_dump_json()
        if stated not in self._runs:
            self._runs[stated] = runs_of(promotion.validity, origin, self._holidays)
        return self._runs[stated]

    def mask(self, ids: Iterable[str]) -> int:
        """Return some products as a set; unknown ones are left out."""
        return sum({self._product[one] for one in ids if one in self._product})

    def _stores_of(self, stores: tuple[Store, ...]) -> int:
        if id(stores) not in self._masks:  # kept by the facts as well
            self._masks[id(stores)] = sum(self._store[one.id] for one in stores)
        return self._masks[id(stores)]

    def _in(self, scope: Scope, targeting: Targeting) -> int:
        found = self.facts.in_scope(scope, targeting)  # the facts keep it, once for each scope
        if id(found) not in self._masks:
            self._masks[id(found)] = self.mask(one for one in found if self.facts.products[one].discountable)
        return self._masks[id(found)]

    def _takes(self, promotion: Promotion[Any]) -> int:
        scope, targeting, rules = promotion.scope, promotion.targeting, promotion.rules
        match rules:
            case model.FreeItem() | model.Cashback():
                return 0
            case model.Combo():
                return self.mask(part.product_id for part in rules.products)
            case model.Upsell():
                return self.mask((rules.required_product_id, rules.upsell_product_id))
            case model.MixMatch(category_id=str(category)):
                return self._in(scope, targeting) & self._of((category,))
            case model.Package():
                parts = [part.product_id for part in rules.items if part.product_id]
                return self.mask(parts) | self._of([part.category_id for part in rules.items if part.category_id])
        found = self._in(scope, targeting)
        if promotion.cross_brand is not None and promotion.cross_brand.type == "trigger_benefit":
            brands = promotion.cross_brand.benefit_brands
            found &= self.mask(one.id for one in self.products if one.brand in brands)
        if isinstance(rules, model.BuyXGetY) and rules.get_product_id:
            found |= self.mask((rules.get_product_id,))
        return found

    def _of(self, categories: Iterable[str]) -> int:
        return self.mask(one for category in categories for one in self.facts.products_of.get(category, ()))

    def _channels(self, targeting: Targeting) -> int:
        wanted = targeting.sales_channels or self._channel
        return sum(self._channel[one] for one in {*wanted} & self._channel.keys() - {*targeting.exclude_channels})

    def _kinds(self, promotion: Promotion[Any]) -> int:
        targeting, mask = promotion.targeting, 0
        known = promotion.limits.max_uses_per_customer is not None
        members = targeting.member_only or bool(targeting.member_tiers) or known
        for n, (kind, tier) in enumerate(self._customers):
            fits = targeting.customer_type in ("all", kind) and not (members and tier == "guest")
            if fits and (not targeting.member_tiers or tier in targeting.member_tiers):
                mask |= 1 << n
        return mask

    def _methods(self, rules: Any) -> int:
        wanted = getattr(rules, "payment_methods", None)
        every = (1 << len(self._payment) + 1) - 1  # the last bit: not said yet
        return sum({self._payment[one] for one in wanted if one in self._payment}) if wanted else every


def _terms(promotion: Promotion[Any]) -> tuple[object, ...]:
    """Return all but who, when and where; equal tuples mean equal worth on the same products."""
    sections = (promotion.rules, promotion.scope, promotion.limits, promotion.stacking)
    others = (promotion.conditions, promotion.cross_brand, promotion.voucher)
    return (
        promotion.promo_type,
        promotion.execution_stage,
        promotion.is_auto_apply,
        promotion.require_fresh,
        promotion.require_voucher,
        *(section.model_dump_json() for section in sections),
        *(section and section.model_dump_json() for section in others),
    )


def bits(mask: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set, ascending."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
