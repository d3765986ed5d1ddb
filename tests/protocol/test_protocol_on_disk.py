"""What a till has on its disk after each kind of attack that takes a memory or a mixture; see also tests/till."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from promo_cli.protocol import release
from promo_cli.protocol.head import Head
from promo_cli.protocol.layout import HEAD
from promo_cli.protocol.trust import Reason
from promo_cli.till.sync import SyncResult, sync
from tests.protocol.repository import HEAD_A, HEAD_B, NOW, ROOT_A, ROOT_B, STRANGER, Repository, make_bundle

ONE, TWO = {"s1": make_bundle("ONE")}, {"s1": make_bundle("TWO")}


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """A bucket whose first release the till in tmp_path/till has synced."""
    repo = Repository()
    repo.publish(ONE)
    assert _sync(repo, tmp_path).status == "updated"
    return repo


def _sync(repo: Repository, folder: Path, days: int = 0) -> SyncResult:
    at = NOW + timedelta(days=days)
    return sync(repo.storage, folder / "till", "production", "s1", at, root=repo.root_bytes)


def _disk(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted((folder / "till").rglob("*"))
        if path.is_file() and path.name != "lock"
    }


def _head(repo: Repository) -> Head:
    assert repo.head is not None
    return repo.head


def _shards_of_the_release_before(repo: Repository) -> None:
    old = release.parse(repo.storage.objects["old"])
    new = release.parse(repo.storage.objects[_head(repo).release.key])
    for was, now in zip(old.shards, new.shards, strict=True):
        repo.storage.objects[now.key] = repo.storage.objects[was.key]


def _release_of_before(repo: Repository) -> None:
    repo.storage.objects[_head(repo).release.key] = repo.storage.objects["old"]


def _half_rotated(repo: Repository) -> None:
    repo.rotate((ROOT_B,), (HEAD_B,), signed_by=(ROOT_A, STRANGER))
    repo.publish_head(replace(_head(repo), rev=9, root_version=2))


def _rotated_behind(repo: Repository) -> None:
    """HEAD names a root that is there, but is signed by the keys before."""
    repo.rotate((ROOT_A,), (HEAD_B,), signed_by=(ROOT_A,))
    repo.head_signers = (HEAD_A,)
    repo.publish_head(replace(_head(repo), rev=9, root_version=2))


MIXTURES: dict[str, tuple[Reason, Callable[[Repository], None]]] = {
    "mix: shards of the release before": (Reason.HASH, _shards_of_the_release_before),
    "mix: the release before": (Reason.HASH, _release_of_before),
    "rotation: signed by one side": (Reason.SIGNATURE, _half_rotated),
    "rotation: head of the old key": (Reason.SIGNATURE, _rotated_behind),
}


@pytest.mark.parametrize("name", MIXTURES)
def test_a_mixture_of_genuine_parts_leaves_the_disk_as_it_was(repo: Repository, tmp_path: Path, name: str) -> None:
    """Every part was signed or published once; together they are refused, to the byte."""
    reason, attack = MIXTURES[name]
    repo.storage.objects["old"] = repo.storage.objects[_head(repo).release.key]
    repo.publish(TWO)
    before = _disk(tmp_path)
    attack(repo)
    result = _sync(repo, tmp_path)
    assert (result.status, result.version) == ("refused", 1)
    assert f"reason: {reason}" in result.diagnostics[0].notes
    assert _disk(tmp_path) == before


def test_a_fast_forward_is_kept_until_a_new_epoch_ends_it(repo: Repository, tmp_path: Path) -> None:
    """The thief's revision is on the disk; honest ones are refused and change nothing; the root's new epoch goes on."""
    repo.publish_head(replace(_head(repo), rev=2**53 - 1))
    assert _sync(repo, tmp_path).status == "unchanged"
    before = _disk(tmp_path)
    repo.publish_head(replace(repo.publish(TWO), rev=3))
    assert _sync(repo, tmp_path).status == "refused"
    assert _disk(tmp_path) == before
    repo.rotate((ROOT_A,), (HEAD_B,), signed_by=(ROOT_A,), epoch=2)
    repo.publish_head(replace(_head(repo), epoch=2, rev=1, root_version=2))
    assert (_sync(repo, tmp_path).status, [one["code"] for one in _sync(repo, tmp_path).promotions]) == (
        "updated",
        ["TWO"],
    )


def test_an_expired_head_changes_nothing_on_the_disk(repo: Repository, tmp_path: Path) -> None:
    """It is genuine and the newest there is: the till goes on with it, and says that it is late."""
    before = {name: data for name, data in _disk(tmp_path).items() if "state" not in name}
    for days in (3, 15):
        result = _sync(repo, tmp_path, days)
        assert (result.status, result.version) == ("unchanged", 1)
        assert result.diagnostics
        assert {name: data for name, data in _disk(tmp_path).items() if "state" not in name} == before


def test_an_old_head_put_back_is_refused(repo: Repository, tmp_path: Path) -> None:
    """What was HEAD yesterday is no HEAD today, signed as it is."""
    yesterday = repo.storage.objects[HEAD]
    repo.publish(TWO)
    assert _sync(repo, tmp_path).version == 2
    before = _disk(tmp_path)
    repo.storage.objects[HEAD] = yesterday
    result = _sync(repo, tmp_path)
    assert (result.status, result.version) == ("refused", 2)
    assert f"reason: {Reason.ROLLBACK}" in result.diagnostics[0].notes
    assert _disk(tmp_path) == before
