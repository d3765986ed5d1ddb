"""Small cells: figures about so few persons that they could be told apart are blanked.

A blank that can be worked out from a total is none. So where one row is blanked, others are blanked with it until
the blanked rows together hold as many persons as a row must have, and are at least two; if there are none left to take,
the total goes too. Hundepool et al., Statistical Disclosure Control (2012), chapter 4: primary and secondary
suppression of a table with one margin.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from promo_cli.reports.result import Blank, Column, Row

FEWEST_PERSONS = 10
"""A row about fewer persons is blanked; a row about none says so."""


def suppress(
    columns: Sequence[Column], rows: Sequence[Row], total: Row | None, persons: str, blanked: Collection[str] = ()
) -> tuple[tuple[Row, ...], Row | None]:
    """Blank the figures of rows with 1 to 9 persons, and of as many others as it takes; texts stay.

    `persons` names the column that counts them, `blanked` the columns that are about them; without any, all are. The
    rows must divide one population: their sum may be known.
    """
    at = next(number for number, column in enumerate(columns) if column.name == persons)
    about = [
        column.type not in ("text", "date") and (not blanked or column.name in (persons, *blanked))
        for column in columns
    ]
    counts = [_count(row[at]) for row in rows]
    hidden = {number for number, count in enumerate(counts) if 0 < count < FEWEST_PERSONS}
    others = sorted(
        (n for n, row in enumerate(rows) if n not in hidden and _says_something(about, row)),
        key=lambda n: (counts[n], n),
    )
    while others and not _safe(hidden, counts):
        hidden.add(others.pop(0))
    kept = tuple(_blanked(about, row) if number in hidden else row for number, row in enumerate(rows))
    if total is not None and (not _safe(hidden, counts) or 0 < _count(total[at]) < FEWEST_PERSONS):
        return kept, _blanked(about, total)
    return kept, total


def _safe(hidden: set[int], counts: Sequence[int]) -> bool:
    return not hidden or (len(hidden) > 1 and sum(counts[number] for number in hidden) >= FEWEST_PERSONS)


def _says_something(about: Sequence[bool], row: Row) -> bool:
    return any(value for value, is_about in zip(row, about, strict=True) if is_about)


def _blanked(about: Sequence[bool], row: Row) -> Row:
    return tuple(
        Blank.SUPPRESSED if is_about and value is not None else value
        for value, is_about in zip(row, about, strict=True)
    )


def _count(value: object) -> int:
    return int(value) if isinstance(value, int | Decimal) else 0
