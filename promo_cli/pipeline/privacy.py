"""Personal data of one environment: erasing a member, and removing what is older than its retention."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from promo_cli.diagnostics import Failure, Location
from promo_cli.pipeline import codes
from promo_cli.pipeline.environment import environment, storage_of
from promo_cli.pipeline.ingest import warehouse_of
from promo_cli.pipeline.operate import Confirm, consent
from promo_cli.pipeline.secret import hmac_key
from promo_cli.warehouse.erasure import Erasure, Request, erase
from promo_cli.warehouse.retention import Periods, Retention, retain
from promo_cli.workspace import load


@dataclass(frozen=True, slots=True)
class Erased:
    """Where a member was erased, and what that changed."""

    where: str
    warehouse: Path
    done: Erasure


def erase_member(
    start: Path,
    env: str,
    name: str,
    *,
    kind: Literal["member", "phone"] | None,
    now: dt.datetime,
    confirm: Confirm,
    dry_run: bool,
) -> Erased:
    """Erase a member of an environment for good. `now` is UTC.

    Raises Failure (exit 2) where nobody confirms a change of a protected environment; what the warehouse raises passes
    through.
    """
    workspace = load(start)
    chosen = environment(workspace, env)
    if not dry_run:
        consent(env, chosen, "Erase a member for good", confirm)
    storage = storage_of(workspace, env)
    done = erase(
        storage,
        Request(name, kind),
        warehouse=warehouse_of(workspace),
        env=env,
        hmac_key=hmac_key(workspace.root, env, own_folder="://" not in chosen.target),
        now=now,
        dry_run=dry_run,
    )
    return Erased(storage.where, warehouse_of(workspace), done)


@dataclass(frozen=True, slots=True)
class Removed:
    """Where a retention acted, by which periods, and what it removed."""

    where: str
    periods: Periods
    done: Retention


def retain_environment(start: Path, env: str, *, now: dt.datetime, confirm: Confirm, apply: bool) -> Removed:
    """Remove what is older than promo.yaml's `retention`; without `apply` only count. `now` is UTC.

    Raises Failure (exit 2) where promo.yaml has none or one that cannot hold, where nobody confirms a change of a
    protected environment, and what the warehouse raises.
    """
    workspace = load(start)
    chosen = environment(workspace, env)
    given = workspace.settings.retention
    periods = Periods(given.uploads_days, given.personal_days)
    _require_sound(periods)
    if apply:
        consent(env, chosen, "Delete what is older than its retention", confirm)
    storage = storage_of(workspace, env)
    done = retain(
        storage,
        periods,
        warehouse=warehouse_of(workspace),
        env=env,
        hmac_key=hmac_key(workspace.root, env, own_folder="://" not in chosen.target),
        now=now,
        apply=apply,
    )
    return Removed(storage.where, periods, done)


def _require_sound(periods: Periods) -> None:
    uploads, personal = periods.uploads_days, periods.personal_days
    if uploads is None and personal is None:
        message, help_ = "expected `retention` in promo.yaml, found none", "add it: retention: {uploads_days: 400}"
    elif personal is not None and (uploads is None or uploads > personal):
        found = "uploads kept for ever" if uploads is None else f"{uploads} days"
        message = f"expected uploads_days of at most personal_days, {personal}, found {found}"
        help_ = "uploads say who bought, and a rebuild would read it from them again"
    else:
        return
    raise Failure([codes.BAD_RETENTION.at(Location("promo.yaml", pointer="/retention"), message, help=help_)], 2)
