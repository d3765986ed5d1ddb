"""A rollout goes on: the next wave's stores get what the first ones have. And it keeps up with the counters.

Nothing is compiled: the live release names what the rollout leads to and what ran before, so a wave is a new release of
entries that are in the bucket already. Going back is a rollback to the release before.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from promo_cli.diagnostics import Failure
from promo_cli.protocol import release
from promo_cli.protocol.blob import Blob, blob_of
from promo_cli.protocol.head import Head, ReleaseRef
from promo_cli.protocol.identifiers import RANDOM_BYTES, ulid
from promo_cli.protocol.layout import intent_key, release_key
from promo_cli.protocol.release import Release, Source
from promo_cli.protocol.rollout import Rollout
from promo_cli.protocol.shard import Entry, blobs_of
from promo_cli.protocol.trust import Refused
from promo_cli.publishing import codes
from promo_cli.publishing.amend import RACES
from promo_cli.publishing.chain import read_named
from promo_cli.publishing.commit import Draft, commit
from promo_cli.publishing.contents import changed_entries, counts_in
from promo_cli.publishing.documents import following, shards_of
from promo_cli.publishing.live import (
    Live,
    broken,
    check_hold,
    newest_root,
    nothing_live,
    read_entries,
    read_live,
    read_shards,
    rollout_in,
)
from promo_cli.publishing.request import Published, Request
from promo_cli.publishing.staging import counters_in, mixed, waves_of
from promo_cli.publishing.upload import Uploaded
from promo_cli.publishing.verify import verify
from promo_cli.publishing.writer import Writer, successor
from promo_cli.storage import Storage


@dataclass(frozen=True, slots=True)
class Sides:
    """A rollout, the release it came from, and what every store runs before and after it."""

    rollout: Rollout
    origin: Release
    before: Mapping[str, Entry]
    after: Mapping[str, Entry]

    @property
    def waves(self) -> list[tuple[str, ...]]:
        """The stores that each wave brings something new, or takes out of the release."""
        return waves_of(self.rollout.stages, self.before, self.after)


@dataclass(frozen=True, slots=True)
class Advanced:
    """The new HEAD, the wave that was reached, the stores it changed, and whether it was the last."""

    head: Head
    wave: int
    changed_stores: tuple[str, ...]
    finished: bool


def sides_of(storage: Storage, live: Live, rollout: Rollout) -> Sides:
    """Read what a rollout came from and leads to. Raises Failure (exit 4) where it is not complete, StorageError."""
    try:
        origin = read_named(storage, rollout.before.seq, rollout.before.sha256)
        return Sides(rollout, origin, read_entries(storage, origin), read_shards(storage, rollout.after))
    except Refused as refused:
        raise broken(storage, 0 if live.head is None else live.head.seq, refused) from refused


def under_way(storage: Storage, live: Live) -> Rollout:
    """Return the rollout; raises Failure (exit 2) where none is under way."""
    if live.head is None:
        raise nothing_live(storage)
    found = rollout_in(storage, live)
    if found is None:
        message = f"no rollout is under way in {storage.where}: every store has release {live.head.seq}"
        raise Failure([codes.NO_ROLLOUT.at(None, message, help="promo rollout status")], exit_code=2)
    return found


def advance(
    writer: Writer, seen: Rollout, *, actor: Source, random_bytes: Callable[[int], bytes] = os.urandom
) -> Advanced:
    """Reach the wave after the one in ``seen``, which is the rollout whose gates were looked at.

    Raises Failure: exit 2 where no rollout is under way, 3 for a hold or when somebody else changed what is live,
    4 for an unknown outcome; StorageError. Running again is safe.
    """
    storage = writer.storage
    for _ in range(RACES):
        live = read_live(storage, writer.keys.trusted)
        rollout = under_way(storage, live)
        check_hold(writer.env, live)
        assert live.release is not None
        assert live.entries is not None
        if (rollout.id, rollout.wave) != (seen.id, seen.wave):
            message = f"wave {rollout.wave} was reached in {storage.where} meanwhile"
            raise Failure([codes.LOST_RACE.at(None, message, help="look at `promo rollout status`")], exit_code=3)
        sides, wave = sides_of(storage, live, rollout), rollout.wave + 1
        entries = mixed(rollout, wave, sides.before, sides.after, counters_in(live.entries))
        last = wave == len(rollout.stages)
        seq = following(live, newest_root(storage, live.trusted).root.epoch)[0]
        onward = None if last else replace(rollout, wave=wave, wave_seq=seq, started_at=writer.now)
        step = replace(
            live.release,
            source=replace(live.release.source, actor=actor.actor, run_url=actor.run_url),
            rollout=None if onward is None else onward.encode(),
            reason=f"wave {wave} of {len(rollout.stages)}",
        )
        reused = {*rollout.after, *blobs_of(sides.after.values())}
        if not last:
            reused |= {*sides.origin.shards, *blobs_of(sides.before.values())}
        done = _put(writer, live, step, entries, {}, frozenset(reused))
        if done is not None:
            return Advanced(done[0], wave, changed_entries(live.entries, entries), finished=last)
        writer = replace(writer, publish_id=ulid(writer.now, random_bytes(RANDOM_BYTES)))
    message = f"HEAD in {storage.where} changed {RACES} times meanwhile"
    raise Failure([codes.LOST_RACE.at(None, message, help="run the same command again")], exit_code=3)


def keep_up(request: Request, live: Live, rollout: Rollout) -> Published | None:
    """Publish what the rollout already brings: only newer counters reach the stores. None for a lost race.

    Raises Failure (exit 3) for other inputs than the rollout's, 4 for an unknown outcome; StorageError.
    """
    assert live.head is not None
    assert live.release is not None
    assert live.entries is not None
    if request.inputs_sha256 is None or request.inputs_sha256 != live.release.inputs_sha256:
        commit_id = (live.release.source.commit or "no commit")[:10]
        message = (
            f"a rollout of {commit_id} is under way in {request.storage.where}: "
            f"wave {rollout.wave} of {len(rollout.stages)}"
        )
        advice = f"promo rollout status --env {request.env}; it can go on, be aborted, or end with --all-at-once"
        raise Failure([codes.UNDER_WAY.at(None, message, help=advice)], exit_code=3)
    head, uploaded = live.head, Uploaded()
    changed: tuple[str, ...] = ()
    counters = None if request.counters is None else blob_of(request.counters)
    if counters is not None and request.counters is not None and counters != counters_in(live.entries):
        entries = {store: replace(entry, counters=counters) for store, entry in live.entries.items()}
        done = _put(request, live, live.release, entries, {counters: request.counters}, frozenset())
        if done is None:
            return None
        (head, uploaded), changed = done, changed_entries(live.entries, entries)
    counts = live.release.counts
    return Published(
        outcome="rollout-under-way",
        env=request.env,
        where=request.storage.where,
        seq=head.seq,
        rev=head.rev,
        publish_id=head.publish_id,
        release_sha256=head.release.sha256,
        stores=counts.stores,
        bundles=counts.bundles,
        promotions=counts.promotions,
        changed_stores=changed,
        uploaded=uploaded,
        notices=() if request.keys.notice is None else (request.keys.notice,),
        rollout=rollout,
    )


def _put(
    writer: Writer,
    live: Live,
    step: Release,
    entries: Mapping[str, Entry],
    objects: Mapping[Blob, bytes],
    reused: frozenset[Blob],
) -> tuple[Head, Uploaded] | None:
    """Make these entries the next release, otherwise as ``step`` says; None for a lost race."""
    assert live.head is not None
    root = newest_root(writer.storage, live.trusted).root
    writer.keys.head_signers(root)  # before anything is written
    shards, new_shards, bits = shards_of(entries, live)
    seq, previous = following(live, root.epoch)
    data = release.encode(
        replace(
            step,
            seq=seq,
            prev=previous,
            publish_id=writer.publish_id,
            compiled_at=writer.now,
            shard_bits=bits,
            shards=shards,
            counts=counts_in(entries, step.counts),
            rollback_of=None,
        )
    )
    ref = ReleaseRef(release_key(seq, blob_of(data).sha256), blob_of(data).sha256, len(data))
    head = replace(successor(writer, root, live.head), seq=seq, release=ref, urgency="normal")
    draft = Draft(head, data, objects, new_shards, reused)
    uploaded = commit(writer, live, root, draft, actor=step.source.actor, report=lambda progress: None)
    if uploaded is None:
        return None
    verify(writer.storage, live.trusted, head, changed_entries(live.entries or {}, entries))
    writer.storage.delete(intent_key(writer.publish_id))
    return head, uploaded
