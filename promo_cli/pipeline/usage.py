"""From what tills have used to the counters of the next release."""

from __future__ import annotations

import datetime as dt

from promo_cli.compiler import promotion_id
from promo_cli.pipeline.ingest import warehouse_of
from promo_cli.protocol.counters import parse
from promo_cli.warehouse.database import reading
from promo_cli.warehouse.listing import environment_of
from promo_cli.warehouse.usage import counters, is_limited
from promo_cli.workspace import Workspace


def counters_of(workspace: Workspace, env: str, day: dt.date) -> bytes | None:
    """Return the counters of the environment's limited promotions on a business day.

    None where none is limited, or this machine has no warehouse of that environment. Raises Failure (exit 2) for a
    warehouse that cannot be read: without its counters, used up promotions would begin again.
    """
    company = workspace.settings.company.id
    limits = {promotion_id(company, each): each.limits for each in workspace.promotions if is_limited(each.limits)}
    warehouse = warehouse_of(workspace)
    if not limits or not warehouse.is_file():
        return None
    with reading(warehouse) as con:
        return counters(con, limits, day) if environment_of(con) == env else None


def used_up(workspace: Workspace, env: str, day: dt.date) -> tuple[str, ...]:
    """Return the codes of promotions whose limit in all is reached, which tills skip. Errors as `counters_of`."""
    blob = counters_of(workspace, env, day)
    found = {} if blob is None else parse(blob).promotions
    company = workspace.settings.company.id
    ids = {promotion_id(company, each): each.code for each in workspace.promotions}
    return tuple(sorted(ids[one] for one, counter in found.items() if counter.exhausted))
