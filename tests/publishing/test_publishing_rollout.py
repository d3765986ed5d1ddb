"""A change reaches the stores in waves; at every moment each store runs the old content or the new, whole."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.protocol import counters
from promo_cli.protocol.counters import Counters
from promo_cli.protocol.rollout import Rollout, Stage, rollout_of
from promo_cli.publishing import KeyRing, Published
from promo_cli.publishing.amend import halt
from promo_cli.publishing.chain import damaged, find, walk
from promo_cli.publishing.gc import gc
from promo_cli.publishing.live import read_live
from promo_cli.publishing.rollback import rollback
from promo_cli.publishing.staging import Plan
from promo_cli.publishing.waves import advance, sides_of, under_way
from promo_cli.storage import Storage, open_storage
from promo_cli.till.sync import sync
from tests.protocol.repository import make_bundle
from tests.publishing.harness import NOW, SOURCE, Watched, head_in, keys_in, put, seen_by_tills, writer

STORES = [f"s{n}" for n in range(6)]
OLD = {store: make_bundle("OLD", "B", "C", store.upper(), filler="x" * 300) for store in STORES}
NEW = {store: make_bundle("NEW", "B", "C", store.upper(), filler="x" * 300) for store in STORES}
PLAN = Plan(cohorts={"s1": "pilot", "s2": "city", "s3": "city"}, stages=(Stage(("pilot",), 24), Stage(("city",), 12)))
REACHED = [["s1"], ["s1", "s2", "s3"], STORES]
INPUTS = "ab" * 32
TARGET = replace(SOURCE, commit="f00d")


def _staged(storage: Storage, keys: KeyRing, bundles: dict[str, bytes] = NEW, **options: object) -> Published:
    return put(
        storage,
        keys,
        bundles,
        **{"source": TARGET, "inputs_sha256": INPUTS, "stages": PLAN, **options},  # type: ignore[arg-type]
    )


def _seen(wave: int) -> dict[str, bytes]:
    return {store: (NEW if store in REACHED[wave - 1] else OLD)[store] for store in STORES}


def _rollout(storage: Storage, keys: KeyRing) -> Rollout:
    return under_way(storage, read_live(storage, keys.trusted))


def _advance(storage: Storage, keys: KeyRing, publish_id: str = "NEXT"):  # type: ignore[no-untyped-def]
    return advance(writer(storage, keys, publish_id), _rollout(storage, keys), actor=SOURCE)


@pytest.fixture
def live(tmp_path: Path) -> tuple[Storage, KeyRing]:
    """Six stores run the old content."""
    storage, keys = open_storage("bucket", base=tmp_path), keys_in(tmp_path)
    put(storage, keys, OLD, inputs_sha256="cd" * 32)
    return storage, keys


def test_the_first_wave_touches_only_its_cohorts_stores(live: tuple[Storage, KeyRing]) -> None:
    """All other entries are the bytes they were; the state of the rollout is in the release."""
    storage, keys = live
    before = read_live(storage, keys.trusted)
    done = _staged(storage, keys)
    after = read_live(storage, keys.trusted)
    assert (done.outcome, done.changed_stores) == ("published", ("s1",))
    assert seen_by_tills(storage, keys, OLD) == _seen(1)
    assert before.entries is not None
    assert after.entries is not None
    assert {store for store in STORES if after.entries[store] != before.entries[store]} == {"s1"}
    assert (after.entries["s1"].cohort, after.entries["s1"].source_commit) == ("pilot", "f00d")
    assert after.entries["s5"].source_commit == SOURCE.commit
    rollout = rollout_of(after.release)
    assert rollout is not None
    assert rollout == done.rollout
    assert (rollout.wave, rollout.wave_seq, rollout.before.seq) == (1, 2, 1)
    assert rollout.stages == (Stage(("pilot",), 24), Stage(("city",), 12), Stage(None, 0))


def test_every_wave_reaches_its_stores_without_compiling_or_uploading_a_bundle(live: tuple[Storage, KeyRing]) -> None:
    """The second wave and the last write shards and a release; at the end nothing is left of the rollout."""
    storage, keys = live
    _staged(storage, keys)
    for wave in (2, 3):
        watched = Watched(storage)
        done = advance(writer(watched, keys, f"W{wave}"), _rollout(storage, keys), actor=SOURCE)
        assert (done.wave, done.finished) == (wave, wave == 3)
        assert done.changed_stores == tuple(sorted(set(REACHED[wave - 1]) - set(REACHED[wave - 2])))
        assert seen_by_tills(storage, keys, OLD) == _seen(wave)
        puts = [key for name, key in watched.requests if name == "put" and key.startswith("blobs/")]
        assert len(puts) <= len(find(storage, head_in(storage), head_in(storage).seq).release.shards)
    release = find(storage, head_in(storage), 4).release
    assert (release.rollout, release.inputs_sha256, release.source.commit) == (None, INPUTS, "f00d")
    assert put(storage, keys, NEW, inputs_sha256=INPUTS, stages=PLAN).outcome == "nothing-to-publish"


def test_tills_take_a_delta_in_their_wave(live: tuple[Storage, KeyRing], tmp_path: Path) -> None:
    """Deltas are made when the rollout begins, and serve whenever a store's wave comes."""
    storage, keys = live
    sync(storage, tmp_path / "till", "local", "s5", NOW, root=keys.trusted.root_envelope)
    _staged(storage, keys)
    _advance(storage, keys, "W2")
    _advance(storage, keys, "W3")
    watched = Watched(storage)
    assert sync(watched, tmp_path / "till", "local", "s5", NOW).status == "updated"
    entries = read_live(storage, keys.trusted).entries
    assert entries is not None
    assert entries["s5"].bundle.key not in [key for _, key in watched.requests]


