"""What a rule is: a function from one subject to findings, with its code, and its documentation as docstring.

A rule looks at models and says what is wrong by pointer; places in files, fixes as edits and severities are added in
one spot (`report`), so rules stay short and cost nothing where nothing is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel

from promo_cli.diagnostics import Code, Diagnostic, Edit, Fix, Range, Related, Scope, Severity
from promo_cli.model.promotion import Promotion
from promo_cli.validation.facts import Facts
from promo_cli.workspace import Workspace


class Also(NamedTuple):
    """Another place that belongs to a finding: a pointer in the subject's file, or in `of`."""

    message: str
    pointer: str = ""
    of: BaseModel | None = None
    key: bool = False


class Change(NamedTuple):
    """The value at `pointer` becomes `text`; safe if the author can only have meant that."""

    pointer: str
    text: str
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has found at `pointer` in the subject, or in `of`; `key` marks the key instead of the value."""

    message: str
    pointer: str = ""
    of: BaseModel | None = None
    key: bool = False
    label: str | None = None
    also: tuple[Also, ...] = ()
    notes: tuple[str, ...] = ()
    help: str | None = None
    change: Change | None = None
    scope: Scope | None = None


if TYPE_CHECKING:  # naming a promotion of any type makes another model, which takes milliseconds
    PromotionCheck = Callable[[Promotion[Any], Facts], Iterable[Finding]]
    WorkspaceCheck = Callable[[Facts], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class PromotionRule:
    """A rule about one promotion, of the given types only where there are any."""

    code: Code
    check: PromotionCheck
    types: frozenset[str]


@dataclass(frozen=True, slots=True)
class WorkspaceRule:
    """A rule about the whole; each of its findings names its own subject."""

    code: Code
    check: WorkspaceCheck


PROMOTION_RULES: list[PromotionRule] = []
WORKSPACE_RULES: list[WorkspaceRule] = []


def rule(
    code: str, name: str, *types: str, severity: Severity = Severity.ERROR
) -> Callable[[PromotionCheck], PromotionCheck]:
    """Registers a function as a rule about promotions, all or those of the named types."""

    def register(check: PromotionCheck) -> PromotionCheck:
        PROMOTION_RULES.append(PromotionRule(_code(code, name, severity, check), check, frozenset(types)))
        return check

    return register


def workspace_rule(
    code: str, name: str, severity: Severity = Severity.ERROR
) -> Callable[[WorkspaceCheck], WorkspaceCheck]:
    """Registers a function as a rule about the workspace as a whole."""

    def register(check: WorkspaceCheck) -> WorkspaceCheck:
        WORKSPACE_RULES.append(WorkspaceRule(_code(code, name, severity, check), check))
        return check

    return register


def rules_for(promo_type: str) -> list[PromotionRule]:
    """The rules about promotions of one type, in the order of their codes."""
    rules = (rule for rule in PROMOTION_RULES if not rule.types or promo_type in rule.types)
    return sorted(rules, key=lambda rule: rule.code.code)


def _code(code: str, name: str, severity: Severity, check: Callable[..., Any]) -> Code:
    assert check.__doc__, f"{code} has no docstring"
    return Code(code=code, name=name, severity=severity, doc=check.__doc__)


def report(code: Code, finding: Finding, subject: BaseModel | None, workspace: Workspace) -> Diagnostic:
    """The finding with its places."""
    about = finding.of or subject
    assert about is not None, f"{code.code} names no subject"
    related = [
        Related(workspace.locate(also.of or about, also.pointer, key=also.key), also.message) for also in finding.also
    ]
    return code.at(
        workspace.locate(about, finding.pointer, key=finding.key),
        finding.message,
        label=finding.label,
        related=related,
        notes=finding.notes,
        help=finding.help,
        fix=_fix(finding.change, about, workspace) if finding.change else None,
        scope=finding.scope,
    )


def _fix(change: Change, about: BaseModel, workspace: Workspace) -> Fix | None:
    span = workspace.span(about, change.pointer)
    path = workspace.origin(about).path
    if span is None or span.start.line != span.end.line or path.endswith(".csv"):
        return None
    text = _alike(change.text, _text(workspace, path, span))
    return Fix("safe" if change.safe else "unsafe", (Edit(path, span, text),))


def _text(workspace: Workspace, path: str, span: Range) -> str:
    line = (workspace.sources.text(path) or "").split("\n")[span.start.line - 1]
    return line[span.start.column - 1 : span.end.column - 1]


def _alike(number: str, before: str) -> str:
    """Without groups of three digits where a long number is replaced that has none."""
    bare = number.replace("_", "")
    return bare if before.isdecimal() and len(before) > 3 and bare.isdecimal() else number
