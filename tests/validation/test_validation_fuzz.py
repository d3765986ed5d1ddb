"""Real files, broken at random: whatever people do to them, they are told, and nothing fails."""

from pathlib import Path

import pytest

from tests.conftest import Promo

from .fuzz import KINDS, run


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 290])
def test_broken_files_are_told_and_nothing_fails(tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Mutated files, random promotions and random bytes end in findings that every format prints, never in an error."""
    tally = run(tmp_path, seconds=None, inputs=24, seed=seed)
    assert (tally.tracebacks, tally.hangs, capsys.readouterr().out) == (0, 0, "")
    assert tally.inputs.keys() == {kind.__name__ for kind in KINDS}


def test_a_store_in_a_time_zone_that_does_not_exist_is_told_once(promo: Promo, starter: Path) -> None:
    """The rules that look at clocks do without that store's."""
    stores = starter / "stores/stores.yaml"
    stores.write_text(stores.read_text().replace("Asia/Makassar", "Mars/Olympus"))
    outcome = promo("validate", "--json", cwd=starter)
    assert (outcome.code, [one["code"] for one in outcome.json["diagnostics"]]) == (1, ["CFG002"])
