"""Bytes of a YAML (or JSON) file to plain values and findings, in one pass over one composed tree.

Never raises for what a file holds. `yaml` accepts more than people mean; what readers disagree on is a finding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from promo_cli.diagnostics import Diagnostic, Edit, Fix, Location, Position, Range, Related
from promo_cli.workspace import codes, syntax, tree
from promo_cli.workspace.limits import MOST_FINDINGS, Limits, capped
from promo_cli.workspace.problems import too_large
from promo_cli.workspace.scalars import Ambiguous, plain

Value = bool | int | Decimal | str | None | list[Any] | dict[str, Any]

BOM = b"\xef\xbb\xbf"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
_LONGEST_NUMBER = 64
_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Document:
    """What a file holds. `doubtful` are pointers of values that are findings already: nothing else is said there."""

    value: Value = None
    readable: bool = False
    diagnostics: list[Diagnostic] = field(default_factory=list)
    doubtful: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Trouble:
    """A node that cannot be taken as it stands, found while building values; its pointer is looked up afterwards."""

    node: yaml.Node
    ambiguous: Ambiguous | None = None
    first: yaml.Node | None = None


def read(path: str, data: bytes, limits: Limits) -> Document:
    """The value of the file at `path` (for the findings) and everything that is wrong with its text."""
    document = Document()
    if len(data) > limits.bytes:
        document.diagnostics.append(too_large(path, len(data), limits.bytes))
        return document
    if data.startswith(BOM):
        data = data[len(BOM) :]
        where = Location(path, Range(Position(1, 1), Position(1, 2)), "")
        text = "the file begins with an invisible byte-order mark"
        document.diagnostics.append(codes.BYTE_ORDER_MARK.at(where, text, help="save it as UTF-8 without BOM"))
    if data[:2] in UTF16:
        document.diagnostics.append(codes.NOT_UTF8.at(Location(path), "the file is UTF-16", help="save it as UTF-8"))
        return document
    try:
        root = tree.compose(data, limits)
        marks = list(tree.anchors(data))
    except tree.Exceeded as error:
        document.diagnostics.append(_exceeded(path, error, limits))
        return document
    except yaml.reader.ReaderError:
        document.diagnostics.append(not_text(path, data))
        return document
    except yaml.MarkedYAMLError as error:
        document.diagnostics.append(syntax.from_error(path, split_lines(data.decode()), error))
        return document
    if marks:
        name, span = marks[0]
        what = "an alias" if name.startswith("*") else "an anchor"
        advice = "write the value where it is used; put quotes around text that begins with & or *"
        document.diagnostics.append(codes.ALIAS.at(Location(path, span), f"`{name}` is {what}", help=advice))
        return document
    if root is None:
        document.diagnostics.append(codes.EMPTY.at(Location(path), "the file is empty", help="fill it, or delete it"))
        return document
    troubles: list[_Trouble] = []
    document.value = _value(root, troubles)
    document.readable = True
    if troubles:
        _report(path, root, troubles, document)
    return document


def split_lines(text: str) -> list[str]:
    """Lines as libyaml counts them."""
    return re.split("\r\n|[\n\r\x85\u2028\u2029]", text)


def _exceeded(path: str, error: tree.Exceeded, limits: Limits) -> Diagnostic:
    start = error.start or Position(1, 1)
    where = Location(path, Range(start, Position(start.line, start.column + 1)))
    if error.limit == "depth":
        message = f"maps and lists are nested more than {limits.depth} deep"
        return codes.TOO_DEEP.at(where, message, help="flatten the value")
    message = f"the file holds more than {limits.nodes:,} keys and values"
    return codes.TOO_LARGE.at(where, message, help="split it over several files, or keep large lists as CSV")


def not_text(path: str, data: bytes) -> Diagnostic:
    """What is wrong with bytes that libyaml cannot read as text."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before, found = data[: error.start].decode(), f"byte {data[error.start]:#04x} is not UTF-8 text"
        advice = "save the file as UTF-8, not as Windows-1252 or Latin-1"
    else:
        wrong = _NOT_TEXT.search(text)
        at, char = (wrong.start(), ord(wrong[0])) if wrong else (0, 0)
        before, found = text[:at], f"the control character U+{char:04X} is not text"
        advice = "remove it"
    lines = split_lines(before)
    start = Position(len(lines), len(lines[-1]) + 1)
    return codes.NOT_UTF8.at(Location(path, Range(start, Position(start.line, start.column + 1))), found, help=advice)


def _value(node: yaml.Node, troubles: list[_Trouble]) -> Value:
    kind = node.__class__
    if kind is yaml.ScalarNode:
        tag, text = node.tag, node.value
        if tag is tree.PLAIN:
            if len(text) > _LONGEST_NUMBER:
                return text  # type: ignore[no-any-return]
            value = plain(text)
            if isinstance(value, Ambiguous):
                troubles.append(_Trouble(node, value))
                return value.text
            return value
        if tag is not tree.TEXT:
            troubles.append(_Trouble(node))
        return text  # type: ignore[no-any-return]
    if node.tag is not tree.TEXT:
        troubles.append(_Trouble(node))
    if kind is yaml.SequenceNode:
        return [_value(item, troubles) for item in node.value]
    result: dict[str, Any] = {}
    for key, value in node.value:
        if key.__class__ is not yaml.ScalarNode or key.value == "<<" or key.tag not in (tree.PLAIN, tree.TEXT):
            troubles.append(_Trouble(key))
        elif key.value in result:
            first = next(other for other, _ in node.value if other.value == key.value)
            troubles.append(_Trouble(key, first=first))
        else:
            result[key.value] = _value(value, troubles)
    return result


def _report(path: str, root: yaml.Node, troubles: list[_Trouble], document: Document) -> None:
    pointers = _pointers(root)
    document.doubtful.update(pointers[id(trouble.node)] for trouble in troubles)
    found = [
        _finding(Location(path, tree.span(trouble.node), pointers[id(trouble.node)]), trouble)
        for trouble in troubles[:MOST_FINDINGS]
    ]
    document.diagnostics += capped(found, len(troubles))


def _pointers(root: yaml.Node) -> dict[int, str]:
    """The pointer of every node, by its identity. A key has that of its value; what cannot be a key, of its map."""
    found: dict[int, str] = {}
    for path, node in tree.paths(root):
        found[id(node)] = tree.pointer(path)
        if isinstance(node, yaml.MappingNode):
            for key, _ in node.value:
                is_text = isinstance(key, yaml.ScalarNode)
                found[id(key)] = tree.pointer((*path, key.value) if is_text else path)
    return found


def _finding(where: Location, trouble: _Trouble) -> Diagnostic:
    node, path = trouble.node, where.path
    if trouble.ambiguous is not None:
        return _ambiguous(where, trouble.ambiguous)
    if trouble.first is not None:
        first = Related(Location(path, tree.span(trouble.first)), "first here")
        message = f"the key `{node.value}` stands twice in this map"
        return codes.DUPLICATE_KEY.at(where, message, label="and again here", related=[first], help="keep one of them")
    if not isinstance(node, yaml.ScalarNode):
        if node.tag is not tree.TEXT:
            return _tag(where, node)
        message = f"a key cannot be a {'list' if isinstance(node, yaml.SequenceNode) else 'map'}"
        return codes.KEY.at(where, message, help="write a plain key, or put quotes around text that begins with { or [")
    if node.value == "<<":
        advice = "write the values out where they are used"
        return codes.ALIAS.at(where, "`<<` merges another map into this one", help=advice)
    return _tag(where, node)


def _tag(where: Location, node: yaml.Node) -> Diagnostic:
    tag = node.tag.replace("tag:yaml.org,2002:", "!!")
    return codes.TAG.at(
        where, f"`{tag}` is a tag; values here need none", help="remove it, or put quotes around the text"
    )


def _ambiguous(where: Location, found: Ambiguous) -> Diagnostic:
    text, spelled = found.text, found.plain
    assert where.range is not None
    fix = Fix("unsafe", (Edit(where.path, where.range, spelled),)) if spelled else None
    if found.kind == "word":
        message = f"`{text}` is {spelled} to some readers and a word to others"
        advice = f'write `{spelled}`, or "{text}" in quotes if the word is meant'
        return codes.AMBIGUOUS_WORD.at(where, message, help=advice, fix=fix)
    why = {
        "zeros": "leading zeros make it an octal number to some readers",
        "radix": "hexadecimal, octal and binary numbers are not read",
        "exponent": "an exponent is a number to some readers and text to others",
        "point": "a number needs a digit on both sides of the point",
        "special": "infinity and not-a-number are not amounts",
        "digits": "it has more digits than programs can hold exactly",
    }[found.kind]
    advice = f"write {spelled}, or" if spelled else "write plain digits, or"
    return codes.AMBIGUOUS_NUMBER.at(
        where, f"`{text}` is ambiguous: {why}", help=f'{advice} "{text}" in quotes if it is a code', fix=fix
    )
