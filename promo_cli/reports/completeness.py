"""How complete the warehouse's picture of a period is."""

# ruff: noqa: S608 -- constants; values are parameters

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING

from promo_cli.reports.result import FINAL_SHARE, Completeness
from promo_cli.warehouse.tills import counted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_PERIOD = "business_date BETWEEN coalesce($since, DATE '0001-01-01') AND coalesce($until, DATE '9999-12-31')"

# A clock that is ahead of the last ingest says nothing about how far the data reaches.
_STORES = f"""
    SELECT store_id, max(at_utc) FILTER (at_utc <= (
               SELECT coalesce(max(ingested_at) + INTERVAL 1 DAY, TIMESTAMP 'infinity') FROM ledger)),
           max(business_date), bool_or({_PERIOD})
    FROM events GROUP BY store_id
"""

# A till that closes a day again means the last of its closes.
_CLOSED = f"""
    WITH closes AS (
        SELECT store_id, pos_id, business_date, max_by(bills, seq) AS bills
        FROM day_closes WHERE {_PERIOD} GROUP BY ALL),
    arrived AS (SELECT store_id, pos_id, business_date, count(*) AS bills FROM bills WHERE {_PERIOD} GROUP BY ALL)
    SELECT coalesce(sum(closes.bills), 0), coalesce(sum(least(closes.bills, coalesce(arrived.bills, 0))), 0)
    FROM closes LEFT JOIN arrived USING (store_id, pos_id, business_date)
"""


def completeness(
    con: DuckDBPyConnection,
    since: dt.date | None,
    until: dt.date | None,
    expected_stores: Collection[str] | None,
    final_share: Decimal = FINAL_SHARE,
    *,
    ends: dt.date | None = None,
) -> Completeness:
    """Measure it for business days from `since` to `until`, both inclusive, None for no bound.

    Below `final_share` the figures are provisional; so they are while fewer stores have reached the day on which the
    period `ends`. Missing, quarantined and duplicate lines are counted over all days: a line that cannot be read has
    none.
    """
    period = {"since": since, "until": until}
    newest: dict[str, dt.datetime] = {}
    last_days: dict[str, dt.date] = {}
    reporting: set[str] = set()
    for store, moment, last_day, reports in con.execute(_STORES, period).fetchall():
        newest[store], last_days[store] = moment, last_day
        reporting |= {store} if reports else set()
    expected = set(newest if expected_stores is None else expected_stores)
    (closed, closed_here) = con.execute(_CLOSED, period).fetchall()[0]
    numbered, missing = counted(con)
    (quarantined,) = con.execute("SELECT count(*) FROM quarantine").fetchall()[0]
    (duplicate,) = con.execute("SELECT coalesce(sum(duplicate), 0) FROM ledger").fetchall()[0]
    return Completeness(
        watermark=min((newest[store] for store in reporting if newest[store]), default=None),
        stores_reporting=len(reporting & expected),
        stores_expected=len(expected),
        closed_bills=int(closed),
        closed_bills_here=int(closed_here),
        numbered=numbered,
        missing=missing,
        quarantined=quarantined,
        duplicate=int(duplicate),
        over=ends is None or _reached(ends, [last_days[each] for each in reporting]) >= final_share,
        final_share=final_share,
    )


def _reached(day: dt.date, last_days: Collection[dt.date]) -> Decimal:
    return Decimal(sum(last >= day for last in last_days)) / max(len(last_days), 1)
