"""One publication after the other, by one publisher."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.protocol import canonical, counters, delta, dsse, head, release
from promo_cli.protocol.counters import Counter, Counters
from promo_cli.protocol.head import Head, Hold
from promo_cli.protocol.layout import HEAD, sha256_hex
from promo_cli.protocol.release import Release
from promo_cli.publishing import Progress, open_keys
from promo_cli.publishing.live import read_live
from promo_cli.publishing.verify import verify
from promo_cli.storage import Found, Storage, open_storage
from promo_cli.till.pull import read_release
from tests.protocol.repository import make_bundle
from tests.publishing.harness import NOW, SOURCE, Watched, keys_in, put, seen_by_tills

BUNDLES = {"s1": make_bundle("A"), "s2": make_bundle("A"), "s3": make_bundle("B")}


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """A folder that does not exist yet."""
    return open_storage("bucket", base=tmp_path)


def _head(storage: Storage) -> Head:
    found = storage.get(HEAD)
    assert isinstance(found, Found)
    return head.parse(dsse.open_envelope(found.data).payload)


def _release(storage: Storage) -> Release:
    return read_release(storage, _head(storage))


def _keys(storage: Storage, prefix: str) -> list[str]:
    return [entry.key for entry in storage.list(prefix)]


def test_tills_get_what_was_published(storage: Storage, tmp_path: Path) -> None:
    """Every store's till finds its bundle, byte for byte; equal bundles are one object."""
    done = put(storage, keys_in(tmp_path), BUNDLES)
    assert seen_by_tills(storage, keys_in(tmp_path), BUNDLES) == BUNDLES
    assert (done.outcome, done.seq, done.rev) == ("published", 1, 1)
    assert (done.stores, done.bundles, done.promotions) == (3, 2, 2)
    assert done.changed_stores == ("s1", "s2", "s3")
    named = {sha256_hex(data) for data in BUNDLES.values()}
    assert named <= {key.rpartition("/")[2] for key in _keys(storage, "blobs/")}


def test_the_release_says_where_it_comes_from(storage: Storage, tmp_path: Path) -> None:
    """Provenance, day and reason are in the release, and the releases are a chain of hashes."""
    put(storage, keys_in(tmp_path), BUNDLES, reason="opening", inputs_sha256="ab" * 32)
    first = _release(storage)
    assert first.prev is None
    assert (first.source, first.reason, first.as_of) == (SOURCE, "opening", NOW.date())
    first_sha = _head(storage).release.sha256
    put(storage, keys_in(tmp_path), {**BUNDLES, "s3": make_bundle("C")}, now=NOW + timedelta(hours=1))
    second = _release(storage)
    assert second.prev is not None
    assert (second.seq, second.prev.seq, second.prev.sha256) == (2, 1, first_sha)
    assert second.compiled_at == NOW + timedelta(hours=1)


def test_unchanged_content_publishes_nothing_and_writes_nothing(storage: Storage, tmp_path: Path) -> None:
    """Running again is free: reads only, and the live release is named."""
    put(storage, keys_in(tmp_path), BUNDLES)
    watched = Watched(storage)
    later = replace(SOURCE, commit="f00d")
    done = put(watched, keys_in(tmp_path), BUNDLES, source=later, now=NOW + timedelta(days=1))
    assert (done.outcome, done.seq, done.changed_stores) == ("nothing-to-publish", 1, ())
    assert {name for name, _ in watched.requests} == {"get"}


def test_one_changed_store_touches_only_its_own_objects(storage: Storage, tmp_path: Path) -> None:
    """Of 64 stores in 8 shards, one change writes one bundle, one shard, one release, HEAD and the intent."""
    fleet = {f"store-{n:02}": make_bundle(f"P{n}") for n in range(64)}
    put(storage, keys_in(tmp_path), fleet)
    watched = Watched(storage)
    done = put(watched, keys_in(tmp_path), {**fleet, "store-07": make_bundle("NEW")})
    assert done.changed_stores == ("store-07",)
    assert done.uploaded.objects == 3
    assert sorted(key.split("/")[0] for name, key in watched.requests if name == "put") == [
        "HEAD", "blobs", "blobs", "ctl", "releases",
    ]  # fmt: skip


