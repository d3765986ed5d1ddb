import re
from pathlib import Path

from tests.conftest import Promo

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "testing.md").read_text()
BLOCKS = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)


def test_the_guide_for_marketers_can_be_followed(promo: Promo, chain: Path) -> None:
    """The promotion and the file of tests that the guide shows validate, and their tests pass."""
    own, evening = BLOCKS
    (chain / "promotions/kopi-teras/weekend20.yaml").write_text(f"owner: marketing\n{own}")
    (chain / "promotions/guide.test.yaml").write_text(evening)
    assert promo("validate", "promotions/guide.test.yaml", cwd=chain).code == 0
    assert promo("test", "-k", "WEEKEND20").err.startswith("2 of 2 tests passed")
    assert promo("test", "promotions/guide.test.yaml").err.startswith("6 of 6 tests passed")


def test_the_failure_in_the_guide_is_what_is_printed(promo: Promo, chain: Path) -> None:
    """The receipts side by side in the guide are those of the command."""
    path = chain / "promotions/kopi-teras/weekend20.yaml"
    path.write_text(path.read_text().replace("total_discount: 18_000", "total_discount: 20_000"))
    printed = promo("test", "-k", "two lattes on a Saturday", cwd=chain).out
    shown = GUIDE[GUIDE.index("FAIL  two lattes") : GUIDE.index("Either the promotion")].partition("```")[0]
    assert shown in printed
