import os
import shutil
import sys
from pathlib import Path

import pytest

from promo_cli.pricing import compiled

PACKAGE = Path(compiled.__file__).parent


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the engine's package that was compiled just now, as far as its stamp tells."""
    copy = tmp_path / "pricing"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns(compiled.FOLDER, "__pycache__"))
    (copy / compiled.FOLDER).mkdir()
    (copy / compiled.FOLDER / compiled.STAMP).write_text(compiled.stamp(copy))
    monkeypatch.delenv(compiled.WANTED, raising=False)
    return copy


def test_compiled_modules_are_looked_for_first_while_the_sources_are_as_they_were(package: Path) -> None:
    """What was compiled from these sources stands in for them."""
    assert compiled.folders(package) == [str(package / compiled.FOLDER), str(package)]


@pytest.mark.parametrize("edited", ["engine.py", "types/percent.py"])
def test_an_edited_source_is_never_shadowed(package: Path, edited: str) -> None:
    """One character more in any module, and the sources run again."""
    with (package / edited).open("a") as file:
        file.write("\n")
    assert compiled.folders(package) == [str(package)]


def test_a_change_that_keeps_the_size_counts_too(package: Path) -> None:
    """The time of change tells what the size does not."""
    facts = (package / "engine.py").stat()
    os.utime(package / "engine.py", ns=(facts.st_atime_ns, facts.st_mtime_ns + 1))
    assert compiled.folders(package) == [str(package)]


def test_a_module_added_or_removed_counts_too(package: Path) -> None:
    """The list of modules is part of what was compiled."""
    (package / "types" / "percent.py").unlink()
    assert compiled.folders(package) == [str(package)]


def test_the_sources_can_be_asked_for(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PROMO_ENGINE=python runs the sources, compiled or not."""
    monkeypatch.setenv(compiled.WANTED, "python")
    assert compiled.folders(package) == [str(package)]


def test_compiled_modules_can_be_required(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PROMO_ENGINE=native fails where there is nothing compiled, instead of running something else."""
    monkeypatch.setenv(compiled.WANTED, "native")
    assert compiled.folders(package)[0] == str(package / compiled.FOLDER)
    shutil.rmtree(package / compiled.FOLDER)
    with pytest.raises(ImportError, match="found none"):
        compiled.folders(package)


def test_an_unknown_engine_is_refused(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt engine is named, with what was expected."""
    monkeypatch.setenv(compiled.WANTED, "nativ")
    with pytest.raises(ImportError, match="expected python or native, found 'nativ'"):
        compiled.folders(package)


def test_these_tests_run_the_engine_they_were_asked_for() -> None:
    """A run of the tests that means the compiled engine does not pass on the sources, not even on some of them."""
    wanted = os.environ.get(compiled.WANTED)
    inside = {name: module for name, module in sys.modules.items() if name.startswith("promo_cli.pricing.")}
    native = {name for name, module in inside.items() if not str(module.__file__).endswith(".py")}
    chosen = {"promo_cli.pricing.compiled"}
    assert native in {"python": [set()], "native": [set(inside) - chosen]}.get(wanted, [set(), set(inside) - chosen])
