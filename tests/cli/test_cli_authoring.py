import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from promo_cli.model.promotion import Promotion
from promo_cli.model.rules import RULES
from promo_cli.model.settings import Settings
from tests.conftest import ROOT, Promo

PAGE = (ROOT / "docs/authoring.md").read_text()
HEADINGS = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
SECTIONS = re.split(r"^#{2,3} .*$", PAGE, flags=re.MULTILINE)
BLOCKS = [
    (f"{heading.split(':')[0].replace(' ', '-').lower()}-{number}", text)
    for heading, section in zip(["top", *HEADINGS[1:]], SECTIONS, strict=True)
    for number, text in enumerate(re.findall(r"^```yaml\n(.*?)^```$", section, re.MULTILINE | re.DOTALL))
]
BASE = """\
code: EXAMPLE
name: An Example
promo_type: percent_discount
owner: Marketing
validity: {start_date: 2026-02-01}
rules: {discount_percent: 10}
"""
TODAY = "2026-02-07"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Return the starter, with tiers and without what is generated for editors."""
    return Path(shutil.copytree(ROOT / "promo_cli/workspace/starter", tmp_path / "shop"))


def loaded(text: str) -> dict[str, Any]:
    """Return the keys of a block; times stay text."""
    return dict(yaml.load(text, yaml.BaseLoader))


def whole(text: str) -> str:
    """Return a promotion: the block itself, or a promotion with the sections of the block in place of its own."""
    if "code" in loaded(text):
        return text
    kept = [line for line in BASE.splitlines() if line.split(":")[0] not in loaded(text)]
    return "\n".join([*kept, text])


def test_every_type_has_an_example() -> None:
    """The page shows each of the twelve types, in their order, as a whole promotion."""
    shown = [loaded(text)["promo_type"] for name, text in BLOCKS if name.split("-")[0] in RULES]
    assert shown == list(RULES)


@pytest.mark.parametrize(("name", "text"), BLOCKS, ids=[name for name, _ in BLOCKS])
def test_every_example_is_right(promo: Promo, workspace: Path, name: str, text: str) -> None:
    """Every block of YAML can be written as it stands: nothing is found in it, and its tests pass."""
    keys = loaded(text).keys()
    if "repos" in keys:
        hooks = [hook["id"] for hook in loaded(text)["repos"][0]["hooks"]]
        assert set(hooks) == {one["id"] for one in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
        return
    if keys <= Settings.model_fields.keys() - Promotion.model_fields.keys():
        (workspace / "promo.yaml").write_text((workspace / "promo.yaml").read_text() + "\n" + text)
        (workspace / "promo-baseline.json").write_text('{"schema": "promo.baseline/1", "findings": []}')
        outcome = promo("validate", "promo.yaml", "--as-of", TODAY, cwd=workspace)
        assert (outcome.code, outcome.out) == (0, "")
        return
    path = workspace / f"promotions/{loaded(whole(text))['code'].lower()}.yaml"
    path.write_text(whole(text))
    outcome = promo("validate", path, "--as-of", TODAY, cwd=workspace)
    assert (outcome.code, outcome.out) == (0, "")
    if "tests" in keys:
        assert promo("test", path).code == 0
    if "code" in keys:
        assert promo("preview", loaded(text)["code"], "--json").json["applicable"]


def test_every_command_on_the_page_exists(promo: Promo, workspace: Path) -> None:
    """What the page tells to type is a command with these options."""
    for line in re.findall(r"^promo [a-z].*$", PAGE, re.MULTILINE):
        arguments = re.split(r"\s{3,}| && ", line)[0].split()[1:]
        options = {one for one in arguments if one.startswith("--")}
        page = promo(arguments[0], "--help").out
        assert page
        assert all(option in page for option in options), line


def test_the_page_is_linked(promo: Promo) -> None:
    """A marketer finds it from the front page and from the page of all documentation."""
    assert "docs/authoring.md" in (ROOT / "README.md").read_text()
    assert "(authoring.md)" in (ROOT / "docs/README.md").read_text()


def test_links_of_the_page_lead_somewhere() -> None:
    """Every file and heading that the page names is there."""
    anchors = {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in HEADINGS}
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        path, _, anchor = target.partition("#")
        if not path:
            assert anchor in anchors
        elif not path.startswith("http"):
            assert (ROOT / "docs" / path).is_file()