def test_an_unchanged_stores_entry_keeps_the_commit_that_last_changed_it(storage: Storage, tmp_path: Path) -> None:
    """So that its shard keeps its bytes, and drift is compared with the right commit."""
    put(storage, keys_in(tmp_path), BUNDLES)
    put(storage, keys_in(tmp_path), {**BUNDLES, "s3": make_bundle("C")}, source=replace(SOURCE, commit="f00d"))
    entries = read_live(storage, keys_in(tmp_path).trusted).entries
    assert entries is not None
    assert {store: entry.source_commit for store, entry in entries.items()} == {
        "s1": "c0ffee", "s2": "c0ffee", "s3": "f00d",
    }  # fmt: skip


def test_a_closed_store_leaves_the_release(storage: Storage, tmp_path: Path) -> None:
    """A store missing from the bundles is a change, also when no other store changed."""
    put(storage, keys_in(tmp_path), BUNDLES)
    done = put(storage, keys_in(tmp_path), {store: BUNDLES[store] for store in ("s1", "s2")})
    assert (done.outcome, done.stores, done.changed_stores) == ("published", 2, ())


def test_a_small_change_comes_with_a_delta(storage: Storage, tmp_path: Path) -> None:
    """The delta leads from the old bundle to the new one; large changes have none."""
    codes = [f"C{n:02}" for n in range(40)]
    old, new = make_bundle(*codes, filler="x" * 100), make_bundle(*codes, "D", filler="x" * 100)
    put(storage, keys_in(tmp_path), {"s1": old, "s2": make_bundle("A")})
    put(storage, keys_in(tmp_path), {"s1": new, "s2": make_bundle("B")})
    entries = read_live(storage, keys_in(tmp_path).trusted).entries
    assert entries is not None
    (reference,) = entries["s1"].deltas
    assert reference.base == sha256_hex(old)
    found = storage.get(reference.blob.key)
    assert isinstance(found, Found)
    assert delta.apply(old, found.data) == new
    assert entries["s2"].deltas == ()


def test_counters_travel_as_a_blob_of_their_own(storage: Storage, tmp_path: Path) -> None:
    """New counters change the entry and not the bundle."""
    put(storage, keys_in(tmp_path), BUNDLES)
    snapshot = counters.encode(Counters(NOW, NOW.date(), {"a": Counter(10, 1, counters.Decimal(5), True)}))
    done = put(storage, keys_in(tmp_path), BUNDLES, counters=snapshot)
    assert done.outcome == "published"
    entries = read_live(storage, keys_in(tmp_path).trusted).entries
    assert entries is not None
    assert {entry.counters.sha256 for entry in entries.values() if entry.counters} == {sha256_hex(snapshot)}
    assert seen_by_tills(storage, keys_in(tmp_path), BUNDLES) == BUNDLES


def test_counters_stay_where_no_newer_ones_are_known(storage: Storage, tmp_path: Path) -> None:
    """A publisher without a warehouse does not make used up promotions begin again, in new stores neither."""
    keys = keys_in(tmp_path)
    snapshot = counters.encode(Counters(NOW, NOW.date(), {"a": Counter(10, 1, counters.Decimal(5), True)}))
    put(storage, keys, BUNDLES, counters=snapshot)
    assert put(storage, keys, BUNDLES).outcome == "nothing-to-publish"
    put(storage, keys, {**BUNDLES, "s9": make_bundle("NEW")})
    entries = read_live(storage, keys.trusted).entries
    assert entries is not None
    assert {entry.counters and entry.counters.sha256 for entry in entries.values()} == {sha256_hex(snapshot)}


