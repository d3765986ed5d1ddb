import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT, Promo

HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
}
FIELDS = {
    "id", "name", "entry", "language", "files", "exclude", "types", "types_or", "exclude_types", "always_run",
    "fail_fast", "verbose", "pass_filenames", "require_serial", "description", "language_version",
    "minimum_pre_commit_version", "args", "stages",
}  # fmt: skip
"""What pre-commit knows in a manifest of hooks (https://pre-commit.com/#new-hooks)."""

WEEKEND = "promotions/weekend20.yaml"


def hook(name: str, workspace: Path) -> subprocess.CompletedProcess[str]:
    """Run a hook's entry at the root of a repository, as pre-commit does."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PRE_COMMIT": "1", "PYTHONPATH": str(ROOT)}
    arguments = shlex.split(HOOKS[name]["entry"])
    return subprocess.run(arguments, cwd=workspace, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_has_what_pre_commit_asks_for(name: str) -> None:
    """The required fields are there, no other than known ones are, and the files are those of a workspace."""
    one = HOOKS[name]
    assert one.keys() >= {"id", "name", "entry", "language"}
    assert one.keys() <= FIELDS
    assert one["language"] == "python"
    assert one["entry"].split()[0] == "promo"
    assert one["pass_filenames"] is False
    files = re.compile(one["files"])
    assert files.search(WEEKEND)
    assert files.search(f"shop/{WEEKEND}")
    assert not files.search("README.md")


def test_hooks_pass_on_a_good_workspace_and_change_nothing(starter: Path, promo: Promo) -> None:
    """On a formatted workspace without errors every hook succeeds."""
    assert promo("fmt", cwd=starter).code == 0
    before = (starter / WEEKEND).read_bytes()
    assert {name: hook(name, starter).returncode for name in HOOKS} == dict.fromkeys(HOOKS, 0)
    assert (starter / WEEKEND).read_bytes() == before


def test_hooks_stop_a_bad_commit(starter: Path) -> None:
    """An error and a wrong test fail their hook and say where; what fmt changes pre-commit takes for a failure."""
    path = starter / WEEKEND
    text = path.read_text()
    path.write_text(text.replace("categories: [hot-drinks]", "categories: [hot-drink]"))
    done = hook("promo-validate", starter)
    assert done.returncode == 1
    assert f"{WEEKEND}:16" in done.stdout
    path.write_text(text.replace("total_discount: 15_200", "total_discount: 15_201"))
    assert hook("promo-test", starter).returncode == 1
    path.write_text(text.replace("owner: Marketing", "owner:   'Marketing'"))
    assert hook("promo-fmt", starter).returncode == 0
    assert "owner: Marketing\n" in path.read_text()
