"""Back to an earlier release: a new release that reuses the old one's shards, and a hold so that it stays."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from promo_cli.diagnostics import Failure
from promo_cli.protocol import release
from promo_cli.protocol.blob import blob_of
from promo_cli.protocol.head import Head, Hold, ReleaseRef
from promo_cli.protocol.identifiers import RANDOM_BYTES, ulid
from promo_cli.protocol.layout import intent_key, release_key
from promo_cli.protocol.release import Source
from promo_cli.protocol.shard import Entry, blobs_of
from promo_cli.publishing import codes
from promo_cli.publishing.amend import RACES
from promo_cli.publishing.chain import cleared, entries_of, find
from promo_cli.publishing.commit import Draft, commit, missing
from promo_cli.publishing.documents import following
from promo_cli.publishing.live import newest_root, nothing_live, read_live
from promo_cli.publishing.upload import Uploaded
from promo_cli.publishing.verify import verify
from promo_cli.publishing.writer import Writer, successor


@dataclass(frozen=True, slots=True)
class RolledBack:
    """The new HEAD, the release that is live again, and the stores whose bundle changed by it."""

    head: Head
    to: int
    changed_stores: tuple[str, ...]
    uploaded: Uploaded


def rollback(
    writer: Writer,
    to: int,
    *,
    actor: Source,
    reason: str,
    dry_run: bool = False,
    random_bytes: Callable[[int], bytes] = os.urandom,
) -> RolledBack:
    """Make release ``to`` live again, as a new release, and hold publishing. ``actor`` says who does it.

    Raises Failure: exit 2 for a release that is unknown or no longer complete, 3 for races lost again and again,
    4 for an unknown outcome; StorageError. Running again is safe.
    """
    storage = writer.storage
    for _ in range(RACES):
        live = read_live(storage, writer.keys.trusted)
        if live.head is None or live.entries is None:
            raise nothing_live(storage)
        link = find(storage, live.head, to)
        if link.release.rollout is not None:
            message = f"release {to} was a step of a rollout: only some stores had the change"
            advice = "go back to a release before the rollout, or after it; `promo release list` shows them"
            raise Failure([codes.MIXED_RELEASE.at(None, message, help=advice)], exit_code=2)
        entries = entries_of(storage, link)
        wanted = {*link.release.shards, *blobs_of(entries.values())}
        if gone := missing(storage, wanted):
            raise cleared(storage, link, f"{len(gone)} of {len(wanted)} objects are missing")
        root = newest_root(storage, live.trusted).root
        seq, previous = following(live, root.epoch)
        source = replace(link.release.source, actor=actor.actor, run_url=actor.run_url)
        again = replace(
            link.release,
            seq=seq,
            prev=previous,
            publish_id=writer.publish_id,
            source=source,
            rollback_of=to,
            reason=reason,
        )
        data = release.encode(again)
        blob = blob_of(data)
        head = replace(
            successor(writer, root, live.head),
            seq=seq,
            release=ReleaseRef(release_key(seq, blob.sha256), blob.sha256, blob.size),
            hold=Hold(writer.now, actor.actor or "unknown", reason),
            urgency="force",
        )
        changed = _changed(live.entries, entries)
        if dry_run:
            return RolledBack(head, to, changed, Uploaded())
        draft = Draft(head, data, blobs={}, shards={}, reused=wanted)
        uploaded = commit(writer, live, root, draft, actor=actor.actor, report=lambda progress: None)
        if uploaded is not None:
            verify(storage, live.trusted, head, changed or tuple(sorted(entries)))
            storage.delete(intent_key(writer.publish_id))
            return RolledBack(head, to, changed, uploaded)
        writer = replace(writer, publish_id=ulid(writer.now, random_bytes(RANDOM_BYTES)))
    message = f"HEAD in {storage.where} changed {RACES} times meanwhile"
    raise Failure([codes.LOST_RACE.at(None, message, help="run the same command again")], exit_code=3)


def _changed(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> tuple[str, ...]:
    return tuple(
        store_id
        for store_id, entry in sorted(after.items())
        if store_id not in before or before[store_id].bundle != entry.bundle
    )
