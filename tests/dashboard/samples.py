"""A made-up site: two brands, four stores, eight weeks, and names that try to be markup."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from promo_cli.dashboard.cells import cells_of
from promo_cli.dashboard.site import Offer, Site
from promo_cli.reports.result import Column, Completeness, Money, ReportResult, Row, Section
from tests.reports.render_samples import report

FIRST = dt.date(2026, 1, 5)
DAYS = 56
EVIL = '</script><img src=x onerror="document.title=1">'
STORES = (("s1", "kopi"), ("s2", "kopi"), ("s3", "roti"), ("s4", "roti"))
PROMOTIONS = (("p1", "WEEKEND20", 40), ("p2", "BUNS-3PLUS1", 12), ("p3", EVIL, 5))


def cells_report(**changes: Any) -> ReportResult:
    """Return what the report of cells says: uses and discounts that differ by promotion, store and day."""

    def uses() -> Iterator[Row]:
        for promotion, code, base in PROMOTIONS:
            for number in range(DAYS):
                day = FIRST + dt.timedelta(days=number)
                for at, (store, brand) in enumerate(STORES):
                    count = base + at + (base if day.weekday() >= 5 else 0)
                    yield (promotion, code, day, store, brand, count, count * 9000, count * 81_000)

    def sales() -> Iterator[Row]:
        for number in range(DAYS):
            day = FIRST + dt.timedelta(days=number)
            for store, brand in STORES:
                given = sum(row[6] for row in found if row[2] == day and row[3] == store)  # type: ignore[misc]
                yield (day, store, brand, 300, 120, given, 24_000_000)

    found = list(uses())
    text = [Column(name, name, "text") for name in ("promotion_id", "code")]
    place = [Column("store", "Store", "text"), Column("brand", "Brand", "text")]
    amounts = [Column("discount", "Discount", "amount"), Column("net", "Net", "amount")]
    use_columns = (*text, Column("day", "Day", "date"), *place, Column("uses", "Uses", "count"), *amounts)
    counts = (Column("bills", "Bills", "count"), Column("having", "With", "count"))
    sections = (
        Section("uses", "Uses", False, use_columns, tuple(found)),
        Section("sales", "Sales", False, (Column("day", "Day", "date"), *place, *counts, *amounts), tuple(sales())),
    )
    return report(**{"name": "cells", "sections": sections, **changes})


def offers() -> list[Offer]:
    """Return the promotions: one that ended unused beside those that were used."""
    common = {"type": "percent discount", "runs": "from 1 Jan 2026", "where": "all brands", "cost": Decimal(1_000_000)}
    used = [Offer(each, code, f"Name of {code}", EVIL, status="active", **common) for each, code, _ in PROMOTIONS]
    return [*used, Offer("p4", "OLD", "An old one", "", status="ended", **common)]


def site(**changes: Any) -> Site:
    """Return a whole site."""
    evil = replace(report().sections[0], title=EVIL, note=EVIL)
    cross = report(name="cross-brand", title=EVIL, sections=(evil, *report().sections[1:]))
    settings: dict[str, Any] = {
        "company": "Nusantara & Co <b>",
        "as_of": FIRST + dt.timedelta(days=DAYS - 1),
        "cells": cells_of(cells_report(), 0),
        "offers": offers(),
        "stores": {"s1": "Thamrin", "s2": "Kemang", "s3": EVIL, "s4": "Seminyak"},
        "brands": {"kopi": "Kopi Teras", "roti": "Roti <i>Lembut</i>"},
        "overview": report(),
        "reports": {"cross-brand": cross, "data-health": report(name="data-health", title="Data health")},
        "about": {"p1": report(name="promotion", title="One promotion"), "p3": cross},
        "roi": report(name="roi", title="Return"),
    }
    return Site(**{**settings, **changes})


def dollars() -> Site:
    """Return the site with amounts that have cents."""
    money = Money("USD", 2)
    return site(cells=cells_of(cells_report(money=money), 2), overview=report(money=money))


def provisional() -> Site:
    """Return the site while half of the stores are missing."""
    few = Completeness(None, 2, 4, 0, 0, 0, 0, 0, 0)
    said = ("Provisional: 50% of what stores should have sent is here.", "Not incremental.")
    return site(overview=report(completeness=few, caveats=said))
