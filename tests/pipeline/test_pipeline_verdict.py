import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promo_cli.diagnostics import Failure
from promo_cli.pipeline import check as checking
from promo_cli.pipeline.check import check, checked_workspace
from promo_cli.workspace import cache
from tests.conftest import ROOT

DAY = dt.date(2026, 2, 7)


@pytest.fixture(autouse=True)
def _own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(cache.VARIABLE, raising=False)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a workspace with the example's reference data and a few of its promotions."""
    return _small(tmp_path / "small")


def _small(folder: Path) -> Path:
    folder.mkdir()
    shutil.copy(ROOT / "promo.yaml", folder)
    shutil.copytree(ROOT / "stores", folder / "stores")
    (folder / "promotions").mkdir()
    for path in sorted((ROOT / "promotions").rglob("*.yaml"))[:4]:
        shutil.copy(path, folder / "promotions")
    return folder


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Return a list that gets an entry whenever models are made of files."""
    done: list[object] = []
    load = checking._load
    monkeypatch.setattr(checking, "_load", lambda snapshot: done.append(snapshot) or load(snapshot))
    return done  # type: ignore[return-value]


def test_nothing_changed_makes_no_models(small: Path, loads: list[object]) -> None:
    """The second check of the same files on the same day only reads them, and says the same."""
    first = check(small, today=DAY)
    second = check(small, today=DAY)
    assert len(loads) == 1
    assert second.diagnostics == first.diagnostics
    assert second.files == first.files
    assert second.workspace.promotions == first.workspace.promotions


def test_another_day_is_another_verdict(small: Path, loads: list[object]) -> None:
    """What was found yesterday is not told today."""
    check(small, today=DAY)
    check(small, today=DAY + dt.timedelta(days=1))
    assert len(loads) == 2


def test_today_moves_on(small: Path, loads: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a day being named, midnight in the company's time zone ends a verdict."""
    check(small)
    check(small)
    assert len(loads) == 1
    monkeypatch.setattr("promo_cli.pipeline.verdict.today_in", lambda _: dt.date(2040, 1, 1))
    check(small)
    assert len(loads) == 2


def test_paths_are_answered_for_themselves(small: Path, loads: list[object]) -> None:
    """A check of one file and a check of all are kept apart."""
    (small / "promotions/bad.yaml").write_text("code: BAD\n")
    whole = check(small, today=DAY)
    one = check(small, ["promotions/bad.yaml"], today=DAY)
    again = check(small, ["promotions/bad.yaml"], today=DAY)
    assert len(loads) == 2
    assert one.diagnostics == again.diagnostics
    assert {found.primary.path for found in one.diagnostics if found.primary} == {"promotions/bad.yaml"}
    assert set(one.diagnostics) <= set(whole.diagnostics)


def test_unknown_paths_are_looked_for_every_time(small: Path) -> None:
    """A path that is not there is reported until it is."""
    assert [found.code for found in check(small, ["promotions/new.yaml"], today=DAY).diagnostics] == ["CFG004"]
    shutil.copy(next((small / "promotions").glob("*.yaml")), small / "promotions/new.yaml")
    assert "CFG004" not in [found.code for found in check(small, ["promotions/new.yaml"], today=DAY).diagnostics]


def test_a_changed_baseline_is_another_verdict(small: Path, loads: list[object]) -> None:
    """The baseline that promo.yaml names is part of what a verdict was found from."""
    baseline = small / "known.json"
    baseline.write_text('{"schema": "promo.baseline/1", "findings": []}')
    with (small / "promo.yaml").open("a") as file:
        file.write("diagnostics: {baseline: known.json}\n")
    check(small, today=DAY)
    check(small, today=DAY)
    assert len(loads) == 1
    baseline.write_text('{"schema":"promo.baseline/1","findings":[]}')
    check(small, today=DAY)
    assert len(loads) == 2


def test_a_workspace_with_errors_stays_one(small: Path) -> None:
    """A kept verdict stops a build as a fresh one does."""
    (small / "promotions/bad.yaml").write_text("code: BAD\n")
    for _ in range(2):
        with pytest.raises(Failure):
            checked_workspace(small, today=DAY)


EDITS = st.one_of(
    st.tuples(st.just("change"), st.integers(0, 9), st.sampled_from(("name: New", "code: SAME", "end: [", "x: 1"))),
    st.tuples(st.just("add"), st.integers(0, 9), st.sampled_from(("new.yaml", "b.test.yaml", "c.yaml.bak", "d.json"))),
    st.tuples(st.just("delete"), st.integers(0, 9), st.just("")),
    st.tuples(st.just("rename"), st.integers(0, 9), st.sampled_from(("moved.yaml", "moved.txt", ".hidden.yaml"))),
    st.tuples(st.just("settings"), st.integers(0, 9), st.sampled_from(("company: {id: a, name: A}", "y: 1", ""))),
    st.tuples(st.just("day"), st.integers(0, 700), st.just("")),
)


@settings(max_examples=15, deadline=None)
@given(edits=st.lists(EDITS, min_size=1, max_size=5))
def test_kept_and_fresh_verdicts_are_the_same(edits: list[tuple[str, int, str]]) -> None:
    """After any edits, with what earlier runs kept, the findings are those of a run that keeps nothing."""
    with TemporaryDirectory() as scratch:
        folder = _small(Path(scratch, "small"))
        day = DAY
        check(folder, today=day)
        for kind, number, text in edits:
            day = day + dt.timedelta(days=number) if kind == "day" else day
            _edit(folder, kind, number, text)
            for _ in range(2):
                kept = _findings(folder, day)
                with pytest.MonkeyPatch.context() as patch:
                    patch.setenv(cache.VARIABLE, "off")
                    assert kept == _findings(folder, day)


def _findings(folder: Path, day: dt.date) -> object:
    try:
        checked = check(folder, today=day)
    except Failure as failure:
        return failure.diagnostics, failure.exit_code
    return checked.diagnostics, checked.files


def _edit(folder: Path, kind: str, number: int, text: str) -> None:
    files = sorted(path for path in (folder / "promotions").iterdir() if path.is_file())
    chosen = files[number % len(files)] if files else folder / "promotions/first.yaml"
    match kind:
        case "change":
            chosen.write_text((chosen.read_text() if chosen.exists() else "") + f"\n{text}\n")
        case "add":
            (folder / "promotions" / text).write_text(chosen.read_text() if chosen.exists() else "")
        case "delete":
            chosen.unlink(missing_ok=True)
        case "rename" if chosen.exists():
            chosen.rename(chosen.with_name(text))
        case "settings":
            path = folder / "promo.yaml"
            path.write_text(f"{path.read_text()}\n{text}\n")
