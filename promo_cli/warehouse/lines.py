"""The exact path: one line at a time through the models, for lines that are in any way unusual."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from pydantic import ValidationError

from promo_cli.diagnostics import Code
from promo_cli.model.event_values import VERSION
from promo_cli.model.events import EVENTS
from promo_cli.protocol import canonical
from promo_cli.warehouse import codes
from promo_cli.warehouse.keys import Origin
from promo_cli.warehouse.personal import redact, redact_text, rescue
from promo_cli.warehouse.shapes import RESCUED, Shape, shape_of
from promo_cli.warehouse.staging import MAX_LINE_BYTES
from promo_cli.warehouse.verdicts import Bad, Good

MAX_DEPTH = 64
"""Levels of nesting in one line."""

MAX_RAW = 2000
"""Characters of a refused line that quarantine keeps."""

_BLANK = b" \t\r"
_BLANK_LINE = re.compile(rb"\n[ \t\r]*(?=\n|\Z)")


class Rejected(Exception):  # noqa: N818 -- a verdict, not a failure
    """A record is not acceptable: the code, where in it, and why."""

    def __init__(self, code: Code, message: str, pointer: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.pointer = code, message, pointer


def split(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield number (from 1), byte offset and bytes of each line that is not blank."""
    offset = 0
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.strip(_BLANK):
            yield number, offset, line
        offset += len(line) + 1


def count(content: bytes) -> int:
    """Count the lines that are not blank."""
    begun = b"\n" + content
    return begun.count(b"\n") - len(_BLANK_LINE.findall(begun))


def count_all(content: bytes) -> int:
    """Count the lines, blank ones included; many times faster than `count`."""
    return content.count(b"\n") + (content[-1:] not in (b"", b"\n"))


def examine(content: bytes, origin: Origin, numbers: Collection[int] | None = None) -> Iterator[Good | Bad]:
    """Give the verdict on the lines with these numbers, None for all, in order."""
    for number, offset, line in split(content):
        if numbers is not None and number not in numbers:
            continue
        value: Any = None
        try:
            value = parse(line)
            kind = check(value, origin)
            yield Good(number, kind, tidy(value, shape_of(EVENTS[kind])), line.decode("utf-8-sig"))
        except Rejected as reason:
            yield bad(reason, value, line, number, offset)


def check(value: Any, origin: Origin) -> str:
    """Return the kind of a parsed event. Raises Rejected."""
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in EVENTS:
        raise Rejected(codes.UNKNOWN_KIND, f"expected one of {', '.join(EVENTS)}, found {_found(kind)}", "/kind")
    version = value.get("v")
    if type(version) is int and version != VERSION:
        raise Rejected(codes.UNKNOWN_VERSION, f"expected {VERSION}, found {version}", "/v")
    try:
        EVENTS[kind].model_validate(value)
    except ValidationError as error:
        raise from_model(error) from None
    require_same_speaker(value, origin)
    return kind


def require_same_speaker(value: dict[str, Any], origin: Origin) -> None:
    """Refuse a record that names another store or till than its key does. Raises Rejected."""
    for name, expected in (("store_id", origin.store_id), ("pos_id", origin.pos_id)):
        found = value.get(name)
        if expected is not None and found is not None and found != expected:
            raise Rejected(codes.FOREIGN_STORE, f"expected {expected!r}, as in the key, found {found!r}", f"/{name}")


def tidy(value: dict[str, Any], shape: Shape) -> str:
    """Write an accepted record with its known keys, and the others under one. Raises Rejected."""
    try:
        return orjson.dumps(_tidied(value, shape), default=_number).decode()
    except TypeError as error:
        raise Rejected(codes.NOT_JSON, f"expected text and numbers that can be stored: {error}") from None


def from_model(error: ValidationError) -> Rejected:
    """Say in our words what a model did not accept."""
    first, *rest = error.errors(include_url=False, include_context=False)
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in first["loc"])
    if first["type"] == "missing":
        message = f"expected a value for {first['loc'][-1]!r}, found none"
    else:
        message = re.sub("^(Input|String) should ", "expected it to ", first["msg"])
        message += f", found {_found(first['input'])}"
    if rest:
        message += f" (and {len(rest)} more in this line)"
    return Rejected(codes.WRONG_SHAPE, message, pointer)


def bad(reason: Rejected, value: Any, line: bytes, number: int, offset: int | None) -> Bad:
    """Make the quarantine row of a record."""
    record = value if isinstance(value, dict) else {}
    return Bad(
        code=reason.code.code,
        message=reason.message,
        raw=raw(value, line),
        line=number,
        byte_offset=offset,
        pointer=reason.pointer,
        kind=_text(record.get("kind")),
        event_id=_uuid(record.get("event_id")),
        store_id=_text(record.get("store_id")),
        pos_id=_text(record.get("pos_id")),
        seq=_count(record.get("seq")),
    )


def raw(value: Any, line: bytes) -> str:
    """Return a line as quarantine keeps it: without personal data, shortened, as readable as it can be."""
    if isinstance(value, dict):
        text = _json(redact(value))
    else:
        text = redact_text(line[: 2 * MAX_RAW].decode(errors="replace"))
    return _storable(text[:MAX_RAW])


def parse(line: bytes) -> Any:
    """Read one line as one JSON object. Raises Rejected."""
    if len(line) > MAX_LINE_BYTES:
        raise Rejected(codes.TOO_LONG, f"expected at most {MAX_LINE_BYTES} bytes, found {len(line)}")
    try:
        value = canonical.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Rejected(codes.NOT_JSON, f"expected UTF-8, found the byte {line[error.start]:#04x}") from None
    except canonical.CanonicalError as error:
        raise Rejected(codes.NOT_JSON, str(error)) from None
    if not isinstance(value, dict):
        raise Rejected(codes.NOT_JSON, f"expected one JSON object, found {_found(value)}")
    if _depth(value) > MAX_DEPTH:
        raise Rejected(codes.NOT_JSON, f"expected at most {MAX_DEPTH} levels of nesting, found more")
    return value


def _tidied(value: dict[str, Any], shape: Shape) -> dict[str, Any]:
    lists = shape.lists
    record = {
        key: [_tidied(each, lists[key]) for each in item] if key in lists and item is not None else item
        for key, item in value.items()
        if key in shape.known
    }
    if unknown := {key: item for key, item in value.items() if key not in shape.known}:
        record[RESCUED] = rescue(unknown)
    return record


def _json(value: Any) -> str:
    try:
        return orjson.dumps(value, default=_number).decode()
    except TypeError:  # a lone surrogate, which only the standard library writes
        return json.dumps(value, default=str)


def _number(value: Any) -> orjson.Fragment:
    # As it was written, so that free-form JSON ends up the same as by way of the bulk path.
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(type(value).__name__)


def _depth(value: Any) -> int:
    deepest, stack = 0, [(value, 1)]
    while stack:
        item, depth = stack.pop()
        if isinstance(item, dict | list):
            deepest = max(deepest, depth)
            stack.extend((child, depth + 1) for child in (item.values() if isinstance(item, dict) else item))
    return deepest


def _found(value: Any) -> str:
    # The kind of value only: the value itself may be personal.
    names = {bool: "true or false", str: "a text", dict: "an object", list: "a list", type(None): "null"}
    return names.get(type(value), "a number")


def _storable(text: str) -> str:
    return text.encode(errors="replace").decode().replace("\0", "\N{SYMBOL FOR NULL}")


def _text(value: Any) -> str | None:
    return _storable(value[:128]) if isinstance(value, str) else None


def _uuid(value: Any) -> str | None:
    try:
        return str(UUID(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 2**53 else None
