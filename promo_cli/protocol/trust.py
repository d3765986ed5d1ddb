"""The till's decision: what to believe of the bytes a bucket serves. Bytes in, decision out; no I/O, no clock.

The model is python-tuf's ``TrustedMetadataSet``, with one signed mutable object instead of four roles. The rules, in
the order in which they are checked; the first that fails refuses, and nothing that was trusted before is touched:

1. HEAD is no larger than its limit, and is a DSSE envelope.
2. If HEAD names a newer root, every root in between: version n+1 exactly, the same environment, an epoch that does not
   fall, signed by the threshold of root keys of version n **and** of version n+1 (TUF specification §5.3).
3. HEAD is signed by the threshold of head keys of the trusted root (§5.4.2 for its counterpart, the timestamp).
4. HEAD is for this till's environment, its root version and its epoch are those of the trusted root.
5. (epoch, rev) is not lower than the last accepted; within an epoch the release's seq is not lower either (§5.4.3).
6. Equal rev with another payload, or equal seq with another release, is an alarm: somebody signs two histories.
7. Release, shard, bundle have the size and hash that the object before names, and are well-formed (§5.5.2, §5.6.2).
   The hash of a bundle made by a delta is that of the result.
8. The client is new enough for what HEAD asks; the bundle's schema has our major version and requires no feature we
   do not know; the release lists our store.

A refusal by rules 1 to 7 leaves everything as it was. One by rule 8 is about genuine bytes that this client cannot
use: HEAD is accepted, so that its revocations and clocks hold, and the bundle at hand is kept.

A raised epoch recovers from a stolen head key that signed a huge rev: only the root role can raise it, and revisions
start over (TUF calls it recovery from a fast-forward attack, §5.3.11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from promo_cli.protocol import delta, dsse, head, release, root, shard
from promo_cli.protocol.blob import Blob
from promo_cli.protocol.bundle import read_header
from promo_cli.protocol.fields import DocumentError
from promo_cli.protocol.head import Head
from promo_cli.protocol.keys import PublicKey, Role
from promo_cli.protocol.layout import sha256_hex
from promo_cli.protocol.limits import CLIENT_VERSION, FEATURES, LIMITS, SCHEMA_MAJOR
from promo_cli.protocol.release import Release
from promo_cli.protocol.root import Root
from promo_cli.protocol.shard import Entry, shard_index


class Reason(StrEnum):
    """Why bytes were refused; the same words in every implementation."""

    TOO_LARGE = "too-large"
    MALFORMED = "malformed"
    ROOT = "root"
    SIGNATURE = "signature"
    ENVIRONMENT = "environment"
    EPOCH = "epoch"
    ROLLBACK = "rollback"
    EQUIVOCATION = "equivocation"
    CLIENT_TOO_OLD = "client-too-old"
    HASH = "hash"
    MISSING = "missing"
    NOTHING_PUBLISHED = "nothing-published"
    SCHEMA = "schema"
    REQUIRES = "requires"
    NOT_LISTED = "not-listed"

    @property
    def keeps_bundle(self) -> bool:
        """Tell whether HEAD is accepted and only the bundle at hand is kept (rule 8)."""
        return self in (Reason.CLIENT_TOO_OLD, Reason.SCHEMA, Reason.REQUIRES, Reason.NOT_LISTED)


class Refused(Exception):  # noqa: N818 -- reads as what happened
    """The bytes are not believed; what was trusted before still is."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class TrustedState:
    """What a till believes; a new value replaces it, nothing changes it."""

    root: Root
    root_envelope: bytes
    head: Head | None = None
    head_envelope: bytes | None = None
    """The bytes HEAD was accepted from."""


def enrol(data: bytes, env: str) -> TrustedState:
    """Start trusting a root that was handed over outside the bucket, for one environment. Raises Refused."""
    envelope = _open(data, LIMITS.root_bytes, root.PAYLOAD_TYPE)
    candidate = _root(envelope)
    _check_threshold(envelope, candidate.keys_of("root"), candidate.roles["root"], f"root {candidate.version}")
    if candidate.env != env:
        raise Refused(Reason.ENVIRONMENT, f"expected a root for {env!r}, found one for {candidate.env!r}")
    return TrustedState(candidate, data)


