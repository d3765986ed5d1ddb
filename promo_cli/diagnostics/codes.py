"""Codes of the diagnostics themselves."""

from promo_cli.diagnostics import Code, Severity

UNKNOWN_CODE = Code(
    code="CFG101",
    name="unknown-code",
    severity=Severity.ERROR,
    doc="""
    No diagnostic has this code or name.

    Why: `promo explain` explains what `promo validate` and the other commands report.

    Fix: copy the code from the brackets of the message, such as TIM001; `promo explain --all` lists every code.
    """,
)
