"""The texts that were read, and where in them a value stands. Places are looked up for findings only."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

import yaml

from promo_cli.diagnostics import Location, Position, Range
from promo_cli.workspace import csv_reader, tree
from promo_cli.workspace.limits import REFERENCE

_TREES_KEPT = 16


@dataclass(slots=True)
class Sources:
    """Every file that was read, by its path below the workspace."""

    texts: dict[str, bytes] = field(default_factory=dict)
    _trees: OrderedDict[str, yaml.Node | None] = field(default_factory=OrderedDict)
    _tables: dict[str, csv_reader.Table] = field(default_factory=dict)

    def text(self, path: str) -> str | None:
        """The text of a file, as well as it can be decoded; None for one that was not read."""
        data = self.texts.get(path)
        return None if data is None else data.decode("utf-8", "replace").removeprefix("\ufeff")

    def locate(self, path: str, pointer: str, *, key: bool = False) -> Location:
        """The place of the value at a JSON pointer, or of its key.

        What is missing is shown by the nearest that exists above it; a map or list over several lines by its key.
        """
        return Location(path, self._range(path, pointer, key), pointer)

    def span(self, path: str, pointer: str) -> Range | None:
        """The whole text of the value at a JSON pointer, for edits."""
        root = None if path.endswith(".csv") else self._tree(path)
        node = tree.find(root, pointer) if root else None
        return tree.span(node) if node else self._range(path, pointer, False)

    def _range(self, path: str, pointer: str, key: bool) -> Range | None:
        if path not in self.texts:
            return None
        if path.endswith(".csv"):
            return self._table(path).locate(pointer)
        if path not in self._trees and pointer.count("/") == 1:
            # Most findings are about a line near the beginning, and many files have but one.
            found = tree.scalar_at_top(self.texts[path], tree.steps(pointer)[0], key=key)
            if found:
                return _not_empty(found)
        root = self._tree(path)
        if root is None:
            return None
        for node in (tree.find(root, pointer, key=key), tree.find(root, pointer, key=True)):
            span = tree.span(node)
            if isinstance(node, yaml.ScalarNode) or span.start.line == span.end.line:
                return _not_empty(span)
        return _first(node)

    def _table(self, path: str) -> csv_reader.Table:
        if path not in self._tables:
            self._tables[path] = csv_reader.Table(self.texts[path])
        return self._tables[path]

    def _tree(self, path: str) -> yaml.Node | None:
        if path in self._trees:
            self._trees.move_to_end(path)
            return self._trees[path]
        try:
            root = tree.compose(self.texts[path], REFERENCE)
        except (yaml.YAMLError, tree.Exceeded):
            root = None
        self._trees[path] = root
        if len(self._trees) > _TREES_KEPT:
            self._trees.popitem(last=False)
        return root


def _first(node: yaml.Node) -> Range:
    """Where a map or list over several lines begins: its first key, or one character."""
    if isinstance(node, yaml.MappingNode) and node.value:
        return tree.span(node.value[0][0])
    start = tree.span(node).start
    return Range(start, Position(start.line, start.column + 1))


def _not_empty(span: Range) -> Range:
    return span if span.end > span.start else Range(span.start, Position(span.start.line, span.start.column + 1))
