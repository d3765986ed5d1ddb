"""The shortest way for a line: read it once, write it again, and take it when that gives the line itself.

What is written is made of the known keys and of the values that were read, in the order in which this till's system
writes. So a line that comes out the same, and has no escapes, has no other key, none twice, no text where a number is
due and no value that was altered in reading; what is left to check is the bounds of each value. Every other line goes
the longer ways, which lose nothing: this one only has to be right about what it takes.
"""

# ruff: noqa: S608 -- names of keys and columns are our own

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from promo_cli.warehouse.scalars import PHONE_KEY
from promo_cli.warehouse.shapes import RESCUED, Field, Shape

SAMPLE = 100
"""Lines that are looked at to learn how a system writes."""

_FIXED = re.compile(r"[0-9]+\.([0-9]{1,2}0)")  # digits that an amount would not need


@dataclass(frozen=True, slots=True)
class Style:
    """How a system writes its lines: the order of keys, those that may be null, and the digits of every amount.

    `places` is None where amounts have the digits that they need.
    """

    keys: tuple[str, ...]
    nulls: frozenset[str]
    places: int | None


def style_of(lines: Iterable[str], shape: Shape) -> Style | None:
    """Learn from some lines how most of them are written; None when none has known keys alone."""
    known = shape.known
    told = [each for each in map(_pairs, lines) if each and known.issuperset(each)]
    if not told:
        return None
    orders = {tuple(each) for each in told}
    keys = max(sorted(orders), key=lambda order: sum(_within(each, order) for each in told))
    nulls = {name for each in told for name, value in each.items() if value is None}
    places = [len(value[1]) for each in told for value in each.values() if isinstance(value, re.Match)]
    return Style(keys, frozenset(nulls), max(places, default=None))


def select(shape: Shape, style: Style, carried: Sequence[str], lines: str, *, hashed: bool) -> str:
    """SQL that reads lines to typed columns; those that are not `clean` keep their text in the column `unlike`."""
    fields = [field for field in shape.fields if field.name in style.keys]
    kinds = json.dumps({field.name: _kind(field) for field in fields})
    values = [f"CAST(found.{_name(field)} AS {_kind(field, json='VARCHAR')}) AS {_name(field)}" for field in fields]
    columns = [column for field in shape.fields for column in _columns(field, field in fields)]
    if hashed:
        columns.insert(0, f"{_payload_hash(fields)} AS payload_hash")
    # Without escapes and DEL, no text has a quote or a control character in it.
    checks = [f"text = {_written(shape, style)}", r"NOT contains(text, '\')", "NOT contains(text, chr(127))"]
    checks += [_check(field) for field in fields]
    checks += ["false" for field in shape.fields if field.required and field not in fields]
    kept = ", ".join(carried)
    return (
        f"SELECT * EXCLUDE (text), if(clean, NULL, text) AS unlike"
        f" FROM (SELECT {kept}, text, {', '.join(columns)}, NULL::JSON AS {RESCUED},"
        f" coalesce({' AND '.join(checks)}, false) AS clean"
        f" FROM (SELECT {kept}, text, {', '.join(values)}"
        f" FROM (SELECT {kept}, text, json_transform(text, '{kinds}') AS found FROM {lines})))"
    )


def _pairs(line: str) -> dict[str, Any]:
    """The keys of a line in their order; the values are only good for what a style is made of."""
    try:
        value = json.loads(line, parse_float=lambda text: _FIXED.fullmatch(text) or text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _within(keys: Iterable[str], order: Iterable[str]) -> bool:
    left = iter(order)
    return all(key in left for key in keys)


def _written(shape: Shape, style: Style) -> str:
    """SQL that writes the values that were read; `concat` leaves out what is NULL."""
    fields = {field.name: field for field in shape.fields}
    pieces: list[str] = []
    before = "{"
    for number, name in enumerate(style.keys):
        field, quote = fields[name], "" if _kind(fields[name]) == "JSON" else '"'
        value, key = _value(field, style), f'{"," if number else ""}"{name}":'
        if field.required:
            pieces += [f"'{before}{key}{quote}'", value]
            before = quote
        elif name in style.nulls:
            pieces += [f"'{before}{key}'", f"coalesce('{quote}' || {value} || '{quote}', 'null')"]
            before = ""
        else:
            pieces += [f"'{before}'", f"'{key}{quote}' || {value} || '{quote}'"]
            before = ""
    return f"concat({', '.join(pieces)}, '{before}}}')"


def _value(field: Field, style: Style) -> str:
    if style.places is not None and field.scalar and field.scalar.amount:
        return f"CAST(TRY_CAST({_name(field)} AS DECIMAL(18,{style.places})) AS VARCHAR)"
    return _name(field)


def _columns(field: Field, present: bool) -> list[str]:
    if field.scalar is None:
        return [f"{_name(field) if present else 'NULL::VARCHAR'} AS {_name(field)}"]
    columns = field.scalar.plain.columns if field.scalar.plain else field.scalar.columns
    value = _name(field) if present else f"NULL::{_kind(field, json='VARCHAR')}"
    return [
        f'{expression.replace("$x", value)} AS "{column.replace("$name", field.name)}"'
        for column, expression in columns.items()
    ]


def _check(field: Field) -> str:
    clean = "starts_with($x, '[')"
    if field.scalar:
        clean = field.scalar.plain.clean if field.scalar.plain else field.scalar.clean
    check = clean.replace("$x", _name(field))
    return f"({check})" if field.required else f"({_name(field)} IS NULL OR ({check}))"


def _payload_hash(fields: Sequence[Field]) -> str:
    # The macro `payload_hash`, of a line in which the phone can only stand in its place.
    for field in fields:
        if field.scalar and PHONE_KEY in field.scalar.columns:
            phone = f"""replace(text, '"{field.name}":"' || {_name(field)} || '"', '"{field.name}":null')"""
            return f"md5_number_lower(if({_name(field)} IS NULL, text, {phone}))"
    return "md5_number_lower(text)"


def _kind(field: Field, json: str = "JSON") -> str:
    return field.scalar.plain.read_as if field.scalar and field.scalar.plain else json


def _name(field: Field) -> str:
    return f'"{field.name}"'
