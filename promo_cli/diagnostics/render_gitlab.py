"""For GitLab: the Code Quality report, which merge requests show at the lines they are about.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

from promo_cli.diagnostics.document import json_text
from promo_cli.diagnostics.record import Diagnostic, Severity
from promo_cli.diagnostics.visible import visible

LEVELS = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(diagnostics: Iterable[Diagnostic], *, root_file: str) -> str:
    """A JSON list of what counts; findings about no file are shown at `root_file`, for each needs a place."""
    seen: Counter[str] = Counter()
    entries = []
    for found in diagnostics:
        if found.suppressed:
            continue
        place = found.primary
        seen[found.fingerprint] += 1
        entries.append(
            {
                "description": visible(f"{found.message} ({found.help})" if found.help else found.message),
                "check_name": f"{found.code} {found.name}",
                "fingerprint": _unique(found.fingerprint, seen[found.fingerprint]),
                "severity": LEVELS[found.severity],
                "location": {
                    "path": place.path if place else root_file,
                    "lines": {"begin": place.range.start.line if place and place.range else 1},
                },
            }
        )
    return json_text(entries)


def _unique(fingerprint: str, occurrence: int) -> str:
    """GitLab drops all but one of those with equal fingerprints."""
    return fingerprint if occurrence == 1 else sha256(f"{fingerprint}\0{occurrence}".encode()).hexdigest()[:16]
