"""What is live, since when, which stores lag behind, and what to do next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from promo_cli.compiler import promotion_id
from promo_cli.pipeline.environment import storage_of
from promo_cli.pipeline.operate import cache_folder, trusted_of
from promo_cli.pipeline.provenance import provenance
from promo_cli.pipeline.rollout import Standing, standing_of
from promo_cli.protocol.fields import time_text
from promo_cli.protocol.head import Head
from promo_cli.protocol.release import Release
from promo_cli.publishing.cached import Cached
from promo_cli.publishing.live import Live, read_live
from promo_cli.storage import Storage
from promo_cli.warehouse.database import is_current, published
from promo_cli.workspace import Workspace, load

_LATEST = """
    SELECT store_id, max_by(release_seq, at_utc), max(at_utc), max_by(status, at_utc)
    FROM syncs GROUP BY store_id ORDER BY store_id
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a store's tills last reported: the release they run, when (UTC), and how the sync ended."""

    store_id: str
    seq: int
    at: dt.datetime
    status: str


@dataclass(frozen=True, slots=True)
class Status:
    """The state of an environment. `seen` is None without a warehouse; `next_step` is None when all is done."""

    env: str
    where: str
    head: Head | None
    release: Release | None
    stores: tuple[str, ...]
    seen: tuple[Seen, ...] | None
    next_step: str | None
    why: str
    rollout: Standing | None = None
    """How far a rollout has come, where one is under way."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """Codes of the workspace's promotions by id."""

    def name_of(self, promotion_id: str) -> str:
        """Return a promotion's code, or its id where the workspace does not have it."""
        return self.codes.get(promotion_id, promotion_id)

    @property
    def lagging(self) -> tuple[Seen, ...]:
        """Stores whose last report names an older release."""
        return tuple(one for one in self.seen or () if self.head is not None and one.seq < self.head.seq)

    @property
    def silent(self) -> tuple[str, ...]:
        """Stores of the release that never reported; only known with a warehouse."""
        return () if self.seen is None else tuple(sorted(set(self.stores) - {one.store_id for one in self.seen}))

    def document(self) -> dict[str, Any]:
        """Return the status as JSON values."""
        head, release = self.head, self.release
        live = None
        if head is not None and release is not None:
            live = {
                "seq": head.seq,
                "rev": head.rev,
                "epoch": head.epoch,
                "compiled_at": time_text(release.compiled_at),
                "published_at": time_text(release.live_since),
                "issued_at": time_text(head.issued_at),
                "fresh_until": time_text(head.fresh_until),
                "commit": release.source.commit,
                "actor": release.source.actor,
                "rollback_of": release.rollback_of,
                "stores": release.counts.stores,
                "promotions": release.counts.promotions,
                "revoked": list(head.revoked),
                "urgency": head.urgency,
                "hold": None
                if head.hold is None
                else {"at": time_text(head.hold.at), "actor": head.hold.actor, "reason": head.hold.reason},
            }
        return {
            "schema": "promo.status/1",
            "env": self.env,
            "target": self.where,
            "live": live,
            "lagging": [
                {"store_id": one.store_id, "seq": one.seq, "at": time_text(one.at), "status": one.status}
                for one in self.lagging
            ],
            "silent": list(self.silent),
            "reports_known": self.seen is not None,
            "rollout": None if self.rollout is None else self.rollout.document(),
            "next": self.next_step,
            "why": self.why,
        }


def status_of(start: Path, env: str, *, now: dt.datetime) -> Status:
    """Look at an environment; writes nothing. Raises Failure for an unknown one or a HEAD not to be believed."""
    workspace = load(start)
    storage = storage_of(workspace, env)
    trusted = trusted_of(workspace, env, now)
    live = None if trusted is None else read_live(Cached(storage, cache_folder(workspace, env)), trusted)
    standing = _standing(workspace, env, storage, live, now)
    company = workspace.settings.company.id
    names = {promotion_id(company, one): one.code for one in workspace.promotions}
    step, why = _next(workspace, env, live, standing, names, now)
    return Status(
        env=env,
        where=storage.where,
        head=None if live is None else live.head,
        release=None if live is None else live.release,
        stores=tuple(sorted((live.entries if live is not None else None) or ())),
        seen=_seen(workspace),
        next_step=step,
        why=why,
        rollout=standing,
        codes=names,
    )


def _standing(workspace: Workspace, env: str, storage: Storage, live: Live | None, now: dt.datetime) -> Standing | None:
    if live is None or live.release is None or live.release.rollout is None:
        return None
    return standing_of(workspace, env, storage, live, now)


def _next(
    workspace: Workspace,
    env: str,
    live: Live | None,
    standing: Standing | None,
    names: Mapping[str, str],
    now: dt.datetime,
) -> tuple[str | None, str]:
    """Return the exact next command, and the reason for it."""
    head = None if live is None else live.head
    if head is None or live is None or live.release is None:
        return f"promo publish --env {env}", "nothing is published yet"
    if head.hold is not None:
        return f"promo publish --env {env} --release-hold", f"held by {head.hold.actor}: {head.hold.reason}"
    if standing is not None and standing.open:
        return f"promo rollout advance --env {env}", "every gate of the wave is passed"
    if standing is not None:
        return f"promo rollout status --env {env}", "a rollout is under way, and a gate is closed"
    source, changes = provenance(workspace.root)
    if changes or source.commit != live.release.source.commit:
        return f"promo plan --env {env}", "the workspace is not the commit that is live"
    if head.revoked:
        name = names.get(head.revoked[0], head.revoked[0])
        return f"promo halt {name} --env {env} --lift", "a promotion is stopped; lift it once it is repaired"
    if now > head.fresh_until:
        return (
            f"promo publish --env {env} --refresh",
            "HEAD was not renewed in time, tills report themselves out of date",
        )
    return None, "what is live is this commit"


def _seen(workspace: Workspace) -> tuple[Seen, ...] | None:
    warehouse = workspace.root / workspace.settings.warehouse
    if not warehouse.is_file():
        return None
    with published(warehouse) as con:
        if not is_current(con):
            return None
        rows = con.execute(_LATEST).fetchall()
    return tuple(Seen(store, seq or 0, at, status) for store, seq, at, status in rows)
