"""What was printed before is printed again only while nothing that it followed from has changed."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promo_cli.cli import again, streams
from promo_cli.pipeline import check as checking
from promo_cli.workspace import cache
from tests.cli.test_cli_validate import WEEKEND, edit
from tests.conftest import Promo
from tests.pipeline.test_pipeline_verdict import EDITS, _edit, _small

HEAVY = ("typer", "click", "rich", "pydantic", "yaml", "json", "re", "typing", "dataclasses", "pathlib", "zoneinfo")


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return a list that gets an entry whenever a workspace is checked rather than told about again."""
    done: list[object] = []
    check = checking.check
    monkeypatch.setattr(checking, "check", lambda *args, **kw: done.append(args) or check(*args, **kw))
    return done


@pytest.mark.parametrize("words", [[], ["--format", "json"], ["--format", "concise"], ["-q"], [WEEKEND], ["--json"]])
def test_the_same_is_printed_again(promo: Promo, starter: Path, checks: list[object], words: list[str]) -> None:
    """A second run prints the same on both streams, exits the same, and checks nothing."""
    edit(starter, "discount_percent: 20", "discount_precent: 20")
    first = promo("validate", *words, cwd=starter)
    assert first.code == 1
    assert promo("validate", *words, cwd=starter) == first
    assert len(checks) == 1


def test_the_workspace_may_be_elsewhere(promo: Promo, starter: Path, tmp_path: Path, checks: list[object]) -> None:
    """A workspace named on the command line or in the environment is found without reading the command line."""
    for words in (["--workspace", starter], [f"--workspace={starter}"], ["--workspace", starter / "promotions"]):
        first = promo("validate", *words, cwd=tmp_path)
        assert promo("validate", *words, cwd=tmp_path) == first
    assert len(checks) == 3


def spoil_content(root: Path) -> None:
    """Change a file so that neither its size nor its time of last writing tells."""
    path = root / WEEKEND
    times = (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    path.write_text(path.read_text().replace("20%", "21%"))
    os.utime(path, ns=times)


def link(root: Path, path: str, target: str) -> None:
    """Put a symbolic link in the workspace."""
    (root / path).symlink_to(target)


FILES: dict[str, Callable[[Path], object]] = {
    "a content of the same size and time": spoil_content,
    "promo.yaml": lambda root: edit(root, "company:", "# about us\ncompany:", "promo.yaml"),
    "reference data": lambda root: (root / "stores/more.yaml").write_text("brands: []\n"),
    "a file more": lambda root: shutil.copy(root / WEEKEND, root / "promotions/copy.yaml"),
    "a file less": lambda root: (root / WEEKEND).unlink(),
    "a file's name": lambda root: (root / WEEKEND).rename(root / "promotions/other.yaml"),
    "a file that is not read": lambda root: (root / "promotions/x.yaml.bak").write_text(""),
    "tests over the chain": lambda root: (root / "promotions/x.test.yaml").write_text("tests: []\n"),
    "a link that leads nowhere": lambda root: link(root, "promotions/x.yaml", "gone.yaml"),
    "a link that leads out": lambda root: link(root, "promotions/x.yaml", "/etc/hostname"),
    "a link to a folder": lambda root: link(root, "promotions/x", "."),
    "something that is no file": lambda root: os.mkfifo(root / "promotions/x.yaml"),
    "an ignored finding": lambda root: edit(root, "name:", '# promo: ignore[POL001] reason="printed"\nname:'),
    "the cache": lambda root: shutil.rmtree(root / ".promo"),
}


@pytest.mark.parametrize("change", FILES)
def test_a_changed_workspace_is_checked(promo: Promo, starter: Path, checks: list[object], change: str) -> None:
    """Whatever changes in the workspace, it is checked again, and then told about again."""
    promo("validate", cwd=starter)
    FILES[change](starter)
    second = promo("validate", cwd=starter)
    assert len(checks) == 2
    assert promo("validate", cwd=starter) == second
    assert len(checks) == 2


def shift(patch: pytest.MonkeyPatch, seconds: int) -> None:
    """Set the clock forward, or back."""
    now = time.time() + seconds
    patch.setattr(again.time, "time", lambda: now)


SURROUNDINGS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    **{
        f"{name}": lambda patch, name=name: patch.setenv(name, "1")  # type: ignore[misc]
        for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TZ", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "CI", "LANG")
    },
    "no cache": lambda patch: patch.setenv(cache.VARIABLE, "off"),
    "another user": lambda patch: patch.setenv("XDG_CACHE_HOME", os.environ["XDG_CACHE_HOME"] + "/other"),
    "a terminal": lambda patch: patch.setattr(streams, "state", lambda _: "80 cells"),
    "another version": lambda patch: patch.setattr(cache, "__version__", "0.0.0"),
    "another tool": lambda patch: patch.setattr(cache, "_modules", lambda _: []),
    "another day": lambda patch: shift(patch, 86400),
    "a clock set back": lambda patch: shift(patch, -86400),
}


