"""Severities as a workspace wants them: by code, by family, and by the path of the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from promo_cli.diagnostics.record import Diagnostic, Severity
from promo_cli.diagnostics.suppression import is_firm

OFF = "off"


@dataclass(frozen=True, slots=True)
class Levels:
    """`error`, `warning`, `info` or `off` by code (AMT022) or family (AMT): everywhere, and by path.

    A path's word counts more than the general one, a later path's more than an earlier one's, a code's more than its
    family's. In paths `*` stands for anything, folders included.
    """

    everywhere: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def levelled(diagnostics: Iterable[Diagnostic], levels: Levels) -> list[Diagnostic]:
    """The findings with their severities; those that are off are left out, errors that always count stay errors."""
    if not levels.everywhere and not levels.paths:
        return list(diagnostics)
    weighed = []
    for found in diagnostics:
        level = _level(found, levels)
        if level is None or is_firm(found):
            weighed.append(found)
        elif level != OFF:
            weighed.append(replace(found, severity=Severity(level)))
    return weighed


def _level(found: Diagnostic, levels: Levels) -> str | None:
    path = found.primary.path if found.primary else ""
    fitting = [words for pattern, words in levels.paths.items() if fnmatchcase(path, pattern)]
    for words in (*reversed(fitting), levels.everywhere):
        level = words.get(found.code) or words.get(found.code[:3])
        if level is not None:
            return level
    return None
