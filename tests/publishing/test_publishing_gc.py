"""Clearing away: what is kept, how long the rest waits, and who wins when a publisher wants a blob back."""

from datetime import timedelta
from pathlib import Path

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.protocol.blob import blob_of
from promo_cli.protocol.layout import INTENTS, TOMBSTONES, blob_key, intent_key, tombstone_key
from promo_cli.publishing import KeyRing, tombstones
from promo_cli.publishing.gc import gc
from promo_cli.publishing.rollback import rollback
from promo_cli.storage import OutcomeUnknown, Storage, open_storage
from tests.protocol.repository import make_bundle
from tests.publishing.harness import NOW, SOURCE, Crashed, Watched, keys_in, put, seen_by_tills, writer

HOUR = timedelta(hours=1)
OLD, NEW = {"s1": make_bundle("OLD")}, {"s1": make_bundle("NEW")}
OLD_BLOB = blob_of(OLD["s1"]).sha256


@pytest.fixture
def live(tmp_path: Path) -> tuple[Storage, KeyRing]:
    """Two releases, of which gc is told to keep one only."""
    storage, keys = open_storage("bucket", base=tmp_path), keys_in(tmp_path)
    put(storage, keys, OLD)
    put(storage, keys, NEW)
    return storage, keys


def _run(storage: Storage, keys: KeyRing, hours: int, *, keep: int = 0, dry_run: bool = False):  # type: ignore[no-untyped-def]
    at = NOW + hours * HOUR
    return gc(writer(storage, keys, f"GC{hours}", now=at), lambda: at, keep=keep, dry_run=dry_run)


def test_a_dry_run_writes_nothing(live: tuple[Storage, KeyRing]) -> None:
    """It says what would be marked."""
    storage, keys = live
    watched = Watched(storage)
    assert _run(watched, keys, 0, dry_run=True).marked == 2
    assert {name for name, _ in watched.requests} == {"get", "list"}


def test_what_nothing_needs_is_deleted_a_day_after_it_was_marked(live: tuple[Storage, KeyRing]) -> None:
    """Bundle and shard of the old release go; the live one is whole; the tombstones are gone in the end."""
    storage, keys = live
    assert _run(storage, keys, 0).marked == 2
    assert _run(storage, keys, 23).waiting == 2
    assert storage.get(blob_key(OLD_BLOB)) is not None
    swept = _run(storage, keys, 24)
    assert swept.deleted == 2
    assert swept.deleted_bytes > len(OLD["s1"])
    assert storage.get(blob_key(OLD_BLOB)) is None
    assert list(storage.list(TOMBSTONES)) == []
    assert seen_by_tills(storage, keys, NEW) == NEW
    assert _run(storage, keys, 50).marked == 0


def test_kept_releases_stay_complete(live: tuple[Storage, KeyRing]) -> None:
    """What can be rolled back to is not marked."""
    storage, keys = live
    assert (_run(storage, keys, 0, keep=1).marked, _run(storage, keys, 30, keep=1).deleted) == (0, 0)
    rollback(writer(storage, keys), 1, actor=SOURCE, reason="test")
    assert seen_by_tills(storage, keys, OLD) == OLD


@pytest.mark.parametrize("by", ["publish", "rollback"])
def test_a_publisher_rescues_what_is_marked(live: tuple[Storage, KeyRing], by: str) -> None:
    """Also when gc has decided already that the mark is old enough, and only then meets the publisher."""
    storage, keys = live
    _run(storage, keys, 0)
    if by == "publish":
        put(storage, keys, OLD)
    else:
        rollback(writer(storage, keys), 1, actor=SOURCE, reason="test")
    mark = tombstones.read(storage, OLD_BLOB)
    assert mark is not None
    assert mark.state == "rescued"
    _run(storage, keys, 30)
    assert seen_by_tills(storage, keys, OLD) == OLD
    assert storage.get(tombstone_key(OLD_BLOB)) is None


def _stages(folder: Path) -> tuple[Storage, KeyRing]:
    storage, keys = open_storage("bucket", base=folder), keys_in(folder)
    put(storage, keys, OLD)
    put(storage, keys, NEW)
    _run(storage, keys, 0)
    return storage, keys


def test_a_publisher_between_any_two_requests_of_gc_never_loses_a_blob(tmp_path: Path) -> None:
    """It publishes what gc is about to delete: it wins, or is told to come back, and then wins."""
    refused = 0
    for nth in range(1, 40):
        storage, keys = _stages(tmp_path / str(nth))
        met = []

        def meet(number: int, name: str, key: str, nth: int = nth) -> None:
            if number == nth:
                met.append(_try_put(storage, keys))  # noqa: B023 -- called within the round

        _run(Watched(storage, before=meet), keys, 24)
        if not met:
            break
        if not met[0]:
            refused += 1
            assert _try_put(storage, keys)
        assert seen_by_tills(storage, keys, OLD) == OLD, f"met before request {nth} of gc"
    assert nth > 10
    assert refused > 0


