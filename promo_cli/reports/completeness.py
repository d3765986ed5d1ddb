"""How complete the warehouse's picture of a period is."""

# ruff: noqa: S608 -- constants; values are parameters

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from promo_cli.reports.result import Completeness
from promo_cli.warehouse.tills import states

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_PERIOD = "business_date BETWEEN coalesce($since, DATE '0001-01-01') AND coalesce($until, DATE '9999-12-31')"


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
) -> Completeness:
    """Measure it for business days from `since` to `until`, both inclusive, None for no bound.

    Missing, quarantined and duplicate lines are counted over all days: a line that cannot be read has none.
    """
    period = {"since": since, "until": until}
    newest = dict(con.execute("SELECT store_id, max(at_utc) FROM events GROUP BY store_id").fetchall())
    reporting = {
        store for (store,) in con.execute(f"SELECT DISTINCT store_id FROM events WHERE {_PERIOD}", period).fetchall()
    }
    expected = set(newest if expected_stores is None else expected_stores)
    (closed, closed_here) = con.execute(_CLOSED, period).fetchall()[0]
    tills = states(con).values()
    (quarantined,) = con.execute("SELECT count(*) FROM quarantine").fetchall()[0]
    (duplicate,) = con.execute("SELECT coalesce(sum(duplicate), 0) FROM ledger").fetchall()[0]
    return Completeness(
        watermark=min((newest[store] for store in reporting if newest[store]), default=None),
        stores_reporting=len(reporting & expected),
        stores_expected=len(expected),
        closed_bills=int(closed),
        closed_bills_here=int(closed_here),
        numbered=sum(till.last_seq for till in tills),
        missing=sum(last - first + 1 for till in tills for first, last in till.gaps),
        quarantined=quarantined,
        duplicate=int(duplicate),
    )
