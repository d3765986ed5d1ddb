"""The reference till of one store, addressed through the workspace."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from promo_cli.pipeline.environment import check_store, environment, storage_of
from promo_cli.till.sync import SyncResult, sync
from promo_cli.workspace import Workspace, load


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
