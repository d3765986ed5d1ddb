"""A shard: what each store of one slice of the fleet runs. About √stores shards, so that one change touches little."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from promo_cli.protocol import canonical
from promo_cli.protocol.blob import Blob, parse_blob
from promo_cli.protocol.fields import Fields, format_of, read_document
from promo_cli.protocol.limits import LIMITS


@dataclass(frozen=True, slots=True)
class DeltaRef:
    """A shorter way from the bundle with hash ``base`` to the entry's bundle."""

    base: str
    blob: Blob


@dataclass(frozen=True, slots=True)
class VoucherRef:
    """The list of code hashes of one voucher batch."""

    batch: str
    promotion_id: str
    blob: Blob


@dataclass(frozen=True, slots=True)
class Entry:
    """What one store runs. Counters and vouchers are blobs of their own, so that bundles do not churn."""

    bundle: Blob
    deltas: tuple[DeltaRef, ...] = ()
    counters: Blob | None = None
    vouchers: tuple[VoucherRef, ...] = ()
    cohort: str | None = None
    source_commit: str | None = None
    """The commit that last changed this entry's content, not the release's: an unchanged store keeps its bytes."""


Shard = Mapping[str, Entry]
"""Entries by store id."""


def parse(data: bytes) -> dict[str, Entry]:
    """Read a shard; raises DocumentError."""
    stores = read_document(data, "shard").mapping("stores")
    return {store_id: _entry(Fields(value, f"shard.stores.{store_id}")) for store_id, value in stores.items()}


def encode(shard: Shard) -> bytes:
    """Return the shard's canonical bytes."""
    return canonical.dumps(
        {"format": format_of("shard"), "stores": {store_id: _encode_entry(entry) for store_id, entry in shard.items()}}
    )


def shard_index(store_id: str, bits: int) -> int:
    """Return the shard of a store: the first ``bits`` bits of SHA-256 of its id."""
    return int.from_bytes(hashlib.sha256(store_id.encode()).digest()[:4]) >> (32 - bits)


def shard_bits_for(stores: int, current: int | None = None) -> int:
    """Return how many bits make about √stores shards.

    The number in use is kept while it is within one, since another number means that every shard is written again.
    """
    wanted = max(0, round((max(stores, 1).bit_length() - 1) / 2))
    return current if current is not None and abs(current - wanted) <= 1 else wanted


def split_into_shards(entries: Mapping[str, Entry], bits: int) -> list[dict[str, Entry]]:
    """Deal entries to their shards, in the order a release lists them."""
    shards: list[dict[str, Entry]] = [{} for _ in range(1 << bits)]
    for store_id, entry in entries.items():
        shards[shard_index(store_id, bits)][store_id] = entry
    return shards


def blobs_of(entries: Iterable[Entry]) -> set[Blob]:
    """Return every object these entries name."""
    found: set[Blob] = set()
    for entry in entries:
        found.add(entry.bundle)
        found.update(delta.blob for delta in entry.deltas)
        found.update(voucher.blob for voucher in entry.vouchers)
        if entry.counters is not None:
            found.add(entry.counters)
    return found


def _entry(fields: Fields) -> Entry:
    return Entry(
        bundle=parse_blob(fields.object("bundle"), most=LIMITS.bundle_bytes),
        deltas=tuple(
            DeltaRef(one.sha256("from"), parse_blob(one, most=LIMITS.delta_bytes)) for one in fields.objects("deltas")
        ),
        counters=fields.optional(lambda key: parse_blob(fields.object(key), most=LIMITS.counters_bytes), "counters"),
        vouchers=tuple(
            VoucherRef(one.text("batch"), one.text("promotion_id"), parse_blob(one, most=LIMITS.bundle_bytes))
            for one in fields.objects("vouchers")
        ),
        cohort=fields.optional(fields.text, "cohort"),
        source_commit=fields.optional(fields.text, "source_commit"),
    )


def _encode_entry(entry: Entry) -> dict[str, object]:
    return {
        "bundle": entry.bundle.encode(),
        "deltas": [{"from": delta.base, **delta.blob.encode()} for delta in entry.deltas],
        "counters": None if entry.counters is None else entry.counters.encode(),
        "vouchers": [
            {"batch": one.batch, "promotion_id": one.promotion_id, **one.blob.encode()} for one in entry.vouchers
        ],
        "cohort": entry.cohort,
        "source_commit": entry.source_commit,
    }
