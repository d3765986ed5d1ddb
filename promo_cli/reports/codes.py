"""Findings of asking for a report."""

from __future__ import annotations

from collections.abc import Iterable

from promo_cli.diagnostics import Code, Diagnostic, Severity
from promo_cli.diagnostics.suggest import nearest

UNKNOWN_REPORT = Code(
    code="CFG601",
    name="unknown-report",
    severity=Severity.ERROR,
    doc="""There is no report of that name.

    Why: a report is one .sql file, either built in or in the workspace's reports/ folder.
    Fix: take one of the names the message lists, or add reports/NAME.sql.""",
)
BAD_PARAMETER = Code(
    code="CFG602",
    name="report-parameter",
    severity=Severity.ERROR,
    doc="""A report was given a parameter that it does not have, lacks one it needs, or cannot read a value.

    Why: a filter that is silently ignored gives a figure about something else.
    Fix: the message lists the parameters and what they take.""",
)
BAD_REPORT = Code(
    code="CFG603",
    name="report-file",
    severity=Severity.ERROR,
    doc="""A report's .sql file does not have the form that a report must have, or its SQL fails.

    Why: the comment before each query names its columns and their units; without it a figure has no meaning.
    Fix: correct the place that the message names. The built-in reports are examples.""",
)


def unknown(code: Code, what: str, found: str, known: Iterable[str]) -> Diagnostic:
    """Return the finding for a name that is not among the known ones, with the nearest of those."""
    names = sorted(known)
    guess = nearest(found, names)
    some = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    advice = f"did you mean {guess}?" if guess else None
    return code.at(None, f"expected {what}, one of {some or 'none'}; found {found!r}", help=advice)


TOO_LARGE_FOR_EXCEL = Code(
    code="CFG605",
    name="too-large-for-excel",
    severity=Severity.ERROR,
    doc="""A report does not fit into an Excel workbook whole.

    Why: Excel would drop rows, cut texts or round long numbers without a word, and the sums would be wrong.
    Fix: ask for less, such as a shorter period or fewer stores; or take --format parquet or csv, without limits.""",
)
NOTHING_TO_DRAW = Code(
    code="CFG606",
    name="nothing-to-draw",
    severity=Severity.ERROR,
    doc="""A picture was asked of a section that has no chart, or no values in this period.

    Why: an empty picture would say that nothing happened.
    Fix: choose a section with a chart, or another format.""",
)
