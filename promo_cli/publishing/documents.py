"""The documents of one publication, from what was asked, what is live, and what the stores will run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from promo_cli.protocol import canonical, shard
from promo_cli.protocol.blob import Blob, blob_of
from promo_cli.protocol.fields import format_of, time_text
from promo_cli.protocol.head import Head, ReleaseRef
from promo_cli.protocol.release import Previous, Release
from promo_cli.protocol.root import Root
from promo_cli.protocol.shard import Entry
from promo_cli.publishing.contents import counts_of
from promo_cli.publishing.live import Live
from promo_cli.publishing.request import Request
from promo_cli.publishing.writer import Writer, successor

LAST_HONEST_SEQ = 2**40
"""No chain publishes that often."""


def shards_of(entries: Mapping[str, Entry], live: Live) -> tuple[tuple[Blob, ...], dict[Blob, bytes], int]:
    """Return the shards in release order, the bytes of those that are new, and the number of bits."""
    current = None if live.release is None else live.release.shard_bits
    bits = shard.shard_bits_for(len(entries), current)
    encoded = [shard.encode(one) for one in shard.split_into_shards(entries, bits)]
    blobs = tuple(blob_of(data) for data in encoded)
    known = set() if live.release is None else set(live.release.shards)
    new = {blob: data for blob, data in zip(blobs, encoded, strict=True) if blob not in known}
    return blobs, new, bits


def following(live: Live, epoch: int) -> tuple[int, Previous | None]:
    """Return the next release's number and the release before it.

    A thief of the head key may have signed a number that leaves no room. In the epoch that follows, numbers start over.
    """
    if live.head is None or (live.head.epoch != epoch and live.head.seq > LAST_HONEST_SEQ):
        return 1, None
    return live.head.seq + 1, Previous(live.head.seq, live.head.release.sha256)


def release_of(request: Request, live: Live, epoch: int, shards: tuple[Blob, ...], bits: int) -> Release:
    """Return the release that follows the live one."""
    seq, previous = following(live, epoch)
    return Release(
        seq=seq,
        prev=previous,
        publish_id=request.publish_id,
        compiled_at=request.now,
        as_of=request.as_of,
        horizon_days=request.horizon_days,
        shard_bits=bits,
        shards=shards,
        counts=counts_of(request.bundles),
        source=request.source,
        tool=request.tool,
        inputs_sha256=request.inputs_sha256,
        rollout=None,
        rollback_of=None,
        reason=request.reason,
    )


def head_of(request: Request, live: Live, root: Root, found: Release, ref: ReleaseRef) -> Head:
    """Return the HEAD that follows the live one. Revoked promotions stay revoked; a hold was dealt with before."""
    timing = request.timing
    if live.head is not None:
        renewed = successor(request, root, live.head)
        return replace(renewed, seq=found.seq, release=ref, hold=None, urgency=request.urgency)
    return Head(
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
        urgency=request.urgency,
        hold=None,
    )


def intent_of(writer: Writer, actor: str | None, blobs: Iterable[Blob], ref: ReleaseRef) -> bytes:
    """Return the note that keeps what is about to be uploaded from being cleared away as unused."""
    return canonical.dumps(
        {
            "format": format_of("intent"),
            "publish_id": writer.publish_id,
            "at": time_text(writer.now),
            "actor": actor,
            "blobs": sorted({blob.sha256 for blob in blobs}),
            "release": ref.key,
        }
    )
