"""A bucket that a case changes at will and signs with keys that everybody knows: nothing of it is secret or real."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from promo_cli.protocol import bundle, canonical, dsse, head, release, root, shard
from promo_cli.protocol.blob import Blob, blob_of
from promo_cli.protocol.head import Head, Poll, ReleaseRef
from promo_cli.protocol.keys import Role, Signer
from promo_cli.protocol.layout import HEAD, release_key, root_key
from promo_cli.protocol.release import Counts, Previous, Release, Source
from promo_cli.protocol.root import Root
from promo_cli.protocol.shard import Entry

ENV, STORE = "conformance", "store-1"
NOW = datetime(2026, 2, 7, 3, tzinfo=UTC)
ROOT_A, ROOT_B, HEAD_A, HEAD_B, STRANGER = (Signer(bytes([number]) * 32) for number in range(1, 6))

_HEADER: dict[str, Any] = {
    "schema_version": 1,
    "requires": [],
    "company": {"id": "conformance", "name": "Conformance"},
    "currency": {"code": "IDR", "exponent": 0},
    "prices": "gross",
    "timezone": "Asia/Jakarta",
    "strategy": "best_deal",
    "lanes": ["main"],
    "step_budget": 200_000,
    "holidays": [],
    "categories": {"drinks": {"name": "Drinks", "parent": None}},
    "tiers": [],
    "payments": ["cash"],
}
_PRODUCTS: dict[str, Any] = {
    "latte": {"name": "Latte", "category": "drinks", "brand": None, "price": 45_000, "unit": "each"},
    "tea": {"name": "Tea", "category": "drinks", "brand": None, "price": 15_000, "unit": "each"},
}
_PROMOTION: dict[str, Any] = {
    "description": "Taken off every drink, on all days, for every customer and with every means of payment there is.",
    "promo_type": "percent_discount",
    "apply_to": "category",
    "execution_stage": "item",
    "execution_priority": 0,
    "is_active": True,
    "is_auto_apply": True,
    "require_voucher": False,
    "member_only": False,
    "validity": {
        "start_date": "2026-01-01",
        "end_date": None,
        "time_start": None,
        "time_end": None,
        "days_of_week": [1, 2, 3, 4, 5, 6, 7],
        "exclude_holidays": False,
    },
    "scope": {
        "apply_to": "category",
        "categories": ["drinks"],
        "products": [],
        "exclude_categories": [],
        "exclude_products": [],
    },
    "targeting": {"stores": "all", "brands": "all", "customer_type": "all", "member_only": False},
    "rules": {"type": "percent", "discount_percent": 20, "max_discount_amount": None, "min_purchase": 0},
    "limits": {"max_uses": None, "max_uses_per_customer": None, "max_uses_per_day": None},
    "compiler_version": "1",
    "version": "000000000000",
}


def promotion(promotion_id: str, **changes: Any) -> dict[str, Any]:
    """Return a compiled promotion."""
    return {"id": promotion_id, "code": promotion_id.upper(), "name": promotion_id.title(), **_PROMOTION, **changes}


def bundle_of(
    *promotions: Mapping[str, Any], header: Mapping[str, Any] | None = None, products: Mapping[str, Any] | None = None
) -> bytes:
    """Return a bundle; ``header`` and ``products`` are changes of the usual ones."""
    lines = [canonical.dumps(dict(one)) for one in sorted(promotions, key=lambda one: str(one["id"]))]
    return bundle.join(
        canonical.dumps({**_HEADER, **(header or {})}), canonical.dumps({**_PRODUCTS, **(products or {})}), lines
    )


class Bucket:
    """Objects by key, and the root and HEAD that were put last."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.root = Root(ENV, 1, 1, NOW, *_roles((ROOT_A,), (HEAD_A,)))
        self.head: Head | None = None
        self.head_signers: Sequence[Signer] = (HEAD_A,)
        self.put_root(self.root, (ROOT_A,))

    def put_root(self, document: Root, signers: Sequence[Signer]) -> None:
        """Sign and put a root."""
        self.root = document
        self.objects[root_key(document.version)] = dsse.sign(root.PAYLOAD_TYPE, root.encode(document), signers)

    def rotate(
        self,
        root_keys: Sequence[Signer],
        head_keys: Sequence[Signer],
        signers: Sequence[Signer],
        **changes: Any,
    ) -> None:
        """Put the next root; HEADs that follow are signed by its head keys."""
        keys, roles = _roles(root_keys, head_keys)
        following = replace(self.root, version=self.root.version + 1, keys=keys, roles=roles)
        self.put_root(replace(following, **changes), signers)
        self.head_signers = head_keys

    def put_blob(self, data: bytes) -> Blob:
        """Put an object under its hash."""
        blob = blob_of(data)
        self.objects[blob.key] = data
        return blob

    def entry(self, data: bytes, **more: Any) -> Entry:
        """Put a bundle and return the entry that names it."""
        return Entry(bundle=self.put_blob(data), **more)

    def publish(self, entries: Mapping[str, Entry], **changes: Any) -> Head:
        """Put a release and the HEAD that names it, with ``changes`` of HEAD's fields."""
        old = self.head
        bits = shard.shard_bits_for(len(entries))
        shards = tuple(self.put_blob(shard.encode(one)) for one in shard.split_into_shards(entries, bits))
        seq = 1 if old is None else old.seq + 1
        found = Release(
            seq=seq,
            prev=None if old is None else Previous(old.seq, old.release.sha256),
            publish_id=f"publish-{seq}",
            compiled_at=NOW,
            as_of=date(2026, 2, 7),
            horizon_days=14,
            shard_bits=bits,
            shards=shards,
            counts=Counts(len(entries), len(entries), 1),
            source=Source(None, None, None, True, None, None),
            tool="conformance",
            inputs_sha256=None,
            rollout=None,
            rollback_of=None,
            reason=None,
        )
        data = release.encode(found)
        blob = blob_of(data)
        ref = ReleaseRef(release_key(seq, blob.sha256), blob.sha256, blob.size)
        self.objects[ref.key] = data
        rev = 1 if old is None else old.rev + 1
        fresh = Head(
            env=ENV,
            epoch=self.root.epoch,
            rev=rev,
            seq=seq,
            publish_id=f"publish-{seq}",
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
        return self.put_head(replace(fresh, **changes))

    def put_head(self, new: Head) -> Head:
        """Sign and put a HEAD."""
        self.head = new
        self.objects[HEAD] = dsse.sign(head.PAYLOAD_TYPE, head.encode(new), self.head_signers)
        return new

    def change_head(self, **changes: Any) -> Head:
        """Sign and put HEAD as it is but for ``changes``, with the next revision unless they name one."""
        return self.put_head(replace(self.live, **{"rev": self.live.rev + 1, **changes}))

    def put_payload(self, payload: Mapping[str, Any], payload_type: str = head.PAYLOAD_TYPE) -> None:
        """Sign and put a HEAD of any payload."""
        self.objects[HEAD] = dsse.sign(payload_type, canonical.dumps(dict(payload)), self.head_signers)

    @property
    def live(self) -> Head:
        """HEAD, which was put before."""
        assert self.head is not None
        return self.head

    @property
    def payload(self) -> dict[str, Any]:
        """HEAD's payload as JSON values."""
        value: dict[str, Any] = canonical.loads(head.encode(self.live))
        return value


def _roles(root_keys: Sequence[Signer], head_keys: Sequence[Signer]) -> tuple[dict[str, Any], dict[str, Role]]:
    roles = {
        name: Role(frozenset(one.public.keyid for one in several), len(several))
        for name, several in (("root", root_keys), ("head", head_keys))
    }
    return {one.public.keyid: one.public for one in (*root_keys, *head_keys)}, roles
