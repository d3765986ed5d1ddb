"""What the promotion types share: how they see a lane, and what they offer in it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from promo_cli.pricing.catalogue import Product
from promo_cli.pricing.reading import Fields
from promo_cli.pricing.reasons import Refusal
from promo_cli.pricing.scope import Scope
from promo_cli.pricing.units import Cut, Run
from promo_cli.pricing.words import Money

Free = tuple[int, ...]
"""How many units of each run of the lane are free, in canonical order of the runs."""

Taken = tuple[tuple[int, int], ...]
"""Units by run: (index of the run, how many of it), in canonical order."""


class Pool:
    """Runs that many promotions may share, with what they hold at the lane's start.

    `taken` are the units that can still give something, `base` what they cost in minor units; `floored` if any may not
    go down to nothing.
    """

    __slots__ = ("base", "floored", "free", "reach", "taken")

    def __init__(self, reach: tuple[int, ...], free: Free, taken: Taken, base: int, floored: bool) -> None:
        self.reach = reach
        self.free = free
        self.taken = taken
        self.base = base
        self.floored = floored


class Gift(NamedTuple):
    """Extra units that a promotion adds at no cost; `price` is their list price in minor units."""

    product: Product
    units: int
    price: int


class Option:
    """One way to apply a promotion: what it saves, the units it uses up, and which of those get cheaper.

    `sets` become one unit each; equal ones come as (how many, one of them).
    """

    __slots__ = ("cheaper", "gifts", "sets", "taken", "times", "worth")

    def __init__(
        self,
        worth: int,
        taken: Taken,
        times: int,
        cheaper: Taken,
        gifts: tuple[Gift, ...] = (),
        sets: tuple[tuple[int, Taken], ...] = (),
    ) -> None:
        self.worth = worth
        self.taken = taken
        self.times = times
        self.cheaper = cheaper
        self.gifts = gifts
        self.sets = sets


class Reward(NamedTuple):
    """What is earned apart from the price: an amount in minor units, or a factor for points in thousandths."""

    kind: str
    method: str
    amount: int
    factor: int = 0


SCALE: Final = 10_000
"""Parts of a minor unit in which ceilings are written."""


class Ceiling(NamedTuple):
    """What an offer cannot exceed, whatever units are free.

    In all `cap` minor units (None: no such bound), and off each unit of a run `each` parts of 1/SCALE minor unit, up to
    `halves` half minor units more for rounding.
    """

    cap: int | None
    each: Mapping[int, int]
    halves: int = 0


class Offer(ABC):
    """A promotion that may apply in a lane.

    `reach` are the runs whose units it could take, ascending; `steady`: its first option saves the most; `single`: it
    has but one.
    """

    __slots__ = ("reach", "single", "steady")

    def __init__(self, reach: tuple[int, ...], steady: bool = True, single: bool = False) -> None:
        self.reach = reach
        self.steady = steady
        self.single = single

    @abstractmethod
    def ceiling(self) -> Ceiling:
        """Return what it cannot exceed."""

    def outdoes(self, other: Offer, strictly: bool) -> bool:
        """Tell whether, whatever is free, it can take the same units as the other for as much, or strictly for more."""
        return False

    def first(self, free: Free) -> Option | None:
        """Return the first of its options with these free units; asked far more often than for the others."""
        return next(iter(self.options(free)), None)

    @abstractmethod
    def options(self, free: Free) -> Iterable[Option]:
        """Return what it can do with these free units; for sets, one option per number of sets, most first."""

    @abstractmethod
    def cuts(self, option: Option) -> list[Cut]:
        """Return what each unit of an option gets off."""

    def dropped(self, option: Option) -> int:
        """Return how much of its nominal discount floors held back, in minor units."""
        return 0


class Portion:
    """The fraction `above`/`below` of what the units cost, at most `cap`."""

    __slots__ = ("above", "below", "cap")

    def __init__(self, above: int, below: int, cap: int | None = None) -> None:
        self.above = above
        self.below = below
        self.cap = cap


class Lump:
    """One amount off all units together; of a split tender, at most the fraction `above`/`below` of them."""

    __slots__ = ("above", "amount", "below")

    def __init__(self, amount: int, above: int = 1, below: int = 1) -> None:
        self.amount = amount
        self.above = above
        self.below = below


class Rung(NamedTuple):
    """From `least` up to but not including `below` of spend, in minor units: one discount on everything in scope."""

    least: int
    below: int | None
    formula: Portion | Lump


@dataclass(frozen=True)
class Terms:
    """Options that every discounting type takes."""

    max_applications: int | None
    max_units: int | None
    max_units_per_line: int | None
    every_quantity: int
    dearest: bool
    measured: str | None
    redistribute: bool
    by_line: bool

    @property
    def selective(self) -> bool:
        """Whether not every unit in scope may be taken."""
        return self.max_units is not None or self.max_units_per_line is not None or self.every_quantity != 1


def read_terms(fields: Fields) -> Terms:
    """Return the shared options of a `rules` section."""
    return Terms(
        max_applications=fields.count("max_applications"),
        max_units=fields.count("max_units"),
        max_units_per_line=fields.count("max_units_per_line"),
        every_quantity=fields.count("every_quantity") or 1,
        dearest=fields.choice("select", ("cheapest", "dearest")) == "dearest",
        measured=fields.optional("measured"),
        redistribute=fields.choice("floor_percent", ("drop", "redistribute")) == "redistribute",
        by_line=fields.choice("round", ("total", "line")) == "line",
    )


class Stand(ABC):
    """What a promotion sees of the lane it stands in.

    `runs` are all units of the cart in canonical order, `pool` the runs it may discount: in its scope and hours, of a
    benefit brand, discountable.
    """

    __slots__ = ("pool", "runs")

    def __init__(self, runs: list[Run], pool: tuple[int, ...]) -> None:
        self.runs = runs
        self.pool = pool

    @property
    @abstractmethod
    def whole(self) -> Pool:
        """The pool with what it holds."""

    @property
    @abstractmethod
    def held(self) -> tuple[int, ...]:
        """The runs in its scope and hours, discountable or not."""

    @property
    @abstractmethod
    def spent(self) -> int:
        """What its scope is worth, as the promotion measures, in minor units."""

    @abstractmethod
    def within(self, scope: Scope, discounted: bool) -> tuple[int, ...]:
        """Return the runs of another scope in the promotion's hours; only discountable ones if they get cheaper."""

    @abstractmethod
    def lacks(self, product_id: str, units: int) -> Refusal:
        """Return that so many units of a product are missing."""

    @abstractmethod
    def gift(self, product_id: str) -> Product | None:
        """Return a product if the promotion may give it away, that is, if it is of its brands."""

    @abstractmethod
    def paid_by(self, methods: frozenset[str]) -> tuple[int, int] | None:
        """Return the share that these methods pay as a fraction, or None while the method is not known."""

    @abstractmethod
    def claimed(self) -> str | None:
        """Return the product that was claimed as this promotion's gift."""


