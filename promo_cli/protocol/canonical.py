"""One JSON text per value: keys sorted, no white space, UTF-8, exact decimals.

Hashes and signatures are over these bytes, so equal values must give equal bytes on every machine, in every language:

- object keys in code point order; a key that occurs twice is refused on reading;
- numbers are integers or exact decimals without exponent and without trailing zeros (``20``, never ``20.0``);
- binary floats are refused, because ``0.1 + 0.2`` has no exact text.

It follows RFC 8785 (JCS) except for numbers, which JCS defines through binary floats.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

_OPTIONS = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)
_LIMIT = 2**63  # magnitude below which every language's JSON reader can keep a whole number
_MAX_PLACES = 40  # digits after the point; a text like 1e-999999 must not become a megabyte of zeros


class CanonicalError(ValueError):
    """The value has no canonical form, or the bytes are not the JSON this product writes."""


def dumps(value: Any) -> bytes:
    """Return the canonical bytes of a value of dict, list, tuple, str, int, bool, None and Decimal.

    Raises CanonicalError for a float, a number that is not finite or not below 2^63, or any other type.
    """
    _refuse_floats(value)
    try:
        return orjson.dumps(value, default=_fragment, option=_OPTIONS)
    except TypeError as error:  # orjson.JSONEncodeError is a TypeError
        cause = error.__cause__
        raise CanonicalError(str(cause if isinstance(cause, CanonicalError) else error)) from None


def loads(data: bytes | str) -> Any:
    """Read JSON as this product reads it: fractions as Decimal, no duplicate keys, no NaN, strict UTF-8.

    Raises CanonicalError; the bytes need not be in canonical form.
    """
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        return _DECODER.decode(text)
    except CanonicalError:
        raise
    except (ValueError, InvalidOperation, RecursionError) as error:
        raise CanonicalError(f"not valid JSON: {error or 'a number is out of range'}") from None


def decimal_text(number: Decimal) -> str:
    """Return the one text of a decimal: no exponent, no trailing zeros, no negative zero."""
    if not number.is_finite() or not -_LIMIT <= number < _LIMIT or number.adjusted() < -_MAX_PLACES:
        raise CanonicalError(f"expected a finite number of 64 bits and at most {_MAX_PLACES} places, found {number}")
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _fragment(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(decimal_text(value))
    raise CanonicalError(f"expected a JSON value, found {type(value).__name__}")


def _refuse_floats(value: Any) -> None:
    # orjson writes floats without asking, so they have to be looked for first.
    stack = [value]
    while stack:
        item = stack.pop()
        kind = type(item)
        if kind is dict:
            stack.extend(item.values())
        elif kind is list or kind is tuple:
            stack.extend(item)
        elif isinstance(item, float):
            raise CanonicalError(f"expected an int or a Decimal, found the float {item!r}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise CanonicalError(f"the key {next(k for k in keys if keys.count(k) > 1)!r} occurs twice in one object")
    return found


def _no_constant(text: str) -> Any:
    raise CanonicalError(f"expected a JSON number, found {text}")


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_unique)
