import datetime as dt
from pathlib import Path

import pytest

from promo_cli.pipeline import compiled as compiling
from promo_cli.pipeline.build import write_bundles
from promo_cli.workspace import cache

DAY = dt.date(2026, 2, 7)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return a list that gets an entry whenever something is compiled."""
    done: list[object] = []
    compile_fleet = compiling.compile_fleet
    monkeypatch.setattr(compiling, "compile_fleet", lambda *args, **kw: done.append(args) or compile_fleet(*args, **kw))
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


def test_only_changed_promotions_are_compiled(starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one promotion changed, its line is compiled and those of the others are taken over."""
    lines: list[str] = []
    compile_line = compiling.compile_line
    monkeypatch.setattr(
        compiling, "compile_line", lambda one, *rest: lines.append(one.code) or compile_line(one, *rest)
    )
    write_bundles(starter, tmp_path / "out", as_of=DAY)
    everyone = set(lines)
    path = next((starter / "promotions").rglob("*.yaml"))
    path.write_text(path.read_text().replace("name: ", "name: Another ", 1))
    lines.clear()
    written = write_bundles(starter, tmp_path / "out", as_of=DAY)
    assert len(everyone) > 1
    assert lines == [path.stem.upper()]
    assert any(b"Another" in bundle.path.read_bytes() for bundle in written.bundles)


def test_lines_of_another_company_are_not_taken_over(starter: Path, tmp_path: Path) -> None:
    """The ids of promotions follow from the company's id, so that another company's lines are of no use."""
    before = write_bundles(starter, tmp_path / "out", as_of=DAY)
    settings = starter / "promo.yaml"
    settings.write_text(settings.read_text().replace("id: ", "id: other-", 1))
    after = write_bundles(starter, tmp_path / "out", as_of=DAY)
    assert not {one.sha256 for one in before.bundles} & {one.sha256 for one in after.bundles}
