from pathlib import Path

import pytest

from tests.diagnostics.messages import FOLDER, MISTAKES, shown

FAMILIES = {"YML", "SCH", "REF", "TIM", "AMT", "TGT", "CON", "POL", "TST", "CFG", "SUP"}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_in_these_words(starter: Path, name: str) -> None:
    """What the author of the mistake reads, to the letter; `python -m tests.diagnostics.messages` writes it anew."""
    assert shown(MISTAKES[name], starter) == (FOLDER / f"{name}.txt").read_text()


def test_the_messages_are_of_all_families() -> None:
    """Twelve messages, one file each, from every family that an author meets."""
    assert {path.stem for path in FOLDER.glob("*.txt")} == MISTAKES.keys()
    assert {name[:3].upper() for name in MISTAKES} == FAMILIES
    assert len(MISTAKES) == 12
