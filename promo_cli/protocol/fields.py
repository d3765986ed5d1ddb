"""Strict reading of signed and hashed documents, field by field.

A missing field or one of the wrong type or range is an error that says where, what was expected and what was found.
A field we do not know is ignored, so that a later minor version may add one (TUF specification §4.2 does the same).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from promo_cli.protocol import canonical

_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_TIME = "%Y-%m-%dT%H:%M:%SZ"

_T = TypeVar("_T")


class DocumentError(ValueError):
    """Bytes that are not the document they should be."""


class Fields:
    """One JSON object under reading, and where it stands in its document."""

    __slots__ = ("_values", "_where")

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise DocumentError(f"{where}: expected an object, found {_shown(value)}")
        self._values: dict[str, Any] = value
        self._where = where

    def has(self, key: str) -> bool:
        """Tell whether an optional field is there."""
        return key in self._values

    def text(self, key: str) -> str:
        """Return a string that is not empty."""
        return self._checked(key, str, bool, "a text")

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        """Return one of a closed set of words."""
        return self._checked(key, str, lambda found: found in allowed, " or ".join(allowed))

    def integer(self, key: str, *, least: int = 0, most: int = 2**53 - 1) -> int:
        """Return a whole number within bounds (RFC 8259 §6: beyond 2^53 readers disagree)."""
        bounds = f"a whole number from {least} to {most}"
        return self._checked(key, int, lambda found: least <= found <= most, bounds)

    def amount(self, key: str) -> Decimal:
        """Return an exact amount, zero or more, in major units."""
        value = self._value(key)
        if type(value) not in (int, Decimal) or value < 0:
            raise DocumentError(f"{self._where}.{key}: expected an amount of 0 or more, found {_shown(value)}")
        return Decimal(value)

    def flag(self, key: str) -> bool:
        """Return true or false."""
        return self._checked(key, bool, lambda _: True, "true or false")

    def sha256(self, key: str) -> str:
        """Return 64 lower-case hex digits."""
        return self._checked(key, str, lambda found: bool(_SHA256.match(found)), "a SHA-256 in hex")

    def time(self, key: str) -> datetime:
        """Return a moment in UTC, written ``2026-02-07T03:00:00Z``."""
        return parse_time(self.text(key), f"{self._where}.{key}")

    def object(self, key: str) -> Fields:
        """Return a nested object."""
        return Fields(self._value(key), f"{self._where}.{key}")

    def mapping(self, key: str) -> dict[str, Any]:
        """Return a nested object whose keys are data, not field names."""
        return self._checked(key, dict, lambda _: True, "an object")

    def texts(self, key: str, *, most: int | None = None) -> tuple[str, ...]:
        """Return a list of texts, of at most ``most``."""
        found = self.items(key, most=most)
        if not all(isinstance(item, str) for item in found):
            raise DocumentError(f"{self._where}.{key}: expected a list of texts, found {_shown(found)}")
        return tuple(found)

    def items(self, key: str, *, most: int | None = None) -> list[Any]:
        """Return a list of at most ``most`` values."""
        found = self._checked(key, list, lambda _: True, "a list")
        if most is not None and len(found) > most:
            raise DocumentError(f"{self._where}.{key}: expected at most {most} entries, found {len(found)}")
        return found

    def objects(self, key: str, *, most: int | None = None) -> list[Fields]:
        """Return a list of nested objects."""
        return [Fields(item, f"{self._where}.{key}[{n}]") for n, item in enumerate(self.items(key, most=most))]

    def optional(self, read: Callable[[str], _T], key: str) -> _T | None:
        """Return None for a null, else what ``read`` returns; the field itself must be there."""
        return None if self._value(key) is None else read(key)

    def _value(self, key: str) -> Any:
        if key not in self._values:
            raise DocumentError(f"{self._where}: the field {key!r} is missing")
        return self._values[key]

    def _checked(self, key: str, kind: type[_T], fits: Callable[[_T], bool], expected: str) -> _T:
        value = self._value(key)
        # The exact type: true is no number, though Python counts it as one.
        if type(value) is not kind or not fits(value):
            raise DocumentError(f"{self._where}.{key}: expected {expected}, found {_shown(value)}")
        return value


def read_document(data: bytes, name: str) -> Fields:
    """Read the bytes of a document named ``name`` in messages, and check its ``format``, ``promo-<name>/1``."""
    try:
        fields = Fields(canonical.loads(data), name)
    except canonical.CanonicalError as error:
        raise DocumentError(f"{name}: {error}") from None
    fields.one_of("format", (format_of(name),))
    return fields


def format_of(name: str) -> str:
    """Return the ``format`` field of a document: its kind and the major version of its shape."""
    return f"promo-{name}/1"


def parse_time(text: str, where: str) -> datetime:
    """Read a protocol time; raises DocumentError."""
    try:
        return datetime.strptime(text, _TIME).replace(tzinfo=UTC)
    except ValueError:
        raise DocumentError(f"{where}: expected a time like 2026-02-07T03:00:00Z, found {_shown(text)}") from None


def time_text(at: datetime) -> str:
    """Write a moment as the protocol does: UTC, whole seconds, rounded down."""
    return at.astimezone(UTC).strftime(_TIME)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
