"""The documents of one publication, from what was asked, what is live, and what the stores will run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from promo_cli.protocol import canonical, shard
from promo_cli.protocol.blob import Blob, blob_of
from promo_cli.protocol.fields import format_of, time_text
from promo_cli.protocol.head import Head, ReleaseRef
from promo_cli.protocol.limits import LIMITS
from promo_cli.protocol.release import Previous, Release
from promo_cli.publishing.contents import Contents
from promo_cli.publishing.live import Live
from promo_cli.publishing.request import Request


def shards_of(contents: Contents, live: Live) -> tuple[tuple[Blob, ...], dict[Blob, bytes], int]:
    """Return the shards in release order, the bytes of those that are new, and the number of bits."""
    current = None if live.release is None else live.release.shard_bits
    bits = shard.shard_bits_for(len(contents.entries), current)
    encoded = [shard.encode(one) for one in shard.split_into_shards(contents.entries, bits)]
    blobs = tuple(blob_of(data) for data in encoded)
    known = set() if live.release is None else set(live.release.shards)
    new = {blob: data for blob, data in zip(blobs, encoded, strict=True) if blob not in known}
    return blobs, new, bits


def release_of(request: Request, live: Live, contents: Contents, shards: tuple[Blob, ...], bits: int) -> Release:
    """Return the release that follows the live one."""
    previous = None if live.head is None else Previous(live.head.seq, live.head.release.sha256)
    return Release(
        seq=1 if previous is None else previous.seq + 1,
        prev=previous,
        publish_id=request.publish_id,
        compiled_at=request.now,
        as_of=request.as_of,
        horizon_days=request.horizon_days,
        shard_bits=bits,
        shards=shards,
        counts=contents.counts,
        source=request.source,
        tool=request.tool,
        inputs_sha256=request.inputs_sha256,
        rollout=None,
        rollback_of=None,
        reason=request.reason,
    )


def head_of(request: Request, live: Live, found: Release, ref: ReleaseRef) -> Head:
    """Return the HEAD that follows the live one. Revoked promotions stay revoked."""
    root, old, timing = live.trusted.root, live.head, request.timing
    fresh_start = Head(
        env=request.env,
        epoch=root.epoch,
        rev=1,
        seq=found.seq,
        publish_id=request.publish_id,
        recent=(),
        issued_at=request.now,
        fresh_until=request.now + timing.fresh_for,
        stale_after=request.now + timing.stale_after,
        release=ref,
        root_version=root.version,
        min_client=1,
        poll=timing.poll,
        revoked=(),
        urgency="normal",
        hold=None,
    )
    if old is None:
        return fresh_start
    return replace(
        fresh_start,
        rev=old.rev + 1 if old.epoch == root.epoch else 1,
        recent=(old.publish_id, *old.recent)[: LIMITS.recent],
        revoked=old.revoked,
    )


def intent_of(request: Request, blobs: Iterable[Blob], ref: ReleaseRef) -> bytes:
    """Return the note that keeps what is about to be uploaded from being cleared away as unused."""
    return canonical.dumps(
        {
            "format": format_of("intent"),
            "publish_id": request.publish_id,
            "at": time_text(request.now),
            "actor": request.source.actor,
            "blobs": sorted({blob.sha256 for blob in blobs}),
            "release": ref.key,
        }
    )