def root_version_named(data: bytes) -> int:
    """Return the root version an unverified HEAD names: only a hint how far to walk. Raises Refused."""
    return _head(_open(data, LIMITS.head_bytes, head.PAYLOAD_TYPE)).root_version


def accept_root(state: TrustedState, data: bytes) -> TrustedState:
    """Step from root n to root n+1 (rule 2). Raises Refused."""
    envelope = _open(data, LIMITS.root_bytes, root.PAYLOAD_TYPE)
    trusted = state.root
    # The old keys first: nothing in the new root is read before they vouch for it (TUF §5.3.4).
    _check_threshold(envelope, trusted.keys_of("root"), trusted.roles["root"], f"root after {trusted.version}")
    candidate = _root(envelope)
    _check_threshold(envelope, candidate.keys_of("root"), candidate.roles["root"], f"root {candidate.version}")
    if candidate.version != trusted.version + 1:
        raise Refused(Reason.ROOT, f"expected root version {trusted.version + 1}, found {candidate.version}")
    if candidate.env != trusted.env:
        raise Refused(Reason.ENVIRONMENT, f"expected a root for {trusted.env!r}, found one for {candidate.env!r}")
    if candidate.epoch < trusted.epoch:
        raise Refused(Reason.EPOCH, f"expected epoch {trusted.epoch} or higher, found {candidate.epoch}")
    return replace(state, root=candidate, root_envelope=data)


def accept_head(state: TrustedState, data: bytes) -> TrustedState:
    """Accept HEAD (rules 1 and 3 to 6); the roots it names were walked before. Raises Refused."""
    envelope = _open(data, LIMITS.head_bytes, head.PAYLOAD_TYPE)
    _check_threshold(envelope, state.root.keys_of("head"), state.root.roles["head"], "HEAD")
    candidate = _head(envelope)
    _check_place(state.root, candidate)
    if state.head is not None and state.head_envelope is not None:
        last = dsse.open_envelope(state.head_envelope).payload
        if candidate.order == state.head.order and envelope.payload != last:
            message = f"two different HEADs are signed with (epoch, rev) {candidate.order}"
            raise Refused(Reason.EQUIVOCATION, message)
        _check_order(state.head, candidate)
    return replace(state, head=candidate, head_envelope=data)


def check_client(trusted: Head, client: int = CLIENT_VERSION) -> None:
    """Check that this client is new enough for the release (rule 8). Raises Refused."""
    if trusted.min_client > client:
        message = f"HEAD asks for client version {trusted.min_client}, this is {client}"
        raise Refused(Reason.CLIENT_TOO_OLD, message)


def accept_release(trusted: Head, data: bytes) -> Release:
    """Accept the release HEAD names (rule 7). Raises Refused."""
    _check_blob(Blob(trusted.release.sha256, trusted.release.size), data, "release")
    try:
        found = release.parse(data)
    except DocumentError as error:
        raise Refused(Reason.MALFORMED, str(error)) from None
    if found.seq != trusted.seq:
        raise Refused(Reason.HASH, f"HEAD names release {trusted.seq}, found release {found.seq}")
    return found


def shard_of(trusted: Release, store_id: str) -> Blob:
    """Return the shard that speaks of a store."""
    return trusted.shards[shard_index(store_id, trusted.shard_bits)]


def accept_shard(expected: Blob, data: bytes) -> dict[str, Entry]:
    """Accept a shard the release names (rule 7). Raises Refused."""
    _check_blob(expected, data, "shard")
    try:
        return shard.parse(data)
    except DocumentError as error:
        raise Refused(Reason.MALFORMED, str(error)) from None


def entry_of(entries: Mapping[str, Entry], store_id: str) -> Entry:
    """Return what a store runs (rule 8). Raises Refused."""
    if store_id not in entries:
        raise Refused(Reason.NOT_LISTED, f"the release has no bundle for store {store_id}")
    return entries[store_id]


