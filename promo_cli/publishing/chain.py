"""The releases as a chain: from the live one to the one before, every step proved by the hash the later one names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from promo_cli.diagnostics import Diagnostic, Failure
from promo_cli.protocol.blob import Blob
from promo_cli.protocol.fields import DocumentError
from promo_cli.protocol.head import Head
from promo_cli.protocol.layout import release_key
from promo_cli.protocol.limits import LIMITS
from promo_cli.protocol.release import Release
from promo_cli.protocol.release import parse as parse_release
from promo_cli.protocol.rollout import rollout_of
from promo_cli.protocol.shard import Entry, blobs_of
from promo_cli.protocol.trust import Reason, Refused
from promo_cli.publishing import codes
from promo_cli.publishing.live import broken, read_entries, read_shards
from promo_cli.publishing.pool import in_parallel
from promo_cli.storage import Found, Storage
from promo_cli.till.pull import read_blob, read_release


@dataclass(frozen=True, slots=True)
class Link:
    """A release of the chain, and the hash by which the later one names it."""

    release: Release
    sha256: str


def walk(storage: Storage, head: Head) -> Iterator[Link]:
    """Yield the live release and those before it, newest first. Raises Failure (exit 4) where the chain breaks."""
    try:
        release, sha256 = read_release(storage, head), head.release.sha256
        yield Link(release, sha256)
        while release.prev is not None:
            seq, sha256 = release.prev.seq, release.prev.sha256
            following, release = release.seq, read_named(storage, seq, sha256)
            if release.seq != seq or seq >= following:
                raise Refused(Reason.HASH, f"release {following} names {seq} before it, found {release.seq}")
            yield Link(release, sha256)
    except Refused as refused:
        raise broken(storage, head.seq, refused) from refused


def find(storage: Storage, head: Head, seq: int) -> Link:
    """Return the release of that number. Raises Failure (exit 2) where the chain holds none."""
    for link in walk(storage, head):
        if link.release.seq == seq:
            return link
        if link.release.seq < seq:
            break
    message = f"there is no release {seq} in {storage.where}"
    advice = f"live is release {head.seq}; `promo release list` shows all"
    raise Failure([codes.UNKNOWN_RELEASE.at(None, message, help=advice)], exit_code=2)


def entries_of(storage: Storage, link: Link) -> dict[str, Entry]:
    """Return what every store ran in a release. Raises Failure (exit 2) when gc has cleared it away."""
    try:
        return read_entries(storage, link.release)
    except Refused as refused:
        raise cleared(storage, link, str(refused)) from refused


def cleared(storage: Storage, link: Link, what: str) -> Failure:
    """Return what to raise when an old release is not complete any more."""
    message = f"release {link.release.seq} in {storage.where} is no longer complete: {what}"
    advice = f"check out commit {link.release.source.commit or 'of that day'} and publish it"
    return Failure([codes.RELEASE_INCOMPLETE.at(None, message, help=advice)], exit_code=2)


def damaged(storage: Storage, release: Release) -> list[Diagnostic]:
    """Read every object of a release and compare its hash; returns what is wrong. Raises StorageError.

    During a rollout that includes what it leads to, and what it came from.
    """
    try:
        entries = [*read_entries(storage, release).values()]
        if (rollout := rollout_of(release)) is not None:
            entries += read_shards(storage, rollout.after).values()
            entries += read_entries(storage, read_named(storage, rollout.before.seq, rollout.before.sha256)).values()
    except (Refused, DocumentError) as error:
        return [codes.DAMAGED.at(None, f"release {release.seq}: {error}")]

    def problem(blob: Blob) -> str | None:
        try:
            data = read_blob(storage, blob)
        except Refused as refused:
            return str(refused)
        return None if blob.matches(data) else f"{blob.key} does not have the bytes its name says"

    blobs = sorted(blobs_of(entries), key=lambda blob: blob.sha256)
    found = sorted(text for _, text in in_parallel(problem, blobs) if text is not None)
    return [codes.DAMAGED.at(None, f"release {release.seq}: {text}") for text in found]


def read_named(storage: Storage, seq: int, sha256: str) -> Release:
    """Read a release by the number and hash that something trusted names. Raises Refused, StorageError."""
    key = release_key(seq, sha256)
    found = storage.get(key, max_size=LIMITS.release_bytes)
    if not isinstance(found, Found):
        raise Refused(Reason.MISSING, f"{key} is missing")
    if not Blob(sha256, len(found.data)).matches(found.data):
        raise Refused(Reason.HASH, f"{key} does not have the hash that the release after it names")
    return parse_release(found.data)
