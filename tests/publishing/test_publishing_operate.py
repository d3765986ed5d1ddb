"""Halt, hold, refresh, rollback: changes of what is live without compiling."""

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.protocol.layout import HEAD
from promo_cli.publishing import KeyRing
from promo_cli.publishing.amend import end_hold, halt, lift, refresh
from promo_cli.publishing.chain import damaged, find, walk
from promo_cli.publishing.rollback import rollback
from promo_cli.storage import OutcomeUnknown, Storage, open_storage
from tests.protocol.repository import make_bundle
from tests.publishing.harness import NOW, SOURCE, Watched, head_in, keys_in, put, seen_by_tills, writer

FIRST = {f"s{n}": make_bundle("A", f"P{n}") for n in range(4)}
SECOND = {**FIRST, "s1": make_bundle("BAD")}


@pytest.fixture
def live(tmp_path: Path) -> tuple[Storage, KeyRing]:
    """Two releases of four stores, the second live."""
    storage, keys = open_storage("bucket", base=tmp_path), keys_in(tmp_path)
    put(storage, keys, FIRST)
    put(storage, keys, SECOND)
    return storage, keys


def test_a_halt_reaches_head_and_survives_publications(live: tuple[Storage, KeyRing]) -> None:
    """Only HEAD is written; publishing and rolling back keep it; lifting ends it; both are idempotent."""
    storage, keys = live
    watched = Watched(storage)
    assert halt(writer(watched, keys, "H1"), "bad").changed
    assert [key for name, key in watched.requests if name == "put"] == [HEAD]
    assert not halt(writer(storage, keys, "H2"), "bad").changed
    put(storage, keys, FIRST)
    rollback(writer(storage, keys, "B1"), 2, actor=SOURCE, reason="test")
    assert head_in(storage).revoked == ("bad",)
    assert lift(writer(storage, keys, "L1"), "bad").changed
    assert not lift(writer(storage, keys, "L2"), "bad").changed
    assert head_in(storage).revoked == ()


def test_the_65th_halt_is_refused(live: tuple[Storage, KeyRing]) -> None:
    """HEAD's list is full; it is left as it is, and still fits."""
    storage, keys = live
    for number in range(64):
        halt(writer(storage, keys, f"H{number}"), f"{number:08}-0000-5000-8000-000000000000")
    with pytest.raises(Failure) as caught:
        halt(writer(storage, keys, "H64"), "one-more")
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (2, "PUB010")
    assert len(head_in(storage).revoked) == 64


def test_a_halt_wins_against_publishers_and_a_publication_against_halts(live: tuple[Storage, KeyRing]) -> None:
    """Neither is told to start over because of the other; both take effect."""
    storage, keys = live
    done = threading.Event()

    def meanwhile(number: int, name: str, key: str) -> None:
        if name == "put" and key == HEAD and not done.is_set():
            done.set()
            halt(writer(storage, keys, "H1"), "bad")

    third = {**SECOND, "s2": make_bundle("THIRD")}
    assert put(Watched(storage, before=meanwhile), keys, third).outcome == "published"
    assert head_in(storage).revoked == ("bad",)
    assert seen_by_tills(storage, keys, third) == third
    done.clear()

    def publish_meanwhile(number: int, name: str, key: str) -> None:
        if name == "put" and key == HEAD and not done.is_set():
            done.set()
            put(storage, keys, FIRST)

    assert lift(writer(Watched(storage, before=publish_meanwhile), keys, "L1"), "bad").changed
    assert (head_in(storage).revoked, head_in(storage).seq) == ((), 4)


def test_a_refresh_only_signs_again(live: tuple[Storage, KeyRing]) -> None:
    """Same release, later times, next revision; what is halted stays so."""
    storage, keys = live
    before = head_in(storage)
    refresh(writer(storage, keys, "R1", now=NOW + timedelta(hours=20)))
    after = head_in(storage)
    assert (after.release, after.seq, after.rev) == (before.release, before.seq, before.rev + 1)
    assert after.fresh_until == before.fresh_until + timedelta(hours=20)
    assert after.recent[0] == before.publish_id


