"""The findings that were there when a workspace began to be checked: they do not count, and their list only shrinks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from promo_cli.diagnostics import codes
from promo_cli.diagnostics.record import Diagnostic, Failure, Location, Suppression
from promo_cli.diagnostics.suppression import is_firm

SCHEMA = "promo.baseline/1"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One finding as the baseline knows it: by its fingerprint; the rest is for people who read the file."""

    path: str
    code: str
    fingerprint: str
    message: str


def read(path: str, text: str) -> list[Entry]:
    """The entries of a baseline. Raises Failure (exit 2) for a text that is not one."""
    try:
        document = json.loads(text)
        if document["schema"] != SCHEMA:
            raise ValueError(document["schema"])
        return [Entry(**entry) for entry in document["findings"]]
    except (ValueError, KeyError, TypeError):
        message = "this is not a baseline"
        advice = "take it from git again, or delete it and write it anew with --write-baseline"
        raise Failure([codes.BAD_BASELINE.at(Location(path), message, help=advice)], exit_code=2) from None


def write(entries: Iterable[Entry]) -> str:
    """The text of a baseline, an entry per line, so that what was settled can be seen in a pull request."""
    lines = [json.dumps(_plain(entry), ensure_ascii=False) for entry in sorted(entries)]
    body = ",\n".join(f"    {line}" for line in lines)
    findings = f"[\n{body}\n  ]" if lines else "[]"
    return f'{{\n  "schema": "{SCHEMA}",\n  "findings": {findings}\n}}\n'.encode("utf-8", "replace").decode()


def entries_of(diagnostics: Iterable[Diagnostic]) -> list[Entry]:
    """Everything a baseline could take out of account: what counts now, less the errors that always count."""
    return [_entry(found) for found in diagnostics if _could(found)]


def suppress(diagnostics: Sequence[Diagnostic], entries: Iterable[Entry]) -> tuple[list[Diagnostic], list[Entry]]:
    """The findings with those of the baseline suppressed, and the entries that are settled.

    Two findings of one fingerprint need two entries, so that a second one of the same kind is seen.
    """
    left = Counter(entry.fingerprint for entry in entries)
    weighed = []
    for found in diagnostics:
        if _could(found) and left[found.fingerprint] > 0:
            left[found.fingerprint] -= 1
            weighed.append(replace(found, suppression=Suppression("baseline")))
        else:
            weighed.append(found)
    return weighed, list(_taken(entries, left))


def shrunk(present: Sequence[Entry], found: Iterable[Entry]) -> list[Entry]:
    """The entries of a baseline whose findings are still there."""
    return list(_taken(found, Counter(entry.fingerprint for entry in present)))


def _taken(entries: Iterable[Entry], room: Counter[str]) -> Iterator[Entry]:
    """As many entries of each fingerprint as there is room for."""
    for entry in entries:
        if room[entry.fingerprint] > 0:
            room[entry.fingerprint] -= 1
            yield entry


def _could(found: Diagnostic) -> bool:
    return not found.suppressed and not is_firm(found) and not found.code.startswith("SUP")


def _entry(found: Diagnostic) -> Entry:
    return Entry(found.primary.path if found.primary else "", found.code, found.fingerprint, found.message)


def _plain(entry: Entry) -> dict[str, Any]:
    return {"path": entry.path, "code": entry.code, "fingerprint": entry.fingerprint, "message": entry.message}
