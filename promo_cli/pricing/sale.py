"""A cart while it is being priced: its units as they stand, and how a promotion sees them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from promo_cli.pricing.bundle import Entry, PreparedBundle
from promo_cli.pricing.cart import Cart
from promo_cli.pricing.catalogue import Product
from promo_cli.pricing.clock import closed
from promo_cli.pricing.conditions import Facts, Measured
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.scope import Scope
from promo_cli.pricing.types.base import Gift, Option, Reward
from promo_cli.pricing.units import Run, canonical


class Given(NamedTuple):
    """What a promotion gave: the option it took, its amount in minor units, and what floors held back."""

    entry: Entry
    option: Option
    dropped: int


@dataclass(slots=True, eq=False)
class Sale:
    """The state that stages and lanes pass on. `due` is the total before the payment stage, in minor units."""

    bundle: PreparedBundle
    cart: Cart
    runs: list[Run]
    stage: str = "item"
    given: list[Given] = field(default_factory=list)
    gifts: list[tuple[Entry, Gift]] = field(default_factory=list)
    rewards: list[tuple[Entry, Reward]] = field(default_factory=list)
    packages: int = 0
    due: int = 0
    exact: bool = True

    @property
    def saved(self) -> int:
        """What all promotions have given so far, gifts at list, in minor units."""
        return sum(given.option.worth for given in self.given)

    @property
    def one_moment(self) -> bool:
        """Whether every promotion of the stage is tested at one time: lines count when they were ordered, at first."""
        return self.stage != "item" or all(line.ordered_at == self.cart.at for line in self.cart.lines)


class View:
    """The units at a lane's start, matched against the scopes of the bundle. Runs are in canonical order."""

    def __init__(self, sale: Sale) -> None:
        self.sale = sale
        self.runs: Sequence[Run] = canonical(sale.runs)
        self.free: tuple[int, ...] = tuple(0 if run.sealed else run.count for run in self.runs)
        self.one_moment = sale.one_moment
        self._held = _match(self.runs, sale.bundle)
        self._discountable: dict[int, tuple[int, ...]] = {}
        self._measured: dict[tuple[int, str], Measured] = {}

    def held(self, number: int) -> Sequence[int]:
        """Return the runs in a scope, ascending."""
        return self._held.get(number, ())

    def discountable(self, number: int) -> tuple[int, ...]:
        """Return the runs in a scope that may get cheaper."""
        if number not in self._discountable:
            held = (i for i in self.held(number) if all(part.product.discountable for part in self._inside(i)))
            self._discountable[number] = tuple(held)
        return self._discountable[number]

    def measured(self, number: int, how: str) -> Measured:
        """Return units and value in a scope, `before` discounts or `after` those of earlier stages."""
        key = (number, how)
        if key not in self._measured:
            self._measured[key] = self.total(self.held(number), how)
        return self._measured[key]

    def total(self, held: Sequence[int], how: str) -> Measured:
        """Return units and value of some runs."""
        runs = [self.runs[i] for i in held]
        value = sum((run.price if how == "before" else run.at_stage) * run.count for run in runs)
        return Measured(sum(run.count for run in runs), value)

    def in_hours(self, held: Sequence[int], entry: Entry) -> tuple[int, ...]:
        """Return those runs that were ordered while a promotion ran; later stages have tested the cart's time."""
        if self.one_moment:
            return tuple(held)
        window = entry.promotion.window
        return tuple(i for i in held if closed(window, self.runs[i].ordered_at) is None)

    def _inside(self, index: int) -> Sequence[Run]:
        run = self.runs[index]
        return run.parts or (run,)


def _match(runs: Sequence[Run], bundle: PreparedBundle) -> dict[int, list[int]]:
    held: dict[int, list[int]] = {}
    for i, run in enumerate(runs):
        for number in _scopes_of(run, bundle):
            scope = bundle.dynamic.get(number)
            if scope is None or _passes(scope, run):
                held.setdefault(number, []).append(i)
    return held


