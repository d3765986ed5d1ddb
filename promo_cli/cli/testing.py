"""Results of tests: text for people, JSON and JUnit for programs, annotations and a summary for GitHub."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from promo_cli.cli.comparison import side_by_side
from promo_cli.cli.paper import Words, moment
from promo_cli.diagnostics.visible import RED, paint, visible

if TYPE_CHECKING:
    from promo_cli.diagnostics import Diagnostic
    from promo_cli.validation.selftest import Result


def as_text(results: Sequence[Result], words: Words, *, verbose: bool, colour: bool = False) -> str:
    """Return each failure with both receipts side by side, and where asked for what passed, by file."""
    lines: list[str] = []
    path = ""
    for result in results:
        if not result.passed:
            lines += [*_failure(result, words, colour), ""]
        elif verbose:
            lines += [result.trial.path] if result.trial.path != path else []
            lines.append(f"  ok  {visible(result.name)}")
            path = result.trial.path
    return "\n".join(lines)


def as_document(results: Sequence[Result]) -> dict[str, Any]:
    """Return the results as plain values, receipts of failures included."""
    return {
        "schema": "promo.test/1",
        "tests": [
            {
                "path": result.trial.path,
                "line": _line(result),
                "code": result.code,
                "name": result.name,
                "store_id": result.store_id,
                "at": result.at,
                "passed": result.passed,
                "differences": [
                    {"what": one.what, "expected": one.expected, "actual": one.actual} for one in result.differences
                ],
                "messages": [found.message for found in result.diagnostics],
                "receipt": None if result.passed else result.receipt,
            }
            for result in results
        ],
        "summary": _counts(results),
    }


def as_junit(results: Sequence[Result], words: Words) -> str:
    """Return a JUnit XML report, one suite per file, as CI servers read it; a test that cannot run is an error."""
    out = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="promo test"{_junit_counts(results)}>']
    for path in dict.fromkeys(result.trial.path for result in results):
        suite = [result for result in results if result.trial.path == path]
        out.append(f"<testsuite name={quoteattr(path)}{_junit_counts(suite)}>")
        for result in suite:
            about = {"classname": result.code or path, "name": visible(result.name), "file": path}
            attributes = "".join(f" {key}={quoteattr(value)}" for key, value in about.items())
            out.append(f'<testcase{attributes} line="{_line(result)}">')
            if not result.passed:
                kind = "error" if result.receipt is None else "failure"
                found = result.diagnostics[0]
                text = escape("\n".join(_failure(result, words, colour=False)))
                out.append(f'<{kind} type="{found.name}" message={quoteattr(visible(found.message))}>{text}</{kind}>')
            out.append("</testcase>")
        out.append("</testsuite>")
    return "\n".join([*out, "</testsuites>"])


def as_github(results: Sequence[Result]) -> str:
    """Return one workflow command per finding, which GitHub shows at its line in the pull request."""
    return "\n".join(_annotation(found) for result in results for found in result.diagnostics)


def as_markdown(results: Sequence[Result], words: Words) -> str:
    """Return what GitHub shows as the summary of the step: the count, and each failure folded away."""
    out = [f"### {sentence(results)}", ""]
    for result in results:
        if not result.passed:
            name = escape(visible(result.name))
            block = "\n".join(_failure(result, words, colour=False)[1:]).replace("```", "'''")
            out += [f"<details><summary>{name}</summary>", "", "```text", block, "```", "", "</details>", ""]
    return "\n".join(out)


def sentence(results: Sequence[Result]) -> str:
    """Return how many passed."""
    counts = _counts(results)
    return f"{counts['passed']} of {counts['tests']} tests passed." if results else "There are no tests."


def _failure(result: Result, words: Words, colour: bool) -> list[str]:
    where = [
        f"{result.trial.path}:{_line(result)}",
        *([result.store_id] if result.store_id else []),
        *([moment(result.at)] if result.at else []),
    ]
    out = [f"{paint('FAIL', RED, colour)}  {visible(result.name)}", f"      {', '.join(where)}"]
    if result.receipt is not None:
        return [*out, "", *side_by_side(result.trial.expect, result.receipt, words, colour=colour)]
    for found in result.diagnostics:
        message = found.message.removeprefix(f'test "{result.name}": ')
        out += [f"      {visible(text)}" for text in (message, *found.notes, found.help) if text]
    return out


def _annotation(found: Diagnostic) -> str:
    properties = {"title": f"{found.code} {found.name}"}
    if found.primary is not None:
        properties = {"file": found.primary.path, **properties}
        if found.primary.range is not None:
            start = found.primary.range.start
            properties |= {"line": str(start.line), "col": str(start.column)}
    written = ",".join(f"{key}={_escaped(value, ',:')}" for key, value in properties.items())
    return f"::error {written}::{_escaped(chr(10).join([found.message, *found.notes]))}"


def _escaped(text: str, also: str = "") -> str:
    """Return a text as workflow commands take it; `also` names characters that end a property."""
    for char in f"%\r\n{also}":
        text = text.replace(char, f"%{ord(char):02X}")
    return text


def _line(result: Result) -> int:
    """Return where the test begins; of one that cannot run, what keeps it from running."""
    place = result.place if result.receipt is not None else result.diagnostics[0].primary
    return place.range.start.line if place and place.range else 1


def _counts(results: Sequence[Result]) -> dict[str, int]:
    failed = sum(not result.passed for result in results)
    return {"tests": len(results), "passed": len(results) - failed, "failed": failed}


def _junit_counts(results: Sequence[Result]) -> str:
    broken = sum(not result.passed and result.receipt is None for result in results)
    failed = sum(not result.passed for result in results) - broken
    return f' tests="{len(results)}" failures="{failed}" errors="{broken}"'