def test_the_same_inputs_are_under_way_and_others_are_refused(live: tuple[Storage, KeyRing]) -> None:
    """The nightly job finds nothing to do; a second change has to wait, and nothing is written for either."""
    storage, keys = live
    _staged(storage, keys)
    watched = Watched(storage)
    tomorrow = {store: make_bundle("LATER", store.upper()) for store in STORES}
    assert _staged(watched, keys, tomorrow).outcome == "rollout-under-way"
    with pytest.raises(Failure, match="wave 1 of 3") as caught:
        _staged(watched, keys, tomorrow, inputs_sha256="ef" * 32)
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (3, "PUB018")
    assert {name for name, _ in watched.requests} == {"get"}
    assert seen_by_tills(storage, keys, OLD) == _seen(1)


def test_counters_reach_every_store_during_a_rollout(live: tuple[Storage, KeyRing]) -> None:
    """A promotion that is used up stops everywhere, and the waves go on with the newest counters."""
    storage, keys = live
    _staged(storage, keys)
    newer = counters.encode(Counters(NOW, NOW.date(), {}))
    assert _staged(storage, keys, counters=newer).changed_stores == tuple(STORES)
    assert _rollout(storage, keys).wave_seq == 2, "the wave is the one it was"
    assert _staged(storage, keys, counters=newer).changed_stores == ()
    _advance(storage, keys)
    entries = read_live(storage, keys.trusted).entries
    assert entries is not None
    assert len({entry.counters for entry in entries.values()} - {None}) == 1
    assert seen_by_tills(storage, keys, OLD) == _seen(2)


def test_all_at_once_ends_a_rollout(live: tuple[Storage, KeyRing]) -> None:
    """Every store gets the content now, whether it is the rollout's or another."""
    storage, keys = live
    _staged(storage, keys)
    fixed = {store: make_bundle("FIXED") for store in STORES}
    assert _staged(storage, keys, fixed, inputs_sha256="ef" * 32, all_at_once=True).rollout is None
    assert seen_by_tills(storage, keys, OLD) == fixed
    assert rollout_of(read_live(storage, keys.trusted).release) is None


def test_what_changes_in_one_wave_only_needs_no_rollout(live: tuple[Storage, KeyRing]) -> None:
    """Without a store to try it in before others there is nothing to wait for; empty waves are left out."""
    storage, keys = live
    done = _staged(storage, keys, {**OLD, "s5": NEW["s5"]})
    assert done.rollout is None
    assert "of one wave" in done.notices[-1]
    done = _staged(storage, keys, {**NEW, "s1": OLD["s1"]})
    assert done.rollout is not None
    assert [stage.cohorts for stage in done.rollout.stages] == [("city",), None]
    assert done.changed_stores == ("s2", "s3")


