"""The figures that filters add up: uses and sales by promotion, day and place, as small as a page can carry them.

Amounts are whole numbers of the currency's smallest unit; days and places are numbers in the lists beside them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from promo_cli.reports.result import ReportResult

MOST_CELLS = 150_000
"""Above so many cells of uses, places are brands instead of stores, so that the overview stays quick to open."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Sums by promotion, day and place.

    `places` are stores with the brand that sold there, or with `by_brand` brands alone. `uses` by promotion id:
    (day, place, uses, discount, net); `sales`: (day, place, bills, bills with a promotion, discount, net).
    """

    days: Sequence[dt.date]
    places: Sequence[tuple[str, str]]
    uses: Mapping[str, Sequence[tuple[int, ...]]]
    sales: Sequence[tuple[int, ...]]
    codes: Mapping[str, str]
    by_brand: bool = False


def cells_of(result: ReportResult, exponent: int, *, most: int = MOST_CELLS) -> Cells:
    """Take the report `cells` apart; `exponent` is the currency's number of decimals."""
    tables = {section.name: section.rows for section in result.sections}
    uses: Sequence[Any] = tables["uses"]
    sales: Sequence[Any] = tables["sales"]
    first = min((row[0] for row in sales), default=None)
    last = max((row[0] for row in sales), default=None)
    days = [first + dt.timedelta(days=each) for each in range((last - first).days + 1)] if first and last else []
    numbers = {day: number for number, day in enumerate(days)}
    by_brand = len(uses) > most

    def place_of(store: str, brand: str) -> tuple[str, str]:
        return (brand, brand) if by_brand else (store, brand)

    places = sorted({place_of(row[1], row[2]) for row in sales} | {place_of(row[3], row[4]) for row in uses})
    at = {place: number for number, place in enumerate(places)}

    def minor(amount: Decimal | int) -> int:
        # Thousandths that tills may send below the smallest unit are rounded, once.
        return round(Decimal(amount).scaleb(exponent))

    used: dict[str, dict[tuple[int, int], list[int]]] = defaultdict(dict)
    for promotion, _, day, store, brand, count, discount, net in uses:
        if day in numbers:
            sums = used[promotion].setdefault((numbers[day], at[place_of(store, brand)]), [0, 0, 0])
            _add(sums, (count, minor(discount), minor(net)))
    sold: dict[tuple[int, int], list[int]] = {}
    for day, store, brand, bills, having, discount, net in sales:
        sums = sold.setdefault((numbers[day], at[place_of(store, brand)]), [0, 0, 0, 0])
        _add(sums, (bills, having, minor(discount), minor(net)))
    return Cells(
        days=days,
        places=places,
        uses={each: [(*key, *sums) for key, sums in sorted(found.items())] for each, found in sorted(used.items())},
        sales=[(*key, *sums) for key, sums in sorted(sold.items())],
        codes={row[0]: row[1] or row[0] for row in uses},
        by_brand=by_brand,
    )


def _add(sums: list[int], values: Sequence[int]) -> None:
    for number, value in enumerate(values):
        sums[number] += value
