"""A difference between two sets of bundles, as text and as JSON values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

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
    return f"{len(several)} {'store' if len(several) == 1 else 'stores'} ({some})"


def difference_document(found: Difference) -> dict[str, Any]:
    """Return a difference as JSON values."""
    return {
        "changes": [
            {
                "kind": change.kind,
                "id": change.promotion_id,
                "code": change.code,
                "name": change.name,
                "start_date": change.start_date,
                "end_date": change.end_date,
                "stores": list(change.stores),
                "fields": [{"path": one.path, "before": one.before, "after": one.after} for one in change.fields],
            }
            for change in found.changes
        ],
        "stores_added": list(found.stores_added),
        "stores_removed": list(found.stores_removed),
        "catalogue_stores": list(found.catalogue_stores),
    }
