"""One release, committed: intent, claims, uploads, then HEAD. Nothing is ever deleted while unwinding."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from promo_cli.diagnostics import Failure
from promo_cli.protocol.blob import Blob
from promo_cli.protocol.head import Head
from promo_cli.protocol.layout import BLOBS, intent_key
from promo_cli.protocol.root import Root
from promo_cli.publishing import codes, tombstones
from promo_cli.publishing.documents import intent_of
from promo_cli.publishing.live import Live
from promo_cli.publishing.upload import Report, Uploaded, upload
from promo_cli.publishing.writer import Writer, put_head
from promo_cli.storage import Storage, put_once


@dataclass(frozen=True, slots=True)
class Draft:
    """A release about to be committed: HEAD to come, new objects, and blobs it relies on that are there already."""

    head: Head
    release: bytes
    blobs: Mapping[Blob, bytes]
    shards: Mapping[Blob, bytes]
    reused: Set[Blob] = frozenset()


def commit(
    writer: Writer, live: Live, root: Root, draft: Draft, *, actor: str | None, report: Report
) -> Uploaded | None:
    """Upload and flip; None for a lost race. Running again is safe after any failure.

    Raises Failure: exit 4 for an unknown outcome, 2 when what it relies on is gone; StorageError.
    """
    storage, key = writer.storage, intent_key(writer.publish_id)
    wanted = {*draft.blobs, *draft.shards, *draft.reused}
    put_once(storage, key, intent_of(writer, actor, wanted, draft.head.release), sleep=writer.sleep)
    tombstones.claim(storage, (blob.sha256 for blob in wanted), writer.now, writer.publish_id, writer.sleep)
    # Only now: before the claim a gc could have been about to delete what was still there.
    if gone := missing(storage, draft.reused):
        message = f"{len(gone)} of {len(draft.reused)} objects were cleared away meanwhile"
        raise Failure([codes.RELEASE_INCOMPLETE.at(None, message)], exit_code=2)
    uploaded = Uploaded()
    for what, objects in (
        ("blobs", {blob.key: data for blob, data in draft.blobs.items()}),
        ("shards", {blob.key: data for blob, data in draft.shards.items()}),
        ("release", {draft.head.release.key: draft.release}),
    ):
        uploaded += upload(storage, objects, what, report, writer.sleep)
    if storage.get(key) is None:
        # After a week gc takes the intent away, and a day later what nothing else names: we slept too long.
        message = f"publication {writer.publish_id} took longer than its intent is kept"
        raise Failure([codes.TOO_SLOW.at(None, message, help="run the same command again")], exit_code=3)
    return uploaded if put_head(writer, live.trusted, live.etag, root, draft.head) else None


def missing(storage: Storage, blobs: Set[Blob]) -> list[Blob]:
    """Return the blobs that are not there. Reads names, not contents."""
    there = {entry.key for entry in storage.list(BLOBS)} if blobs else set()
    return [blob for blob in blobs if blob.key not in there]
