"""Changes values inside a YAML text and nothing else: comments, order, quotes and layout stay as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

import yaml

from promo_cli.workspace.limits import PROMOTION
from promo_cli.workspace.scalars import plain
from promo_cli.workspace.tree import compose, find

Value = int | Decimal | str | bool | Mapping[str, Any] | list[Any]

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")


class _Change(NamedTuple):
    """The text from `start` up to `end`, counted in characters, becomes `text`."""

    start: int
    end: int
    text: str


class _Entry(NamedTuple):
    """One entry of a map or list, from the first character of its key (or value) to the last of its value."""

    name: Any
    start: int
    end: int
    value: yaml.Node


def rewritten(text: str, values: Mapping[str, Value]) -> str:
    """Return a YAML text with other values at some JSON pointers, all of which exist.

    A value is a scalar, or a map or list of scalars instead of a map or list; entries that stay keep their place.
    """
    root = compose(text.encode(), PROMOTION)
    assert root is not None, "an empty text has no values to change"
    changes = [change for at, value in values.items() for change in _changes(text, root, at, value)]
    for change in sorted(changes, reverse=True):
        text = text[: change.start] + change.text + text[change.end :]
    return text


def _changes(text: str, root: yaml.Node, at: str, value: Value) -> Iterator[_Change]:
    node = find(root, at)
    if isinstance(node, yaml.CollectionNode) and isinstance(value, Mapping | list):
        entries = _entries(node)
        wanted = dict(value) if isinstance(value, Mapping) else {name: name for name in value}
        for entry in entries:
            if entry.name in wanted and isinstance(entry.value, yaml.ScalarNode) and isinstance(value, Mapping):
                yield from _scalar(entry.value, wanted[entry.name])
        added = [
            f"{_written(name)}: {_written(part)}" if isinstance(value, Mapping) else _written(part)
            for name, part in wanted.items()
            if name not in {entry.name for entry in entries}
        ]
        kept = [entry for entry in entries if entry.name in wanted]
        if added or len(kept) < len(entries):
            layout = _in_flow if node.flow_style else _in_block
            yield from layout(text, node, find(root, at, key=True), entries, kept, added)
    elif isinstance(node, yaml.ScalarNode):
        yield from _scalar(node, value)


def _in_flow(
    text: str, node: yaml.Node, _: yaml.Node, entries: list[_Entry], kept: list[_Entry], added: list[str]
) -> Iterator[_Change]:
    """`{A: 1, B: 2}`: what goes takes the comma after it along; the last ones the comma before them."""
    if not kept:
        start, end = (entries[0].start, entries[-1].end) if entries else (node.start_mark.index + 1,) * 2
        yield _Change(start, end, ", ".join(added))
        return
    last = entries.index(kept[-1])
    for entry, following in pairwise(entries[: last + 1]):
        if entry not in kept:
            yield _Change(entry.start, following.start, "")
    yield _Change(kept[-1].end, entries[-1].end, "".join(f", {one}" for one in added))


def _in_block(
    text: str, node: yaml.Node, key: yaml.Node, entries: list[_Entry], kept: list[_Entry], added: list[str]
) -> Iterator[_Change]:
    """One entry per line: what goes takes its line along; what comes follows the last that stays."""
    is_list = isinstance(node, yaml.SequenceNode)
    indent = " " * node.start_mark.column + ("- " if is_list else "")
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = "".join(f"{newline}{indent}{one}" for one in added)
    if kept:
        end = _line_end(text, kept[-1].end)
        yield _Change(end, end, lines)
        for entry in entries:
            if entry not in kept:
                yield _Change(_line_start(text, entry.start), text.find("\n", entry.end) + 1 or len(text), "")
        return
    colon = text.index(":", key.end_mark.index) + 1
    yield _Change(_line_end(text, colon), _line_end(text, entries[-1].end), lines)
    if not added:
        yield _Change(colon, colon, " []" if is_list else " {}")


def _entries(node: yaml.Node) -> list[_Entry]:
    pairs = node.value if isinstance(node, yaml.MappingNode) else [(value, value) for value in node.value]
    return [_Entry(key.value, key.start_mark.index, value.end_mark.index, value) for key, value in pairs]


def _scalar(node: yaml.ScalarNode, value: Any) -> Iterator[_Change]:
    before = plain(node.value) if node.style is None else node.value
    if before != value:
        yield _Change(node.start_mark.index, node.end_mark.index, _written(value, like=node.value))


def _written(value: Any, like: str = "") -> str:
    """Return a scalar as YAML. Thousands are grouped, unless the number it replaces is a long one that is not."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        grouped = "_" in like or len(like.partition(".")[0]) <= 3
        whole, point, rest = f"{value:f}".partition(".")
        return (f"{int(whole):_}" if grouped else whole) + (point + rest.rstrip("0")).rstrip(".")
    text = str(value)
    return text if _WORD.fullmatch(text) and plain(text) == text else json.dumps(text, ensure_ascii=False)


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == "\r" else end
