"""Which kinds of events fill which tables, and which lists inside them fill tables of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from promo_cli.model.events import EVENTS
from promo_cli.warehouse.shapes import Shape, shape_of


@dataclass(frozen=True, slots=True)
class Table:
    """A table, the shape of the objects that become its rows, and the tables of the lists inside them.

    `computed` replaces columns by SQL over the others.
    """

    name: str
    shape: Shape
    kinds: tuple[str, ...] = ()
    children: tuple[Table, ...] = ()
    computed: Mapping[str, str] = field(default_factory=dict)


def _root(name: str, *kinds: str, children: Mapping[str, str] | None = None, **computed: str) -> Table:
    shape = shape_of(EVENTS[kinds[0]])
    return Table(name, shape, kinds, _children(shape, children or {}), computed)


def _children(shape: Shape, names: Mapping[str, str]) -> tuple[Table, ...]:
    return tuple(Table(names[key], items, (), _children(items, names)) for key, items in shape.lists.items())


TABLES: tuple[Table, ...] = (
    _root("bills", "bill", children={"lines": "bill_lines", "discounts": "bill_discounts", "tender": "tenders"}),
    _root("refunds", "refund", "void", children={"lines": "refund_lines", "discounts": "refund_discounts"}),
    _root(
        "usages",
        "usage",
        at_utc="coalesce(at_utc, used_at_utc)",
        at_local="coalesce(at_local, used_at_local)",
    ),
    _root("logs", "log"),
    _root("eligible", "eligible"),
    _root("vouchers", "voucher_redeem"),
    _root("feedback", "feedback"),
    _root("exposures", "exposure"),
    _root("syncs", "sync"),
    _root("day_closes", "day_close"),
)
"""Every table of events. A kind belongs to exactly one."""


def family(table: Table) -> list[Table]:
    """A table and all that hang on it, parents first."""
    return [table, *(each for child in table.children for each in family(child))]
