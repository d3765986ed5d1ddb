"""Every document reads back as it was written, and says what is wrong with one that does not fit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from promo_cli.protocol import canonical, counters, head, release, root, shard
from promo_cli.protocol.blob import Blob
from promo_cli.protocol.counters import Counter, Counters
from promo_cli.protocol.fields import DocumentError
from promo_cli.protocol.head import Head, Hold, Poll, ReleaseRef
from promo_cli.protocol.identifiers import ulid, ulid_time
from promo_cli.protocol.layout import blob_key, receipt_key, release_key, root_key, upload_key
from promo_cli.protocol.release import Counts, Previous, Release, Source
from promo_cli.protocol.shard import DeltaRef, Entry, VoucherRef, shard_bits_for, shard_index, split_into_shards
from tests.protocol.repository import Repository

NOW = datetime(2026, 2, 7, 3, tzinfo=UTC)
SHA = "ab" * 32

HEAD = Head(
    env="production",
    epoch=1,
    rev=7,
    seq=3,
    publish_id="01KGV0NFW0RV4MHM0TGEDHDZ7M",
    recent=("a", "b"),
    issued_at=NOW,
    fresh_until=NOW + timedelta(days=2),
    stale_after=NOW + timedelta(days=14),
    release=ReleaseRef(release_key(3, SHA), SHA, 600),
    root_version=1,
    min_client=1,
    poll=Poll(300, 60),
    revoked=("p1",),
    urgency="force",
    hold=Hold(NOW, "ayu", "rolled back"),
)
RELEASE = Release(
    seq=3,
    prev=Previous(2, SHA),
    publish_id="x",
    compiled_at=NOW,
    as_of=date(2026, 2, 7),
    horizon_days=14,
    shard_bits=1,
    shards=(Blob(SHA, 1), Blob(SHA, 2)),
    counts=Counts(22, 9, 34),
    source=Source("git@x", "c0ffee", "beef", False, "https://ci/1", "ayu"),
    tool="promo 0.1.0",
    inputs_sha256=SHA,
    rollout={"wave": 1},
    rollback_of=1,
    reason="why",
)
ENTRY = Entry(
    bundle=Blob(SHA, 10),
    deltas=(DeltaRef(SHA, Blob(SHA, 3)),),
    counters=Blob(SHA, 4),
    vouchers=(VoucherRef("B1", "p1", Blob(SHA, 8)),),
    cohort="pilot",
    source_commit="c0ffee",
)
COUNTERS = Counters(NOW, date(2026, 2, 7), {"p1": Counter(10, 2, Decimal("12.5"), True)})


def _shard(entries: Any) -> bytes:
    return shard.encode(entries)


ALL: list[tuple[Any, Callable[[Any], bytes], Callable[[bytes], Any]]] = [
    (HEAD, head.encode, head.parse),
    (replace(HEAD, hold=None, recent=(), revoked=()), head.encode, head.parse),
    (RELEASE, release.encode, release.parse),
    (replace(RELEASE, prev=None, rollout=None, rollback_of=None, reason=None), release.encode, release.parse),
    ({"s1": ENTRY, "s2": Entry(Blob(SHA, 1))}, _shard, shard.parse),
    ({}, _shard, shard.parse),
    (COUNTERS, counters.encode, counters.parse),
    (Repository().root, root.encode, root.parse),
]


@pytest.mark.parametrize(("value", "encode", "parse"), ALL)
def test_what_is_written_reads_back_equal(
    value: Any, encode: Callable[[Any], bytes], parse: Callable[[bytes], Any]
) -> None:
    """Encoding and parsing are each other's inverse, and the bytes are canonical."""
    data = encode(value)
    assert parse(data) == value
    assert canonical.dumps(canonical.loads(data)) == data


@pytest.mark.parametrize(("value", "encode", "parse"), ALL)
def test_every_field_must_be_there_and_of_its_type(
    value: Any, encode: Callable[[Any], bytes], parse: Callable[[bytes], Any]
) -> None:
    """Leaving any field out, or putting a list of nothing sensible in it, is a DocumentError that names it."""
    document = canonical.loads(encode(value))
    for key in document:
        without = {name: held for name, held in document.items() if name != key}
        with pytest.raises(DocumentError, match=key):
            parse(canonical.dumps(without))
        with pytest.raises(DocumentError, match=key):
            parse(canonical.dumps({**document, key: [{"nothing": True}]}))


def test_head_has_exactly_the_fields_of_the_protocol() -> None:
    """A till vendor reads this list in the guide."""
    assert sorted(canonical.loads(head.encode(HEAD))) == [
        "env", "epoch", "format", "fresh_until", "hold", "issued_at", "min_client", "poll", "publish_id", "recent",
        "release", "rev", "revoked", "root_version", "seq", "stale_after", "urgency",
    ]  # fmt: skip


def test_release_and_shard_entry_have_exactly_the_fields_of_the_protocol() -> None:
    """The same for the documents a till reads after HEAD."""
    assert sorted(canonical.loads(release.encode(RELEASE))) == [
        "as_of", "compiled_at", "counts", "format", "horizon_days", "inputs_sha256", "prev", "publish_id", "reason",
        "rollback_of", "rollout", "seq", "shard_bits", "shards", "source", "tool",
    ]  # fmt: skip
    assert canonical.loads(shard.encode({"s1": ENTRY}))["stores"]["s1"] == {
        "bundle": {"sha256": SHA, "size": 10},
        "deltas": [{"from": SHA, "sha256": SHA, "size": 3}],
        "counters": {"sha256": SHA, "size": 4},
        "vouchers": [{"batch": "B1", "promotion_id": "p1", "sha256": SHA, "size": 8}],
        "cohort": "pilot",
        "source_commit": "c0ffee",
    }


