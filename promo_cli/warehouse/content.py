"""An upload's content, whichever of the two forms it has: lines of events, or one of the roadmap's plain bodies."""

from __future__ import annotations

from collections.abc import Iterator

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


def examine(content: bytes, origin: Origin) -> Iterator[Good | Bad]:
    """Give the verdict on every line, or every record of a body, in order."""
    return bodies.examine(content, origin) if bodies.is_body(content) else lines.examine(content, origin)


def count(content: bytes) -> int:
    """Count what has to be accounted for: lines that are not blank, or records."""
    return bodies.count(content) if bodies.is_body(content) else lines.count(content)


def raw_line(content: bytes, number: int) -> tuple[str, int | None]:
    """Return a line as quarantine keeps it, and its byte offset."""
    if bodies.is_body(content):
        return "", None
    line, offset = next((line, offset) for found, offset, line in lines.split(content) if found == number)
    return lines.raw(lines.parse(line), line), offset
