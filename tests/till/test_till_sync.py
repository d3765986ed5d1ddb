"""What a till keeps on its disk, for everything a bucket can serve."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.protocol import delta, dsse, head, root
from promo_cli.protocol.head import Head
from promo_cli.protocol.layout import HEAD, root_key, sha256_hex
from promo_cli.protocol.limits import LIMITS
from promo_cli.protocol.shard import DeltaRef, Entry
from promo_cli.storage import Storage, StorageUnavailable
from promo_cli.till import state
from promo_cli.till.sync import SyncResult, sync, version
from tests.protocol.repository import (
    HEAD_A,
    HEAD_B,
    NOW,
    ROOT_A,
    ROOT_B,
    STRANGER,
    MemoryStorage,
    Repository,
    make_bundle,
)
from tests.publishing.harness import Crashed, Watched

OLD = make_bundle("A", "B", "C", filler="x" * 2000)
NEW = make_bundle("A", "C", "D", filler="x" * 2000)


@pytest.fixture
def repo() -> Repository:
    """A bucket with one release for two stores."""
    repo = Repository()
    repo.publish({"s1": OLD, "s2": make_bundle("Z")})
    return repo


@pytest.fixture
def till(tmp_path: Path) -> Path:
    """An empty state folder."""
    return tmp_path / "till"


def _sync(repo: Repository, till: Path, **options: object) -> SyncResult:
    arguments: dict[str, object] = {"root": repo.root_bytes, **options}
    now = arguments.pop("now", NOW)
    return sync(repo.storage, till, "production", "s1", now, **arguments)  # type: ignore[arg-type]


def _head(repo: Repository) -> Head:
    assert repo.head is not None
    return repo.head


def _files(folder: Path) -> dict[str, bytes]:
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: data for name, data in found.items() if not name.endswith("lock")}


def _codes(result: SyncResult) -> list[str]:
    return [promotion["code"] for promotion in result.promotions]


def test_the_first_sync_gives_the_whole_list(repo: Repository, till: Path) -> None:
    """The roadmap's answer: promotions, deleted ids, time of issue, version, count."""
    result = _sync(repo, till)
    assert (result.status, _codes(result), result.exit_code) == ("updated", ["A", "B", "C"], 0)
    document = result.document()
    assert list(document) == [
        "schema", "promotions", "deleted_promotion_ids", "sync_timestamp", "version", "count",
    ]  # fmt: skip
    assert (document["sync_timestamp"], document["version"], document["count"]) == ("2026-02-07T03:00:00Z", 1, 3)
    assert document["deleted_promotion_ids"] == []


def test_a_later_sync_names_what_has_gone(repo: Repository, till: Path) -> None:
    """Always the full list, and the ids that ran before and do not any more."""
    _sync(repo, till)
    repo.publish({"s1": NEW})
    result = _sync(repo, till)
    assert (result.status, _codes(result), result.deleted_promotion_ids) == ("updated", ["A", "C", "D"], ("b",))
    again = _sync(repo, till)
    assert (again.status, _codes(again), again.deleted_promotion_ids) == ("unchanged", ["A", "C", "D"], ())


def test_an_unchanged_poll_is_one_request_and_no_write(repo: Repository, till: Path) -> None:
    """HEAD with its ETag, nothing else."""
    _sync(repo, till)
    before = _files(till)
    repo.storage.reads.clear()
    assert _sync(repo, till, now=NOW + timedelta(hours=1)).status == "unchanged"
    assert repo.storage.reads == [HEAD]
    assert _files(till) == before


def test_a_changed_head_of_the_same_release_costs_one_request(repo: Repository, till: Path) -> None:
    """Revoking a promotion fleet-wide is one small fetch for each till."""
    _sync(repo, till)
    repo.publish_head(replace(_head(repo), rev=2, revoked=("a",)))
    repo.storage.reads.clear()
    assert _sync(repo, till).status == "unchanged"
    assert repo.storage.reads == [HEAD]
    known = state.load(state.open_disk(till))
    assert known is not None
    assert known.trusted.head is not None
    assert known.trusted.head.revoked == ("a",)


def test_a_new_till_needs_a_root_or_leave_to_trust_the_buckets_own(repo: Repository, till: Path) -> None:
    """Enrolment is on another way than the bucket; folders of one's own may be trusted on first use, said aloud."""
    with pytest.raises(Failure) as caught:
        _sync(repo, till, root=None)
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (2, "SEC103")
    assert _files(till) == {}
    result = _sync(repo, till, root=None, trust_first_root=True)
    assert result.status == "updated"
    assert "development root" in result.notices[0]