def test_a_field_of_a_later_minor_version_is_ignored() -> None:
    """Old tills go on when a field is added."""
    document = {**canonical.loads(head.encode(HEAD)), "added_later": 1}
    assert head.parse(canonical.dumps(document)) == HEAD


@pytest.mark.parametrize(
    "change",
    [
        {"format": "promo-head/2"},
        {"rev": 0},
        {"rev": True},
        {"rev": 2**53},
        {"issued_at": "2026-02-07T03:00:00+00:00"},
        {"urgency": "panic"},
        {"revoked": ["x"] * 65},
        {"recent": ["x"] * 5},
        {"release": {"key": "releases/elsewhere", "sha256": SHA, "size": 1}},
        {"release": {"key": release_key(3, SHA), "sha256": "AB" * 32, "size": 1}},
    ],
)
def test_a_head_out_of_range_is_refused(change: dict[str, object]) -> None:
    """Bounds and forms are part of the document."""
    with pytest.raises(DocumentError):
        head.parse(canonical.dumps({**canonical.loads(head.encode(HEAD)), **change}))


def test_a_full_head_fits_its_limit() -> None:
    """64 revoked promotions, long names and two signatures stay below 8 KB."""
    from promo_cli.protocol import dsse
    from promo_cli.protocol.keys import Signer
    from promo_cli.protocol.limits import LIMITS

    full = replace(HEAD, revoked=("123e4567-e89b-12d3-a456-426614174000",) * 64, recent=(HEAD.publish_id,) * 4)
    signers = [Signer(bytes([n]) * 32) for n in range(5)]
    assert len(dsse.sign(head.PAYLOAD_TYPE, head.encode(full), signers)) <= LIMITS.head_bytes


def test_a_root_whose_key_id_is_not_the_hash_of_its_key_is_refused() -> None:
    """Nobody can put a key under another's id."""
    document = canonical.loads(root.encode(Repository().root))
    first, second = sorted(document["keys"])
    document["keys"][first], document["keys"][second] = document["keys"][second], document["keys"][first]
    with pytest.raises(DocumentError, match="expected the id"):
        root.parse(canonical.dumps(document))


def test_a_root_whose_threshold_cannot_be_reached_is_refused() -> None:
    """Two signatures of one key will never come."""
    document = canonical.loads(root.encode(Repository().root))
    document["roles"]["head"]["threshold"] = 2
    with pytest.raises(DocumentError, match="cannot reach"):
        root.parse(canonical.dumps(document))


def test_a_release_lists_a_shard_for_every_value_of_its_bits() -> None:
    """One shard too few would leave stores without an answer."""
    with pytest.raises(DocumentError, match="expected 2 for 1 bits"):
        release.parse(release.encode(replace(RELEASE, shards=RELEASE.shards[:1])))


def test_stores_fall_into_shards_by_the_first_bits_of_their_hash() -> None:
    """The slice of a store is a pure function of its id; SHA-256("s1") begins with e8."""
    assert shard_index("s1", 8) == 0xE8
    assert shard_index("s1", 1) == 1
    assert shard_index("s1", 0) == 0
    entries = {f"store-{n}": ENTRY for n in range(200)}
    shards = split_into_shards(entries, 3)
    assert len(shards) == 8
    assert {store: number for number, one in enumerate(shards) for store in one} == {
        store: shard_index(store, 3) for store in entries
    }


def test_there_are_about_as_many_shards_as_the_root_of_the_stores() -> None:
    """And the number in use is kept while it is near, since a change rewrites every shard."""
    assert [shard_bits_for(n) for n in (0, 1, 3, 22, 5000, 100_000)] == [0, 0, 0, 2, 6, 8]
    assert shard_bits_for(5000, current=5) == 5
    assert shard_bits_for(5000, current=3) == 6


def test_keys_stand_where_the_protocol_says() -> None:
    """Keys are part of the protocol: tills compute them."""
    assert root_key(2) == "root/2.json"
    assert release_key(12, SHA) == f"releases/00000000000000000012-{SHA[:12]}.json"
    assert blob_key(SHA) == f"blobs/sha256/ab/{SHA}"
    key = upload_key(date(2026, 2, 7), "s1", "pos-1", 1, 9, b"lines\n")
    assert key == "uploads/v1/dt=2026-02-07/store=s1/pos=pos-1/1-9-58975ca22b214d1b.ndjson.gz"
    assert receipt_key(key) == key.replace("uploads/", "receipts/") + ".json"


def test_a_ulid_says_when_it_was_made() -> None:
    """To the millisecond; other texts say nothing."""
    at = datetime(2026, 2, 7, 3, 4, 5, 678_000, tzinfo=UTC)
    assert ulid_time(ulid(at, b"0123456789")) == at
    assert [ulid_time(text) for text in ("", "publish-1", "8" + "0" * 25, "0" * 25 + "U")] == [None] * 4
