import datetime as dt
from pathlib import Path

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.pipeline.build import write_bundles, write_files

DAY = dt.date(2026, 2, 7)


def test_one_file_per_store_and_nothing_else(starter: Path, tmp_path: Path) -> None:
    """The folder holds <store>.json for every store, what each says of itself included."""
    out = tmp_path / "bundles"
    written = write_bundles(starter, out, as_of=DAY)
    assert {path.name for path in out.iterdir()} == {f"{bundle.store_id}.json" for bundle in written.bundles}
    for bundle in written.bundles:
        assert bundle.size == bundle.path.stat().st_size
        assert bundle.promotions == bundle.path.read_text().count('"promo_type"')


def test_an_unknown_store_writes_nothing(starter: Path, tmp_path: Path) -> None:
    """A misspelt store is refused before anything is written, with the nearest one."""
    out = tmp_path / "bundles"
    with pytest.raises(Failure) as failure:
        write_bundles(starter, out, stores=["jkt-sabnag"], as_of=DAY)
    assert failure.value.exit_code == 2
    assert "jkt-sabang" in (failure.value.diagnostics[0].help or "")
    assert not out.exists()


def test_equal_content_is_stored_once(tmp_path: Path) -> None:
    """Files of the same content are links to one another, so that a large fleet's bundles fit on a small disk."""
    one, other, third = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    write_files({one: b"same", other: b"same", third: b"else"})
    assert one.samefile(other)
    assert (one.read_bytes(), third.read_bytes()) == (b"same", b"else")


def test_changing_one_of_two_linked_files_leaves_the_other(tmp_path: Path) -> None:
    """When stores stop being equal, writing one store's bundle does not change the other's."""
    one, other = tmp_path / "a", tmp_path / "b"
    write_files({one: b"same", other: b"same"})
    write_files({one: b"changed", other: b"same"})
    assert (one.read_bytes(), other.read_bytes()) == (b"changed", b"same")


def test_a_file_that_holds_its_content_is_left_alone(tmp_path: Path) -> None:
    """Compiling again without a change touches no file."""
    path = tmp_path / "a"
    write_files({path: b"same"})
    before = path.stat().st_mtime_ns
    write_files({path: b"same"})
    assert path.stat().st_mtime_ns == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]
