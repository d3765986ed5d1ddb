"""A cart while it is being priced: its units as they stand, and how a promotion sees them."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from promo_cli.pricing.bundle import PreparedBundle
from promo_cli.pricing.cart import Cart
from promo_cli.pricing.conditions import Facts
from promo_cli.pricing.promotion import Entry
from promo_cli.pricing.types.base import Gift, Option, Reward
from promo_cli.pricing.units import Run


class Given:
    """What a promotion gave: the option it took, its amount in minor units, and what floors held back."""

    __slots__ = ("dropped", "entry", "option")

    def __init__(self, entry: Entry, option: Option, dropped: int) -> None:
        self.entry = entry
        self.option = option
        self.dropped = dropped


class LaneResult(NamedTuple):
    """What happened in one lane: what each promotion that stood ready would save alone, and what was given."""

    stage: str
    lane: str
    before: int
    ready: tuple[tuple[Entry, int], ...]
    given: tuple[Given, ...]
    exact: bool


class Sale:
    """The state that stages and lanes pass on. `due` is the total before the payment stage, in minor units.

    `refused`: something applies that does not combine with all. With `traced`, `lanes` tells what happened.
    `one_moment`: every promotion of the stage is tested at one time; lines count when they were ordered, at first.
    """

    __slots__ = (
        "bundle",
        "cart",
        "due",
        "exact",
        "gifts",
        "given",
        "lanes",
        "one_moment",
        "packages",
        "refused",
        "rewards",
        "runs",
        "stage",
        "traced",
    )

    def __init__(self, bundle: PreparedBundle, cart: Cart, traced: bool) -> None:
        self.bundle = bundle
        self.cart = cart
        self.runs = units_of(cart)
        self.stage = "item"
        self.given: list[Given] = []
        self.gifts: list[tuple[Entry, Gift]] = []
        self.rewards: list[tuple[Entry, Reward]] = []
        self.packages = 0
        self.due = 0
        self.exact = True
        self.refused = False
        self.traced = traced
        self.lanes: list[LaneResult] = []
        self.one_moment = _one_moment(cart)

    @property
    def saved(self) -> int:
        """What all promotions have given so far, gifts at list, in minor units."""
        return sum(given.option.worth for given in self.given)

    @property
    def total(self) -> int:
        """What all units cost now, in minor units."""
        total = 0
        for run in self.runs:
            total += run.running * run.count
        return total

    def begin(self, stage: str) -> None:
        """Start a stage: what is left of the units is now what minimums measure."""
        self.stage = stage
        self.one_moment = True
        for run in self.runs:
            run.at_stage = run.running


def _one_moment(cart: Cart) -> bool:
    at = cart.at
    return all(line.ordered_at is at or line.ordered_at == at for line in cart.lines)


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
