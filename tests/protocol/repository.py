"""A bucket in memory that signs whatever a test asks for: python-tuf's repository simulator, for this protocol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from promo_cli.protocol import bundle, canonical, dsse, head, release, root, shard
from promo_cli.protocol.blob import blob_of
from promo_cli.protocol.head import Head, Poll, ReleaseRef
from promo_cli.protocol.keys import Role, Signer
from promo_cli.protocol.layout import HEAD, release_key, root_key, sha256_hex
from promo_cli.protocol.release import Counts, Previous, Release, Source
from promo_cli.protocol.root import Root
from promo_cli.protocol.shard import Entry
from promo_cli.storage import Entry as Listed
from promo_cli.storage import Found, NotModified, PreconditionFailed, TooLarge

NOW = datetime(2026, 2, 7, 3, tzinfo=UTC)
ROOT_A, ROOT_B, HEAD_A, HEAD_B, STRANGER = (Signer(bytes([number]) * 32) for number in range(1, 6))


class MemoryStorage:
    """The storage interface over a dict that tests may change at will."""

    where = "memory"

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.reads: list[str] = []

    def get(
        self, key: str, *, if_none_match: str | None = None, max_size: int | None = None
    ) -> Found | NotModified | None:
        """Read; see the interface."""
        self.reads.append(key)
        data = self.objects.get(key)
        if data is None:
            return None
        if max_size is not None and len(data) > max_size:
            raise TooLarge(key, f"{len(data)} bytes")
        etag = sha256_hex(data)
        return NotModified() if etag == if_none_match else Found(data, etag)

    def put(self, key: str, data: bytes, *, if_match: str | None = None, if_none_match: bool = False) -> str:
        """Write; see the interface."""
        there = self.objects.get(key)
        if (if_none_match and there is not None) or (
            if_match is not None and (there is None or sha256_hex(there) != if_match)
        ):
            raise PreconditionFailed(key, "precondition failed")
        self.objects[key] = data
        return sha256_hex(data)

    def list(self, prefix: str = "", *, start_after: str = "") -> Iterator[Listed]:
        """List; see the interface."""
        for key in sorted(self.objects):
            if key.startswith(prefix) and key > start_after:
                yield Listed(key, len(self.objects[key]), None)

    def delete(self, key: str) -> None:
        """Delete; see the interface."""
        self.objects.pop(key, None)


def make_bundle(*codes: str, header: dict[str, object] | None = None, filler: str = "") -> bytes:
    """A bundle with one promotion per code, whose id is the code in lower case."""
    lines = [
        canonical.dumps({"id": code.lower(), "code": code, "filler": filler, "targeting": {"brands": "all"}})
        for code in sorted(codes)
    ]
    default = {"schema_version": 1, "requires": []}
    return bundle.join(canonical.dumps(header or default), canonical.dumps({"latte": {"price": 20_000}}), lines)


class Repository:
    """Publishes by plain writes; every part can be replaced before it is signed."""

    def __init__(self, env: str = "production") -> None:
        self.storage = MemoryStorage()
        self.root_signers: Sequence[Signer] = (ROOT_A,)
        self.head_signers: Sequence[Signer] = (HEAD_A,)
        self.root = Root(
            env=env,
            version=1,
            epoch=1,
            issued_at=NOW,
            keys={signer.public.keyid: signer.public for signer in (ROOT_A, HEAD_A)},
            roles={
                "root": Role(frozenset({ROOT_A.public.keyid}), 1),
                "head": Role(frozenset({HEAD_A.public.keyid}), 1),
            },
        )
        self.head: Head | None = None
        self.publish_root()

    @property
    def root_bytes(self) -> bytes:
        """The root handed to tills when they are set up."""
        return self.storage.objects[root_key(1)]

    def publish_root(self) -> None:
        """Sign and put the current root."""
        data = dsse.sign(root.PAYLOAD_TYPE, root.encode(self.root), self.root_signers)
        self.storage.objects[root_key(self.root.version)] = data

    def rotate(
        self, root_keys: Sequence[Signer], head_keys: Sequence[Signer], *, signed_by: Sequence[Signer], epoch: int = 0
    ) -> None:
        """Put the next root with other keys."""
        signers = (*root_keys, *head_keys)
        self.root = replace(
            self.root,
            version=self.root.version + 1,
            epoch=epoch or self.root.epoch,
            keys={signer.public.keyid: signer.public for signer in signers},
            roles={
                "root": Role(frozenset(signer.public.keyid for signer in root_keys), len(root_keys)),
                "head": Role(frozenset(signer.public.keyid for signer in head_keys), len(head_keys)),
            },
        )
        self.root_signers, self.head_signers = signed_by, head_keys
        self.publish_root()

    def publish(self, bundles: dict[str, bytes]) -> Head:
        """Put a release of these bundles, and the HEAD that names it."""
        entries = {store_id: Entry(bundle=self.put_blob(data)) for store_id, data in bundles.items()}
        return self.publish_entries(entries)

    def publish_entries(self, entries: dict[str, Entry]) -> Head:
        """Put a release of these entries, and the HEAD that names it."""
        old = self.head
        bits = shard.shard_bits_for(len(entries))
        shards = [self.put_blob(shard.encode(one)) for one in shard.split_into_shards(entries, bits)]
        found = Release(
            seq=1 if old is None else old.seq + 1,
            prev=None if old is None else Previous(old.seq, old.release.sha256),
            publish_id=f"publish-{1 if old is None else old.seq + 1}",
            compiled_at=NOW,
            as_of=date(2026, 2, 7),
            horizon_days=14,
            shard_bits=bits,
            shards=tuple(shards),
            counts=Counts(len(entries), len(entries), 1),
            source=Source(None, None, None, True, None, None),
            tool="test",
            inputs_sha256=None,
            rollout=None,
            rollback_of=None,
            reason=None,
        )
        data = release.encode(found)
        ref = ReleaseRef(release_key(found.seq, sha256_hex(data)), sha256_hex(data), len(data))
        self.storage.objects[ref.key] = data
        return self.publish_head(
            Head(
                env=self.root.env,
                epoch=self.root.epoch,
                rev=1 if old is None else old.rev + 1,
                seq=found.seq,
                publish_id=found.publish_id,
                recent=(),
                issued_at=NOW,
                fresh_until=NOW + timedelta(days=2),
                stale_after=NOW + timedelta(days=14),
                release=ref,
                root_version=self.root.version,
                min_client=1,
                poll=Poll(300, 60),
                revoked=(),
                urgency="normal",
                hold=None,
            )
        )

    def publish_head(self, new: Head) -> Head:
        """Sign and put a HEAD."""
        self.head = new
        self.storage.objects[HEAD] = dsse.sign(head.PAYLOAD_TYPE, head.encode(new), self.head_signers)
        return new

    def put_blob(self, data: bytes):  # type: ignore[no-untyped-def]
        """Put an object under its hash."""
        blob = blob_of(data)
        self.storage.objects[blob.key] = data
        return blob
