"""The sections of a code's text: the same words serve `explain`, the docs page and the tests of its examples."""

from __future__ import annotations

import re
from dataclasses import dataclass
from inspect import cleandoc
from textwrap import dedent

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
    what, *rest = _SECTION.split(cleandoc(code.doc))
    parts = dict(zip(rest[::2], rest[1::2], strict=True))
    return Explanation(
        what=what.strip(),
        why=parts.get("Why", "").strip(),
        bad=_example(parts.get("Bad", "")),
        good=_example(parts.get("Good", "")),
        fix=parts.get("Fix", "").strip(),
    )


def _example(text: str) -> str:
    return dedent(text.strip("\n")).strip("\n") + "\n" if text.strip() else ""
