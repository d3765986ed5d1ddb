import threading
from collections.abc import Callable

import pytest

from promo_cli.storage import (
    Found,
    NotModified,
    OutcomeUnknown,
    PreconditionFailed,
    Storage,
    TooLarge,
    put_once,
)


def _read(storage: Storage, key: str) -> bytes:
    found = storage.get(key)
    assert isinstance(found, Found)
    return found.data


def test_a_missing_object_is_none(storage: Storage) -> None:
    """Reading what is not there is an answer, not an error."""
    assert storage.get("HEAD") is None
    assert storage.get("releases/1.json") is None


def test_what_was_put_is_what_is_read_with_the_same_etag(storage: Storage) -> None:
    """put returns the ETag that get then shows, unquoted."""
    etag = storage.put("blobs/sha256/aa/aabb", b"\x00bytes\xff")
    assert storage.get("blobs/sha256/aa/aabb") == Found(b"\x00bytes\xff", etag)
    assert '"' not in etag


def test_an_unchanged_object_is_not_sent_again(storage: Storage) -> None:
    """A poll with the current ETag gets 304, with an older one the body."""
    first = storage.put("HEAD", b"one")
    assert storage.get("HEAD", if_none_match=first) == NotModified()
    second = storage.put("HEAD", b"two", if_match=first)
    assert storage.get("HEAD", if_none_match=first) == Found(b"two", second)


def test_a_new_object_never_replaces_one(storage: Storage) -> None:
    """If-None-Match: * fails on an existing key and leaves its bytes."""
    storage.put("root/1.json", b"first", if_none_match=True)
    with pytest.raises(PreconditionFailed):
        storage.put("root/1.json", b"second", if_none_match=True)
    assert _read(storage, "root/1.json") == b"first"


def test_a_replacement_needs_the_current_etag(storage: Storage) -> None:
    """If-Match fails over other bytes and on a missing key, and writes nothing."""
    etag = storage.put("HEAD", b"one")
    storage.put("HEAD", b"two", if_match=etag)
    with pytest.raises(PreconditionFailed):
        storage.put("HEAD", b"three", if_match=etag)
    with pytest.raises(PreconditionFailed):
        storage.put("missing", b"x", if_match=etag)
    assert _read(storage, "HEAD") == b"two"
    assert storage.get("missing") is None


def test_an_object_larger_than_the_reader_accepts_is_refused(storage: Storage) -> None:
    """The size cap is inclusive."""
    storage.put("HEAD", b"x" * 100)
    assert isinstance(storage.get("HEAD", max_size=100), Found)
    with pytest.raises(TooLarge):
        storage.get("HEAD", max_size=99)


def test_a_listing_is_in_key_order_within_prefix_and_after_the_start(storage: Storage) -> None:
    """Keys sort as UTF-8, across what a folder would call directories."""
    keys = ["a/b/2", "a/b/1", "a/b.x", "a/b-x", "a/c", "b", "a/é"]
    for key in keys:
        storage.put(key, b"12345")
    assert [entry.key for entry in storage.list()] == sorted(keys)
    assert [entry.key for entry in storage.list("a/b")] == ["a/b-x", "a/b.x", "a/b/1", "a/b/2"]
    assert [entry.key for entry in storage.list("a/", start_after="a/b/1")] == ["a/b/2", "a/c", "a/é"]
    assert [entry.key for entry in storage.list("a/", start_after="a/b0")] == ["a/c", "a/é"]
    assert [entry.key for entry in storage.list("none/")] == []
    assert {entry.size for entry in storage.list()} == {5}


def test_deleting_twice_is_no_error(storage: Storage) -> None:
    """After a delete the key is missing, and may be made again."""
    storage.put("ctl/intents/1", b"x")
    storage.delete("ctl/intents/1")
    storage.delete("ctl/intents/1")
    assert storage.get("ctl/intents/1") is None
    storage.put("ctl/intents/1", b"y", if_none_match=True)


def _race(writers: list[Callable[[], object]]) -> list[object]:
    gate = threading.Barrier(len(writers))
    results: list[object] = [None] * len(writers)

    def run(number: int) -> None:
        gate.wait()
        try:
            results[number] = writers[number]()
        except (PreconditionFailed, OutcomeUnknown) as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(writers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_writers_of_a_new_object_one_wins(reopen: Callable[[], Storage], attempt: int) -> None:
    """Whoever is told of success is whose bytes stay."""
    storages = [reopen() for _ in range(4)]
    results = _race(
        [
            lambda data=data, storage=storage: (storage.put("HEAD", data, if_none_match=True), data)
            for data, storage in zip((b"1", b"2", b"3", b"4"), storages, strict=True)
        ]
    )
    won = [result for result in results if isinstance(result, tuple)]
    assert len(won) == 1
    assert storages[0].get("HEAD") == Found(won[0][1], won[0][0])


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_replacements_of_the_same_etag_one_wins(reopen: Callable[[], Storage], attempt: int) -> None:
    """Compare-and-swap has one winner; the losers changed nothing."""
    storages = [reopen() for _ in range(4)]
    etag = storages[0].put("HEAD", b"base")
    results = _race(
        [
            lambda data=data, storage=storage: (storage.put("HEAD", data, if_match=etag), data)
            for data, storage in zip((b"1", b"2", b"3", b"4"), storages, strict=True)
        ]
    )
    won = [result for result in results if isinstance(result, tuple)]
    assert len(won) == 1
    assert storages[0].get("HEAD") == Found(won[0][1], won[0][0])


class _Unsure:
    """A storage whose put stores, then loses the answer, the first few times."""

    def __init__(self, inner: Storage, lost: int) -> None:
        self._inner = inner
        self._lost = lost
        self.puts = 0

    def put(self, key: str, data: bytes, *, if_match: str | None = None, if_none_match: bool = False) -> str:
        self.puts += 1
        etag = self._inner.put(key, data, if_match=if_match, if_none_match=if_none_match)
        if self.puts <= self._lost:
            raise OutcomeUnknown(key, "lost")
        return etag


def test_put_once_tells_new_from_there_already(storage: Storage) -> None:
    """True for the writer, False for everybody after."""
    assert put_once(storage, "blobs/x", b"same") is True
    assert put_once(storage, "blobs/x", b"same") is False


def test_put_once_sends_again_after_a_lost_answer_and_gives_up_in_the_end(storage: Storage) -> None:
    """An immutable object may be sent again; a storage that never answers is reported as such."""
    unsure = _Unsure(storage, lost=1)
    assert put_once(unsure, "blobs/x", b"same", sleep=lambda _: None) is False  # type: ignore[arg-type]
    assert _read(storage, "blobs/x") == b"same"

    class Mute(_Unsure):
        def put(self, key: str, data: bytes, *, if_match: str | None = None, if_none_match: bool = False) -> str:
            self.puts += 1
            raise OutcomeUnknown(key, "lost")

    mute = Mute(storage, lost=0)
    with pytest.raises(OutcomeUnknown):
        put_once(mute, "blobs/y", b"same", attempts=3, sleep=lambda _: None)  # type: ignore[arg-type]
    assert mute.puts == 3
