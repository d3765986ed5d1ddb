"""Findings of writing the dashboard."""

from __future__ import annotations

from promo_cli.diagnostics import Code, Severity

FOREIGN_FOLDER = Code(
    code="CFG604",
    name="not-a-dashboard",
    severity=Severity.ERROR,
    doc="""The folder for the dashboard holds other files.

    Why: the dashboard replaces its folder as a whole, and must not delete what it has not made.
    Fix: choose an empty or a new folder with --out, or remove the files yourself.""",
)
