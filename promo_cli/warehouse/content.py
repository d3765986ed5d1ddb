"""An upload's content, whichever of the two forms it has: lines of events, or one of the roadmap's plain bodies."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress

from promo_cli.warehouse import bodies, lines
from promo_cli.warehouse.keys import Origin
from promo_cli.warehouse.verdicts import Bad, Good


def as_lines(content: bytes) -> str | None:
    """Return the text when it may be split into lines as a whole; None when it has to be examined one by one."""
    if bodies.is_body(content):
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def examine(content: bytes, origin: Origin, numbers: Collection[int] | None) -> Iterator[Good | Bad]:
    """Give the verdict on the lines with these numbers, None for all, or on every record of a body, in order."""
    if bodies.is_body(content):
        return bodies.examine(content, origin)
    return lines.examine(content, origin, numbers)


def count(content: bytes, accounted: int) -> int:
    """Count what has to be accounted for: lines that are not blank, or records.

    When as many are `accounted` for as there are lines at all, none is blank, and looking for blank ones is spared.
    """
    if bodies.is_body(content):
        return bodies.count(content)
    return accounted if lines.count_all(content) == accounted else lines.count(content)


def raw_lines(content: bytes, numbers: Collection[int]) -> dict[int, tuple[str, int | None]]:
    """Return lines by number as quarantine keeps them, with their byte offsets; of a body there are none."""
    if bodies.is_body(content):
        return {}
    found: dict[int, tuple[str, int | None]] = {}
    for number, offset, line in lines.split(content):
        if number in numbers:
            value = None
            with suppress(lines.Rejected):  # then it is kept as text
                value = lines.parse(line)
            found[number] = (lines.raw(value, line), offset)
    return found
