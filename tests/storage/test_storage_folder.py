import os
from pathlib import Path

import pytest

from promo_cli.storage import Found, PreconditionFailed, StorageUnavailable, folder, open_storage


class _Died(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("call", ["fsync", "link"])
def test_a_crash_before_the_name_appears_leaves_no_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """A write that died half way does not count as there, so the next one succeeds with whole bytes."""
    storage = open_storage("bucket", base=tmp_path)
    storage.put("other", b"makes the folders")

    def die(*_: object) -> None:
        raise _Died

    with monkeypatch.context() as patch:
        patch.setattr(os, call, die)
        with pytest.raises(_Died):
            storage.put("blobs/a", b"whole", if_none_match=True)
    assert storage.get("blobs/a") is None
    storage.put("blobs/a", b"whole", if_none_match=True)
    assert [entry.key for entry in storage.list()] == ["blobs/a", "other"]


def test_bytes_are_on_disk_before_their_name_and_the_name_before_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order is write, fsync of the file, link, fsync of the folder."""
    storage = open_storage("bucket", base=tmp_path)
    storage.put("blobs/first", b"makes the folders")
    steps: list[str] = []
    fsync, link = os.fsync, os.link
    monkeypatch.setattr(os, "fsync", lambda fd: (steps.append(str(Path(f"/proc/self/fd/{fd}").readlink())), fsync(fd)))
    monkeypatch.setattr(os, "link", lambda a, b: (steps.append("link"), link(a, b)))
    storage.put("blobs/second", b"x", if_none_match=True)
    assert [step.split("/")[-1][:4] for step in steps] == ["tmp-", "link", "blob"]


def test_a_lost_compare_and_swap_leaves_no_temporary_file(tmp_path: Path) -> None:
    """Refused writes clean up after themselves."""
    storage = open_storage("bucket", base=tmp_path)
    storage.put("HEAD", b"one")
    with pytest.raises(PreconditionFailed):
        storage.put("HEAD", b"two", if_match="0" * 64)
    assert [path.name for path in (tmp_path / "bucket" / ".promo").iterdir()] == ["lock"]


@pytest.mark.parametrize("key", ["../out", "/etc/passwd", "a//b", "a/./b", "", ".promo/lock", "a\\b"])
def test_a_key_cannot_leave_the_folder(tmp_path: Path, key: str) -> None:
    """Keys that are not plain parts between slashes are refused before any file is touched."""
    with pytest.raises(ValueError, match="expected a key"):
        open_storage("bucket", base=tmp_path).put(key, b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_a_folder_should_be_is_no_lost_race(tmp_path: Path) -> None:
    """Trouble with the disk is reported as such, never as an object that is already there."""
    (tmp_path / "bucket").write_bytes(b"a file")
    storage = folder.FolderStorage(tmp_path / "bucket")
    with pytest.raises(StorageUnavailable):
        storage.put("HEAD", b"x", if_none_match=True)
    assert storage.get("HEAD") is None


def test_an_absolute_target_stays_where_it_is(tmp_path: Path) -> None:
    """Only a relative folder is taken from the workspace."""
    target = tmp_path / "elsewhere"
    open_storage(str(target), base=tmp_path / "workspace").put("HEAD", b"x")
    assert isinstance(folder.FolderStorage(target).get("HEAD"), Found)


@pytest.mark.parametrize("target", ["gs://bucket/x", "s3://", "s3:///prefix"])
def test_an_unknown_kind_of_target_is_refused(tmp_path: Path, target: str) -> None:
    """The message says what a target may be."""
    with pytest.raises(ValueError, match="expected a folder or s3://bucket/prefix"):
        open_storage(target, base=tmp_path)