def test_head_carries_the_clocks_and_the_revoked_promotions_on(storage: Storage, tmp_path: Path) -> None:
    """A publish renews the clocks; what was stopped stays stopped."""
    keys = keys_in(tmp_path)
    put(storage, keys, BUNDLES)
    stopped = replace(_head(storage), rev=2, revoked=("a",))
    storage.put(HEAD, dsse.sign(head.PAYLOAD_TYPE, head.encode(stopped), keys.signers))
    put(storage, keys, {**BUNDLES, "s3": make_bundle("C")}, now=NOW + timedelta(hours=5))
    now = _head(storage)
    assert (now.rev, now.seq, now.revoked) == (3, 2, ("a",))
    assert now.issued_at == NOW + timedelta(hours=5)
    assert now.issued_at < now.fresh_until < now.stale_after
    assert len(now.recent) == 1


def test_a_hold_stops_a_publication(storage: Storage, tmp_path: Path) -> None:
    """Exit 3 for any content, with who holds and why; --release-hold publishes and ends it."""
    keys = keys_in(tmp_path)
    put(storage, keys, BUNDLES)
    held = replace(_head(storage), rev=2, hold=Hold(NOW, "ayu", "latte too cheap"))
    storage.put(HEAD, dsse.sign(head.PAYLOAD_TYPE, head.encode(held), keys.signers))
    with pytest.raises(Failure, match="ayu: latte too cheap") as caught:
        put(storage, keys, {"s1": make_bundle("Z")})
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (3, "PUB004")
    with pytest.raises(Failure):
        put(storage, keys, BUNDLES)
    assert put(storage, keys, BUNDLES, release_hold=True).outcome == "nothing-to-publish"
    assert (_head(storage).hold, _head(storage).rev, _head(storage).seq) == (None, 3, 1)


def test_nothing_compiled_is_no_release(storage: Storage, tmp_path: Path) -> None:
    """An empty set of bundles would switch off every till."""
    with pytest.raises(Failure) as caught:
        put(storage, keys_in(tmp_path), {})
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (2, "PUB007")
    assert storage.get(HEAD) is None


def test_the_intent_names_every_new_object_and_goes_when_all_is_done(storage: Storage, tmp_path: Path) -> None:
    """Clearing away unused objects must not touch an upload under way."""
    intents: list[dict[str, object]] = []

    def look(number: int, name: str, key: str) -> None:
        if name == "put" and key == HEAD:
            for entry in storage.list("ctl/intents/"):
                found = storage.get(entry.key)
                assert isinstance(found, Found)
                intents.append(canonical.loads(found.data))

    put(Watched(storage, before=look), keys_in(tmp_path), BUNDLES)
    (intent,) = intents
    there = {key.rpartition("/")[2] for key in _keys(storage, "blobs/")}
    assert set(intent["blobs"]) == there  # type: ignore[call-overload]
    assert [intent["release"]] == _keys(storage, "releases/")
    assert _keys(storage, "ctl/intents/") == []


def test_progress_is_reported_from_nothing_to_all(storage: Storage, tmp_path: Path) -> None:
    """Objects and bytes grow to their totals, per kind of object."""
    seen: list[Progress] = []
    put(storage, keys_in(tmp_path), BUNDLES, report=seen.append)
    blobs = [one for one in seen if one.what == "blobs"]
    assert [one.done for one in blobs] == [1, 2]
    assert blobs[-1].done_bytes == blobs[-1].total_bytes == len(BUNDLES["s1"]) + len(BUNDLES["s3"])
    assert seen[-1].what == "release"


