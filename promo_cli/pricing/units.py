"""The units of a cart, as runs of equal ones, and their canonical order.

Six thousand equal units cost as much as one, because everything works on runs and a run is split only where a
discount treats its units differently.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from promo_cli.pricing.catalogue import Product
from promo_cli.pricing.clock import Moment
from promo_cli.pricing.money import half_up


class Share(NamedTuple):
    """What one promotion takes off one unit, in minor units."""

    promotion_id: str
    amount: int


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """`count` equal units of one line; every amount is of one unit, in minor units.

    `price` is the list value with surcharges, `running` what is left of it, `at_stage` what was left when the stage
    began, `floor` what must be left. `each` is the list price of one piece or kilogram, without the `surcharge` of
    modifiers. `place` is the first unit's place in its line. `parts` are the units inside a package, `sealed` units
    get nothing more.
    """

    line: int
    product: Product
    count: int
    price: int
    running: int
    at_stage: int
    floor: int
    each: int
    surcharge: int
    ordered_at: Moment
    order: tuple[object, ...]
    place: int
    sealed: bool = False
    shares: tuple[Share, ...] = ()
    parts: tuple[Run, ...] = ()

    @property
    def room(self) -> int:
        """What may still be taken off one unit."""
        return max(0, self.running - self.floor)

    @property
    def base(self) -> int:
        """What is left of one unit without its surcharge, which bears its part of earlier discounts."""
        if not self.surcharge:
            return self.running
        return self.running - half_up(self.running * self.surcharge, self.price)


def canonical(runs: Iterable[Run]) -> list[Run]:
    """Sort: running price descending, product, modifiers, time of order, line id; never the place in the list.

    Lines that are equal in all of these are told apart by quantity and price, and units by their earlier discounts.
    """
    return sorted(runs, key=_order)


def _order(run: Run) -> tuple[object, ...]:
    return (-run.running, run.order, run.price, run.place, run.shares)


class Cut(NamedTuple):
    """`units` units of one of the lane's runs get `amount` off each."""

    run: int
    units: int
    amount: int


def altered(
    run: Run,
    *,
    count: int,
    place: int,
    running: int,
    at_stage: int,
    sealed: bool,
    shares: tuple[Share, ...],
    parts: tuple[Run, ...],
) -> Run:
    """Return units of a run as they have become. Spelt out, because `dataclasses.replace` takes far longer."""
    return Run(
        run.line,
        run.product,
        count,
        run.price,
        running,
        at_stage,
        run.floor,
        run.each,
        run.surcharge,
        run.ordered_at,
        run.order,
        place,
        sealed,
        shares,
        parts,
    )


def discounted(run: Run, count: int, place: int, share: Share, sealed: bool, parts: tuple[Run, ...]) -> Run:
    """Return `count` units of a run, from `place` in its line, with one more discount."""
    return altered(
        run,
        count=count,
        place=place,
        running=run.running - share.amount,
        at_stage=run.at_stage,
        sealed=run.sealed or sealed,
        shares=(*run.shares, share) if share.amount and not parts else run.shares,
        parts=parts,
    )


def at_stage_start(run: Run) -> Run:
    """Return a run as a stage finds it."""
    if run.at_stage == run.running:
        return run
    return altered(
        run,
        count=run.count,
        place=run.place,
        running=run.running,
        at_stage=run.running,
        sealed=run.sealed,
        shares=run.shares,
        parts=run.parts,
    )
