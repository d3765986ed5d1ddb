"""What runs in one environment is promoted to another: the same bytes, whatever lies in the folder."""

from pathlib import Path

import pytest

from promo_cli.pipeline.operate import key_folder
from tests.conftest import Promo, git

DAY = "2026-02-07"
PROMOTE = ("publish", "--env", "production", "--from-env", "staging", "--yes")


@pytest.fixture
def staging(promo: Promo, starter: Path) -> Path:
    """A release in staging, and a folder that has gone on since, with a mistake in it."""
    text = (starter / "promo.yaml").read_text()
    folders = (
        "environments:\n  staging: {target: out/staging}\n  production: {target: out/production, protected: true}\n"
    )
    (starter / "promo.yaml").write_text(text.replace("environments:\n", folders))
    git(starter, "init", "-q")
    git(starter, "add", "-A")
    git(starter, "commit", "-qm", "first")
    assert promo("publish", "--env", "staging", "--as-of", DAY, cwd=starter).code == 0
    (starter / "promotions" / "evening-bread.yaml").write_text("code: [broken\n")
    return starter


def _blobs(folder: Path) -> set[str]:
    return {path.name for path in (folder / "blobs").rglob("*") if path.is_file()}


def test_the_very_bytes_are_promoted_without_compiling(promo: Promo, staging: Path) -> None:
    """Every blob, the commit, the day and the hash of the inputs; only who promotes, and the chain, are its own."""
    done = promo(*PROMOTE, "--json")
    assert done.code == 0, done.err
    assert _blobs(staging / "out/staging") == _blobs(staging / "out/production")
    one, other = (promo("release", "show", "--env", env, "--json").json for env in ("staging", "production"))
    for field in ("inputs_sha256", "commit", "as_of", "tool", "horizon_days", "dirty"):
        assert one[field] == other[field], field
    assert other["reason"] == "release 1 of staging"
    again = promo(*PROMOTE, "--json").json
    assert (again["outcome"], again["seq"]) == ("nothing-to-publish", 1)


def test_a_plan_of_it_is_held_to(promo: Promo, staging: Path) -> None:
    """The plan shows what production would get; a plan made of the folder does not fit."""
    plan = promo("plan", "--env", "production", "--from-env", "staging", "--out", staging / "plan.json")
    assert plan.code == 0, plan.err
    assert "+ " in plan.out
    assert "--from-env staging" in plan.err
    assert promo("publish", staging / "plan.json", *PROMOTE[1:]).code == 0
    again = promo("publish", staging / "plan.json", *PROMOTE[1:])
    assert again.code == 0, "carried out already: after a lost answer the same command finds out"
    assert "Nothing to publish" in again.out


def test_a_plan_may_lie_in_the_workspace(promo: Promo, staging: Path) -> None:
    """The plan that is published is no uncommitted change; any other file still is."""
    git(staging, "checkout", "-q", "--", ".")
    plan = ("plan", "--env", "staging", "--as-of", "2026-03-07", "--out", "plan.json")
    assert promo(*plan, cwd=staging).code == 0
    assert promo("publish", "plan.json", "--env", "staging").code == 0
    (staging / "promotions" / "notes.txt").write_text("not committed")
    refused = promo("publish", "plan.json", "--env", "staging")
    assert refused.code == 2
    assert "1 file differs" in refused.err


def test_what_is_not_settled_there_is_not_promoted(promo: Promo, staging: Path) -> None:
    """A stopped promotion would run again elsewhere; nothing is promoted to itself, nor before it has run."""
    assert promo("publish", "--env", "staging", "--from-env", "staging", cwd=staging).code == 2
    assert promo("publish", "--env", "staging", "--from-env", "production").code == 2
    assert promo("publish", "--env", "production", "--from-env", "staging").code == 2, "protected"
    assert promo(*PROMOTE, "--allow-dirty").code == 2
    assert promo("halt", "EVENING-BREAD", "--env", "staging").code == 0
    stopped = promo(*PROMOTE)
    assert stopped.code == 3
    assert "stopped in staging" in stopped.err


def test_a_key_folder_may_hold_one_folder_per_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promoting takes the roots of both."""
    monkeypatch.setenv("PROMO_KEYS", str(tmp_path))
    assert key_folder(tmp_path, "staging") == tmp_path
    (tmp_path / "staging").mkdir()
    (tmp_path / "staging" / "root.json").write_text("{}")
    assert key_folder(tmp_path, "staging") == tmp_path / "staging"
    assert key_folder(tmp_path, "production") == tmp_path