def test_the_development_root_is_made_once_kept_private_and_said_aloud(storage: Storage, tmp_path: Path) -> None:
    """Keys lie outside the bucket with mode 0600, and every publication says what they are."""
    first, second = keys_in(tmp_path), keys_in(tmp_path)
    assert first == second
    files = sorted((tmp_path / "keys" / "local").iterdir())
    assert [path.name for path in files] == ["head.pem", "root.json", "root.pem"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert "development root" in put(storage, first, BUNDLES).notices[0]
    assert "development root" in put(storage, first, BUNDLES).notices[0]


def test_without_keys_a_real_environment_is_not_published_to(tmp_path: Path) -> None:
    """Only folder targets make their own root."""
    with pytest.raises(Failure) as caught:
        open_keys(tmp_path / "none", "production", NOW, development=False)
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (2, "SEC001")
    assert not (tmp_path / "none").exists()


def test_a_missing_or_damaged_key_is_said_before_anything_is_written(storage: Storage, tmp_path: Path) -> None:
    """Which ids are wanted, and where."""
    keys_in(tmp_path)
    pem = tmp_path / "keys" / "local" / "head.pem"
    good = pem.read_bytes()
    pem.write_bytes(good[:40])
    with pytest.raises(Failure) as caught:
        keys_in(tmp_path)
    assert caught.value.diagnostics[0].code == "SEC004"
    pem.unlink()
    with pytest.raises(Failure, match="takes 1 head keys, found 0") as caught:
        put(storage, keys_in(tmp_path), BUNDLES)
    assert caught.value.diagnostics[0].code == "SEC001"
    assert list(storage.list()) == []


def test_a_bucket_of_another_root_is_not_published_to(storage: Storage, tmp_path: Path) -> None:
    """Losing the key folder must not lead to a bucket whose tills refuse everything."""
    put(storage, keys_in(tmp_path), BUNDLES)
    other = keys_in(tmp_path / "elsewhere")
    with pytest.raises(Failure) as caught:
        put(storage, other, {"s1": make_bundle("Z")})
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (2, "SEC002")
    storage.delete(HEAD)
    with pytest.raises(Failure) as caught:
        put(storage, other, {"s1": make_bundle("Z")})
    assert caught.value.diagnostics[0].code == "SEC002"
    assert storage.get(HEAD) is None


def test_a_tampered_head_is_not_published_over(storage: Storage, tmp_path: Path) -> None:
    """Whoever changed it wants it to be found."""
    put(storage, keys_in(tmp_path), BUNDLES)
    found = storage.get(HEAD)
    assert isinstance(found, Found)
    storage.put(HEAD, found.data.replace(b'"sig":"', b'"sig":"A'))
    with pytest.raises(Failure) as caught:
        put(storage, keys_in(tmp_path), {"s1": make_bundle("Z")})
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (1, "SEC003")


def test_a_live_release_with_a_missing_shard_is_reported(storage: Storage, tmp_path: Path) -> None:
    """Exit 4: what is live cannot be compared with what is new."""
    put(storage, keys_in(tmp_path), BUNDLES)
    storage.delete(_release(storage).shards[0].key)
    with pytest.raises(Failure, match="missing") as caught:
        put(storage, keys_in(tmp_path), {"s1": make_bundle("Z")})
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (4, "PUB005")


def test_the_release_is_canonical_and_hashes_to_its_key(storage: Storage, tmp_path: Path) -> None:
    """Anybody can check the chain with sha256sum."""
    put(storage, keys_in(tmp_path), BUNDLES)
    (key,) = _keys(storage, "releases/")
    found = storage.get(key)
    assert isinstance(found, Found)
    assert sha256_hex(found.data) == _head(storage).release.sha256
    assert release.encode(release.parse(found.data)) == found.data


def test_reading_back_notices_a_store_left_out_and_a_head_that_is_behind(storage: Storage, tmp_path: Path) -> None:
    """A till's own path, from nothing, with the release just written in mind; a newer HEAD is no fault."""
    keys = keys_in(tmp_path)
    put(storage, keys, BUNDLES)
    now = _head(storage)
    verify(storage, keys.trusted, now, ["s1", "s2"])
    for published, stores, message in (
        (now, ["s1", "s9"], "no bundle for store s9"),
        (replace(now, rev=2), ["s1"], "older than the revision 2"),
    ):
        with pytest.raises(Failure, match=message) as caught:
            verify(storage, keys.trusted, published, stores)
        assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (4, "PUB006")
    put(storage, keys, {"s2": make_bundle("Z")})
    verify(storage, keys.trusted, now, ["s1"])
