"""The reference till of one store, addressed through the workspace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from pathlib import Path
from typing import Any

from promo_cli.pipeline.environment import check_store, environment, storage_of
from promo_cli.pipeline.price import Priced, priced, stated_moment
from promo_cli.till import show
from promo_cli.till import state as till_state
from promo_cli.till.offer import load_offer, price
from promo_cli.till.state import TillState
from promo_cli.till.sync import SyncResult, enrol, sync, version
from promo_cli.till.upload import UploadResult, upload
from promo_cli.workspace import Workspace, load, read_value


def state_folder(workspace: Workspace, env: str, store_id: str, folder: Path | None) -> Path:
    """Return where a till keeps what it has."""
    return folder or workspace.root / "out" / "tills" / env / store_id


def sync_till(
    start: Path, env: str, store_id: str, folder: Path | None, *, root_file: Path | None, now: dt.datetime
) -> SyncResult:
    """Bring one till up to date. A folder target's own root is trusted on first use; others need `root_file` once."""
    workspace = load(start)
    chosen = environment(workspace, env)
    check_store(workspace, store_id)
    return sync(
        storage_of(workspace, env),
        state_folder(workspace, env, store_id, folder),
        env,
        store_id,
        now,
        root=root_file.read_bytes() if root_file else None,
        trust_first_root="://" not in chosen.target,
    )


def enrol_till(start: Path, env: str, store_id: str, folder: Path | None, root_file: Path) -> TillState:
    """Hand a new till the environment's root. Raises Failure (exit 2)."""
    workspace = load(start)
    environment(workspace, env)
    check_store(workspace, store_id)
    return enrol(state_folder(workspace, env, store_id, folder), env, store_id, root_file.read_bytes())


def till_version(start: Path, env: str, store_id: str, folder: Path | None) -> dict[str, Any]:
    """Return the roadmap's version answer of a till; release 0 before its first sync."""
    workspace = load(start)
    environment(workspace, env)
    check_store(workspace, store_id)
    return version(till_state.load(till_state.open_disk(state_folder(workspace, env, store_id, folder))))


def till_promotions(
    start: Path, env: str, store_id: str, folder: Path | None, *, names: Collection[str], brand: str | None
) -> list[dict[str, Any]]:
    """Return compiled promotions as a till has them, by codes or ids. Raises Failure (exit 1) for unknown ones."""
    workspace = load(start)
    environment(workspace, env)
    check_store(workspace, store_id)
    return show.promotions(state_folder(workspace, env, store_id, folder), names, brand)


def price_at_till(
    start: Path,
    env: str,
    store_id: str,
    folder: Path | None,
    cart_file: Path,
    *,
    at: str | None,
    now: dt.datetime,
    trace: bool = False,
) -> Priced:
    """Price a cart file offline with a till's own bundle. `now` is UTC and judges freshness; `at` is store-local."""
    cart = read_value(cart_file)
    workspace = load(start)
    environment(workspace, env)
    check_store(workspace, store_id)
    offer = load_offer(state_folder(workspace, env, store_id, folder), now)
    moment = at or stated_moment(cart) or now.astimezone(offer.zone).replace(tzinfo=None).isoformat(timespec="seconds")
    receipt = price({**cart, "store_id": store_id, "at": moment}, offer, now, trace=trace)
    return priced(workspace, store_id, moment, receipt)


def upload_till(start: Path, env: str, store_id: str, folder: Path | None) -> UploadResult:
    """Deliver what a till has spooled, and delete what the back office has confirmed."""
    workspace = load(start)
    storage = storage_of(workspace, env)
    check_store(workspace, store_id)
    return upload(storage, state_folder(workspace, env, store_id, folder), store_id)