def _try_put(storage: Storage, keys: KeyRing) -> bool:
    try:
        put(storage, keys, OLD, now=NOW + 24 * HOUR)
    except Failure as failure:
        if failure.diagnostics[0].code != "PUB014":
            raise
        return False
    return True


def test_a_gc_between_any_two_requests_of_a_publisher_never_takes_a_blob(tmp_path: Path) -> None:
    """Whatever the publisher relies on is there when tills come."""
    for nth in range(1, 60):
        storage, keys = _stages(tmp_path / str(nth))
        met = []

        def meet(number: int, name: str, key: str, nth: int = nth) -> None:
            if number == nth:
                met.append(_run(storage, keys, 24))  # noqa: B023 -- called within the round

        put(Watched(storage, before=meet), keys, OLD, now=NOW + 24 * HOUR)
        assert seen_by_tills(storage, keys, OLD) == OLD, f"met before request {nth} of the publisher"
        if not met:
            break
    assert nth > 10


def test_a_deletion_under_way_is_waited_for_and_an_interrupted_one_reported(live: tuple[Storage, KeyRing]) -> None:
    """A blob in `deleting` is never relied on; an hour later gc finishes what was begun."""
    storage, keys = live
    _run(storage, keys, 0)

    def die(number: int, name: str, key: str) -> None:
        if name == "delete":
            raise Crashed

    with pytest.raises(Crashed):
        _run(Watched(storage, before=die), keys, 24)
    stuck = next(entry.key for entry in storage.list(TOMBSTONES) if b"deleting" in storage.get(entry.key).data)  # type: ignore[union-attr]
    sha256 = stuck.removeprefix(TOMBSTONES).removesuffix(".json")
    with pytest.raises(Failure) as caught:
        tombstones.claim(storage, [sha256], NOW, "P", lambda seconds: None)
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (4, "PUB014")
    waits = []

    def finish(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            _run(storage, keys, 25)

    tombstones.claim(storage, [sha256], NOW, "P", finish)
    assert len(waits) == 2
    assert storage.get(blob_key(sha256)) is None


def test_intents_protect_uploads_for_a_week(live: tuple[Storage, KeyRing]) -> None:
    """What a dead publisher uploaded is kept while its intent lasts, then marked, then deleted."""
    storage, keys = live
    third = {"s1": make_bundle("THIRD")}

    def die(number: int, name: str, key: str) -> None:
        if key == "HEAD" and name == "put":
            raise Crashed

    with pytest.raises(Crashed):
        put(Watched(storage, before=die), keys, third)
    _run(storage, keys, 0, keep=5)
    assert _run(storage, keys, 24 * 6, keep=5).deleted == 0
    assert _run(storage, keys, 24 * 8, keep=5).expired_intents == 1
    assert list(storage.list(INTENTS)) == []
    assert _run(storage, keys, 24 * 8 + 1, keep=5).marked > 0
    assert _run(storage, keys, 24 * 10, keep=5).deleted > 0
    assert seen_by_tills(storage, keys, NEW) == NEW


def test_a_publisher_whose_intent_was_taken_away_does_not_flip(live: tuple[Storage, KeyRing]) -> None:
    """It slept for a week: its uploads may be gone, so it starts over."""
    storage, keys = live

    def expire(number: int, name: str, key: str) -> None:
        if name == "put" and key.startswith("releases/"):
            for entry in list(storage.list(INTENTS)):
                storage.delete(entry.key)

    with pytest.raises(Failure) as caught:
        put(Watched(storage, after=expire), keys, OLD)
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (3, "PUB015")
    assert seen_by_tills(storage, keys, NEW) == NEW


def test_control_objects_of_another_version_stop_gc(live: tuple[Storage, KeyRing]) -> None:
    """Guessing would risk somebody's uploads."""
    storage, keys = live
    storage.put(intent_key("X"), b'{"format":"promo-intent/2"}')
    with pytest.raises(Failure) as caught:
        _run(storage, keys, 0)
    assert caught.value.diagnostics[0].code == "PUB017"
    storage.delete(intent_key("X"))
    storage.put(tombstone_key(OLD_BLOB), b"{}")
    with pytest.raises(Failure):
        _run(storage, keys, 0)


def test_a_lost_answer_to_a_mark_is_settled(live: tuple[Storage, KeyRing]) -> None:
    """A tombstone whose write arrived counts as ours, one that did not counts as nobody's."""
    storage, keys = live

    def lose(number: int, name: str, key: str) -> None:
        if name == "put":
            raise OutcomeUnknown(key, "lost")

    assert _run(Watched(storage, after=lose), keys, 0).marked == 2
    assert _run(Watched(storage, before=lose), keys, 30).deleted == 0
    assert _run(storage, keys, 31).deleted == 2
