"""Values as JSON text and back, numbers digit for digit: 20.0 is not 20."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import orjson


def to_json(value: Any) -> str:
    """Return a value of maps, lists, texts, whole numbers, exact decimals, truth values and null as JSON."""
    return orjson.dumps(value, default=_decimal).decode()


def from_json(text: str) -> Any:
    """Return the value that `to_json` was given."""
    # Without these signs there is no decimal in it, and the quicker parser, which knows none, gives the same.
    if "." not in text and "E+" not in text and "E-" not in text:
        return orjson.loads(text)
    return json.loads(text, parse_float=Decimal)


def _decimal(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        text = str(value)
        return orjson.Fragment(text if "." in text or "E" in text else f"{text}.0")  # or it would become an int
    raise TypeError(f"expected a plain value, found {type(value).__name__}")