def test_a_rollback_uploads_no_blob_and_holds(live: tuple[Storage, KeyRing]) -> None:
    """The old content, as a new release; every publication is refused until the hold is released."""
    storage, keys = live
    watched = Watched(storage)
    done = rollback(writer(watched, keys, "B1"), 1, actor=replace(SOURCE, actor="budi"), reason="too cheap")
    written = [key for name, key in watched.requests if name == "put"]
    assert [key.split("/")[0] for key in written] == ["ctl", "releases", "HEAD"]
    assert (done.head.seq, done.changed_stores, done.uploaded.objects) == (3, ("s1",), 1)
    assert seen_by_tills(storage, keys, FIRST) == FIRST
    release = find(storage, head_in(storage), 3).release
    assert (release.rollback_of, release.reason, release.source.actor) == (1, "too cheap", "budi")
    assert release.source.commit == SOURCE.commit
    for content in (FIRST, SECOND):
        with pytest.raises(Failure, match="budi: too cheap") as caught:
            put(storage, keys, content)
        assert caught.value.exit_code == 3
    refresh(writer(storage, keys, "R1"))
    assert head_in(storage).hold is not None, "renewing HEAD does not end a hold"
    assert put(storage, keys, SECOND, release_hold=True).outcome == "published"
    assert head_in(storage).hold is None


def test_a_hold_can_be_ended_without_new_content(live: tuple[Storage, KeyRing]) -> None:
    """By HEAD alone; where there is none, nothing is written."""
    storage, keys = live
    assert not end_hold(writer(storage, keys, "E0")).changed
    rollback(writer(storage, keys, "B1"), 1, actor=SOURCE, reason="test")
    assert end_hold(writer(storage, keys, "E1")).changed
    assert put(storage, keys, FIRST).outcome == "nothing-to-publish"


def test_a_dry_run_of_a_rollback_writes_nothing(live: tuple[Storage, KeyRing]) -> None:
    """It says what would change."""
    storage, keys = live
    watched = Watched(storage)
    done = rollback(writer(watched, keys), 1, actor=SOURCE, reason="test", dry_run=True)
    assert (done.head.seq, done.changed_stores) == (3, ("s1",))
    assert {name for name, _ in watched.requests} <= {"get", "list"}


def test_a_rollback_to_what_is_gone_is_refused_before_anything_is_written(live: tuple[Storage, KeyRing]) -> None:
    """Unknown numbers, and releases whose blobs gc has cleared away."""
    storage, keys = live
    with pytest.raises(Failure) as caught:
        rollback(writer(storage, keys), 9, actor=SOURCE, reason="test")
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (2, "PUB011")
    gone = next(entry.key for entry in storage.list("blobs/") if storage.get(entry.key).data == FIRST["s1"])  # type: ignore[union-attr]
    storage.delete(gone)
    with pytest.raises(Failure) as caught:
        rollback(writer(storage, keys), 1, actor=SOURCE, reason="test")
    assert caught.value.diagnostics[0].code == "PUB012"
    assert head_in(storage).seq == 2


@pytest.mark.parametrize("stored", [True, False], ids=["stored", "not-stored"])
def test_a_lost_answer_for_head_is_settled(live: tuple[Storage, KeyRing], stored: bool) -> None:
    """A halt whose answer is lost took effect once, whether the write arrived or not."""
    storage, keys = live
    lost = threading.Event()

    def lose(number: int, name: str, key: str) -> None:
        if name == "put" and key == HEAD and not lost.is_set():
            lost.set()
            raise OutcomeUnknown(key, "the answer was lost")

    watched = Watched(storage, after=lose) if stored else Watched(storage, before=lose)
    assert halt(writer(watched, keys, "H1"), "bad").changed
    assert (head_in(storage).revoked, head_in(storage).rev) == (("bad",), 3)


def test_the_chain_leads_back_to_the_first_release(live: tuple[Storage, KeyRing]) -> None:
    """Every step is proved; a release changed in place breaks it."""
    storage, keys = live
    put(storage, keys, FIRST)
    links = list(walk(storage, head_in(storage)))
    assert [link.release.seq for link in links] == [3, 2, 1]
    key = next(entry.key for entry in storage.list(f"releases/{1:020d}"))
    storage.put(key, b"{}")
    with pytest.raises(Failure) as caught:
        list(walk(storage, head_in(storage)))
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (4, "PUB005")


def test_damage_is_found_object_by_object(live: tuple[Storage, KeyRing]) -> None:
    """A changed blob and a missing one are each named; a sound release has no finding."""
    storage, _ = live
    release = find(storage, head_in(storage), 2).release
    assert damaged(storage, release) == []
    by_data = {storage.get(entry.key).data: entry.key for entry in storage.list("blobs/")}  # type: ignore[union-attr]
    storage.put(by_data[SECOND["s1"]], SECOND["s1"][:-1] + b"x")
    storage.delete(by_data[SECOND["s2"]])
    assert len(damaged(storage, release)) == 2
