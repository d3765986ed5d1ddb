"""The units of a cart, as runs of equal ones, and their canonical order.

Six thousand equal units cost as much as one, because everything works on runs and a run is split only where a
discount treats its units differently.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from promo_cli.pricing.catalogue import Product
from promo_cli.pricing.clock import Moment
from promo_cli.pricing.money import half_up

Share = tuple[str, int]
"""The id of a promotion, and what it takes off one unit, in minor units."""


class Line:
    """One line of the cart: `units` units of `price` minor units each, surcharges included; a weighed line is one unit.

    `each` is the price of a piece or kilogram, `scaled` the pieces or thousandths of a kilogram, `floor` what must be
    left of a unit. `modifiers` are in words that tell them apart, and so is `mark`: the line's id or nothing.
    """

    __slots__ = (
        "each",
        "floor",
        "line_id",
        "mark",
        "modifiers",
        "number",
        "ordered_at",
        "price",
        "product",
        "quantity",
        "scaled",
        "surcharge",
        "units",
    )

    def __init__(
        self,
        number: int,
        line_id: str | None,
        product: Product,
        quantity: int | Decimal,
        scaled: int,
        units: int,
        each: int,
        surcharge: int,
        price: int,
        floor: int,
        ordered_at: Moment,
        modifiers: str = "",
        mark: str = "",
    ) -> None:
        self.number = number
        self.line_id = line_id
        self.product = product
        self.quantity = quantity
        self.scaled = scaled
        self.units = units
        self.each = each
        self.surcharge = surcharge
        self.price = price
        self.floor = floor
        self.ordered_at = ordered_at
        self.modifiers = modifiers
        self.mark = mark

    @property
    def order(self) -> tuple[object, ...]:
        """What tells lines apart in the canonical order; of a package that is its parts alone."""
        shared = (self.product.id, self.modifiers, self.ordered_at, self.mark)
        return shared if self.number < 0 else (*shared, self.scaled, self.each)

    def at_price(self, price: int, floor: int) -> Line:
        """Return the line with units of another price and without a surcharge."""
        return Line(
            self.number,
            self.line_id,
            self.product,
            self.quantity,
            self.scaled,
            self.units,
            self.each,
            0,
            price,
            floor,
            self.ordered_at,
            self.modifiers,
            self.mark,
        )


class Run:
    """`count` equal units of one line; every amount is of one unit, in minor units.

    `running` is what is left of the line's price, `at_stage` what was left when the stage began. `place` is the first
    unit's place in its line. `parts` are the units inside a package, `sealed` units get nothing more. Not frozen: a
    lane changes runs, once it has decided on all of them.
    """

    __slots__ = ("at_stage", "count", "line", "parts", "place", "running", "sealed", "shares")

    def __init__(
        self,
        line: Line,
        count: int,
        running: int,
        at_stage: int,
        place: int = 0,
        sealed: bool = False,
        shares: tuple[Share, ...] = (),
        parts: tuple[Run, ...] = (),
    ) -> None:
        self.line = line
        self.count = count
        self.running = running
        self.at_stage = at_stage
        self.place = place
        self.sealed = sealed
        self.shares = shares
        self.parts = parts

    @property
    def room(self) -> int:
        """What may still be taken off one unit."""
        room = self.running - self.line.floor
        return room if room > 0 else 0

    @property
    def base(self) -> int:
        """What is left of one unit without its surcharge, which bears its part of earlier discounts."""
        if not self.line.surcharge:
            return self.running
        return self.running - half_up(self.running * self.line.surcharge, self.line.price)


def canonical(runs: Iterable[Run]) -> list[Run]:
    """Sort: running price descending, product, modifiers, time of order, line id; never the place in the list.

    Lines that are equal in all of these are told apart by quantity and price, and units by their earlier discounts.
    """
    ordered = sorted(runs, key=_cheapness)
    above = -1
    for run in ordered:
        if run.running == above:
            ordered.sort(key=_order)
            break
        above = run.running
    return ordered


def _cheapness(run: Run) -> int:
    return -run.running


def _order(run: Run) -> tuple[object, ...]:
    return (-run.running, run.line.order, run.line.price, run.place, run.shares)


Cut = tuple[int, int, int]
"""Of one of the lane's runs, by its place, so many units get so much off each, in minor units."""


def part(run: Run, count: int, place: int) -> Run:
    """Return `count` units of a run, from `place` in its line, as they are."""
    return Run(run.line, count, run.running, run.at_stage, place, run.sealed, run.shares, run.parts)


def whole(run: Run, share: Share, sealed: bool) -> Run:
    """Return a run itself with one more discount on all its units."""
    if share[1]:
        run.running -= share[1]
        run.shares = (*run.shares, share)
    run.sealed = run.sealed or sealed
    return run


def discounted(run: Run, count: int, place: int, share: Share, sealed: bool, parts: tuple[Run, ...]) -> Run:
    """Return `count` units of a run, from `place` in its line, with one more discount."""
    return Run(
        run.line,
        count,
        run.running - share[1],
        run.at_stage,
        place,
        run.sealed or sealed,
        (*run.shares, share) if share[1] and not parts else run.shares,
        parts,
    )
