"""What reports need to know that no till sends: names, dates, costs. Given as plain values, queried as tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from promo_cli.reports.result import Money
from promo_cli.warehouse.writing import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class PromotionFacts:
    """A promotion as its file has it. `triggers` and `benefits` are brands of a cross-brand offer; amounts are major
    units; `last_day` None is open-ended."""

    promotion_id: str
    code: str
    name: str
    type: str
    first_day: dt.date
    last_day: dt.date | None = None
    active: bool = True
    funder: str | None = None
    programme_cost: Decimal | None = None
    triggers: Sequence[str] = ()
    benefits: Sequence[str] = ()
    trigger_amount: Decimal | None = None
    window_days: int | None = None


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """A store and where it is."""

    store_id: str
    name: str
    brand: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """A product; `cost` is what one unit costs the company, in major units, None where nobody has said."""

    product_id: str
    name: str
    category: str | None = None
    brand: str | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything known beside the warehouse."""

    promotions: Sequence[PromotionFacts] = ()
    stores: Sequence[StoreFacts] = ()
    products: Sequence[ProductFacts] = ()
    money: Money | None = None


_COLUMNS: Mapping[type, Mapping[str, str]] = {
    PromotionFacts: {
        "first_day": "DATE",
        "last_day": "DATE",
        "active": "BOOLEAN",
        "programme_cost": "DECIMAL(18,3)",
        "triggers": "VARCHAR[]",
        "benefits": "VARCHAR[]",
        "trigger_amount": "DECIMAL(18,3)",
        "window_days": "INTEGER",
    },
    StoreFacts: {},
    ProductFacts: {"cost": "DECIMAL(18,3)"},
}


def install(con: DuckDBPyConnection, known: Reference) -> None:
    """Make it the temporary tables `ref_promotions`, `ref_stores` and `ref_products`, named as the fields are."""
    _table(con, "ref_promotions", PromotionFacts, known.promotions)
    _table(con, "ref_stores", StoreFacts, known.stores)
    _table(con, "ref_products", ProductFacts, known.products)


def _table(con: DuckDBPyConnection, name: str, kind: Any, rows: Sequence[Any]) -> None:
    columns = [field.name for field in fields(kind)]
    types = _COLUMNS[kind]
    typed = ", ".join(f"{each} {types.get(each, 'VARCHAR')}" for each in columns)
    con.execute(f"CREATE TEMP TABLE {name} ({typed})")
    if rows:
        insert(con, name, **{each: [_plain(getattr(row, each)) for row in rows] for each in columns})


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple | list) else value
