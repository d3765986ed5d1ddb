"""What a cart must hold, or the customer be, apart from what is discounted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from promo_cli.pricing.errors import BundleError
from promo_cli.pricing.reading import Fields
from promo_cli.pricing.scope import Scope, read_scope


@dataclass(frozen=True)
class Leaf:
    """Bounds on units and value in a scope, and facts of the customer; all that are set must hold.

    `measured` None means as the promotion measures. `consumes`: the units that meet it are used up.
    """

    scope: Scope
    min_quantity: int | None
    max_quantity: int | None
    min_purchase: int | None
    measured: str | None
    consumes: bool
    order_number: int | None
    points: int | None
    birthday_within_days: int | None


@dataclass(frozen=True)
class Tree:
    """Conditions joined by `all`, `any` or, with one part, `not`."""

    join: str
    parts: tuple[Leaf | Tree, ...]


Condition = Leaf | Tree


class Facts(NamedTuple):
    """What is known of the customer; None is unknown. `birthday` is days to the nearest one, past or future."""

    order_number: int | None = None
    points: int | None = None
    birthday: int | None = None


class Measured(NamedTuple):
    """How many units of a scope the cart holds, and what they are worth in minor units."""

    quantity: int
    value: int


Measure = Callable[[Scope, str | None], Measured]


def read_condition(fields: Fields) -> Condition:
    """Return the `conditions` section. Raises BundleError."""
    for join in ("all", "any"):
        if fields.values.get(join) is not None:
            return Tree(join, tuple(read_condition(part) for part in fields.sections(join)))
    if fields.values.get("not") is not None:
        return Tree("not", (read_condition(fields.section("not")),))
    measured = fields.optional("measured")
    if measured not in (None, "before", "after"):
        raise BundleError(f"{fields.where}.measured: expected before or after, found {measured!r}")
    return Leaf(
        scope=read_scope(fields.section("scope")),
        min_quantity=fields.count("min_quantity"),
        max_quantity=fields.count("max_quantity"),
        min_purchase=fields.amount("min_purchase"),
        measured=measured,
        consumes=fields.flag("consumes"),
        order_number=fields.count("order_number"),
        points=fields.count("points"),
        birthday_within_days=fields.count("birthday_within_days"),
    )


def leaves(condition: Condition | None) -> Iterator[Leaf]:
    """Yield every leaf, in the order written."""
    if isinstance(condition, Tree):
        for part in condition.parts:
            yield from leaves(part)
    elif condition is not None:
        yield condition


def holds(condition: Condition, facts: Facts, measure: Measure) -> bool:
    """Tell whether a condition holds. A fact that is not known does not hold."""
    return next(unmet(condition, facts, measure), None) is None


def unmet(condition: Condition, facts: Facts, measure: Measure) -> Iterator[Leaf]:
    """Yield leaves that stand in the way; none if the condition holds."""
    if isinstance(condition, Leaf):
        if not _leaf(condition, facts, measure):
            yield condition
    elif condition.join == "all":
        for part in condition.parts:
            yield from unmet(part, facts, measure)
    elif condition.join == "any":
        missing = [list(unmet(part, facts, measure)) for part in condition.parts]
        if missing and all(missing):
            yield from missing[0]
    elif holds(condition.parts[0], facts, measure):
        yield next(leaves(condition))


def _leaf(leaf: Leaf, facts: Facts, measure: Measure) -> bool:
    if leaf.order_number is not None and facts.order_number != leaf.order_number:
        return False
    if leaf.points is not None and (facts.points is None or facts.points < leaf.points):
        return False
    if leaf.birthday_within_days is not None and (facts.birthday is None or facts.birthday > leaf.birthday_within_days):
        return False
    if leaf.min_quantity is None and leaf.max_quantity is None and leaf.min_purchase is None:
        return True
    quantity, value = measure(leaf.scope, leaf.measured)
    return (
        quantity >= (leaf.min_quantity or 0)
        and (leaf.max_quantity is None or quantity <= leaf.max_quantity)
        and value >= (leaf.min_purchase or 0)
    )
