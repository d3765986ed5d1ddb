"""What an unquoted YAML scalar means here: `true|false|null`, whole numbers, exact decimals; all else is text.

No sexagesimal numbers (`22:00` stays text), no dates, no octal, hexadecimal or exponents. Notations that another
reader would take for something else come back as `Ambiguous`, to be diagnosed rather than guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

MAX_DIGITS = 18
"""Digits of a number: what fits into 64 bits, as everything that reads our JSON can hold."""

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*(?:_[0-9]+)*)")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*(?:_[0-9]+)*)\.[0-9]+")
_ZEROS = re.compile(r"[-+]?0[0-9_]+(?:\.[0-9]*)?")
_RADIX = re.compile(r"[-+]?0(?:x[0-9a-fA-F_]+|o[0-7_]+|b[01_]+)")
_EXPONENT = re.compile(r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9_]+)[eE][-+]?[0-9]+")
_POINT = re.compile(r"[-+]?(?:[0-9][0-9_]*\.|\.[0-9][0-9_]*)")
_SPECIAL = re.compile(r"[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)")
_NUMBER_START = frozenset("0123456789+-.")

_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "": None}
_LOOKALIKES = {"yes": "true", "on": "true", "no": "false", "off": "false", "~": "null"}


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A scalar that readers disagree on: the text, what kind of confusion, and a plain spelling if there is one."""

    text: str
    kind: Literal["word", "zeros", "radix", "exponent", "point", "special", "digits"]
    plain: str | None = None


Plain = bool | int | Decimal | str | Ambiguous | None


@lru_cache(maxsize=16384)
def plain(text: str) -> Plain:
    """The value of an unquoted scalar."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] in _NUMBER_START:
        return _number(text)
    lower = text.lower()
    if lower in _LOOKALIKES or lower in _CONSTANTS:
        return Ambiguous(text, "word", _LOOKALIKES.get(lower, lower))
    return text


def _number(text: str) -> Plain:
    whole = _INT.fullmatch(text)
    if whole or _DECIMAL.fullmatch(text):
        if sum(map(str.isdigit, text)) > MAX_DIGITS:
            return Ambiguous(text, "digits")
        return int(text) if whole else Decimal(text.replace("_", ""))
    if _ZEROS.fullmatch(text):
        return Ambiguous(text, "zeros", _without_zeros(text))
    if _RADIX.fullmatch(text):
        return Ambiguous(text, "radix")
    if _EXPONENT.fullmatch(text):
        return Ambiguous(text, "exponent", _written_out(text))
    if _POINT.fullmatch(text):
        sign = "-" if text.startswith("-") else ""
        digits = text.lstrip("+-")
        return Ambiguous(text, "point", sign + (f"0{digits}" if digits.startswith(".") else digits[:-1]))
    if _SPECIAL.fullmatch(text):
        return Ambiguous(text, "special")
    return text


def _without_zeros(text: str) -> str:
    digits = text.lstrip("+-0_").rstrip(".")
    sign = "-" if text.startswith("-") else ""
    return sign + (f"0{digits}" if not digits or digits.startswith(".") else digits)


def _written_out(text: str) -> str | None:
    power = text.lower().partition("e")[2].lstrip("+-")
    if len(power) > 2 or int(power) > MAX_DIGITS:
        return None
    return f"{Decimal(text.replace('_', '')):f}"
