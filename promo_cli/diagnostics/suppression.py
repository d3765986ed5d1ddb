"""Comments that take a finding out of account: `# promo: ignore[CON201] reason="…" until=2026-07-01`.

A comment after a value is about its line; one on a line of its own about the next line that is no comment. The reason
is required, the last day is not. A comment that does nothing is itself a finding, so that none outlives its purpose.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from promo_cli.diagnostics import codes
from promo_cli.diagnostics.record import (
    Diagnostic,
    Edit,
    Fix,
    Location,
    Position,
    Range,
    Severity,
    Suppression,
)

FIRM = ("YML", "SCH", "REF", "CFG", "INT")
"""Families whose errors always count: what they are about cannot be compiled, however good the reason."""

USAGE = '# promo: ignore[CODE] reason="why" until=2026-07-01'

_MARK = re.compile(r"(?:^|(?<=\s))#[ \t]*promo:[ \t]*(.*)$")
_IGNORE = re.compile(r"ignore[ \t]*\[([^\]]*)\]")
_OPTION = re.compile(r"""[ \t]*(?:reason=("[^"]*"|'[^']*')|until=(\S+))(?=\s|$)""")
_LINE = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment: its place, how much text stands before it, the line it is about, and what it says."""

    place: Location
    text_before: int
    line: int
    codes: tuple[str, ...]
    reason: str | None
    until: dt.date | None


def is_firm(found: Diagnostic) -> bool:
    """Whether a finding counts whatever a comment, a baseline or a setting says."""
    return found.severity is Severity.ERROR and found.code[:3] in FIRM


def suppress(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, bytes], today: dt.date, *, whole: bool = True
) -> list[Diagnostic]:
    """All findings, those with a comment marked as suppressed, and those about the comments themselves.

    `texts` are the files to look for comments in, by path; `today` is a day in the company's time zone. Where not
    everything could be looked at (`whole` is false), what is not found proves nothing against a comment.
    """
    read = [one for path, data in texts.items() if b"promo:" in data for one in _comments(path, data)]
    comments = [one for one in read if isinstance(one, Comment)]
    ours = [one for one in read if isinstance(one, Diagnostic)]
    if not comments:
        return [*diagnostics, *ours]
    by_line: dict[tuple[str, int], list[Comment]] = {}
    for one in comments:
        by_line.setdefault((one.place.path, one.line), []).append(one)
    used: set[tuple[Comment, str]] = set()
    weighed = []
    for found in diagnostics:
        comment = _about(found, by_line)
        if comment is not None:
            if is_firm(found) and (comment, found.code) not in used:
                ours.append(_firm(comment, found))
            used.add((comment, found.code))
            weighed.append(_weighed(found, comment, today))
        else:
            weighed.append(found)
    for one in comments:
        ours += _remarks(one, [code for code in one.codes if (one, code) in used], today, whole)
    return [*weighed, *ours]


def _weighed(found: Diagnostic, comment: Comment, today: dt.date) -> Diagnostic:
    holds = comment.reason and (comment.until is None or today <= comment.until)
    return replace(found, suppression=Suppression("comment", comment.reason)) if holds and not is_firm(found) else found


def _about(found: Diagnostic, by_line: Mapping[tuple[str, int], Sequence[Comment]]) -> Comment | None:
    place = found.primary
    if place is None or place.range is None:
        return None
    candidates = by_line.get((place.path, place.range.start.line), ())
    return next((comment for comment in candidates if found.code in comment.codes), None)


def _comments(path: str, data: bytes) -> Iterator[Comment | Diagnostic]:
    lines = _LINE.split(data.decode("utf-8", "replace").removeprefix("\ufeff"))
    for number, line in enumerate(lines, 1):
        found = _MARK.search(line)
        if found is None:
            continue
        place = Location(path, Range(Position(number, found.start() + 1), Position(number, len(line.rstrip()) + 1)))
        before = len(line[: found.start()].rstrip())
        about = number if before else number + 1
        while not before and about <= len(lines) and lines[about - 1].lstrip().startswith("#"):
            about += 1
        yield _read(place, before, about, found[1].rstrip())


def _read(place: Location, before: int, line: int, text: str) -> Comment | Diagnostic:
    ignore = _IGNORE.match(text)
    if ignore is None:
        message = "a comment that begins with `promo:` says what to ignore, and this one does not"
        return codes.BAD_SUPPRESSION.at(place, message, help=f"write {USAGE}, or begin the comment differently")
    reason, until, at = None, None, ignore.end()
    while option := _OPTION.match(text, at):
        at = option.end()
        reason = option[1][1:-1].strip() if option[1] else reason
        until = option[2] or until
    if text[at:].strip():
        message = f"`{text[at:].strip()}` is not part of a suppression"
        return codes.BAD_SUPPRESSION.at(place, message, help=f"write {USAGE}")
    try:
        last = dt.date.fromisoformat(until) if until else None
    except ValueError:
        message = f"`until={until}` is not a day"
        return codes.BAD_SUPPRESSION.at(place, message, help="write the day as until=2026-07-01")
    named = tuple(dict.fromkeys(code.strip().upper() for code in ignore[1].split(",") if code.strip()))
    if not named:
        return codes.BAD_SUPPRESSION.at(place, "no code stands in the brackets", help=f"write {USAGE}")
    return Comment(place, before, line, named, reason or None, last)


def _remarks(comment: Comment, used: list[str], today: dt.date, whole: bool) -> Iterator[Diagnostic]:
    """What is wrong with a comment that could be read; `used` are those of its codes that were found."""
    idle = [code for code in comment.codes if code not in used]
    strange = _strange(idle)
    if strange:
        yield _unknown(comment, strange)
    elif idle and whole:
        yield _unused(comment, idle)
    if used and comment.until and today > comment.until:
        message = f"the suppression of {', '.join(used)} ended on {comment.until}"
        yield codes.EXPIRED_SUPPRESSION.at(
            comment.place, message, help="correct what is found, or give a new day with a new reason"
        )
    elif used and not comment.reason:
        message = f"the suppression of {', '.join(used)} gives no reason, so it does not hold"
        yield codes.SUPPRESSION_WITHOUT_REASON.at(
            comment.place, message, help='add reason="…": who accepts this, and why'
        )


def _strange(idle: list[str]) -> str | None:
    """The first of the codes that nothing can have; they are looked up only where a comment is idle."""
    if not idle:
        return None
    from promo_cli.diagnostics.registry import all_codes

    known = all_codes()
    return next((code for code in idle if code not in known), None)


def _unknown(comment: Comment, code: str) -> Diagnostic:
    from promo_cli.diagnostics.registry import all_codes
    from promo_cli.diagnostics.suggest import nearest

    guess = nearest(code, all_codes())
    advice = f"did you mean {guess}?" if guess else "copy the code from the brackets of the message"
    return codes.BAD_SUPPRESSION.at(comment.place, f"no finding has the code {code}", help=advice)


def _unused(comment: Comment, idle: list[str]) -> Diagnostic:
    everything = len(idle) == len(comment.codes)
    return codes.UNUSED_SUPPRESSION.at(
        comment.place,
        f"{', '.join(idle)} is not found here, so there is nothing to ignore",
        help="remove the comment" if everything else f"remove {', '.join(idle)} from it",
        fix=Fix("safe", (_removal(comment),)) if everything else None,
    )


def _removal(comment: Comment) -> Edit:
    """Takes the comment away: with its line where it has one for itself, else with the spaces before it."""
    path, span = comment.place.path, comment.place.range
    assert span is not None
    line, _ = span.start
    if comment.text_before:
        return Edit(path, Range(Position(line, comment.text_before + 1), span.end), "")
    return Edit(path, Range(Position(line, 1), Position(line + 1, 1)), "")


def _firm(comment: Comment, found: Diagnostic) -> Diagnostic:
    message = f"{found.code} cannot be ignored: without what is missing or wrong here nothing can be compiled"
    return codes.FIRM_FINDING.at(comment.place, message, help="correct what is found, and remove the comment")
