"""The sections of a code's text: the same words serve `explain`, the docs page and the tests of its examples."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import dedent, indent

from promo_cli.diagnostics.record import Code

_SECTION = re.compile(r"^(Why|Bad|Good|Fix):", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is found, why it matters, an example that is found and one that is not, and what to do."""

    what: str
    why: str
    bad: str
    good: str
    fix: str


def explain(code: Code) -> Explanation:
    """Splits the text of a code: it opens with what is found; `Why:`, `Bad:`, `Good:`, `Fix:` begin the rest."""
    what, *rest = _SECTION.split(_flush(code.doc))
    parts = dict(zip(rest[::2], rest[1::2], strict=True))
    return Explanation(
        what=what.strip(),
        why=parts.get("Why", "").strip(),
        bad=_example(parts.get("Bad", "")),
        good=_example(parts.get("Good", "")),
        fix=parts.get("Fix", "").strip(),
    )


def as_dict(code: Code) -> dict[str, str]:
    """One code and its text as plain values."""
    text = explain(code)
    return {
        "code": code.code,
        "name": code.name,
        "severity": str(code.severity),
        "what": text.what,
        "why": text.why,
        "bad": text.bad,
        "good": text.good,
        "fix": text.fix,
    }


def as_text(code: Code) -> str:
    """One code and its text for a terminal."""
    text = explain(code)
    parts = [f"{code.code} {code.name} ({code.severity})", text.what]
    parts += [f"Why: {text.why}"] if text.why else []
    parts += [f"Not:\n\n{indent(text.bad, '    ')}".rstrip()] if text.bad else []
    parts += [f"But:\n\n{indent(text.good, '    ')}".rstrip()] if text.good else []
    parts += [f"Fix: {text.fix}"] if text.fix else []
    return "\n\n".join(parts) + "\n"


def _flush(doc: str) -> str:
    """A docstring without its indentation, tabs kept: an example may be about them."""
    first, _, rest = doc.partition("\n")
    return f"{first.strip()}\n{dedent(rest)}".strip("\n")


def _example(text: str) -> str:
    return dedent(text.strip("\n")).strip("\n") + "\n" if text.strip() else ""
