"""Publishes a set of bundles to a whole fleet by one atomic step.

Everything but HEAD is immutable and content-addressed, so the order makes it safe: first the intent, then blobs,
shards and release, then HEAD by a conditional write. A crash anywhere leaves HEAD as it was, or committed; what was
uploaded is found again by the next run.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from promo_cli.diagnostics import Failure
from promo_cli.protocol import release
from promo_cli.protocol.blob import Blob, blob_of
from promo_cli.protocol.head import ReleaseRef
from promo_cli.protocol.identifiers import RANDOM_BYTES, ulid
from promo_cli.protocol.layout import intent_key, release_key
from promo_cli.protocol.release import Previous, Source
from promo_cli.protocol.rollout import Rollout
from promo_cli.protocol.trust import Refused
from promo_cli.publishing import codes
from promo_cli.publishing.amend import RACES, end_hold
from promo_cli.publishing.cached import Cached
from promo_cli.publishing.commit import Draft, commit
from promo_cli.publishing.contents import Contents, add_deltas, changed_entries, counts_in, plan_contents
from promo_cli.publishing.documents import following, head_of, release_of, shards_of
from promo_cli.publishing.keyring import KeyRing
from promo_cli.publishing.live import Live, check_hold, newest_root, publish_root, read_live, rollout_in
from promo_cli.publishing.probe import check_conditional_writes
from promo_cli.publishing.request import Published, Request
from promo_cli.publishing.staging import Plan, counters_in, mixed, stage
from promo_cli.publishing.upload import Report, Uploaded
from promo_cli.publishing.verify import verify
from promo_cli.publishing.waves import keep_up
from promo_cli.publishing.writer import Timing
from promo_cli.storage import Storage
from promo_cli.till.pull import read_blob


def publish(
    bundles: Mapping[str, bytes],
    *,
    storage: Storage,
    env: str,
    keys: KeyRing,
    source: Source,
    as_of: date,
    horizon_days: int,
    now: datetime,
    tool: str,
    counters: bytes | None = None,
    inputs_sha256: str | None = None,
    reason: str | None = None,
    release_hold: bool = False,
    urgency: str = "normal",
    base: str | None = None,
    stages: Plan | None = None,
    all_at_once: bool = False,
    timing: Timing | None = None,
    cache: Path | None = None,
    report: Report = lambda progress: None,
    random_bytes: Callable[[int], bytes] = os.urandom,
    sleep: Callable[[float], None] = time.sleep,
) -> Published:
    """Make these bundles, by store id, what the environment's tills run. ``now`` has an offset, ``as_of`` is a day.

    Content equal to the live release is "nothing to publish", and nothing is written. ``release_hold`` publishes in
    spite of a rollback's hold, and ends it. ``base`` is the hash of the release a plan was made against. ``cache`` is a
    folder that remembers the live release, so that finding nothing changed takes one request.

    With ``stages`` only the first wave's stores get the change; `waves` goes on. While a rollout is under way the same
    inputs, by ``inputs_sha256``, only bring newer counters, and other inputs are refused, but for ``all_at_once``.

    Raises Failure with exit code 3 for a lost race, a hold or another base, 4 for an unknown outcome, 2 for missing
    keys or unfit storage; StorageError when the storage fails before HEAD is written. After any of them, running again
    is safe.
    """
    if not bundles:
        raise Failure([codes.NO_STORES.at(None, "there is no bundle to publish")], exit_code=2)
    request = Request(
        bundles=bundles,
        counters=counters,
        storage=storage,
        env=env,
        keys=keys,
        source=source,
        as_of=as_of,
        horizon_days=horizon_days,
        now=now,
        tool=tool,
        inputs_sha256=inputs_sha256,
        reason=reason,
        timing=timing or Timing(),
        release_hold=release_hold,
        urgency=urgency,
        base=base,
        publish_id=ulid(now, random_bytes(RANDOM_BYTES)),
        report=report,
        sleep=sleep,
        stages=stages,
        all_at_once=all_at_once,
    )
    reader = storage if cache is None else Cached(storage, cache)
    live = read_live(reader, keys.trusted)
    for _ in range(RACES):
        if not request.release_hold:
            check_hold(request.env, live)
        contents = plan_contents(bundles, counters, live, source.commit)
        if isinstance(reader, Cached) and live.head is not None and live.release is not None:
            reader.keep_only([live.head.release.key, *(shard.key for shard in live.release.shards)])
        rollout = rollout_in(storage, live)
        if rollout is None and _is_live(contents, live):
            return _nothing(request, live)
        if rollout is not None and not all_at_once:
            done = keep_up(request, live, rollout)
        else:
            _check_base(request, live)
            done = _publish(request, live, contents, reader.remember if isinstance(reader, Cached) else None)
        if done is not None:
            return done
        # A fresh id, and with it an intent of its own: the next attempt uploads other objects.
        request = replace(request, publish_id=ulid(now, random_bytes(RANDOM_BYTES)))
        before, live = live, read_live(reader, keys.trusted)
        if (live.release is None or before.release != live.release) and not _same_content(request, live):
            raise _lost(request, live)
    raise _lost(request, live)


def _publish(
    request: Request, live: Live, contents: Contents, remember: Callable[[str, bytes], None] | None
) -> Published | None:
    """Publish over what is live; None when somebody else changed HEAD meanwhile."""
    storage = request.storage
    root = newest_root(storage, live.trusted).root
    request.keys.head_signers(root)  # before anything is written
    check_conditional_writes(storage, request.publish_id, request.now)
    if live.head is None:
        publish_root(storage, live.trusted)
    contents = add_deltas(contents, live, lambda blob: _old_bundle(storage, blob))
    contents, rollout = _staged(request, live, root.epoch, contents)
    shards, new_shards, bits = shards_of(contents.entries, live)
    found = release_of(request, live, root.epoch, shards, bits)
    if rollout is not None:
        found = replace(found, counts=counts_in(contents.entries, found.counts), rollout=rollout.encode())
    data = release.encode(found)
    ref = ReleaseRef(release_key(found.seq, blob_of(data).sha256), blob_of(data).sha256, len(data))
    draft = Draft(head_of(request, live, root, found, ref), data, contents.objects, new_shards)
    uploaded = commit(request, live, root, draft, actor=request.source.actor, report=request.report)
    if uploaded is None:
        return None
    if remember is not None:
        remember(ref.key, data)
        for blob, content in new_shards.items():
            remember(blob.key, content)
    verify(storage, live.trusted, draft.head, contents.changed)
    storage.delete(intent_key(request.publish_id))
    return Published(
        outcome="published",
        env=request.env,
        where=storage.where,
        seq=draft.head.seq,
        rev=draft.head.rev,
        publish_id=request.publish_id,
        release_sha256=ref.sha256,
        stores=found.counts.stores,
        bundles=found.counts.bundles,
        promotions=found.counts.promotions,
        changed_stores=contents.changed,
        uploaded=uploaded,
        notices=(*_notices(request), *_not_staged(request, live, rollout)),
        rollout=rollout,
    )


def _staged(request: Request, live: Live, epoch: int, contents: Contents) -> tuple[Contents, Rollout | None]:
    """Return what goes live now, and the rollout it is the first wave of, where the change is staged."""
    if request.stages is None or request.all_at_once or live.head is None or not live.entries or live.release is None:
        return contents, None
    staged = stage(request.stages, live.entries, contents, live.release.shard_bits)
    if staged is None:
        return contents, None
    rollout = Rollout(
        id=request.publish_id,
        wave=1,
        wave_seq=following(live, epoch)[0],
        started_at=request.now,
        stages=staged.stages,
        before=Previous(live.head.seq, live.head.release.sha256),
        after_bits=staged.bits,
        after=staged.shards,
    )
    entries = mixed(rollout, 1, live.entries, staged.after, counters_in(contents.entries))
    now = Contents(entries, {**contents.objects, **staged.data}, changed_entries(live.entries, entries))
    return now, rollout


def _check_base(request: Request, live: Live) -> None:
    found = "" if live.head is None else live.head.release.sha256
    if request.base is not None and found != request.base:
        message = f"the plan was made against release {request.base[:12] or 'none'}, live is {found[:12] or 'none'}"
        raise Failure([codes.STALE_PLAN.at(None, message, help="plan again")], exit_code=3)


def _same_content(request: Request, live: Live) -> bool:
    if rollout_in(request.storage, live) is not None:
        return True  # the next round compares the inputs
    return _is_live(plan_contents(request.bundles, request.counters, live, request.source.commit), live)


def _lost(request: Request, live: Live) -> Failure:
    """Somebody else published other content: the caller has to start over."""
    assert live.head is not None, "a race is lost to a HEAD"
    message = f"release {live.head.seq} went live in {request.storage.where} meanwhile, with other content"
    advice = "pull the latest commit and publish again"
    return Failure([codes.LOST_RACE.at(None, message, help=advice)], exit_code=3)


def _is_live(contents: Contents, live: Live) -> bool:
    return not contents.changed and live.entries is not None and live.entries.keys() == contents.entries.keys()


def _nothing(request: Request, live: Live) -> Published:
    assert live.head is not None
    assert live.release is not None
    head = live.head
    if head.hold is not None:
        head = end_hold(request).head
    return Published(
        outcome="nothing-to-publish",
        env=request.env,
        where=request.storage.where,
        seq=live.head.seq,
        rev=head.rev,
        publish_id=head.publish_id,
        release_sha256=live.head.release.sha256,
        stores=live.release.counts.stores,
        bundles=live.release.counts.bundles,
        promotions=live.release.counts.promotions,
        changed_stores=(),
        uploaded=Uploaded(),
        notices=_notices(request),
    )


def _notices(request: Request) -> tuple[str, ...]:
    return () if request.keys.notice is None else (request.keys.notice,)


def _not_staged(request: Request, live: Live, rollout: Rollout | None) -> Iterator[str]:
    if request.stages is not None and not request.all_at_once and live.head is not None and rollout is None:
        yield "all stores that change are of one wave, so they have it at once"


def _old_bundle(storage: Storage, blob: Blob) -> bytes | None:
    try:
        data = read_blob(storage, blob)
    except Refused:
        return None
    return data if blob.matches(data) else None
