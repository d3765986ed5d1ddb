"""A cart while it is being priced: its units as they stand, and how a promotion sees them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

from promo_cli.pricing.bundle import PreparedBundle
from promo_cli.pricing.cart import Cart
from promo_cli.pricing.conditions import Facts
from promo_cli.pricing.promotion import Entry
from promo_cli.pricing.types.base import Gift, Option, Reward
from promo_cli.pricing.units import Run


class Given(NamedTuple):
    """What a promotion gave: the option it took, its amount in minor units, and what floors held back."""

    entry: Entry
    option: Option
    dropped: int


class LaneResult(NamedTuple):
    """What happened in one lane: what each promotion that stood ready would save alone, and what was given."""

    stage: str
    lane: str
    before: int
    ready: tuple[tuple[Entry, int], ...]
    given: tuple[Given, ...]
    exact: bool


@dataclass(eq=False)
class Sale:
    """The state that stages and lanes pass on. `due` is the total before the payment stage, in minor units.

    `refused`: something applies that does not combine with all. With `traced`, `lanes` tells what happened.
    """

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
    refused: bool = False
    traced: bool = False
    lanes: list[LaneResult] = field(default_factory=list)

    @property
    def saved(self) -> int:
        """What all promotions have given so far, gifts at list, in minor units."""
        return sum(given.option.worth for given in self.given)

    @property
    def total(self) -> int:
        """What all units cost now, in minor units."""
        return sum([run.running * run.count for run in self.runs])

    def begin(self, stage: str) -> None:
        """Start a stage: what is left of the units is now what minimums measure."""
        self.stage = stage
        for run in self.runs:
            run.at_stage = run.running

    @property
    def one_moment(self) -> bool:
        """Whether every promotion of the stage is tested at one time: lines count when they were ordered, at first."""
        at = self.cart.at
        return self.stage != "item" or all(line.ordered_at is at or line.ordered_at == at for line in self.cart.lines)


def units_of(cart: Cart) -> list[Run]:
    """Return the units of a cart, a run for every line."""
    return [Run(line, line.units, line.price, line.price) for line in cart.lines]


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