def _scopes_of(run: Run, bundle: PreparedBundle) -> Sequence[int]:
    """A package is in a scope that names neither products nor categories, and that leaves out none of its parts."""
    if not run.parts:
        return bundle.scopes_of(run.product)
    common = set.intersection(*(set(bundle.scopes_of(part.product)) for part in run.parts))
    return sorted(common & bundle.whole)


def _passes(scope: Scope, run: Run) -> bool:
    if scope.undiscounted and run.running != run.price:
        return False
    if scope.cheapest is not None and run.each < scope.cheapest:
        return False
    return scope.dearest is None or run.each <= scope.dearest


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """One promotion's view of a lane."""

    view: View
    entry: Entry
    spent: int

    @property
    def runs(self) -> Sequence[Run]:
        """All units of the cart in canonical order."""
        return self.view.runs

    @property
    def pool(self) -> tuple[int, ...]:
        """The runs it may discount."""
        return self.view.in_hours(self.view.discountable(self.entry.benefit), self.entry)

    @property
    def held(self) -> tuple[int, ...]:
        """The runs in its scope and hours, discountable or not."""
        return self.view.in_hours(self.view.held(self.entry.benefit), self.entry)

    def within(self, scope: Scope, discounted: bool) -> tuple[int, ...]:
        """Return the runs of another scope in the promotion's hours; only discountable ones if they get cheaper."""
        number = self.view.sale.bundle.scopes[scope]
        held = self.view.discountable(number) if discounted else self.view.held(number)
        return self.view.in_hours(held, self.entry)

    def lacks(self, product_id: str, units: int) -> Refusal:
        """Return that so many units of a product are missing."""
        product = self.view.sale.bundle.products.get(product_id)
        name = product.name if product else product_id
        return Refusal(Reason.ADD_PRODUCT, units=units, name=name, product_id=product_id)

    def gift(self, product_id: str) -> Product | None:
        """Return a product if the promotion may give it away.

        It must be of the promotion's brands; `discountable` and floors are about what is sold.
        """
        product = self.view.sale.bundle.products.get(product_id)
        return product if product and self.entry.promotion.benefit.sells(product.brand) else None

    def paid_by(self, methods: frozenset[str]) -> tuple[int, int] | None:
        """Return the share that these methods pay as a fraction, or None while the method is not known."""
        cart = self.view.sale.cart
        if cart.methods is None:
            return None
        if cart.payments is None:
            return (0 if methods.isdisjoint(cart.methods) else 1), 1
        whole = sum(amount for _, amount in cart.payments)
        return sum(amount for method, amount in cart.payments if method in methods), max(whole, 1)

    def claimed(self) -> str | None:
        """Return the product that was claimed as this promotion's gift."""
        return self.view.sale.cart.claims.get(self.entry.promotion.code.upper())


def units_of(cart: Cart) -> list[Run]:
    """Return the units of a cart, a run for every line."""
    return [
        Run(
            line=line.number,
            product=line.product,
            count=line.units,
            price=line.price,
            running=line.price,
            at_stage=line.price,
            floor=(line.product.floor * line.grams + 500) // 1000 if line.product.weighed else line.product.floor,
            each=line.each,
            surcharge=line.surcharge,
            ordered_at=line.ordered_at,
            order=(line.product.id, line.modifiers, line.ordered_at, line.line_id or "", line.units),
            place=0,
        )
        for line in cart.lines
    ]


def facts_of(cart: Cart) -> Facts:
    """Return what conditions may ask of the customer."""
    customer = cart.customer
    away = None
    if customer.birthday is not None:
        today = dt.date.fromordinal(cart.at.day)
        away = min(abs((_anniversary(customer.birthday, today.year + step) - today).days) for step in (-1, 0, 1))
    return Facts(customer.order_number, customer.points, away)


def _anniversary(birthday: str, year: int) -> dt.date:
    """The birthday in a year; of 29 February, the 28th where there is none."""
    born = dt.date.fromisoformat(birthday)
    year = min(max(year, dt.MINYEAR), dt.MAXYEAR)
    try:
        return born.replace(year=year)
    except ValueError:
        return born.replace(year=year, day=28)
