"""The examples in the texts of the rules are true: the bad one is found, the good one is not."""

import pytest

from promo_cli.diagnostics import Code, Severity
from promo_cli.diagnostics.explain import explain
from promo_cli.diagnostics.registry import declared_in
from promo_cli.validation import codes as rule_codes
from promo_cli.workspace import codes as file_codes

from .conftest import Findings

CODES = [*declared_in(file_codes), *declared_in(rule_codes)]
WITH_EXAMPLE = [code for code in CODES if explain(code).bad]


def test_the_example_workspace_has_no_findings(findings: Findings):
    """Everything below is about the fragment alone."""
    assert findings() == []


@pytest.mark.parametrize("code", WITH_EXAMPLE, ids=lambda code: code.code)
def test_a_bad_example_is_found_and_nothing_else(findings: Findings, code: Code):
    """The bad example fires its code with a place and advice, and no other: nothing cascades."""
    every = findings(explain(code).bad)
    found = [one for one in every if one.code == code.code]
    assert found
    for one in found:
        assert one.primary is not None
        assert one.primary.range is not None
        assert one.help
        assert one.severity is code.severity
    assert {one.code for one in every} == {code.code}


@pytest.mark.parametrize("code", WITH_EXAMPLE, ids=lambda code: code.code)
def test_a_good_example_is_good(findings: Findings, code: Code):
    """The good example has no error at all, and does not fire its code."""
    found = findings(explain(code).good)
    assert [one for one in found if one.code == code.code or one.severity is Severity.ERROR] == []


def test_every_rule_has_an_example():
    """A rule about promotions cannot be declared without showing what it finds and what it does not."""
    without = [code.code for code in rule_codes.RULES if not (explain(code).bad and explain(code).good)]
    assert without == []
