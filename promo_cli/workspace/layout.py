"""A YAML text as it is laid out: entries with their comments and blank lines, scalars as they are written.

This is what a formatter needs and models do not have. Comments stand between the scalars of the composed tree, so they
are found there, and never inside quotes. Reading a file for its values is `reader`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import yaml

from promo_cli.workspace.limits import Limits
from promo_cli.workspace.tree import compose

_DIRECTIVE = re.compile(r"^%", re.MULTILINE)


class UnsupportedLayout(Exception):  # noqa: N818  not an error of the file: it is only left as it is
    """Something that YAML allows and that is not laid out anew."""


class Comment(NamedTuple):
    """A comment at the end of a line, and the column (from 0) where it stood."""

    text: str
    column: int


@dataclass(slots=True)
class Scalar:
    """A scalar as it is written: its lines without indentation, how it is quoted, and its value."""

    lines: list[str]
    style: Literal["plain", "quoted", "block"]
    value: str


@dataclass(slots=True)
class Entry:
    """A value with its key (None in a list), the comments and blank lines ("") above it, and the comment behind it."""

    key: Scalar | None
    value: Scalar | Collection
    before: list[str] = field(default_factory=list)
    after: Comment | None = None


@dataclass(slots=True)
class Collection:
    """A map or a list, in flow style (`{}` and `[]`) or in block style, and the comments after its last entry."""

    is_map: bool
    flow: bool
    entries: list[Entry] = field(default_factory=list)
    last: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Layout:
    """A whole text: the comments that belong to the file rather than to its first entry, and the value."""

    header: list[str]
    root: Collection


def read_layout(text: str, limits: Limits) -> Layout:
    """The layout of a text that can be read without findings.

    Raises UnsupportedLayout for directives, and for block scalars with an explicit indentation.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    root = compose(text.encode(), limits)
    if root is None or _DIRECTIVE.search(text[: root.start_mark.index]):
        raise UnsupportedLayout("nothing to lay out")
    reading = _Reading(text, root)
    value = reading.value(root, len(text) + 1, -1)
    if isinstance(value, Scalar):
        raise UnsupportedLayout("a single value")
    value.last += reading.rest()
    return Layout(_header(value), value)


def _header(root: Collection) -> list[str]:
    """Takes off the first entry what stands above a blank line, or is a word to the editor."""
    first = root.entries[0].before if root.entries else []
    blank = max((index for index, line in enumerate(first) if not line), default=-1)
    words = sum(1 for line in first if "yaml-language-server:" in line)
    count = max(blank + 1, words)
    header, first[:] = first[:count], first[count:]
    return header


class _Gap(NamedTuple):
    """A comment, or a blank line (no text): where it begins, line and column from 0, whether the line is its own."""

    start: int
    line: int
    column: int
    text: str
    alone: bool


