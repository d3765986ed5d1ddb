import os
import time
from pathlib import Path

import pytest

from promo_cli.workspace import cache
from promo_cli.workspace.cache import FOLDER, Cache, open_cache


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cache:
    """Return the cache of an empty workspace, with a key of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(cache.VARIABLE, raising=False)
    (tmp_path / "workspace").mkdir()
    found = open_cache(tmp_path / "workspace")
    assert found
    return found


def entry(kept: Cache) -> Path:
    """Return the only entry."""
    (found,) = Path(kept.folder).glob("*.kept")
    return found


def test_what_is_kept_is_found_by_what_it_was_made_from(kept: Cache) -> None:
    """A value is found for exactly the same parts, and parts do not run into one another."""
    kept.put({"a": [1]}, "one", b"two")
    assert kept.get("one", b"two") == {"a": [1]}
    assert kept.get("onet", b"wo") is None
    assert kept.get("one") is None


def test_a_damaged_entry_is_not_found_and_written_anew(kept: Cache) -> None:
    """A flipped byte, a cut file and an empty one are as good as none."""
    kept.put("value", "x")
    whole = entry(kept).read_bytes()
    for damaged in (whole[:-2] + b"X" + whole[-1:], whole[:20], b"", b"\n", b"\xff" * 100):
        entry(kept).write_bytes(damaged)
        assert kept.get("x") is None
    kept.put("value", "x")
    assert kept.get("x") == "value"


def test_what_was_sealed_elsewhere_is_not_believed(
    kept: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry that came with a repository, made under another user's key, is not found even under its name."""
    kept.put("no findings", "x")
    theirs = entry(kept).read_bytes()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another home"))
    ours = open_cache(Path(kept.folder).parents[1])
    assert ours
    assert ours.get("x") is None
    entry(kept).unlink()
    ours.put("real", "x")
    entry(ours).write_bytes(theirs)
    assert ours.get("x") is None


def test_a_changed_tool_finds_nothing(kept: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Results of other sources of this tool are never used, even where size and time of a file were kept."""
    module = tmp_path / "tool.py"
    module.write_text("a = 1")
    times = (module.stat().st_atime_ns, module.stat().st_mtime_ns)
    monkeypatch.setattr(cache, "_modules", lambda _: [str(module)])
    before = open_cache(Path(kept.folder).parents[1])
    assert before
    before.put("old", "x")
    time.sleep(0.01)
    module.write_text("a = 2")
    os.utime(module, ns=times)
    after = open_cache(Path(kept.folder).parents[1])
    assert after
    assert after.get("x") is None


def test_switched_off_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PROMO_CACHE=off neither reads nor writes."""
    monkeypatch.setenv(cache.VARIABLE, "off")
    assert open_cache(tmp_path) is None


def test_a_link_does_not_lead_the_cache_elsewhere(kept: Cache, tmp_path: Path) -> None:
    """A repository whose cache folder is a link to somewhere else has no cache."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "workspace" / ".promo").mkdir()
    (tmp_path / "workspace" / FOLDER).symlink_to(tmp_path / "elsewhere")
    assert open_cache(tmp_path / "workspace") is None


def test_the_oldest_make_room(kept: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache holds so many entries and bytes, and forgets the oldest first."""
    monkeypatch.setattr(cache, "MOST_ENTRIES", 3)
    for index in range(5):
        kept.put(index, str(index))
        os.utime(Path(kept.folder, kept.name_of((str(index),))), ns=(index, index))
    assert [kept.get(str(index)) for index in range(5)] == [None, None, 2, 3, 4]
    monkeypatch.setattr(cache, "MOST_BYTES", 200)
    kept.put("z" * 60, "new")
    assert kept.get("new") == "z" * 60
    assert kept.get("2") is None


def test_the_key_is_the_users_alone(kept: Cache, tmp_path: Path) -> None:
    """The key is made once, and others cannot read it."""
    key = tmp_path / "home" / "promo" / "key"
    made = key.read_bytes()
    assert key.stat().st_mode & 0o077 == 0
    again = open_cache(Path(kept.folder).parents[1])
    assert again
    assert again.key == kept.key
    assert key.read_bytes() == made


def test_a_home_that_cannot_be_written_means_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a place for the key there is no cache, and no failure."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert open_cache(tmp_path) is None
