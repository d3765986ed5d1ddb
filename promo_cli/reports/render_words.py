"""What every rendering says in the same words: how complete a report is."""

from __future__ import annotations

from collections.abc import Iterator

from promo_cli.reports.render_numbers import Numbers, day_text
from promo_cli.reports.result import Completeness


def completeness_lines(found: Completeness, numbers: Numbers) -> Iterator[str]:
    """Yield how complete a report's figures are, one line each."""
    watermark = f"{day_text(found.watermark.date())}, {found.watermark:%H:%M} UTC" if found.watermark else "none"
    yield (
        f"Data up to {watermark} · {numbers.plain(found.stores_reporting)} of "
        f"{numbers.plain(found.stores_expected)} stores reporting"
    )
    yield (
        f"Bills: {numbers.plain(found.closed_bills_here)} of {numbers.plain(found.closed_bills)} in day closes are here"
        f" · {numbers.plain(found.missing)} lines missing"
    )
    yield f"Lines: {numbers.plain(found.quarantined)} quarantined · {numbers.plain(found.duplicate)} duplicates"
