"""What the promotion types share: how they see a lane, and what they offer in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from promo_cli.pricing.catalogue import Product
from promo_cli.pricing.reading import Fields
from promo_cli.pricing.reasons import Refusal
from promo_cli.pricing.scope import Scope
from promo_cli.pricing.units import Cut, Run
from promo_cli.pricing.words import Money

Free = Sequence[int]
"""How many units of each run of the lane are free, in canonical order of the runs."""

Taken = tuple[tuple[int, int], ...]
"""Units by run: (index of the run, how many of it), in canonical order."""


class Pool(NamedTuple):
    """Runs that many promotions may share, with what they hold at the lane's start.

    `taken` are the units that can still give something, `base` what they cost in minor units; `floored` if any may not
    go down to nothing.
    """

    reach: tuple[int, ...]
    free: Free
    taken: Taken
    base: int
    floored: bool


class Gift(NamedTuple):
    """Extra units that a promotion adds at no cost; `price` is their list price in minor units."""

    product: Product
    units: int
    price: int


class Option(NamedTuple):
    """One way to apply a promotion: what it saves, the units it uses up, and which of those get cheaper.

    `sets` become one unit each; equal ones come as (how many, one of them).
    """

    worth: int
    taken: Taken
    times: int
    cheaper: Taken
    gifts: tuple[Gift, ...] = ()
    sets: tuple[tuple[int, Taken], ...] = ()


class Reward(NamedTuple):
    """What is earned apart from the price: an amount in minor units, or a factor for points in thousandths."""

    kind: str
    method: str
    amount: int
    factor: int = 0


SCALE = 10_000
"""Parts of a minor unit in which ceilings are written."""


class Ceiling(NamedTuple):
    """What an offer cannot exceed, whatever units are free.

    In all `cap` minor units (None: no such bound), and off each unit of a run `each` parts of 1/SCALE minor unit, up to
    `halves` half minor units more for rounding.
    """

    cap: int | None
    each: Mapping[int, int]
    halves: int = 0


class Offer(Protocol):
    """A promotion that may apply in a lane."""

    @property
    def reach(self) -> tuple[int, ...]:
        """The runs whose units it could take, ascending."""

    @property
    def steady(self) -> bool:
        """Whether its first option saves the most."""

    def ceiling(self) -> Ceiling:
        """Return what it cannot exceed."""

    def outdoes(self, other: Offer, *, strictly: bool) -> bool:
        """Tell whether, whatever is free, it can take the same units as the other for as much, or strictly for more."""

    def options(self, free: Free) -> Iterator[Option]:
        """Yield what it can do with these free units; for sets, one option per number of sets, most first."""

    def cuts(self, option: Option) -> Sequence[Cut]:
        """Return what each unit of an option gets off."""

    def dropped(self, option: Option) -> int:
        """Return how much of its nominal discount floors held back, in minor units."""


class Portion(NamedTuple):
    """The fraction `above`/`below` of what the units cost, at most `cap`."""

    above: int
    below: int
    cap: int | None = None


class Lump(NamedTuple):
    """One amount off all units together; of a split tender, at most the fraction `above`/`below` of them."""

    amount: int
    above: int = 1
    below: int = 1


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


class Stand(Protocol):
    """What a promotion sees of the lane it stands in."""

    @property
    def runs(self) -> Sequence[Run]:
        """All units of the cart in canonical order."""

    @property
    def pool(self) -> tuple[int, ...]:
        """The runs it may discount: in its scope and hours, of a benefit brand, discountable."""

    @property
    def whole(self) -> Pool:
        """The pool with what it holds."""

    @property
    def held(self) -> tuple[int, ...]:
        """The runs in its scope and hours, discountable or not."""

    @property
    def spent(self) -> int:
        """What its scope is worth, as the promotion measures, in minor units."""

    def within(self, scope: Scope, discounted: bool) -> tuple[int, ...]:
        """Return the runs of another scope in the promotion's hours; only discountable ones if they get cheaper."""

    def lacks(self, product_id: str, units: int) -> Refusal:
        """Return that so many units of a product are missing."""

    def gift(self, product_id: str) -> Product | None:
        """Return a product if the promotion may give it away, that is, if it is of its brands."""

    def paid_by(self, methods: frozenset[str]) -> tuple[int, int] | None:
        """Return the share that these methods pay as a fraction, or None while the method is not known."""

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
        """Return what the promotion can do in a lane or what it earns, or why it cannot."""
        raise NotImplementedError
