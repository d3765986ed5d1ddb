"""One finding, and what it is made of. Lines and columns count from 1, in characters; an end is exclusive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple


class Severity(StrEnum):
    """Errors stop a publication; warnings and infos do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Position(NamedTuple):
    """A place in a text: line and column from 1, the column in characters."""

    line: int
    column: int


class Range(NamedTuple):
    """From `start` up to but not including `end`."""

    start: Position
    end: Position


@dataclass(frozen=True, slots=True)
class Location:
    """A file below the workspace, and where in it. `pointer` is an RFC 6901 JSON pointer into the file's value."""

    path: str
    range: Range | None = None
    pointer: str | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that belongs to the finding, and what stands there."""

    location: Location
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replaces the text of `range` in the file at `path`."""

    path: str
    range: Range
    content: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that settle the finding. A safe fix cannot change what the author meant; an unsafe one is a guess."""

    applicability: Literal["safe", "unsafe"]
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """The stores, products and days (ISO dates, store-local) a finding is about, where it is about some only."""

    stores: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why a finding does not count: a comment in the file, with its reason, or the baseline, which needs none."""

    kind: Literal["comment", "baseline"]
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding: what is wrong, where, and what to do about it.

    `label` stands beside the caret and says in a few words what is at that very place.
    """

    code: str
    name: str
    severity: Severity
    message: str
    primary: Location | None = None
    label: str | None = None
    related: tuple[Related, ...] = ()
    notes: tuple[str, ...] = ()
    help: str | None = None
    fix: Fix | None = None
    url: str | None = None
    scope: Scope = Scope()
    suppression: Suppression | None = None

    @property
    def suppressed(self) -> bool:
        """Whether the finding is shown to programs only and counts nowhere."""
        return self.suppression is not None

    @property
    def fingerprint(self) -> str:
        """16 hex digits that stay the same while lines move: of code, file, and pointer (or message without one)."""
        from hashlib import sha256

        place = self.primary or Location("")
        inside = self.message if place.pointer is None else place.pointer
        return sha256("\0".join((self.code, place.path, inside)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """The declaration of one kind of finding.

    `code` is three letters of a family and three digits, never reused. `doc` holds the sections that `explain` reads.
    """

    code: str
    name: str
    severity: Severity
    doc: str

    def at(
        self,
        primary: Location | None,
        message: str,
        *,
        label: str | None = None,
        related: Iterable[Related] = (),
        notes: Iterable[str] = (),
        help: str | None = None,  # noqa: A002  the record's own word
        fix: Fix | None = None,
        scope: Scope | None = None,
    ) -> Diagnostic:
        """A finding of this kind at `primary`."""
        return Diagnostic(
            code=self.code,
            name=self.name,
            severity=self.severity,
            message=message,
            primary=primary,
            label=label,
            related=tuple(related),
            notes=tuple(notes),
            help=help,
            fix=fix,
            scope=scope or Scope(),
        )


class Failure(Exception):  # noqa: N818  a command that cannot go on, not a programming error
    """Ends a command: what to show, and the exit code."""

    def __init__(self, diagnostics: Iterable[Diagnostic], exit_code: int) -> None:
        self.diagnostics = list(diagnostics)
        self.exit_code = exit_code
        super().__init__("; ".join(found.message for found in self.diagnostics))


def sort_key(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    """Orders findings by file, place, code: the order a reader works through them."""
    place = diagnostic.primary
    if place is None:
        return ("", 0, 0, diagnostic.code, diagnostic.message)
    line, column = place.range.start if place.range else (0, 0)
    return (place.path, line, column, diagnostic.code, diagnostic.message)
