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

BAD_SUPPRESSION = Code(
    code="SUP001",
    name="unreadable-suppression",
    severity=Severity.WARNING,
    doc="""
    A comment that begins with `promo:` is not a suppression that can be read, or names a code that does not exist.

    Why: what cannot be read suppresses nothing, and its author believes that it does.

    Fix: write `# promo: ignore[CODE] reason="why" until=2026-07-01`, with the code from the brackets of the message.
    """,
)

SUPPRESSION_WITHOUT_REASON = Code(
    code="SUP002",
    name="suppression-without-reason",
    severity=Severity.WARNING,
    doc="""
    A suppression gives no reason, so the finding still counts.

    Why: whoever reads the promotion next must know who accepted this, and why.

    Fix: add `reason="…"` to the comment.
    """,
)

UNUSED_SUPPRESSION = Code(
    code="SUP003",
    name="unused-suppression",
    severity=Severity.WARNING,
    doc="""
    A suppression names a finding that is not there.

    Why: left behind, it would hide the next finding of its kind, which nobody has accepted.

    Fix: remove the comment; `promo validate --fix` does it.
    """,
)

EXPIRED_SUPPRESSION = Code(
    code="SUP004",
    name="expired-suppression",
    severity=Severity.WARNING,
    doc="""
    The last day of a suppression is over, so the finding counts again.

    Why: somebody accepted it up to that day and no longer.

    Fix: correct what is found, or agree on a new day and reason.
    """,
)

FIRM_FINDING = Code(
    code="SUP005",
    name="cannot-be-ignored",
    severity=Severity.WARNING,
    doc="""
    A suppression names an error without whose correction nothing can be compiled.

    Why: errors of the families YML, SCH, REF and CFG are about what cannot be read or does not exist. To ignore one
    would publish without the promotion, and nobody would be told.

    Fix: correct what is found, and remove the comment.
    """,
)

SETTLED = Code(
    code="SUP006",
    name="settled-in-baseline",
    severity=Severity.WARNING,
    doc="""
    The baseline lists findings that are no longer there.

    Why: a baseline only shrinks. Left in it, an entry would hide the same mistake when somebody makes it again.

    Fix: run `promo validate --write-baseline`, which takes out what is settled and adds nothing.
    """,
)

BAD_BASELINE = Code(
    code="SUP007",
    name="unreadable-baseline",
    severity=Severity.ERROR,
    doc="""
    The baseline is not there, or is not a file that `promo validate --write-baseline` has written.

    Why: without it every finding of old would count at once, and hide what is new.

    Fix: correct the path, take the file from git again, or write it anew.
    """,
)

UNKNOWN_LEVEL = Code(
    code="CFG102",
    name="severity-of-nothing",
    severity=Severity.WARNING,
    doc="""
    promo.yaml sets the severity of a code or family that does not exist.

    Why: the finding that was meant keeps the severity it has.

    Fix: take a code from the brackets of a message, or a family such as POL; `promo explain --all` lists every code.
    """,
)

FIRM_LEVEL = Code(
    code="CFG103",
    name="severity-too-low",
    severity=Severity.WARNING,
    doc="""
    promo.yaml lowers the severity of a family whose errors always count.

    Why: errors of the families YML, SCH, REF and CFG are about what cannot be read or does not exist. What is
    published without them would lack the promotion, and nobody would be told. Only warnings of these families change.

    Fix: name the warning's own code, or remove the line.
    """,
)
