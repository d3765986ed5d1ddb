"""Every code of this room: those of the rules, whose docstrings are their text, and those of promotions' own tests."""

from __future__ import annotations

from promo_cli.diagnostics import Code, Severity
from promo_cli.validation.families import all_rules

RULES: tuple[Code, ...] = tuple(rule.code for rule in all_rules())

TEST_FAILED = Code(
    code="TST001",
    name="test-failed",
    severity=Severity.ERROR,
    doc="""
    A promotion's own test expects something else than what its cart costs.

    Why: either the promotion does not do what its author meant, or the expectation is out of date. Both matter before
    it reaches a till.

    Fix: compare what was expected with what was found; correct the promotion, the catalogue or the test.
    """,
)

TEST_BROKEN = Code(
    code="TST002",
    name="test-broken",
    severity=Severity.ERROR,
    doc="""
    A promotion's own test cannot be run: its cart cannot be priced, or there is no store to price it for.

    Why: a test that does not run protects nothing.

    Fix: correct the place in the test that the message names.
    """,
)

TEST_UNKNOWN = Code(
    code="TST003",
    name="no-such-test",
    severity=Severity.ERROR,
    doc="""
    No test has the text of `promo test -k TEXT` in its name or in its promotion's code.

    Why: a run that tests nothing must not look like one in which everything passed.

    Fix: look for the name with `promo test -v`, and give a part of it.
    """,
)
