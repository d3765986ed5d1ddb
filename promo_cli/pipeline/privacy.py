"""Personal data of one environment: erasing a member."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from promo_cli.pipeline.environment import environment, storage_of
from promo_cli.pipeline.ingest import warehouse_of
from promo_cli.pipeline.operate import Confirm, consent
from promo_cli.pipeline.secret import hmac_key
from promo_cli.warehouse.erasure import Erasure, Request, erase
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
