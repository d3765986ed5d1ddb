"""A difference between two sets of bundles, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promo_cli.publishing.difference import Change, Difference

_SIGN = {"added": "+", "changed": "~", "removed": "-"}
_NAMED = 4


def change_lines(found: Difference) -> Iterator[str]:
    """Yield one line per promotion with its stores and dates, and one per changed field below it."""
    from promo_cli.publishing.difference import shown

    for change in found.changes:
        yield f"{_SIGN[change.kind]} {change.code:<20} {dates(change):<24} {stores(change.stores)}"
        for field in change.fields:
            yield f"    {field.path}: {shown(field.before)} -> {shown(field.after)}"
    for title, several in other_changes(found):
        yield f"* {title}: {stores(several)}"


def other_changes(found: Difference) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield what is not about one promotion, with the stores concerned."""
    for title, several in (
        ("new stores", found.stores_added),
        ("stores that leave", found.stores_removed),
        ("other products, prices or settings", found.catalogue_stores),
    ):
        if several:
            yield title, several


def dates(change: Change) -> str:
    """Return the days a promotion runs."""
    return f"{change.start_date or '…'} to {change.end_date or 'open'}"


def stores(several: Sequence[str]) -> str:
    """Return how many stores, and the first of them."""
    some = ", ".join(several[:_NAMED]) + (" …" if len(several) > _NAMED else "")
    return f"{count_of(several)} ({some})"


def count_of(several: Sequence[str]) -> str:
    """Return how many stores."""
    return f"{len(several)} {'store' if len(several) == 1 else 'stores'}"
