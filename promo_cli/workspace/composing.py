"""Plain values to the text of a promotion, as `formatting` would leave it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from promo_cli.model.base import EndOfDay
from promo_cli.workspace.formatting import render
from promo_cli.workspace.layout import Collection, Entry, Layout, Scalar

GROUPED_FROM = 1000
"""Whole numbers from here on are written in groups of three digits: 25_000."""


def composed(value: Mapping[str, Any], *, header: Sequence[str] = ()) -> str:
    """The text of a promotion: a section per line where there is room; lists of maps (tests) over several lines.

    Takes text, numbers without binary fractions, truth values, dates, lists and maps.
    """
    root = Collection(is_map=True, flow=False, entries=[_entry(key, part) for key, part in value.items()])
    return render(Layout(list(header), root))


def _entry(key: str, part: Any) -> Entry:
    listed = isinstance(part, list) and bool(part) and all(isinstance(item, Mapping) for item in part)
    return Entry(_text(key), _maps(part) if listed else _flow(part))


def _maps(parts: Sequence[Mapping[str, Any]]) -> Collection:
    maps = [Collection(True, False, [Entry(_text(key), _flow(part)) for key, part in one.items()]) for one in parts]
    return Collection(False, False, [Entry(None, one) for one in maps])


def _flow(value: Any) -> Scalar | Collection:
    if isinstance(value, Mapping):
        return Collection(True, True, [Entry(_text(key), _flow(part)) for key, part in value.items()])
    if isinstance(value, list):
        return Collection(False, True, [Entry(None, _flow(part)) for part in value])
    return _text(value) if isinstance(value, str) else Scalar([_plain(value)], "plain", "")


def _text(value: str) -> Scalar:
    """Quoted, until the formatter finds that it need not be."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return Scalar([f'"{escaped}"'], "quoted", value)


def _plain(value: bool | int | Decimal | dt.date | dt.time) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Decimal):
        number = Decimal(value)
        grouped = number == int(number) and abs(number) >= GROUPED_FROM
        return f"{int(number):_}" if grouped else f"{number.normalize():f}"
    if isinstance(value, EndOfDay):
        return "24:00"
    return value.strftime("%H:%M") if isinstance(value, dt.time) else str(value)
