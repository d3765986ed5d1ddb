"""Composes YAML bytes into a tree of nodes with positions, on libyaml, within bounds.

The tree is composed once; values and positions are both taken from it. Only nesting and the number of nodes are
checked on the way: libyaml's own recursion would end the process on deep nesting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import yaml

from promo_cli.diagnostics import Position, Range
from promo_cli.workspace.limits import Limits

if TYPE_CHECKING:
    from yaml._yaml import Mark as CMark
    from yaml.error import Mark
    from yaml.nodes import Node

PLAIN = "plain"
"""Tag of a scalar without quotes."""
TEXT = "text"
"""Tag of a quoted scalar, and of every map and list."""

_MAYBE_ANCHOR = re.compile(rb"(?:^|[\s\[{,:])[&*][^\s]", re.MULTILINE)


class Exceeded(Exception):  # noqa: N818  a finding, not an error of ours
    """A limit was reached inside the map or list that begins at `start`."""

    def __init__(self, limit: Literal["depth", "nodes"], within: Node | None) -> None:
        self.limit = limit
        self.start = position(within.start_mark) if within else None
        super().__init__(limit)


class _Composer(yaml.CSafeLoader):
    """libyaml's composer with our tags, which say no more than whether a scalar was quoted."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        super().__init__(data)
        self._room = limits.depth
        self._left = limits.nodes

    def resolve(self, kind: type[Node], value: Any, implicit: Any) -> str:
        return PLAIN if value is not None and implicit[0] else TEXT

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        self._room -= 1
        self._left -= 1
        if self._room < 0:
            raise Exceeded("depth", current_node)
        if self._left < 0:
            raise Exceeded("nodes", current_node)

    def ascend_resolver(self) -> None:
        self._room += 1


def compose(data: bytes, limits: Limits) -> Node | None:
    """The one document of `data`, or None if there is none.

    Raises yaml.MarkedYAMLError for bad syntax or a second document, yaml.reader.ReaderError for characters that
    YAML does not allow, Exceeded beyond the limits.
    """
    composer = _Composer(data, limits)
    try:
        node: Node | None = composer.get_single_node()
        return node
    finally:
        composer.dispose()


def scalar_at_top(data: bytes, name: str, *, key: bool = False) -> Range | None:
    """The place of the scalar (or of its key) that stands under a key of the outermost map, if there is one.

    No more of the text is read than is above it.
    """
    try:
        events = yaml.parse(data, yaml.CSafeLoader)
        opening = [next(events, None) for _ in range(3)][-1]
        return _under(events, name, key) if isinstance(opening, yaml.MappingStartEvent) else None
    except yaml.YAMLError:
        return None


def _under(events: Iterator[Any], name: str, key: bool) -> Range | None:
    """Look for a key in the map whose beginning was the last event."""
    for event in events:
        if not isinstance(event, yaml.ScalarEvent):
            return None  # the map's end, or a key that is no scalar
        if key and event.value == name:
            return span(event)
        value = next(events)
        if event.value == name:
            return span(value) if isinstance(value, yaml.ScalarEvent) else None
        depth = int(isinstance(value, yaml.CollectionStartEvent))
        while depth:
            inner = next(events)
            depth += isinstance(inner, yaml.CollectionStartEvent) - isinstance(inner, yaml.CollectionEndEvent)
    return None


def anchors(data: bytes) -> Iterator[tuple[str, Range]]:
    """Every anchor (`&name`) and alias (`*name`) of a text that composes, with its place."""
    # Most texts hold neither sign; the pattern spares the others a second reading for every "A & B".
    if (b"&" not in data and b"*" not in data) or not _MAYBE_ANCHOR.search(data):
        return
    for event in yaml.parse(data, yaml.CSafeLoader):
        name = getattr(event, "anchor", None)
        if name is not None:
            start = position(event.start_mark) or Position(1, 1)
            end = Position(start.line, start.column + len(name) + 1)
            yield ("*" if isinstance(event, yaml.AliasEvent) else "&") + name, Range(start, end)


def position(mark: Mark | CMark | None) -> Position | None:
    """A mark of libyaml, which counts from 0, in our terms."""
    return Position(mark.line + 1, mark.column + 1) if mark else None


def span(node: Node | yaml.Event) -> Range:
    """Where a node or a scalar's event stands. A map or list in block style ends where the next thing begins."""
    start, end = position(node.start_mark), position(node.end_mark)
    assert start
    assert end
    return Range(start, end)


def steps(pointer: str) -> list[str]:
    """The parts of an RFC 6901 JSON pointer."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def pointer(path: tuple[str | int, ...]) -> str:
    """An RFC 6901 JSON pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def find(root: Node, at: str, *, key: bool = False) -> Node:
    """The node at a JSON pointer (or its key), or the nearest one above that exists."""
    node, found = root, root
    for part in steps(at):
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == part), None)
            if pair is None:
                break
            found, node = (pair[0] if key else pair[1]), pair[1]
        elif isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
            found = node = node.value[int(part)]
        else:
            break
    return found


def key_text(key: Node) -> str:
    """A key as it stands in a pointer; a list or map as a key, itself a finding, has no text."""
    return str(key.value) if isinstance(key, yaml.ScalarNode) else ""


def paths(root: Node) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    """Every node below `root` with its path."""
    stack: list[tuple[tuple[str | int, ...], Node]] = [((), root)]
    while stack:
        path, node = stack.pop()
        yield path, node
        if isinstance(node, yaml.MappingNode):
            stack += [((*path, key_text(key)), value) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            stack += [((*path, index), value) for index, value in enumerate(node.value)]
