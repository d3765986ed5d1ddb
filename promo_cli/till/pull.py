"""From HEAD to one store's bundle: fetches what the trust decision asks for, and keeps nothing itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

from promo_cli.protocol import trust
from promo_cli.protocol.blob import Blob
from promo_cli.protocol.head import Head
from promo_cli.protocol.layout import HEAD, root_key, sha256_hex
from promo_cli.protocol.limits import LIMITS
from promo_cli.protocol.release import Release
from promo_cli.protocol.shard import Entry
from promo_cli.protocol.trust import Reason, Refused, TrustedState
from promo_cli.storage import Found, NotModified, Storage, TooLarge


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull found, all checked."""

    trusted: TrustedState
    etag: str
    """HEAD's ETag, for the next poll."""
    entry: Entry | None = None
    """None when the release is the one at hand, or the bundle at hand is kept."""
    bundle: bytes | None = None
    counters: bytes | None = None
    kept: Refused | None = None
    """Why the bundle at hand is kept although the release is genuine."""


def first_root(storage: Storage, env: str) -> TrustedState:
    """Trust the bucket's own first root: for folders of one's own only. Raises Refused, StorageError."""
    try:
        data = _read(storage, root_key(1), LIMITS.root_bytes)
    except Refused as refused:
        if refused.reason is Reason.MISSING:
            raise Refused(Reason.NOTHING_PUBLISHED, f"{storage.where} has no root") from None
        raise
    return trust.enrol(data, env)


def walk_roots(storage: Storage, trusted: TrustedState, version: int) -> TrustedState:
    """Accept every root up to a version, one step at a time. Raises Refused, StorageError."""
    if version - trusted.root.version > LIMITS.root_rotations:
        message = (
            f"HEAD names root {version}, more than {LIMITS.root_rotations} after the trusted {trusted.root.version}"
        )
        raise Refused(Reason.ROOT, message)
    while trusted.root.version < version:
        trusted = trust.accept_root(trusted, _read(storage, root_key(trusted.root.version + 1), LIMITS.root_bytes))
    return trusted


def read_head(storage: Storage, trusted: TrustedState, etag: str | None = None) -> tuple[TrustedState, str] | None:
    """Read and accept HEAD, walking the roots it names; None while it still has this ETag.

    Raises Refused, StorageError.
    """
    try:
        found = storage.get(HEAD, if_none_match=etag, max_size=LIMITS.head_bytes)
    except TooLarge as error:
        raise Refused(Reason.TOO_LARGE, str(error)) from None
    if isinstance(found, NotModified):
        return None
    if found is None:
        raise Refused(Reason.NOTHING_PUBLISHED, f"{storage.where} has no HEAD")
    walked = walk_roots(storage, trusted, trust.root_version_named(found.data))
    return trust.accept_head(walked, found.data), found.etag


def read_release(storage: Storage, head: Head) -> Release:
    """Read and accept the release HEAD names. Raises Refused, StorageError."""
    return trust.accept_release(head, _read(storage, head.release.key, head.release.size))


def read_blob(storage: Storage, blob: Blob) -> bytes:
    """Read an object of at most the size it must have; its hash is checked by whoever accepts it.

    Raises Refused, StorageError.
    """
    return _read(storage, blob.key, blob.size)


def pull(
    storage: Storage,
    trusted: TrustedState,
    store_id: str,
    *,
    etag: str | None = None,
    at_hand: bytes | None = None,
    release_at_hand: str | None = None,
) -> Pulled | None:
    """Fetch and check what a store should run now; None when nothing has changed since ``etag``.

    ``at_hand`` is the bundle a delta may start from, ``release_at_hand`` the hash of the release that it came with.
    Raises Refused for bytes not to be believed, StorageError when the storage fails; then nothing must be kept.
    """
    found = read_head(storage, trusted, etag)
    if found is not None:
        trusted, etag = found
    head = trusted.head
    assert head is not None
    assert etag is not None, "an ETag is only ever known with its HEAD"
    if head.release.sha256 == release_at_hand:
        return None if found is None else Pulled(trusted, etag)
    pulled = Pulled(trusted, etag)
    try:
        trust.check_client(head)
        release = read_release(storage, head)
        blob = trust.shard_of(release, store_id)
        entry = trust.entry_of(trust.accept_shard(blob, read_blob(storage, blob)), store_id)
        bundle = _bundle(storage, entry, at_hand)
    except Refused as refused:
        if refused.reason.keeps_bundle:
            return replace(pulled, kept=refused)
        raise
    counters = None
    if entry.counters is not None:
        counters = trust.accept_blob(entry.counters, read_blob(storage, entry.counters), "counters")
    return replace(pulled, entry=entry, bundle=bundle, counters=counters)


def _bundle(storage: Storage, entry: Entry, at_hand: bytes | None) -> bytes:
    if at_hand is not None:
        base = sha256_hex(at_hand)
        if base == entry.bundle.sha256:
            return trust.accept_bundle(entry.bundle, at_hand)
        for delta in entry.deltas:
            if delta.base == base:
                try:
                    return trust.accept_delta(entry.bundle, at_hand, read_blob(storage, delta.blob))
                except Refused as refused:
                    if refused.reason.keeps_bundle:
                        raise
                    break  # a delta is a short cut only: whatever is wrong with it, the full bundle decides
    return trust.accept_bundle(entry.bundle, read_blob(storage, entry.bundle))


def _read(storage: Storage, key: str, most: int) -> bytes:
    try:
        found = storage.get(key, max_size=most)
    except TooLarge as error:
        raise Refused(Reason.TOO_LARGE, str(error)) from None
    if not isinstance(found, Found):
        raise Refused(Reason.MISSING, f"{key} is missing")
    return found.data
