"""For CI servers that read JUnit XML: a test suite per file, a test case per finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from promo_cli.diagnostics.record import Diagnostic, Severity
from promo_cli.diagnostics.visible import visible


def render(diagnostics: Iterable[Diagnostic], *, root_file: str) -> str:
    """Errors are failures, warnings pass with their text, what is suppressed is skipped.

    A workspace without findings is one passing case: servers take an empty report for a broken one.
    """
    found = sorted(diagnostics, key=lambda one: _path(one, root_file))
    failures = sum(map(_fails, found))
    suites = [_suite(path, list(some)) for path, some in groupby(found, lambda one: _path(one, root_file))]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<testsuites name="promo validate" tests="{max(len(found), 1)}" failures="{failures}">',
            *(suites or [_all_well(root_file)]),
            "</testsuites>\n",
        ]
    )


def _all_well(root_file: str) -> str:
    path = quoteattr(root_file)
    case = f'<testcase classname={path} name="no findings"/>'
    return f'<testsuite name={path} tests="1" failures="0" skipped="0">\n{case}\n</testsuite>'


def _suite(path: str, found: list[Diagnostic]) -> str:
    skipped = sum(one.suppressed for one in found)
    counts = f'tests="{len(found)}" failures="{sum(map(_fails, found))}" skipped="{skipped}"'
    lines = [line for one in found for line in _case(one, path)]
    return "\n".join([f"<testsuite name={_attribute(path)} {counts}>", *lines, "</testsuite>"])


def _case(found: Diagnostic, path: str) -> Iterator[str]:
    place = found.primary.range.start if found.primary and found.primary.range else None
    address = f"{path}:{place.line}:{place.column}" if place else path
    where = f' line="{place.line}"' if place else ""
    name = f"{found.code} {found.name} at {address}"
    yield f"<testcase classname={_attribute(path)} name={_attribute(name)} file={_attribute(path)}{where}>"
    text = escape("\n".join(visible(part) for part in (address, found.message, *found.notes, found.help) if part))
    if found.suppression:
        yield f"<skipped message={_attribute(found.suppression.reason or found.suppression.kind)}/>"
    elif _fails(found):
        yield f"<failure type={_attribute(found.code)} message={_attribute(found.message)}>{text}</failure>"
    else:
        yield f"<system-out>{text}</system-out>"
    yield "</testcase>"


def _fails(found: Diagnostic) -> bool:
    return found.severity is Severity.ERROR and not found.suppressed


def _path(found: Diagnostic, root_file: str) -> str:
    return found.primary.path if found.primary else root_file


def _attribute(text: str) -> str:
    return quoteattr(visible(text))
