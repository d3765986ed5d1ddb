"""What is live: HEAD and everything it leads to, checked as a till checks it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from promo_cli.diagnostics import Failure
from promo_cli.protocol import trust
from promo_cli.protocol.blob import Blob
from promo_cli.protocol.fields import DocumentError, time_text
from promo_cli.protocol.head import Head
from promo_cli.protocol.layout import root_key
from promo_cli.protocol.limits import LIMITS
from promo_cli.protocol.release import Release
from promo_cli.protocol.rollout import Rollout, rollout_of
from promo_cli.protocol.shard import Entry
from promo_cli.protocol.trust import Reason, Refused, TrustedState
from promo_cli.publishing import codes
from promo_cli.publishing.pool import in_parallel
from promo_cli.storage import Found, Storage, put_once
from promo_cli.till.pull import read_blob, read_head, read_release


@dataclass(frozen=True, slots=True)
class Live:
    """The live release; ``head`` None before the first one."""

    trusted: TrustedState
    etag: str | None = None
    head: Head | None = None
    release: Release | None = None
    entries: Mapping[str, Entry] | None = None
    """What every store runs, by store id."""


def read_live(storage: Storage, trusted: TrustedState) -> Live:
    """Read HEAD, its release and all shards.

    Raises Failure when they are not to be believed or not complete, StorageError when the storage fails.
    """
    found = _head(storage, trusted)
    if found is None:
        return Live(trusted)
    now_trusted, etag = found
    head = now_trusted.head
    assert head is not None, "an accepted HEAD is remembered"
    try:
        release = read_release(storage, head)
        entries = read_entries(storage, release)
    except Refused as refused:
        raise broken(storage, head.seq, refused) from refused
    return Live(now_trusted, etag, head, release, entries)


def read_live_head(storage: Storage, trusted: TrustedState) -> tuple[TrustedState, str]:
    """Read HEAD alone, and its ETag. Raises Failure as `read_live` does, and (exit 2) where nothing is published."""
    found = _head(storage, trusted)
    if found is None:
        raise nothing_live(storage)
    return found


def nothing_live(storage: Storage) -> Failure:
    """Return what to raise where nothing is published yet."""
    message = f"nothing is published in {storage.where}"
    return Failure([codes.NOTHING_LIVE.at(None, message, help="publish first")], exit_code=2)


def check_hold(env: str, live: Live) -> None:
    """Raise Failure (exit 3) while a rollback holds the environment."""
    if live.head is not None and live.head.hold is not None:
        hold = live.head.hold
        message = f"{env} is held since {time_text(hold.at)} by {hold.actor}: {hold.reason}"
        advice = "repair the promotion, then run `promo publish --release-hold`"
        raise Failure([codes.HELD.at(None, message, help=advice)], exit_code=3)


def rollout_in(storage: Storage, live: Live) -> Rollout | None:
    """Return the rollout that is under way. Raises Failure (exit 4) for one of a form this version does not know."""
    try:
        return rollout_of(live.release)
    except DocumentError as error:
        assert live.head is not None, "a release is read through its HEAD"
        raise broken(storage, live.head.seq, Refused(Reason.MALFORMED, str(error))) from error


def newest_root(storage: Storage, trusted: TrustedState) -> TrustedState:
    """Walk to the newest root in the bucket, which HEAD may not name yet. Raises Failure, StorageError."""
    while isinstance(found := storage.get(root_key(trusted.root.version + 1), max_size=LIMITS.root_bytes), Found):
        try:
            trusted = trust.accept_root(trusted, found.data)
        except Refused as refused:
            message = f"root {trusted.root.version + 1} in {storage.where}: {refused}"
            raise Failure([codes.UNTRUSTED_HEAD.at(None, message)], exit_code=1) from refused
    return trusted


def broken(storage: Storage, seq: int, refused: Refused) -> Failure:
    """Return what to raise when a release cannot be read completely."""
    message = f"release {seq} in {storage.where}: {refused}"
    return Failure([codes.BROKEN_CHAIN.at(None, message, notes=(f"reason: {refused.reason}",))], exit_code=4)


def _head(storage: Storage, trusted: TrustedState) -> tuple[TrustedState, str] | None:
    try:
        found = read_head(storage, trusted)
    except Refused as refused:
        if refused.reason is Reason.NOTHING_PUBLISHED:
            return None
        _check_root(storage, trusted)
        message = f"HEAD in {storage.where}: {refused}"
        raise Failure([codes.UNTRUSTED_HEAD.at(None, message, notes=(f"reason: {refused.reason}",))], 1) from refused
    assert found is not None, "without an ETag HEAD is always read"
    return found


def publish_root(storage: Storage, trusted: TrustedState) -> None:
    """Put the first root where new tills of a folder target look for it; raises Failure if another is there."""
    if trusted.root.version == 1 and not put_once(storage, root_key(1), trusted.root_envelope):
        _check_root(storage, trusted)


def _check_root(storage: Storage, trusted: TrustedState) -> None:
    found = storage.get(root_key(1), max_size=LIMITS.root_bytes)
    if trusted.root.version == 1 and isinstance(found, Found) and found.data != trusted.root_envelope:
        message = f"{storage.where} has another first root than the key folder"
        raise Failure([codes.OTHER_ROOT.at(None, message, help="restore this bucket's key folder")], exit_code=2)


def read_entries(storage: Storage, release: Release) -> dict[str, Entry]:
    """Read every shard of a release: what each store runs, by store id. Raises Refused, StorageError."""
    return read_shards(storage, release.shards)


def read_shards(storage: Storage, blobs: Iterable[Blob]) -> dict[str, Entry]:
    """Read shards: what each store runs, by store id. Raises Refused, StorageError."""

    def read(blob: Blob) -> dict[str, Entry]:
        return trust.accept_shard(blob, read_blob(storage, blob))

    shards = in_parallel(read, dict.fromkeys(blobs))
    return {store_id: entry for _, shard in shards for store_id, entry in shard.items()}