def test_a_state_folder_belongs_to_one_till(repo: Repository, till: Path) -> None:
    """Another store or environment in the same folder is a mistake, not a rollback."""
    _sync(repo, till)
    for env, store in (("staging", "s1"), ("production", "s2")):
        with pytest.raises(Failure) as caught:
            sync(repo.storage, till, env, store, NOW, root=repo.root_bytes)
        assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (2, "SYN001")


def test_a_bucket_without_a_release_is_named(till: Path) -> None:
    """Not an attack: nothing was published yet."""
    empty = Repository()
    result = _sync(empty, till)
    assert (result.status, result.count, result.version) == ("refused", 0, 0)
    assert result.diagnostics[0].code == "SYN002"
    nothing = sync(MemoryStorage(), till, "production", "s1", NOW, trust_first_root=True)
    assert nothing.diagnostics[0].code == "SYN002"


def _tamper(repo: Repository, key: str, change: Callable[[bytes], bytes]) -> None:
    repo.storage.objects[key] = change(repo.storage.objects[key])


def _signed_by(repo: Repository, *signers: object) -> None:
    repo.head_signers = signers  # type: ignore[assignment]
    repo.publish_head(_head(repo))


def _bundle_key() -> str:
    return f"blobs/sha256/{sha256_hex(NEW)[:2]}/{sha256_hex(NEW)}"


def _shard_keys(repo: Repository) -> list[str]:
    from promo_cli.protocol import release

    return [blob.key for blob in release.parse(repo.storage.objects[_head(repo).release.key]).shards]


def _break_shards(repo: Repository, change: Callable[[bytes], bytes]) -> None:
    for key in set(_shard_keys(repo)):
        _tamper(repo, key, change)


def _mix_releases(repo: Repository) -> None:
    other = Repository()
    other.publish({"s1": make_bundle("EVIL")})
    foreign = _head(other).release
    repo.storage.objects[_head(repo).release.key] = other.storage.objects[foreign.key]


def _jump_roots(repo: Repository) -> None:
    for _ in range(LIMITS.root_rotations + 1):
        repo.rotate((ROOT_A,), (HEAD_A,), signed_by=(ROOT_A,))
    repo.publish_head(replace(_head(repo), rev=9, root_version=repo.root.version))


def _stolen_root_slot(repo: Repository) -> None:
    repo.rotate((STRANGER,), (STRANGER,), signed_by=(STRANGER,))
    repo.publish_head(replace(_head(repo), rev=9, root_version=2))


