"""How often limited promotions were used, for the next release: what tills hold their limits against."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from promo_cli.model.promotion import Limits
from promo_cli.protocol.counters import Counter, Counters, encode

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# A voided bill never happened, so its uses are free again. A refund leaves them used: the customer had the benefit.
_USES = """
    SELECT promotion_id, count(*), count(*) FILTER (business_date = $day), sum(discount_amount)
    FROM usages
    ANTI JOIN (SELECT store_id, original_bill_id AS bill_id FROM refunds WHERE kind = 'void') USING (store_id, bill_id)
    WHERE promotion_id IN (SELECT unnest($promotions::VARCHAR[]))
    GROUP BY promotion_id
"""


def counters(con: DuckDBPyConnection, limits: Mapping[str, Limits], day: dt.date) -> bytes | None:
    """Return the counters blob of the promotions, by id, that are limited in the whole chain.

    `day` is the business day of which uses are counted as today's. None when no promotion is limited, or nothing was
    ever ingested. The same uses give the same bytes, so that publishing again stays nothing to publish. A limit per day
    is left to the till, which knows the day it sells on: only limits in all make a promotion exhausted.
    """
    limited = {promotion_id: one for promotion_id, one in limits.items() if is_limited(one)}
    (as_of,) = con.execute("SELECT max(ingested_at) FROM ledger").fetchall()[0]
    if not limited or as_of is None:
        return None
    rows = con.execute(_USES, {"day": day, "promotions": list(limited)}).fetchall()
    used = {promotion_id: (total, today, discount) for promotion_id, total, today, discount in rows}
    return encode(
        Counters(
            as_of=as_of.replace(tzinfo=dt.UTC),
            day=day,
            promotions={
                promotion_id: _counter(limited[promotion_id], *used.get(promotion_id, (0, 0, Decimal(0))))
                for promotion_id in sorted(limited)
            },
        )
    )


def is_limited(limits: Limits) -> bool:
    """Tell whether uses in the whole chain have to be counted."""
    return (limits.max_uses, limits.max_uses_per_day, limits.budget) != (None, None, None)


def _counter(limits: Limits, total: int, today: int, discount: Decimal) -> Counter:
    used_up = limits.max_uses is not None and total >= limits.max_uses
    spent = limits.budget is not None and discount >= limits.budget
    return Counter(total=total, today=today, discount=discount, exhausted=used_up or spent)
