"""The releases of an environment: listed, shown, compared, verified."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from promo_cli.diagnostics import Diagnostic, Failure
from promo_cli.pipeline.environment import environment, storage_of
from promo_cli.pipeline.operate import Confirm, consent, trusted_of, writer_for
from promo_cli.pipeline.provenance import provenance
from promo_cli.protocol.blob import Blob
from promo_cli.protocol.fields import DocumentError, time_text
from promo_cli.protocol.head import Head
from promo_cli.protocol.release import Release
from promo_cli.protocol.rollout import rollout_of
from promo_cli.protocol.shard import Entry
from promo_cli.protocol.trust import Refused, accept_blob
from promo_cli.publishing.chain import Link, damaged, entries_of, find, walk
from promo_cli.publishing.difference import Difference, difference
from promo_cli.publishing.live import broken, nothing_live, read_live_head
from promo_cli.publishing.pins import Pin, pin, pins_in, unpin
from promo_cli.publishing.pool import in_parallel
from promo_cli.storage import Storage
from promo_cli.till.pull import read_blob
from promo_cli.workspace import load


def live_head(start: Path, env: str, now: dt.datetime) -> tuple[Storage, Head]:
    """Read and check an environment's HEAD. Raises Failure (exit 2 before the first publication)."""
    workspace = load(start)
    storage = storage_of(workspace, env)
    known = trusted_of(workspace, env, now)
    if known is None:
        raise nothing_live(storage)
    trusted, _ = read_live_head(storage, known)
    assert trusted.head is not None, "an accepted HEAD is remembered"
    return storage, trusted.head


def list_releases(start: Path, env: str, *, limit: int, now: dt.datetime) -> dict[str, Any]:
    """Return the newest releases, newest first."""
    storage, head = live_head(start, env, now)
    links = list(islice(walk(storage, head), limit))
    pinned = pins_in(storage)
    shown = {link.release.seq for link in links}
    # A pinned release is shown however old it is: it can be rolled back to.
    links += [find(storage, head, seq) for seq in sorted(pinned, reverse=True) if seq not in shown]
    return {
        "schema": "promo.releases/1",
        "env": env,
        "target": storage.where,
        "live": head.seq,
        "releases": [{**release_facts(link), "pin": _pin(pinned.get(link.release.seq))} for link in links],
    }


def pin_release(
    start: Path,
    env: str,
    seq: int,
    *,
    reason: str,
    undo: bool,
    now: dt.datetime,
    confirm: Confirm,
    dry_run: bool = False,
) -> tuple[str, bool]:
    """Keep a release whole, or with `undo` no longer; returns where, and whether anything had to change.

    Raises Failure: exit 2 for a release that is unknown, cleared away or a step of a rollout, or without consent.
    """
    workspace = load(start)
    chosen, writer = environment(workspace, env), writer_for(workspace, env, now)
    if not dry_run:
        consent(env, chosen, f"{'Unpin' if undo else 'Pin'} release {seq}", confirm)
    if undo:
        return writer.storage.where, unpin(writer, seq, dry_run=dry_run)
    actor = provenance(workspace.root)[0].actor or "unknown"
    return writer.storage.where, pin(writer, seq, actor=actor, reason=reason, dry_run=dry_run)[1]


def show_release(start: Path, env: str, seq: int | None, *, now: dt.datetime) -> dict[str, Any]:
    """Return all facts of one release, by default the live one. Raises Failure (exit 2) for an unknown number."""
    storage, head = live_head(start, env, now)
    link = find(storage, head, head.seq if seq is None else seq)
    release = link.release
    return {
        "schema": "promo.release/1",
        "env": env,
        "target": storage.where,
        "live": head.seq == release.seq,
        **release_facts(link),
        "publish_id": release.publish_id,
        "as_of": release.as_of.isoformat(),
        "horizon_days": release.horizon_days,
        "shards": len(release.shards),
        "source": release.source.encode(),
        "tool": release.tool,
        "inputs_sha256": release.inputs_sha256,
        "previous": None if release.prev is None else {"seq": release.prev.seq, "sha256": release.prev.sha256},
    }


def diff_releases(start: Path, env: str, old: int, new: int | None, *, now: dt.datetime) -> tuple[int, Difference]:
    """Return what changed from one release to another, by default the live one, and that one's number.

    Raises Failure (exit 2) for unknown releases and for those gc has cleared away.
    """
    storage, head = live_head(start, env, now)
    before, after = find(storage, head, old), find(storage, head, head.seq if new is None else new)
    steps = changed_bundles(entries_of(storage, before), entries_of(storage, after))
    try:
        return after.release.seq, difference(*read_bundles(storage, *steps))
    except Refused as refused:
        raise broken(storage, old, refused) from refused


def verify_releases(start: Path, env: str, *, now: dt.datetime) -> tuple[int, int, list[Diagnostic]]:
    """Walk the whole chain and read every object of the live release.

    Returns the live release's number, how many releases the chain has, and what is damaged.
    """
    storage, head = live_head(start, env, now)
    findings: list[Diagnostic] = []
    count = 0
    live: Link | None = None
    try:
        for link in walk(storage, head):
            live = live or link
            count += 1
    except Failure as failure:
        findings += failure.diagnostics
    return head.seq, count, [*findings, *(damaged(storage, live.release) if live else [])]


def changed_bundles(old: Mapping[str, Entry], new: Mapping[str, Entry]) -> tuple[dict[str, Blob], dict[str, Blob]]:
    """Return the bundles before and after of the stores where they differ."""

    def differing(one: Mapping[str, Entry], other: Mapping[str, Entry]) -> dict[str, Blob]:
        return {
            store: entry.bundle
            for store, entry in sorted(one.items())
            if store not in other or other[store].bundle != entry.bundle
        }

    return differing(old, new), differing(new, old)


def read_bundles(
    storage: Storage, before: Mapping[str, Blob], after: Mapping[str, Blob]
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Read both sides, every bundle once. Raises Refused, StorageError."""

    def read(blob: Blob) -> bytes:
        return accept_blob(blob, read_blob(storage, blob), "bundle")

    data = dict(in_parallel(read, {*before.values(), *after.values()}))
    return {store: data[blob] for store, blob in before.items()}, {store: data[blob] for store, blob in after.items()}


def release_facts(link: Link) -> dict[str, Any]:
    """Return what a list says of a release."""
    release = link.release
    return {
        "seq": release.seq,
        "sha256": link.sha256,
        "compiled_at": time_text(release.compiled_at),
        "published_at": time_text(release.live_since),
        "commit": release.source.commit,
        "dirty": release.source.dirty,
        "actor": release.source.actor,
        "run_url": release.source.run_url,
        "stores": release.counts.stores,
        "bundles": release.counts.bundles,
        "promotions": release.counts.promotions,
        "rollback_of": release.rollback_of,
        "reason": release.reason,
        "rollout": _wave(release),
    }


def _pin(found: Pin | None) -> dict[str, Any] | None:
    return None if found is None else {"at": time_text(found.at), "actor": found.actor, "reason": found.reason}


def _wave(release: Release) -> dict[str, Any] | None:
    """Return how far a rollout was with a release; None for one that every store had at once."""
    try:
        found = rollout_of(release)
    except DocumentError:
        return None
    return None if found is None else {"id": found.id, "wave": found.wave, "waves": len(found.stages)}