@dataclass(frozen=True, kw_only=True)
class Discount:
    """What the rules of every type hold: the minimum its scope must be worth, in minor units, and the options."""

    minimum: int = 0
    terms: Terms

    @property
    def measured(self) -> str | None:
        """`before` or `after` discounts, or None for the stage's way."""
        return self.terms.measured

    def scope(self, scope: Scope) -> Scope:
        """Return what the promotion discounts, given its `scope` section."""
        return scope

    def triggers(self) -> tuple[Scope, ...]:
        """Return scopes that the promotion looks at apart from its own."""
        return ()

    def touched_by(self, scope: Scope) -> tuple[Scope, ...]:
        """Return scopes of which the cart must hold something for the promotion to be worth mentioning."""
        return (self.scope(scope), *self.triggers())

    def describe(self, money: Money) -> str:
        """Return the discount in a few words; empty where the promotion's name says it best."""
        return ""

    def hint(self, refusal: Refusal) -> str:
        """Return what the cashier may say while this is missing; empty for the reason itself."""
        return ""

    def ladder(self) -> tuple[Rung, ...]:
        """Return the discount as a function of spend alone, the lowest rung first; empty if more than that decides."""
        return ()

    def offer(self, stand: Stand) -> Offer | Reward | Refusal:
        """Return what the promotion can do in a lane or what it earns, or why it cannot. Every type has its own."""
        raise NotImplementedError  # not abstract: an abstract dataclass does not compile