class _Reading:
    """The comments and blank lines that were not given to an entry yet, in order."""

    def __init__(self, text: str, root: yaml.Node) -> None:
        self.text = text
        self.gaps = deque(_gaps(text, root))

    def value(self, node: yaml.Node, limit: int, outer: int) -> Scalar | Collection:
        """A value; comments before the character `limit` may be its own, `outer` is the column of what holds it."""
        if isinstance(node, yaml.ScalarNode):
            return _scalar(self.text, node)
        assert isinstance(node, yaml.CollectionNode)
        made = Collection(isinstance(node, yaml.MappingNode), bool(node.flow_style))
        column = node.start_mark.column
        end = node.end_mark.index if made.flow else limit
        pairs = node.value if made.is_map else [(None, item) for item in node.value]
        starts = [(key or value).start_mark.index for key, value in pairs]
        for (key, value), start, following in zip(pairs, starts, [*starts, end][1:], strict=True):
            entry = Entry(_scalar(self.text, key) if key else None, _EMPTY, self._until(start))
            if key:
                self._behind(entry, key.end_mark.line, value.start_mark.index)
            entry.value = self.value(value, following, column)
            if isinstance(value, yaml.ScalarNode) or value.flow_style:
                self._behind(entry, _last_line(self.text, value), following)
            made.entries.append(entry)
        made.last = self._until(end) if made.flow else self._ending(column, outer, limit)
        return made

    def rest(self) -> list[str]:
        """What is left at the end of the text."""
        return self._until(len(self.text) + 1)

    def _until(self, limit: int) -> list[str]:
        """Comments and blank lines up to a character; of several blank lines one."""
        lines: list[str] = []
        while self.gaps and self.gaps[0].start < limit:
            line = self.gaps.popleft().text
            if line or lines[-1:] != [""]:
                lines.append(line)
        return lines

    def _behind(self, entry: Entry, line: int, limit: int) -> None:
        """Gives an entry the comment at the end of a line."""
        gap = self.gaps[0] if self.gaps else None
        if gap and gap.text and not gap.alone and gap.line == line and gap.start < limit and entry.after is None:
            entry.after = Comment(gap.text, gap.column)
            self.gaps.popleft()

    def _ending(self, column: int, outer: int, limit: int) -> list[str]:
        """Comments after the last entry that stand as deep as the entries."""
        lines: list[str] = []
        while column > outer:
            gap = next((gap for gap in self.gaps if gap.text), None)
            if gap is None or gap.start >= limit or not gap.alone or gap.column < column:
                break
            lines += self._until(gap.start + 1)
        return lines


_EMPTY = Scalar([""], "plain", "")


def _last_line(text: str, node: yaml.Node) -> int:
    """The line on which a value in one piece ends; a block scalar's mark is behind its line ends."""
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return text.count("\n", 0, _end(text, node))
    return int(node.end_mark.line)


def _end(text: str, node: yaml.ScalarNode) -> int:
    """Where the text of a scalar ends, without the line ends after a block."""
    start, end = node.start_mark.index, node.end_mark.index
    return start + len(text[start:end].rstrip()) if node.style in ("|", ">") else end


def _gaps(text: str, root: yaml.Node) -> Iterator[_Gap]:
    """Every comment and blank line: they are where no scalar is."""
    begins = [0, *(found.end() for found in re.finditer("\n", text))]
    end = 0
    for node in (*_scalars(root), None):
        start = node.start_mark.index if node else len(text)
        yield from _between(text, begins, end, start)
        end = _end(text, node) if node else start


def _between(text: str, begins: list[int], start: int, end: int) -> Iterator[_Gap]:
    at = start
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        line = bisect_right(begins, at) - 1
        begin = begins[line]
        sign = text.find("#", at, stop)
        if sign >= 0:
            yield _Gap(sign, line, sign - begin, text[sign:stop].rstrip(), not text[begin:sign].strip())
        elif at == begin and stop < end and not text[at:stop].strip():
            yield _Gap(at, line, 0, "", True)
        at = stop + 1


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """Every scalar, in the order of the text."""
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(key)
            yield from _scalars(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)


def _scalar(text: str, node: yaml.Node) -> Scalar:
    if not isinstance(node, yaml.ScalarNode):
        raise UnsupportedLayout("a key that is no text")
    written = text[node.start_mark.index : _end(text, node)]
    first, *others = written.split("\n")
    if node.style in ("|", ">"):
        return Scalar([first.rstrip(), *_dedented(first, others)], "block", node.value)
    style: Literal["plain", "quoted"] = "quoted" if node.style else "plain"
    return Scalar(
        [first.rstrip(" \t") if others else first, *(line.strip(" \t") for line in others)], style, node.value
    )


def _dedented(header: str, lines: list[str]) -> list[str]:
    """The lines of a block scalar without what all of them are indented by."""
    if re.match(r"[|>][+-]?[0-9]", header) or "+" in header.partition("#")[0]:
        raise UnsupportedLayout("a block with its own indentation or line ends")
    depth = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return [line[depth:].rstrip() if not line.strip() else line[depth:] for line in lines]
