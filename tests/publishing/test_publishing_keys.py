"""Keys made and changed, and what tills of every age make of it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.protocol import dsse, head
from promo_cli.protocol.dsse import open_envelope
from promo_cli.protocol.keys import Signer, signer_to_pem
from promo_cli.protocol.layout import HEAD, root_key
from promo_cli.protocol.trust import Refused, enrol
from promo_cli.publishing import KeyRing, Writer, open_keys
from promo_cli.publishing.keymaking import make_folder
from promo_cli.publishing.live import newest_root
from promo_cli.publishing.rotation import Change, rotate
from promo_cli.storage import Found, Storage, open_storage
from promo_cli.till.pull import pull, read_head
from tests.protocol.repository import make_bundle
from tests.publishing.harness import NOW, Crashed, Watched, head_in, keys_in, put, seen_by_tills, writer

BUNDLES = {"s1": make_bundle("A"), "s2": make_bundle("B")}
ADD = Change(role="head", add=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The key folder of an environment that has published once."""
    put(open_storage("bucket", base=tmp_path), keys_in(tmp_path), BUNDLES)
    return tmp_path / "keys" / "local"


def _storage(tmp_path: Path) -> Storage:
    return open_storage("bucket", base=tmp_path)


def _ids(keys: KeyRing, tmp_path: Path) -> frozenset[str]:
    return newest_root(_storage(tmp_path), keys.trusted).root.roles["head"].keyids


def _signatures(tmp_path: Path) -> set[str]:
    found = _storage(tmp_path).get(HEAD)
    assert isinstance(found, Found)
    return {one.keyid for one in open_envelope(found.data).signatures}


def test_keys_are_private_and_their_root_says_who_has_to_sign(tmp_path: Path) -> None:
    """Three root keys of which two sign, one head key; files only the owner can read."""
    numbers = iter(range(1, 9))
    folder = tmp_path / "keys"
    make_folder(folder, "production", NOW, lambda count: bytes([next(numbers)]) * count, shape={"root": (3, 2)})
    assert sorted(path.name for path in folder.iterdir()) == [
        "head.pem", "root-1.pem", "root-2.pem", "root-3.pem", "root.json",
    ]  # fmt: skip
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    trusted = enrol((folder / "root.json").read_bytes(), "production").root
    assert {name: (len(role.keyids), role.threshold) for name, role in trusted.roles.items()} == {
        "root": (3, 2), "head": (1, 1),
    }  # fmt: skip


def test_a_threshold_nobody_can_reach_is_refused(tmp_path: Path) -> None:
    """And nothing is written."""
    with pytest.raises(ValueError, match="threshold from 1 to 2"):
        make_folder(tmp_path / "keys", "production", NOW, bytes, shape={"root": (2, 3)})
    assert not (tmp_path / "keys").exists()


def test_a_job_signs_with_keys_from_its_environment(tmp_path: Path) -> None:
    """PROMO_ROOT and PROMO_HEAD_KEY stand for the folder; several keys in one variable all sign."""
    first, second = Signer(b"1" * 32), Signer(b"2" * 32)
    made = iter([first.seed, second.seed, b"0" * 32])
    make_folder(tmp_path / "keys", "local", NOW, lambda count: next(made), shape={"head": (2, 1)})
    head_pems = (signer_to_pem(first) + signer_to_pem(second)).decode()
    given = {"PROMO_ROOT": (tmp_path / "keys" / "root.json").read_text(), "PROMO_HEAD_KEY": head_pems}
    ring = open_keys(tmp_path / "none", "local", NOW, development=False, given=given)
    assert len(ring.head_signers(ring.trusted.root)) == 2
    with pytest.raises(Failure, match="PROMO_HEAD_KEY"):
        open_keys(tmp_path / "none", "local", NOW, development=False, given={**given, "PROMO_HEAD_KEY": "not a key"})
    with pytest.raises(Failure, match="there is no root"):
        open_keys(tmp_path / "none", "local", NOW, development=False, given={})


def test_a_rotation_overlaps_by_two_signatures_on_head(folder: Path, tmp_path: Path) -> None:
    """Add: both keys sign HEAD. Retire: only the new one does. A till of the first root follows all the way."""
    storage, keys = _storage(tmp_path), keys_in(tmp_path)
    (old,) = _ids(keys, tmp_path)
    done = rotate(writer(storage, keys, "R1"), folder, ADD)
    assert done.added is not None
    assert done.added.stat().st_mode & 0o777 == 0o600
    keys = keys_in(tmp_path)
    assert _signatures(tmp_path) == _ids(keys, tmp_path) > {old}
    assert put(storage, keys, {**BUNDLES, "s2": make_bundle("C")}).outcome == "published"
    assert _signatures(tmp_path) == _ids(keys, tmp_path), "publications overlap as well"
    rotate(writer(storage, keys, "R2"), folder, Change(role="head", add=False, retire=[old[:12]]))
    assert old not in _signatures(tmp_path)
    assert (head_in(storage).root_version, head_in(storage).seq) == (3, 2)
    assert seen_by_tills(storage, keys, BUNDLES)["s2"] == make_bundle("C"), "from the first root"


