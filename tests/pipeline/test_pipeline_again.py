import datetime as dt
from pathlib import Path

import pytest

from promo_cli import compiler
from promo_cli.pipeline.build import write_bundles
from promo_cli.workspace import cache

DAY = dt.date(2026, 2, 7)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return a list that gets an entry whenever something is compiled."""
    done: list[object] = []
    compile_fleet = compiler.compile_fleet
    monkeypatch.setattr(compiler, "compile_fleet", lambda *args, **kw: done.append(args) or compile_fleet(*args, **kw))
    return done


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return every file's content and the time it was written."""
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(folder.iterdir())}


def test_nothing_changed_compiles_and_writes_nothing(starter: Path, compiled: list[object], tmp_path: Path) -> None:
    """A second build of the same files and day reads what is there, and says the same."""
    first = write_bundles(starter, tmp_path / "out", as_of=DAY)
    before = state(tmp_path / "out")
    second = write_bundles(starter, tmp_path / "out", as_of=DAY)
    assert len(compiled) == 1
    assert second == first
    assert state(tmp_path / "out") == before


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(b"{}")])
def test_a_bundle_that_is_not_as_it_was_written_is_made_again(
    starter: Path, compiled: list[object], tmp_path: Path, spoil: object
) -> None:
    """A bundle that is gone or was changed by hand is written again, though nothing changed in the workspace."""
    write_bundles(starter, tmp_path / "out", as_of=DAY)
    right = {name: data for name, (data, _) in state(tmp_path / "out").items()}
    path = sorted((tmp_path / "out").iterdir())[0]
    spoil(path)  # type: ignore[operator]
    write_bundles(starter, tmp_path / "out", as_of=DAY)
    assert {name: data for name, (data, _) in state(tmp_path / "out").items()} == right
    assert len(compiled) == 2


def test_kept_and_fresh_builds_are_the_same(starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After edits, another day and other stores, the bundles are those of a build that keeps nothing."""
    promotion = next((starter / "promotions").rglob("*.yaml"))
    for number, day in enumerate((DAY, DAY, dt.date(2026, 6, 1), DAY)):
        if number:
            promotion.write_text(promotion.read_text().replace("name: ", f"name: {number} ", 1))
        kept = write_bundles(starter, tmp_path / "kept", as_of=day)
        with monkeypatch.context() as patch:
            patch.setenv(cache.VARIABLE, "off")
            fresh = write_bundles(starter, tmp_path / "fresh", as_of=day)
        assert [one.sha256 for one in kept.bundles] == [one.sha256 for one in fresh.bundles]
        assert {name: data for name, (data, _) in state(tmp_path / "kept").items()} == {
            name: data for name, (data, _) in state(tmp_path / "fresh").items()
        }
