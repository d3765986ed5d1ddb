import pytest

from tests.warehouse import fuzz


@pytest.mark.parametrize("seed", [1000])
def test_damaged_uploads_are_accounted_for_to_the_line(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever arrives: no exception, no line lost, and exactly those refused that the models refuse."""
    assert fuzz.run(None, 4, seed) == 0, capsys.readouterr().out