def test_root_keys_change_with_the_signatures_of_both_sides(folder: Path, tmp_path: Path) -> None:
    """The old root's threshold and the new one's, or nothing is put."""
    storage, keys = _storage(tmp_path), keys_in(tmp_path)
    (old,) = newest_root(storage, keys.trusted).root.roles["root"].keyids
    rotate(writer(storage, keys, "R1"), folder, Change(role="root", add=True, retire=[old[:8]]))
    assert newest_root(storage, keys.trusted).root.version == 2
    (folder / "root.pem").rename(tmp_path / "offline.pem")
    new_key = next(folder.glob("root-v2-*.pem"))
    new_key.rename(tmp_path / "offline-too.pem")
    with pytest.raises(Failure, match="takes 1 root keys, found 0"):
        rotate(writer(storage, keys_in(tmp_path), "R2"), folder, ADD)
    assert storage.get(root_key(3)) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (Change(role="head", add=False, retire=[""]), "which fits"),
        (Change(role="head", add=False, retire=["zz"]), "fits 0"),
        (Change(role="head", add=False, threshold=2), "cannot reach the threshold 2"),
    ],
)
def test_a_rotation_that_would_lock_everyone_out_is_refused(
    folder: Path, tmp_path: Path, change: Change, message: str
) -> None:
    """And the bucket stays as it is."""
    storage, keys = _storage(tmp_path), keys_in(tmp_path)
    with pytest.raises(Failure, match=message) as caught:
        rotate(writer(storage, keys), folder, change)
    assert caught.value.diagnostics[0].code == "SEC005"
    assert storage.get(root_key(2)) is None


def test_a_new_epoch_recovers_from_a_thief_who_ran_ahead(folder: Path, tmp_path: Path) -> None:
    """The thief signed the highest numbers there are; after the new root what git holds is published again."""
    storage, keys = _storage(tmp_path), keys_in(tmp_path)
    thief = head_in(storage)
    top = 2**53 - 1
    stolen = replace(thief, rev=top, publish_id="THIEF")
    signers = keys.head_signers(keys.trusted.root)
    storage.put(HEAD, dsse.sign(head.PAYLOAD_TYPE, head.encode(stolen), signers))
    found = read_head(storage, keys.trusted)
    assert found is not None
    fooled = found[0]
    (old,) = _ids(keys, tmp_path)
    rotate(writer(storage, keys), folder, Change(role="head", add=True, retire=[old[:8]], new_epoch=True))
    keys = keys_in(tmp_path)
    put(storage, keys, {**BUNDLES, "s1": make_bundle("GOOD")})
    pulled = pull(storage, fooled, "s1")
    assert pulled is not None
    assert pulled.bundle == make_bundle("GOOD"), "a till that believed the thief follows"
    storage.put(HEAD, dsse.sign(head.PAYLOAD_TYPE, head.encode(stolen), signers))
    with pytest.raises(Refused):
        read_head(storage, pulled.trusted)


def test_a_rotation_killed_anywhere_can_be_followed_by_a_publication(folder: Path, tmp_path: Path) -> None:
    """At each request: tills still follow, and publishing works with the keys that are on disk."""
    counted = Watched(_storage(tmp_path))
    shutil.copytree(tmp_path, tmp_path.parent / "again-0", dirs_exist_ok=True)
    rotate(writer(counted, keys_in(tmp_path)), folder, ADD)
    for nth in range(1, len(counted.requests) + 1):
        copy = tmp_path.parent / f"again-{nth}"
        shutil.copytree(tmp_path.parent / "again-0", copy)

        def die(number: int, name: str, key: str, nth: int = nth) -> None:
            if number >= nth:
                raise Crashed

        storage = open_storage("bucket", base=copy)
        with pytest.raises(Crashed):
            rotate(_writer(Watched(storage, after=die), copy), copy / "keys" / "local", ADD)
        put(storage, keys_in(copy), {**BUNDLES, "s1": make_bundle("NEW")})
        assert seen_by_tills(storage, keys_in(copy), BUNDLES)["s1"] == make_bundle("NEW")


def _writer(storage: Watched, folder: Path) -> Writer:
    return writer(storage, keys_in(folder), "R1")
