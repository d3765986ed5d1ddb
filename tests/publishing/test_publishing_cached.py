"""The copy of the live release on the publisher's machine: fewer requests, the same answers."""

from pathlib import Path

import pytest

from promo_cli.publishing import KeyRing
from promo_cli.storage import Storage, open_storage
from tests.protocol.repository import make_bundle
from tests.publishing.harness import Watched, head_in, keys_in, put, seen_by_tills

FLEET = {f"store-{n:02}": make_bundle(f"P{n}") for n in range(64)}


@pytest.fixture
def live(tmp_path: Path) -> tuple[Storage, KeyRing]:
    """A fleet in eight shards, published with a cache."""
    storage, keys = open_storage("bucket", base=tmp_path), keys_in(tmp_path)
    put(storage, keys, FLEET, cache=tmp_path / "cache")
    return storage, keys


def test_nothing_changed_is_one_request(live: tuple[Storage, KeyRing], tmp_path: Path) -> None:
    """HEAD, and nothing else; also right after a publication that changed one shard."""
    storage, keys = live
    changed = {**FLEET, "store-07": make_bundle("NEW")}
    for content in (FLEET, changed):
        put(storage, keys, content, cache=tmp_path / "cache")
        watched = Watched(storage)
        assert put(watched, keys, content, cache=tmp_path / "cache").outcome == "nothing-to-publish"
        assert watched.requests == [("get", "HEAD")]


def test_the_cache_holds_the_live_release_only(live: tuple[Storage, KeyRing], tmp_path: Path) -> None:
    """Ten publications later it is as large as after the first."""
    storage, keys = live
    size = len(list((tmp_path / "cache").iterdir()))
    for number in range(10):
        content = {**FLEET, "store-07": make_bundle(f"NEW{number}")}
        put(storage, keys, content, cache=tmp_path / "cache")
        put(storage, keys, content, cache=tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == size


@pytest.mark.parametrize("damage", [b"", b"{}", None], ids=["empty", "other", "gone"])
def test_a_damaged_cache_costs_requests_only(
    live: tuple[Storage, KeyRing], tmp_path: Path, damage: bytes | None
) -> None:
    """Every read checks the hash; what is wrong is fetched and mended."""
    storage, keys = live
    for path in (tmp_path / "cache").iterdir():
        path.unlink() if damage is None else path.write_bytes(damage)
    watched = Watched(storage)
    assert put(watched, keys, FLEET, cache=tmp_path / "cache").outcome == "nothing-to-publish"
    assert len(watched.requests) > 1
    watched = Watched(storage)
    put(watched, keys, FLEET, cache=tmp_path / "cache")
    assert watched.requests == [("get", "HEAD")]


def test_another_publishers_release_is_fetched(live: tuple[Storage, KeyRing], tmp_path: Path) -> None:
    """A cache can be behind, but never wrong: HEAD says what to read."""
    storage, keys = live
    theirs = {**FLEET, "store-09": make_bundle("THEIRS")}
    put(storage, keys, theirs)
    mine = {**theirs, "store-11": make_bundle("MINE")}
    assert put(storage, keys, mine, cache=tmp_path / "cache").changed_stores == ("store-11",)
    assert seen_by_tills(storage, keys, mine) == mine
    assert head_in(storage).seq == 3


def test_a_cache_that_cannot_be_written_is_no_obstacle(live: tuple[Storage, KeyRing], tmp_path: Path) -> None:
    """A file stands where the folder should be: every object is read from the bucket."""
    storage, keys = live
    (tmp_path / "file").write_text("")
    assert put(storage, keys, FLEET, cache=tmp_path / "file").outcome == "nothing-to-publish"