@pytest.mark.parametrize("change", SURROUNDINGS)
def test_other_surroundings_are_another_question(
    promo: Promo, starter: Path, checks: list[object], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """A variable of the environment, a terminal, a user, a version or a day that is another: checked again."""
    promo("validate", cwd=starter)
    SURROUNDINGS[change](monkeypatch)
    promo("validate", cwd=starter)
    assert len(checks) == 2


def test_another_shell_is_the_same_question(
    promo: Promo, starter: Path, checks: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a shell notes for itself in the environment makes no difference."""
    promo("validate", cwd=starter)
    for name in ("_", "SHLVL", "PWD", "OLDPWD"):
        monkeypatch.setenv(name, "/elsewhere")
    promo("validate", cwd=starter)
    assert len(checks) == 1


def test_a_named_day_does_not_end(
    promo: Promo, starter: Path, checks: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --as-of the same holds tomorrow."""
    first = promo("validate", "--as-of", "2026-02-07", cwd=starter)
    shift(monkeypatch, 86400)
    assert promo("validate", "--as-of", "2026-02-07", cwd=starter) == first
    assert len(checks) == 1


def test_other_words_and_folders_are_another_question(promo: Promo, starter: Path, checks: list[object]) -> None:
    """Every other command line, and the same one in another folder, is answered for itself."""
    lines = ([], ["-q"], ["--json"], ["--as-of", "2026-02-07"], ["--as-of", "2026-02-08"], [WEEKEND], ["promotions"])
    for line in lines:
        promo("validate", *line, cwd=starter)
    promo("validate", cwd=starter / "promotions")
    assert len(checks) == len(lines) + 1


def test_a_nearer_workspace_is_another_answer(promo: Promo, starter: Path, checks: list[object]) -> None:
    """A promo.yaml that appears between here and the old one makes this another workspace."""
    first = promo("validate", cwd=starter / "promotions")
    shutil.copy(starter / "promo.yaml", starter / "promotions/promo.yaml")
    assert promo("validate", cwd=starter / "promotions") != first
    assert len(checks) == 2


def test_a_path_that_leads_elsewhere_is_another_answer(promo: Promo, starter: Path, checks: list[object]) -> None:
    """A path of the command line that is a link is followed every time."""
    link(starter, "here", "promotions")
    promo("validate", "here", cwd=starter)
    (starter / "here").unlink()
    link(starter, "here", "stores")
    promo("validate", "here", cwd=starter)
    assert len(checks) == 2


def test_a_changed_baseline_is_another_answer(promo: Promo, starter: Path, checks: list[object]) -> None:
    """The content of a baseline counts, also of one outside of the workspace."""
    baseline = starter.parent / "known.json"
    for number in range(2):
        baseline.write_text('{"schema": "promo.baseline/1", "findings": []}' + " " * number)
        promo("validate", "--baseline", baseline, cwd=starter)
        promo("validate", "--baseline", baseline, cwd=starter)
    assert len(checks) == 2


@pytest.mark.parametrize("words", [["--fix"], ["--diff"], ["--write-baseline"], ["--format", "github"], ["gone.yaml"]])
def test_what_does_more_than_tell_is_done_every_time(
    promo: Promo, starter: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """What writes, tells a forge or looks for a file that is not there is never answered from what was printed."""
    monkeypatch.setattr(again, "_print", lambda *_: pytest.fail("it was told again"))
    for _ in range(2):
        promo("validate", *words, cwd=starter)


def test_writing_happens_again(promo: Promo, starter: Path) -> None:
    """The same --write-baseline and --fix do their work each time."""
    edit(starter, "start_date: 2026-01-01 ", "start_date: 2026-1-1 ")
    for _ in range(2):
        assert promo("validate", "--fix", cwd=starter).code == 0
        edit(starter, "start_date: 2026-01-01 ", "start_date: 2026-1-1 ")
    assert promo("validate", cwd=starter).code == 1


def test_a_workspace_that_changes_meanwhile_is_not_kept(promo: Promo, starter: Path, checks: list[object]) -> None:
    """The answer is kept for the files that were checked, not for those that are there when it is printed."""
    check = checking.check

    def slow(*args: object, **options: object) -> object:
        found = check(*args, **options)  # type: ignore[arg-type]
        (starter / "promotions/late.yaml").write_text("code: LATE\n")
        return found

    checking.check = slow  # type: ignore[assignment]
    try:
        assert promo("validate", cwd=starter).code == 0
    finally:
        checking.check = check
    assert promo("validate", cwd=starter).code == 1


def test_a_kept_answer_loads_next_to_nothing(starter: Path) -> None:
    """Told again, an answer takes neither the command line's framework nor the standard library's slow parts."""
    script = (
        "import sys\nfrom promo_cli.cli.main import run\n"
        "try:\n    run(['validate'])\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    )
    command = [sys.executable, "-S", "-c", script]  # -S: what site-packages import at start is not ours
    path = os.pathsep.join(filter(None, sys.path))
    runs = [
        subprocess.run(
            command, cwd=starter, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": path}
        )
        for _ in range(2)
    ]
    assert "typer" in runs[0].stderr.splitlines()[-1]
    assert runs[1].stderr.splitlines()[-1] == "[]"
    assert runs[0].stdout == runs[1].stdout


def test_a_reader_who_left_is_no_failure(promo: Promo, starter: Path) -> None:
    """`promo validate | head` ends quietly when it is told again, too."""
    edit(starter, "discount_percent: 20", "discount_precent: 20")
    script = f"{sys.executable} -m promo_cli validate | true"
    for _ in range(2):
        done = subprocess.run(["bash", "-c", script], cwd=starter, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        assert "Error" not in done.stderr


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(EDITS, min_size=1, max_size=4))
def test_told_again_and_fresh_are_the_same(promo: Promo, edits: list[tuple[str, int, str]]) -> None:
    """After any edits, what a run prints is what one prints that keeps nothing."""
    with TemporaryDirectory() as scratch:
        folder = _small(Path(scratch, "small"))
        for kind, number, text in edits:
            _edit(folder, kind, number, text)
            words = (
                "validate",
                "--workspace",
                folder,
                "--as-of",
                f"2026-02-{1 + number:02}" if number < 20 else "2027-01-01",
            )
            seen = [promo(*words) for _ in range(2)]
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv(cache.VARIABLE, "off")
                fresh = promo(*words)
            assert seen == [fresh, fresh]
