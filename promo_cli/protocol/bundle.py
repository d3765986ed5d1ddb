"""A bundle's outer form: header, products, and one promotion per line, as bytes.

::

    {"header":H,
    "products":P,
    "promotions":[
    LINE,
    LINE
    ]}

Canonical JSON holds no line feed, so the form can be taken apart and put together without reading the values.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from promo_cli.protocol import canonical
from promo_cli.protocol.fields import DocumentError

_HEADER, _PRODUCTS, _OPEN, _CLOSE = b'{"header":', b'"products":', b'"promotions":[', b"]}"


@dataclass(frozen=True, slots=True)
class Parts:
    """The bytes of a bundle's parts; lines in the bundle's order, sorted by promotion id."""

    header: bytes
    products: bytes
    lines: tuple[bytes, ...]


def split(bundle: bytes) -> Parts:
    """Take a bundle apart; raises DocumentError if it is not in the form above."""
    rows = bundle.split(b"\n")
    if len(rows) < 5 or rows[2] != _OPEN or rows[-2] != _CLOSE or rows[-1] != b"":
        raise DocumentError("bundle: expected header, products and promotions on lines of their own")
    return Parts(
        header=_between(rows[0], _HEADER),
        products=_between(rows[1], _PRODUCTS),
        lines=tuple(
            row if number == len(rows) - 3 else _between(row, b"") for number, row in enumerate(rows[3:-2], start=3)
        ),
    )


def join(header: bytes, products: bytes, lines: Iterable[bytes]) -> bytes:
    """Put a bundle together from canonical parts; the caller sorts the lines by promotion id."""
    body = b",\n".join(lines)
    rows = (_HEADER + header + b",", _PRODUCTS + products + b",", _OPEN, *([body] if body else []), _CLOSE, b"")
    return b"\n".join(rows)


def read_header(bundle: bytes) -> dict[str, Any]:
    """Return the header without reading the rest, which an unknown schema may not allow; raises DocumentError."""
    return read_object(_between(bundle.partition(b"\n")[0], _HEADER), "header")


def read_line(line: bytes) -> dict[str, Any]:
    """Return one promotion; raises DocumentError."""
    return read_object(line, "promotion")


def promotion_id(line: bytes) -> str:
    """Return the id of a promotion's line; raises DocumentError."""
    found = read_line(line).get("id")
    if not isinstance(found, str):
        raise DocumentError("bundle: a promotion without an id")
    return found


def read_object(data: bytes, what: str) -> dict[str, Any]:
    """Return the value of a part, named ``what`` in messages; raises DocumentError."""
    try:
        value = canonical.loads(data)
    except canonical.CanonicalError as error:
        raise DocumentError(f"bundle: {what}: {error}") from None
    if not isinstance(value, dict):
        raise DocumentError(f"bundle: expected the {what} to be an object")
    return value


def _between(row: bytes, start: bytes) -> bytes:
    if not row.startswith(start) or not row.endswith(b","):
        raise DocumentError(f"bundle: expected a line {start.decode()}…, found {row[:40]!r}")
    return row[len(start) : -1]