def accept_bundle(expected: Blob, data: bytes) -> bytes:
    """Accept a bundle the shard names (rules 7 and 8). Raises Refused."""
    _check_blob(expected, data, "bundle")
    try:
        header = read_header(data)
    except DocumentError as error:
        raise Refused(Reason.MALFORMED, str(error)) from None
    if header.get("schema_version") != SCHEMA_MAJOR:
        message = f"expected bundle schema {SCHEMA_MAJOR}, found {header.get('schema_version')!r}"
        raise Refused(Reason.SCHEMA, message)
    requires = header.get("requires")
    if not isinstance(requires, list):
        raise Refused(Reason.MALFORMED, "bundle: expected the header to list what it requires")
    if unknown := [str(name) for name in requires if str(name) not in FEATURES]:
        raise Refused(Reason.REQUIRES, f"the bundle requires {', '.join(unknown)}, which this client does not know")
    return data


def accept_delta(expected: Blob, old: bytes, data: bytes) -> bytes:
    """Accept the bundle that a delta makes of the one at hand (rules 7 and 8). Raises Refused."""
    try:
        result = delta.apply(old, data)
    except DocumentError as error:
        raise Refused(Reason.HASH, str(error)) from None
    return accept_bundle(expected, result)


def accept_blob(expected: Blob, data: bytes, what: str) -> bytes:
    """Accept counters or another blob the shard names (rule 7). Raises Refused."""
    _check_blob(expected, data, what)
    return data


def _check_place(trusted: Root, candidate: Head) -> None:
    if candidate.env != trusted.env:
        raise Refused(Reason.ENVIRONMENT, f"expected HEAD of {trusted.env!r}, found that of {candidate.env!r}")
    if candidate.root_version != trusted.version:
        message = f"HEAD belongs to root {candidate.root_version}, the trusted root is {trusted.version}"
        raise Refused(Reason.ROLLBACK if candidate.root_version < trusted.version else Reason.ROOT, message)
    if candidate.epoch != trusted.epoch:
        raise Refused(Reason.EPOCH, f"expected epoch {trusted.epoch} as in the root, found {candidate.epoch}")


def _check_order(last: Head, candidate: Head) -> None:
    if candidate.order < last.order:
        raise Refused(Reason.ROLLBACK, f"expected (epoch, rev) {last.order} or higher, found {candidate.order}")
    if candidate.epoch == last.epoch:
        if candidate.seq < last.seq:
            raise Refused(Reason.ROLLBACK, f"expected release {last.seq} or higher, found {candidate.seq}")
        if candidate.seq == last.seq and candidate.release != last.release:
            raise Refused(Reason.EQUIVOCATION, f"two different releases are signed with the number {last.seq}")


def _check_threshold(envelope: dsse.Envelope, keys: Mapping[str, PublicKey], role: Role, what: str) -> None:
    found = len(dsse.valid_signers(envelope, keys))
    if found < role.threshold:
        message = f"{what}: expected {role.threshold} valid signatures of trusted keys, found {found}"
        raise Refused(Reason.SIGNATURE, message)


def _check_blob(expected: Blob, data: bytes, what: str) -> None:
    if not expected.matches(data):
        message = (
            f"{what}: expected {expected.size} bytes with SHA-256 {expected.sha256}, "
            f"found {len(data)} bytes with {sha256_hex(data)}"
        )
        raise Refused(Reason.HASH, message)


def _open(data: bytes, most: int, payload_type: str) -> dsse.Envelope:
    if len(data) > most:
        raise Refused(Reason.TOO_LARGE, f"expected at most {most} bytes, found {len(data)}")
    try:
        envelope = dsse.open_envelope(data)
    except DocumentError as error:
        raise Refused(Reason.MALFORMED, str(error)) from None
    if envelope.payload_type != payload_type:
        raise Refused(Reason.MALFORMED, f"expected a payload of type {payload_type}, found {envelope.payload_type}")
    return envelope


def _root(envelope: dsse.Envelope) -> Root:
    try:
        return root.parse(envelope.payload)
    except DocumentError as error:
        raise Refused(Reason.MALFORMED, str(error)) from None


def _head(envelope: dsse.Envelope) -> Head:
    try:
        return head.parse(envelope.payload)
    except DocumentError as error:
        raise Refused(Reason.MALFORMED, str(error)) from None
