from pathlib import Path

import pytest

from promo_cli.pipeline.provenance import provenance
from tests.conftest import git


@pytest.fixture(name="committed")
def _committed(starter: Path) -> Path:
    """Return the starter as a repository with one commit."""
    git(starter, "init", "-q")
    git(starter, "add", ".")
    git(starter, "commit", "-qm", "first")
    return starter


def test_a_clean_work_tree_is_its_commit(committed: Path) -> None:
    """Commit and tree are named, and nothing differs from them, whatever lies in out/."""
    (committed / "out").mkdir()
    (committed / "out" / "anything").write_text("generated")
    source, changes = provenance(committed)
    assert (source.commit, source.tree) == (git(committed, "rev-parse", "HEAD"), git(committed, "rev-parse", "HEAD:./"))
    assert (source.dirty, changes) == (False, ())


def test_changed_and_new_files_are_named(committed: Path) -> None:
    """A publication can say exactly what no commit holds."""
    (committed / "promo.yaml").write_text((committed / "promo.yaml").read_text() + "# changed\n")
    (committed / "promotions" / "new.yaml").write_text("code: NEW\n")
    source, changes = provenance(committed)
    assert source.dirty
    assert set(changes) == {"promo.yaml", "promotions/new.yaml"}


def test_a_scratch_copy_inside_a_repository_is_not_its_commit(committed: Path) -> None:
    """A copy that git does not hold, such as the demo's, claims no commit."""
    copy = committed / "out" / "demo"
    copy.mkdir(parents=True)
    (copy / "promo.yaml").write_text((committed / "promo.yaml").read_text())
    source, _ = provenance(copy)
    assert (source.commit, source.dirty) == (None, True)
