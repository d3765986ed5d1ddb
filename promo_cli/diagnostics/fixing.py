"""Applies fixes to texts. Edits are spans, so comments and layout around them stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from promo_cli.diagnostics.record import Diagnostic, Position

BOM = "\ufeff"
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class _Splice(NamedTuple):
    """Characters from `start` to `end` of a file become `content`."""

    path: str
    start: int
    end: int
    content: str


@dataclass(slots=True)
class Fixed:
    """The texts that changed, the findings that are settled, and how many overlapped one of them and must wait."""

    texts: dict[str, bytes] = field(default_factory=dict)
    settled: list[Diagnostic] = field(default_factory=list)
    waiting: int = 0


def fixable(found: Diagnostic, *, unsafe: bool) -> bool:
    """Whether a finding counts and can be fixed without asking; with `unsafe` guesses are taken too."""
    fix = found.fix
    return fix is not None and not found.suppressed and (unsafe or fix.applicability == "safe")


def fix(diagnostics: Iterable[Diagnostic], texts: Mapping[str, bytes], *, unsafe: bool) -> Fixed:
    """Apply what can be applied at once: each fix whole or not at all, the first of those that overlap."""
    done = Fixed()
    places: dict[str, _Places] = {}
    splices: list[_Splice] = []
    for found in diagnostics:
        if not fixable(found, unsafe=unsafe) or found.fix is None:
            continue
        mine = []
        for edit in found.fix.edits:
            if edit.path not in places:
                places[edit.path] = _Places(texts[edit.path])
            at = places[edit.path]
            mine.append(_Splice(edit.path, at.offset(edit.range.start), at.offset(edit.range.end), edit.content))
        if any(_overlap(one, other) for one in mine for other in splices):
            done.waiting += 1
        else:
            splices += mine
            done.settled.append(found)
    for path in dict.fromkeys(splice.path for splice in splices):
        text = places[path].text
        for one in sorted((splice for splice in splices if splice.path == path), key=lambda s: s.start, reverse=True):
            text = text[: one.start] + one.content + text[one.end :]
        done.texts[path] = text.encode()
    return done


class _Places:
    """A text, and where its lines begin, counted as positions are: without the byte-order mark."""

    def __init__(self, data: bytes) -> None:
        self.text = data.decode()
        first = len(BOM) if self.text.startswith(BOM) else 0
        self._starts = [first, *(found.end() for found in _LINE_END.finditer(self.text))]

    def offset(self, at: Position) -> int:
        """Characters before a position; the end of the text for one after it."""
        if at.line > len(self._starts):
            return len(self.text)
        return min(self._starts[at.line - 1] + at.column - 1, len(self.text))


def _overlap(one: _Splice, other: _Splice) -> bool:
    if one.path != other.path:
        return False
    return one.start == other.start or one.start < other.start < one.end or other.start < one.start < other.end
