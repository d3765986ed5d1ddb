"""What is live: HEAD and everything it leads to, checked as a till checks it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from promo_cli.diagnostics import Failure
from promo_cli.protocol import trust
from promo_cli.protocol.blob import Blob
from promo_cli.protocol.head import Head
from promo_cli.protocol.layout import root_key
from promo_cli.protocol.limits import LIMITS
from promo_cli.protocol.release import Release
from promo_cli.protocol.shard import Entry
from promo_cli.protocol.trust import Reason, Refused, TrustedState
from promo_cli.publishing import codes
from promo_cli.storage import Found, Storage, put_once
from promo_cli.till.pull import read_blob, read_head, read_release

POOL = 16
"""Requests under way at once."""


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
    try:
        found = read_head(storage, trusted)
    except Refused as refused:
        if refused.reason is Reason.NOTHING_PUBLISHED:
            return Live(trusted)
        _check_root(storage, trusted)
        message = f"HEAD in {storage.where}: {refused}"
        raise Failure([codes.UNTRUSTED_HEAD.at(None, message, notes=(f"reason: {refused.reason}",))], 1) from refused
    assert found is not None, "without an ETag HEAD is always read"
    now_trusted, etag = found
    head = now_trusted.head
    assert head is not None, "an accepted HEAD is remembered"
    try:
        release = read_release(storage, head)
        entries = _read_entries(storage, release)
    except Refused as refused:
        message = f"release {head.seq} in {storage.where}: {refused}"
        raise Failure([codes.BROKEN_CHAIN.at(None, message, notes=(f"reason: {refused.reason}",))], 4) from refused
    return Live(now_trusted, etag, head, release, entries)


def publish_root(storage: Storage, trusted: TrustedState) -> None:
    """Put the first root where new tills of a folder target look for it; raises Failure if another is there."""
    if trusted.root.version == 1 and not put_once(storage, root_key(1), trusted.root_envelope):
        _check_root(storage, trusted)


def _check_root(storage: Storage, trusted: TrustedState) -> None:
    found = storage.get(root_key(1), max_size=LIMITS.root_bytes)
    if trusted.root.version == 1 and isinstance(found, Found) and found.data != trusted.root_envelope:
        message = f"{storage.where} has another first root than the key folder"
        raise Failure([codes.OTHER_ROOT.at(None, message, help="restore this bucket's key folder")], exit_code=2)


def _read_entries(storage: Storage, release: Release) -> dict[str, Entry]:
    blobs = list(dict.fromkeys(release.shards))

    def read(blob: Blob) -> dict[str, Entry]:
        return trust.accept_shard(blob, read_blob(storage, blob))

    with ThreadPoolExecutor(POOL) as pool:
        shards = list(pool.map(read, blobs))
    return {store_id: entry for shard in shards for store_id, entry in shard.items()}
