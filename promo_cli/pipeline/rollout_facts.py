"""What the warehouse knows of the stores that a rollout has reached."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from promo_cli.pipeline.ingest import warehouse_of
from promo_cli.protocol.rollout import Rollout
from promo_cli.publishing.gates import BEFORE, Facts, Sales
from promo_cli.warehouse.database import is_current, published
from promo_cli.warehouse.listing import environment_of
from promo_cli.workspace import Workspace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# The last report of every till since the wave began: an older one says nothing about it.
_SYNCS = """
    WITH last AS (
        SELECT store_id, max_by(release_seq, at_utc) AS release_seq, max_by(status, at_utc) AS status
        FROM syncs WHERE list_contains($stores, store_id) AND at_utc >= $since
        GROUP BY store_id, pos_id
    ), by_store AS (
        SELECT store_id, min(release_seq) >= $seq AS runs, bool_or(status IN ('refused', 'kept')) AS fails
        FROM last GROUP BY store_id
    )
    SELECT count(*), count(*) FILTER (runs), count(*) FILTER (fails) FROM by_store
"""
_SALES = """
    SELECT count(*), coalesce(sum(subtotal), 0), coalesce(sum(total_discount), 0)
    FROM bills WHERE list_contains($stores, store_id) AND status = 'completed' AND at_utc >= $since
"""
_DECISIONS = """
    SELECT count(*), count(*) FILTER (reason_code = 'unsupported')
    FROM logs WHERE list_contains($stores, store_id) AND at_utc >= $since AND release_seq >= $seq
"""


def facts_of(workspace: Workspace, env: str, rollout: Rollout, stores: Sequence[str]) -> tuple[Facts | None, str]:
    """Return what is known of these stores, or None and why nothing is."""
    warehouse = warehouse_of(workspace)
    if not warehouse.is_file():
        return None, "there is no warehouse here; run `promo ingest`"
    with published(warehouse) as con:
        if not is_current(con):
            return None, "the warehouse is of an older version; run `promo ingest`"
        if (found := environment_of(con)) != env:
            return None, f"the warehouse here is of {found or 'no environment'}"
        return _facts(con, rollout, list(stores)), ""


def _facts(con: DuckDBPyConnection, rollout: Rollout, stores: list[str]) -> Facts:
    since = rollout.started_at.astimezone(dt.UTC).replace(tzinfo=None)
    values = {"stores": stores, "since": since}
    wave = {**values, "seq": rollout.wave_seq}
    heard, reporting, failing = _row(con, _SYNCS, wave)
    decisions, unsupported = _row(con, _DECISIONS, wave)
    earlier = {**values, "since": since - BEFORE, "until": since}
    return Facts(
        stores=len(stores),
        reporting=reporting,
        failing=failing,
        heard=heard,
        decisions=decisions,
        unsupported=unsupported,
        sales=_sales(_row(con, f"{_SALES} AND release_seq >= $seq", wave)),
        earlier=_sales(_row(con, f"{_SALES} AND at_utc < $until", earlier)),
    )


def _sales(row: Sequence[int | Decimal]) -> Sales:
    bills, subtotal, discount = row
    return Sales(int(bills), Decimal(subtotal), Decimal(discount))


def _row(con: DuckDBPyConnection, query: str, values: dict[str, object]) -> tuple[int, ...]:
    found = con.execute(query, values).fetchone()
    assert found is not None, "an aggregate has one row"
    return tuple(found)
