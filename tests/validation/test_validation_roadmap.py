"""The roadmap's rules, and ours that answer to them."""

from promo_cli.diagnostics import Severity
from promo_cli.validation.codes import RULES
from tools.roadmap_rules import ASKED, rules_page

BY_CODE = {code.code: code for code in RULES}


def test_each_of_the_roadmaps_rules_is_answered():
    """The table names rules that exist, and each line has one that is an error."""
    for asked in ASKED:
        assert set(asked.codes) <= BY_CODE.keys(), asked.text
        assert any(BY_CODE[code].severity is Severity.ERROR for code in asked.codes), asked.text


def test_every_rule_is_on_the_page():
    """The page counts and lists all rules."""
    page = rules_page(RULES, {code.code[:3]: "" for code in RULES})
    assert all(f"| {code.code} | {code.name} |" in page for code in RULES)
    assert f"| {len(RULES)} |" in page
