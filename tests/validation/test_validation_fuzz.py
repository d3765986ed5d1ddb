"""Real files, broken at random: whatever people do to them, they are told, and nothing fails."""

import random
import shutil
from pathlib import Path

import pytest

import promo_cli.workspace
from promo_cli.diagnostics import Diagnostic, Failure, render_full
from promo_cli.validation import check
from promo_cli.workspace import load

from .conftest import TODAY

STARTER = Path(promo_cli.workspace.__file__).parent / "starter"
SCRAPS = [
    *":'\"[]{},#~-\n\t\x00\ufeffé",
    *(": ", "- ", "  ", " #", "&a ", "*a", "!x ", "no", "012", "1e9", "0", "-1", "9" * 18, "0.000001", "null", "true"),
    *("[]", "{}", "all", "2026-13-01", "9999-12-31", "0001-01-01", "24:00", "---\n", "promo_type: combo\n", "latte"),
    *("stores: [x]\n", "days_of_week: []\n", "parent: drinks", "LATTE", "x" * 80),
]


def mutate(text: str, chance: random.Random) -> str:
    """Return a text with a few random insertions, deletions, swaps of lines and replaced words."""
    for _ in range(chance.randint(1, 4)):
        lines = text.split("\n")
        at = chance.randrange(len(text) + 1)
        match chance.randrange(5):
            case 0:
                text = text[:at] + chance.choice(SCRAPS) + text[at:]
            case 1:
                text = text[:at] + text[at + chance.randint(1, 20) :]
            case 2:
                one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
                lines[one], lines[other] = lines[other], lines[one]
                text = "\n".join(lines)
            case 3:
                words = text.split(" ")
                words[chance.randrange(len(words))] = chance.choice(SCRAPS)
                text = " ".join(words)
            case _:
                lines.insert(chance.randrange(len(lines)), chance.choice(lines))
                text = "\n".join(lines)
    return text


def findings(root: Path) -> list[Diagnostic]:
    """Return what is found, in a workspace that can be loaded or not."""
    try:
        return check(load(root), today=TODAY)
    except Failure as failure:
        return failure.diagnostics


@pytest.mark.parametrize("seed", range(2))
def test_broken_files_are_told_and_nothing_fails(tmp_path: Path, seed: int):
    """Mutated files of the starter, one or several at once, end in findings that render, never in an error."""
    chance = random.Random(seed)
    root = tmp_path / "workspace"
    shutil.copytree(STARTER, root)
    originals = {path: path.read_text() for path in root.rglob("*.yaml")}
    for _ in range(60):
        broken = chance.sample(sorted(originals), chance.choice([1, 1, 1, 3]))
        for path in broken:
            path.write_bytes(mutate(originals[path], chance).encode())
        found = findings(root)
        render_full.render(found, lambda path: (root / path).read_text(errors="replace"))
        for path in broken:
            path.write_text(originals[path])
