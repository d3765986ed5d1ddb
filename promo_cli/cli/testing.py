"""Results of promotions' tests: text for people, JSON and JUnit for programs, annotations for GitHub."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from promo_cli.cli.paper import paper

if TYPE_CHECKING:
    from promo_cli.validation.selftest import Result

_SIDE = 30


def as_text(results: Sequence[Result], *, exponent: int, names: Mapping[str, str], verbose: bool) -> str:
    """Return a line per passed test where asked for, and each failure with expected, actual and the receipt."""
    lines: list[str] = []
    for result in results:
        if not result.passed:
            lines += _failure(result, exponent, names)
        elif verbose:
            lines.append(f"ok    {result.path}  {result.name}")
    return "\n".join(lines)


def as_document(results: Sequence[Result]) -> dict[str, Any]:
    """Return the results as plain values, receipts of failures included."""
    return {
        "schema": "promo.test/1",
        "tests": [
            {
                "path": result.path,
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


def as_junit(results: Sequence[Result]) -> str:
    """Return a JUnit XML report, one suite per file, as CI servers read it."""
    counts = _counts(results)
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="promo test" tests="{counts["tests"]}" failures="{counts["failed"]}">',
    ]
    for path in dict.fromkeys(result.path for result in results):
        suite = [result for result in results if result.path == path]
        counts = _counts(suite)
        out.append(f'<testsuite name={quoteattr(path)} tests="{counts["tests"]}" failures="{counts["failed"]}">')
        for result in suite:
            out.append(f"<testcase classname={quoteattr(result.code)} name={quoteattr(result.name)}>")
            for found in result.diagnostics:
                notes = "\n".join(found.notes)
                out.append(f"<failure message={quoteattr(found.message)}>{escape(notes)}</failure>")
            out.append("</testcase>")
        out.append("</testsuite>")
    return "\n".join([*out, "</testsuites>"])


def as_github(results: Sequence[Result]) -> str:
    """Return one workflow command per finding, which GitHub shows at its line in the pull request."""
    return "\n".join(_annotations(results))


def _failure(result: Result, exponent: int, names: Mapping[str, str]) -> Iterator[str]:
    from promo_cli.validation.expectation import shown

    yield f"FAIL  {result.path}  {result.name}"
    for found in result.diagnostics:
        if not result.differences:
            yield f"      {found.message}" + (f": {found.help}" if found.help else "")
    if result.differences:
        yield f"      {'':<16}{'expected':<{_SIDE}}actual"
        for one in result.differences:
            yield f"      {one.what:<16}{shown(one.expected):<{_SIDE - 1}} {shown(one.actual)}"
    if result.receipt is not None:
        heading = f"{result.store_id}  {result.at}"
        receipt = paper(result.receipt, exponent=exponent, names=names, heading=heading)
        yield from (f"      | {line}" for line in receipt.splitlines())
    yield ""


def _annotations(results: Sequence[Result]) -> Iterator[str]:
    for result in results:
        for found in result.diagnostics:
            place = found.primary
            where = f"file={place.path}" if place else ""
            if place and place.range:
                where += f",line={place.range.start.line},col={place.range.start.column}"
            message = found.message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
            yield f"::error {where},title={found.code} {found.name}::{message}"


def _counts(results: Sequence[Result]) -> dict[str, int]:
    failed = sum(not result.passed for result in results)
    return {"tests": len(results), "passed": len(results) - failed, "failed": failed}