ATTACKS: dict[str, Callable[[Repository], object]] = {
    "head truncated": lambda repo: _tamper(repo, HEAD, lambda data: data[:-30]),
    "head oversized": lambda repo: _tamper(repo, HEAD, lambda data: data + b" " * LIMITS.head_bytes),
    "head of another kind": lambda repo: _tamper(repo, HEAD, lambda _: repo.root_bytes),
    "head unsigned": lambda repo: _signed_by(repo),
    "head signed by a stranger": lambda repo: _signed_by(repo, STRANGER),
    "head signed by the root key": lambda repo: _signed_by(repo, ROOT_A),
    "head of another environment": lambda repo: repo.publish_head(replace(_head(repo), env="staging")),
    "head rolled back": lambda repo: repo.publish_head(replace(_head(repo), rev=4)),
    "head with a future epoch": lambda repo: repo.publish_head(replace(_head(repo), epoch=7)),
    "head with a missing root": lambda repo: repo.publish_head(replace(_head(repo), root_version=2)),
    "root signed by a stranger": _stolen_root_slot,
    "too many roots": _jump_roots,
    "release missing": lambda repo: repo.storage.delete(_head(repo).release.key),
    "release truncated": lambda repo: _tamper(repo, _head(repo).release.key, lambda data: data[:-1]),
    "release oversized": lambda repo: _tamper(repo, _head(repo).release.key, lambda data: data + b" "),
    "release of another chain": _mix_releases,
    "shards missing": lambda repo: [repo.storage.delete(key) for key in _shard_keys(repo)],
    "shards changed": lambda repo: _break_shards(repo, lambda data: data.replace(b"s1", b"s9")),
    "shards oversized": lambda repo: _break_shards(repo, lambda data: data + b" "),
    "bundle missing": lambda repo: repo.storage.delete(_bundle_key()),
    "bundle truncated": lambda repo: _tamper(repo, _bundle_key(), lambda data: data[:-1]),
    "bundle changed": lambda repo: _tamper(repo, _bundle_key(), lambda data: data.replace(b'"A"', b'"E"')),
    "bundle of another store": lambda repo: _tamper(repo, _bundle_key(), lambda _: make_bundle("Z")),
    "bundle oversized": lambda repo: _tamper(repo, _bundle_key(), lambda data: data + b"\n"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_refusal_leaves_every_file_as_it_was(repo: Repository, till: Path, attack: str) -> None:
    """A till that ran release 1 still runs it, byte for byte, and recovers when the bucket is good again."""
    repo.publish_head(replace(_head(repo), rev=5))
    _sync(repo, till)
    before = _files(till)
    good = repo.publish({"s1": NEW})
    objects = dict(repo.storage.objects)
    ATTACKS[attack](repo)
    result = _sync(repo, till)
    assert (result.status, result.exit_code) == ("refused", 1)
    assert result.diagnostics[0].code.startswith("SEC")
    assert (_codes(result), result.version, result.deleted_promotion_ids) == (["A", "B", "C"], 1, ())
    assert _files(till) == before
    repo.storage.objects, repo.head = objects, good
    assert _codes(_sync(repo, till)) == ["A", "C", "D"]


@pytest.mark.parametrize("attack", sorted(ATTACKS.keys() - {"head rolled back"}))
def test_a_new_till_keeps_nothing_of_what_it_refuses(repo: Repository, till: Path, attack: str) -> None:
    """First boot under attack: no state, no bundle, list price. Noticing a rollback takes a memory."""
    handed_over = repo.root_bytes
    repo.publish({"s1": NEW})
    ATTACKS[attack](repo)
    result = _sync(repo, till, root=handed_over)
    assert (result.status, result.promotions, result.version) == ("refused", (), 0)
    assert _files(till) == {}


def test_a_sync_says_how_many_promotions_are_stopped(repo: Repository, till: Path) -> None:
    """The list is the bundle's; what HEAD has stopped in it is counted, and nothing that is not in it."""
    assert _sync(repo, till).stopped == 0
    repo.publish_head(replace(_head(repo), rev=2, revoked=("a", "elsewhere")))
    result = _sync(repo, till)
    assert (result.count, result.stopped) == (3, 1)


def test_two_histories_are_an_alarm_of_their_own(repo: Repository, till: Path) -> None:
    """Equal rev with other bytes has its own code, because somebody must look for the key."""
    _sync(repo, till)
    repo.publish_head(replace(_head(repo), revoked=("a",)))
    result = _sync(repo, till)
    assert (result.status, result.diagnostics[0].code) == ("refused", "SEC102")


def test_a_till_walks_through_every_rotation(repo: Repository, till: Path) -> None:
    """A till that slept through three roots catches up, and trusts only the newest keys after."""
    handed_over = repo.root_bytes
    _sync(repo, till)
    repo.rotate((ROOT_A,), (HEAD_B,), signed_by=(ROOT_A,))
    repo.rotate((ROOT_B,), (HEAD_B,), signed_by=(ROOT_A, ROOT_B))
    repo.rotate((ROOT_B,), (HEAD_A,), signed_by=(ROOT_B,))
    repo.publish({"s1": NEW})
    assert _codes(_sync(repo, till, root=handed_over)) == ["A", "C", "D"]
    known = state.load(state.open_disk(till))
    assert known is not None
    assert known.trusted.root.version == 4
    repo.head_signers = (HEAD_B,)
    repo.publish({"s1": OLD})
    assert _sync(repo, till).status == "refused"


def test_one_side_of_a_rotation_is_not_enough(repo: Repository, till: Path) -> None:
    """A root that the old keys did not sign stops the walk, and nothing is kept of it."""
    _sync(repo, till)
    before = _files(till)
    repo.rotate((ROOT_B,), (HEAD_B,), signed_by=(ROOT_B,))
    repo.publish({"s1": NEW})
    assert _sync(repo, till).status == "refused"
    assert _files(till) == before


def test_a_raised_epoch_lets_revisions_start_over(repo: Repository, till: Path) -> None:
    """Recovery after a stolen head key signed the highest revision there is."""
    repo.publish_head(replace(_head(repo), rev=2**53 - 1))
    _sync(repo, till)
    repo.rotate((ROOT_A,), (HEAD_B,), signed_by=(ROOT_A,), epoch=2)
    repo.publish({"s1": NEW})
    repo.publish_head(replace(_head(repo), rev=1))
    assert _codes(_sync(repo, till)) == ["A", "C", "D"]


@pytest.mark.parametrize(
    ("bundles", "change", "reason"),
    [
        ({"s1": make_bundle("N", header={"schema_version": 2, "requires": []})}, {}, "schema"),
        ({"s1": make_bundle("N", header={"schema_version": 1, "requires": ["teleport"]})}, {}, "requires"),
        ({"s9": NEW}, {}, "not-listed"),
        ({"s1": NEW}, {"min_client": 99}, "client-too-old"),
    ],
)
def test_a_genuine_release_this_till_cannot_use_keeps_the_bundle_and_obeys_head(
    repo: Repository, till: Path, bundles: dict[str, bytes], change: dict[str, object], reason: str
) -> None:
    """The old bundle runs on, revocations of the new HEAD hold, and the next poll looks again."""
    _sync(repo, till)
    repo.publish(bundles)
    repo.publish_head(replace(_head(repo), rev=5, revoked=("b",), **change))  # type: ignore[arg-type]
    for _ in range(2):
        result = _sync(repo, till)
        assert (result.status, result.exit_code, _codes(result)) == ("kept", 0, ["A", "B", "C"])
        assert result.diagnostics[0].code == "SYN003"
        assert result.diagnostics[0].notes == (f"reason: {reason}",)
        assert result.version == 1
    known = state.load(state.open_disk(till))
    assert known is not None
    assert known.trusted.head is not None
    assert known.trusted.head.revoked == ("b",)
    repo.publish({"s1": NEW})
    repo.publish_head(replace(_head(repo), rev=7))
    assert _codes(_sync(repo, till)) == ["A", "C", "D"]


def test_without_the_bucket_a_till_goes_on(repo: Repository, till: Path) -> None:
    """Offline is exit 4 and no change."""

    class Down(MemoryStorage):
        def get(self, *_: object, **__: object) -> None:
            raise StorageUnavailable("HEAD", "network is down")

    _sync(repo, till)
    before = _files(till)
    result = sync(Down(), till, "production", "s1", NOW)
    assert (result.status, result.exit_code, _codes(result)) == ("offline", 4, ["A", "B", "C"])
    assert _files(till) == before


def _with_delta(repo: Repository, made: bytes) -> None:
    bundle = repo.put_blob(NEW)
    repo.publish_entries({"s1": Entry(bundle, deltas=(DeltaRef(sha256_hex(OLD), repo.put_blob(made)),))})


def test_a_delta_saves_the_bundle(repo: Repository, till: Path) -> None:
    """Only the delta is fetched, and the result is the new bundle exactly."""
    _sync(repo, till)
    made = delta.make(OLD, NEW)
    assert made is not None
    _with_delta(repo, made)
    repo.storage.reads.clear()
    assert _codes(_sync(repo, till)) == ["A", "C", "D"]
    assert _bundle_key() not in repo.storage.reads
    assert NEW in _files(till).values()


def test_whatever_is_wrong_with_a_delta_the_full_bundle_decides(repo: Repository, till: Path) -> None:
    """A wrong, damaged or missing delta costs one more request."""
    _sync(repo, till)
    made = delta.make(OLD, NEW)
    assert made is not None
    for spoil in (made.replace(b'"D', b'"E'), b"{}", None):
        _with_delta(repo, made if spoil is None else spoil)
        if spoil is None:
            repo.storage.delete(f"blobs/sha256/{sha256_hex(made)[:2]}/{sha256_hex(made)}")
        repo.storage.reads.clear()
        assert _codes(_sync(repo, till)) == ["A", "C", "D"]
        assert _bundle_key() in repo.storage.reads
        repo.publish({"s1": OLD})
        _sync(repo, till)


def test_a_damaged_bundle_falls_back_to_the_one_before_and_is_fetched_again(repo: Repository, till: Path) -> None:
    """A disk error costs a warning, not the sale."""
    _sync(repo, till)
    repo.publish({"s1": NEW})
    _sync(repo, till)
    path = till / _bundle_key()
    path.write_bytes(NEW[:100])
    at_hand = state.at_hand(state.open_disk(till))
    assert at_hand is not None
    assert at_hand[2] == OLD
    result = _sync(repo, till)
    assert (result.diagnostics[0].code, _codes(result)) == ("SYN006", ["A", "C", "D"])
    assert path.read_bytes() == NEW


def test_a_damaged_state_is_made_anew(repo: Repository, till: Path) -> None:
    """As a new till: it needs its root again, and then runs."""
    _sync(repo, till)
    (till / "state.json").write_bytes(b"{")
    assert state.at_hand(state.open_disk(till)) is None
    with pytest.raises(Failure):
        _sync(repo, till, root=None)
    result = _sync(repo, till)
    assert (result.status, result.diagnostics[0].code, _codes(result)) == ("updated", "SYN006", ["A", "B", "C"])


def test_only_the_running_and_the_previous_bundle_are_kept(repo: Repository, till: Path) -> None:
    """The disk of a till does not fill up."""
    for number in range(5):
        repo.publish({"s1": make_bundle(f"P{number}")})
        _sync(repo, till)
    kept = [data for name, data in _files(till).items() if name.startswith("blobs/")]
    assert sorted(kept) == sorted([make_bundle("P3"), make_bundle("P4")])


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_at_any_write_leaves_the_old_or_the_new_state(
    repo: Repository, till: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """Whatever the till prices with after a power cut is a bundle it has checked; the next sync completes."""
    _sync(repo, till)
    repo.publish({"s1": NEW})
    open_disk = state.open_disk
    crashes = 0
    for nth in range(1, 50):
        copy = till.parent / f"till-{nth}"
        shutil.copytree(till, copy)

        def die(number: int, name: str, key: str, nth: int = nth) -> None:
            if number >= nth:
                raise Crashed

        def fragile(folder: Path, hook: object = die) -> Storage:
            return Watched(open_disk(folder), **{when: hook})  # type: ignore[arg-type]

        with monkeypatch.context() as patch:
            patch.setattr(state, "open_disk", fragile)
            try:
                _sync(repo, copy)
            except Crashed:
                crashes += 1
        at_hand = state.at_hand(open_disk(copy))
        assert at_hand is not None
        assert at_hand[2] in (OLD, NEW)
        assert _codes(_sync(repo, copy)) == ["A", "C", "D"]
    assert 5 < crashes < 49


def test_an_old_head_is_reported_by_the_later_of_two_clocks(repo: Repository, till: Path) -> None:
    """Past fresh_until a warning, past stale_after a stronger one; a till's clock set back does not help."""
    assert _sync(repo, till).diagnostics == ()
    late = _sync(repo, till, now=NOW + timedelta(days=3)).diagnostics
    assert [one.code for one in late] == ["SYN005"]
    assert "was to be renewed" in late[0].message
    assert "have stopped" in _sync(repo, till, now=NOW + timedelta(days=15)).diagnostics[0].message
    repo.publish_head(
        replace(_head(repo), rev=3, issued_at=NOW + timedelta(days=30), fresh_until=NOW + timedelta(days=20))
    )
    assert _sync(repo, till, now=NOW - timedelta(days=400)).diagnostics[0].code == "SYN005"


def test_version_is_the_roadmaps_answer(repo: Repository, till: Path) -> None:
    """`{version, last_updated, force_update}` from HEAD."""
    assert version(None) == {
        "schema": "promo.till-version/1", "version": 0, "last_updated": None, "force_update": False,
    }  # fmt: skip
    _sync(repo, till)
    repo.publish_head(replace(_head(repo), rev=2, urgency="force"))
    _sync(repo, till)
    answer = version(state.load(state.open_disk(till)))
    assert (answer["version"], answer["last_updated"], answer["force_update"]) == (1, "2026-02-07T03:00:00Z", True)


def test_a_root_of_another_environment_enrols_no_till(repo: Repository, till: Path) -> None:
    """The file handed over must be this environment's."""
    staging = dsse.sign(root.PAYLOAD_TYPE, root.encode(replace(repo.root, env="staging")), [ROOT_A])
    assert _sync(repo, till, root=staging).status == "refused"
    assert repo.storage.objects[root_key(1)] == repo.root_bytes
    assert head.parse(dsse.open_envelope(repo.storage.objects[HEAD]).payload) == repo.head