def test_stores_come_with_their_cohort_and_leave_with_the_last_wave(live: tuple[Storage, KeyRing]) -> None:
    """Until then a new store has nothing, and one that closes keeps what it has."""
    storage, keys = live
    bundles = {store: NEW[store] for store in STORES if store != "s4"} | {"s9": make_bundle("NINE")}
    _staged(storage, keys, bundles)
    entries = read_live(storage, keys.trusted).entries
    assert entries is not None
    assert sorted(entries) == STORES
    sides = sides_of(storage, read_live(storage, keys.trusted), _rollout(storage, keys))
    assert sides.waves == [("s1",), ("s2", "s3"), ("s0", "s4", "s5", "s9")]
    _advance(storage, keys, "W2")
    _advance(storage, keys, "W3")
    assert seen_by_tills(storage, keys, bundles) == bundles
    ended = read_live(storage, keys.trusted).entries
    assert ended is not None
    assert sorted(ended) == sorted(bundles)


def test_going_back_restores_the_old_entries_and_holds(live: tuple[Storage, KeyRing]) -> None:
    """An abort is a rollback to the release before: not one object more, and no job begins it anew."""
    storage, keys = live
    before = read_live(storage, keys.trusted).entries
    _staged(storage, keys)
    _advance(storage, keys)
    done = rollback(writer(storage, keys, "BACK"), 1, actor=SOURCE, reason="too cheap")
    assert done.changed_stores == ("s1", "s2", "s3")
    assert read_live(storage, keys.trusted).entries == before
    with pytest.raises(Failure, match="too cheap"):
        _staged(storage, keys)
    assert _staged(storage, keys, release_hold=True).rollout is not None
    assert seen_by_tills(storage, keys, OLD) == _seen(1)


def test_a_hold_keeps_waves_back_and_a_halt_does_not(live: tuple[Storage, KeyRing]) -> None:
    """Stopping a promotion works during a rollout, and stays through its waves."""
    storage, keys = live
    _staged(storage, keys)
    halt(writer(storage, keys, "HALT"), "old")
    _advance(storage, keys)
    assert head_in(storage).revoked == ("old",)
    seen = _rollout(storage, keys)
    rollback(writer(storage, keys, "BACK"), 1, actor=SOURCE, reason="test")
    with pytest.raises(Failure) as caught:
        advance(writer(storage, keys, "W3"), seen, actor=SOURCE)
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (2, "PUB019")


def test_a_step_of_a_rollout_cannot_be_rolled_back_to(live: tuple[Storage, KeyRing]) -> None:
    """It would bring back a mixture; the releases before and after serve."""
    storage, keys = live
    _staged(storage, keys)
    _advance(storage, keys, "W2")
    _advance(storage, keys, "W3")
    for seq in (2, 3):
        with pytest.raises(Failure) as caught:
            rollback(writer(storage, keys), seq, actor=SOURCE, reason="test")
        assert caught.value.diagnostics[0].code == "PUB020"
    rollback(writer(storage, keys, "BACK"), 1, actor=SOURCE, reason="test")
    assert seen_by_tills(storage, keys, OLD) == OLD


def test_of_two_who_go_on_at_once_one_is_told(live: tuple[Storage, KeyRing]) -> None:
    """Gates were looked at for one wave; they say nothing about the next."""
    storage, keys = live
    _staged(storage, keys)
    seen = _rollout(storage, keys)
    advance(writer(storage, keys, "W2"), seen, actor=SOURCE)
    with pytest.raises(Failure) as caught:
        advance(writer(storage, keys, "W2B"), seen, actor=SOURCE)
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (3, "PUB002")
    assert seen_by_tills(storage, keys, OLD) == _seen(2)


def test_clearing_away_leaves_what_a_rollout_needs(live: tuple[Storage, KeyRing]) -> None:
    """However few releases are kept: going on and going back both still work after two nights."""
    storage, keys = live
    _staged(storage, keys)
    for hours in (0, 25, 50):
        at = NOW + timedelta(hours=hours)
        gc(writer(storage, keys, f"GC{hours}", now=at), lambda at=at: at, keep=0, dry_run=False)  # type: ignore[misc]
    assert damaged(storage, next(walk(storage, head_in(storage))).release) == []
    _advance(storage, keys)
    assert seen_by_tills(storage, keys, OLD) == _seen(2)
    rollback(writer(storage, keys, "BACK"), 1, actor=SOURCE, reason="test")
    assert seen_by_tills(storage, keys, OLD) == OLD


def test_the_first_publication_reaches_every_store(tmp_path: Path) -> None:
    """There is nothing to compare it with, and no store has anything yet."""
    storage, keys = open_storage("bucket", base=tmp_path), keys_in(tmp_path)
    assert _staged(storage, keys).rollout is None
    assert seen_by_tills(storage, keys, NEW) == NEW
