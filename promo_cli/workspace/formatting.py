"""One look for all promotions: fields in the order of the format, quotes only where they are needed.

What an author decides stays: comments, blank lines (one at a time), and whether a map or list is on one line, as long
as it fits. Everything else follows from the value, so formatting twice changes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from promo_cli.model.rules import RULES
from promo_cli.workspace import fields
from promo_cli.workspace.layout import Collection, Comment, Entry, Layout, Scalar, UnsupportedLayout, read_layout
from promo_cli.workspace.limits import REFERENCE, Limits
from promo_cli.workspace.promotions import model_of
from promo_cli.workspace.reader import read
from promo_cli.workspace.scalars import plain

WIDTH = 120
"""Characters of a line; a map or list that is longer is written over several."""

INDENT = "  "
FREE = frozenset({"cart", "expect"})
"""Parts of a test whose order is the author's: they tell a story."""

_PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=~<][^,\[\]{}]*")
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def formatted(text: str, *, limits: Limits = REFERENCE) -> str | None:
    """The text as it should be written, or None for one that is left as it is.

    Left are texts that cannot be read without findings, what `layout` does not support, and, to be safe, every text
    whose new form would not have the same value and comments.
    """
    before = read("", text.encode("utf-8", "surrogatepass"), limits)
    if not before.readable or any(found.severity == "error" for found in before.diagnostics):
        return None
    try:
        layout = read_layout(text, limits)
        _arrange(layout.root, _model_of(before.value))
        made = render(layout)
        after = read("", made.encode(), limits)
        same = after.value == before.value and _comments(read_layout(made, limits)) == _comments(layout)
    except UnsupportedLayout:
        return None
    return made if same and not after.diagnostics else None


def render(layout: Layout) -> str:
    """The text of a layout."""
    lines = [*layout.header, *_block(layout.root, INDENT * 0)]
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines) + "\n"


# ---- the order of fields


def _model_of(value: Any) -> type[BaseModel] | None:
    """The model of a promotion's value; None for anything else, whose order is kept."""
    promo_type = value.get("promo_type") if isinstance(value, dict) else None
    return model_of(promo_type) if isinstance(promo_type, str) and promo_type in RULES else None


def _arrange(value: Scalar | Collection, model: type[BaseModel] | None) -> None:
    """Sorts entries as the model lists its fields, in all maps below; keys it does not know keep their place last."""
    if isinstance(value, Scalar) or model is None:
        return
    if not value.is_map:
        for entry in value.entries:
            _arrange(entry.value, model)
        return
    known = fields.names(model)
    order = {name: place for place, name in enumerate(_ordered(model))}
    value.entries.sort(key=lambda entry: order.get(_name(entry), len(order)))
    for entry in value.entries:
        name = _name(entry)
        if name in known and name not in FREE:
            _arrange(entry.value, _model_in(known[name], entry.value))


def _ordered(model: type[BaseModel]) -> list[str]:
    """The fields of a model, its own before those that it shares with others."""
    return sorted(fields.names(model), key=lambda name: name not in model.__annotations__)


def _model_in(annotation: Any, value: Scalar | Collection) -> type[BaseModel] | None:
    """The model of a field's value; of several the one that has all of its keys. Free keys have none."""
    if isinstance(value, Scalar):
        return None
    models = list(fields.models_in(annotation))
    if not value.is_map:
        return models[0] if models else None
    keys = {_name(entry) for entry in value.entries}
    return next((model for model in models if keys <= fields.names(model).keys()), None)


def _name(entry: Entry) -> str:
    return entry.key.value if entry.key else ""


# ---- lines


def _block(value: Collection, indent: str) -> Iterator[str]:
    """The lines of a map or list in block style."""
    for index, entry in enumerate(value.entries):
        above = entry.before if index or indent == "" else [line for line in entry.before if line]
        yield from _indented(above, indent)
        yield from _entry(entry, indent)
    yield from _indented(value.last, indent)


def _indented(lines: list[str], indent: str) -> Iterator[str]:
    for line in lines:
        yield indent + line if line else ""


def _entry(entry: Entry, indent: str) -> Iterator[str]:
    if entry.key is None:
        yield from _item(entry, indent)
        return
    head = f"{indent}{_scalar(entry.key, is_key=True)[0]}:"
    value = entry.value
    if isinstance(value, Collection) and not _fits(value, len(head) + 1):
        yield _with_comment(head, entry.after)
        yield from _block(value, indent + INDENT)
    else:
        yield from _in_line(f"{head} ", value, entry.after, indent + INDENT)


def _item(entry: Entry, indent: str) -> Iterator[str]:
    """`- ` and the value; a block begins on the same line, and its comments stand above."""
    value = entry.value
    if isinstance(value, Scalar) or _fits(value, len(indent) + 2):
        yield from _in_line(f"{indent}- ", value, entry.after, indent + INDENT)
        return
    first = value.entries[0]
    yield from _indented([line for line in first.before if line], indent)
    first.before = []
    lines = _block(value, indent + INDENT)
    yield f"{indent}- {next(lines)[len(indent) + 2 :]}"
    yield from lines


def _in_line(head: str, value: Scalar | Collection, after: Comment | None, indent: str) -> Iterator[str]:
    first, *more = _scalar(value) if isinstance(value, Scalar) else [_flow(value)]
    if isinstance(value, Scalar) and value.style == "block":
        yield (head + first).rstrip()
        yield from _indented(more, indent)
        return
    lines = [(head + first).rstrip(), *(indent + line if line else "" for line in more)]
    yield from lines[:-1]
    yield _with_comment(lines[-1], after)


def _with_comment(line: str, comment: Comment | None) -> str:
    """The comment stays in its column, so that columns of comments stay columns; two spaces at least."""
    return f"{line.ljust(max(comment.column, len(line) + 2))}{comment.text}" if comment else line


def _fits(value: Collection, column: int) -> bool:
    """Whether a map or list is to be written on one line: it was, has no comments, and there is room."""
    return _can_flow(value) and column + len(_flow(value)) <= WIDTH


def _can_flow(value: Scalar | Collection) -> bool:
    if isinstance(value, Scalar):
        return len(value.lines) == 1
    if not value.flow:
        return False
    return not any(value.last) and all(
        not any(entry.before) and entry.after is None and _can_flow(entry.value) for entry in value.entries
    )


def _flow(value: Scalar | Collection) -> str:
    if isinstance(value, Scalar):
        return _scalar(value)[0]
    parts = []
    for entry in value.entries:
        written = _flow(entry.value)
        parts.append(f"{_scalar(entry.key, is_key=True)[0]}: {written}".rstrip() if entry.key else written)
    return f"{{{', '.join(parts)}}}" if value.is_map else f"[{', '.join(parts)}]"


def _scalar(value: Scalar, *, is_key: bool = False) -> list[str]:
    """The lines of a scalar: without quotes where it means the same without, else in double quotes where it can."""
    if value.style != "quoted":
        return value.lines
    if _needs_no_quotes(value.value, is_key):
        return [value.value]
    if len(value.lines) == 1 and value.value.isprintable() and not {'"', "\\"} & set(value.value):
        return [f'"{value.value}"']
    return value.lines


def _needs_no_quotes(text: str, is_key: bool) -> bool:
    if is_key or not text.isprintable():
        return bool(_KEY.fullmatch(text)) and plain(text) == text
    safe = _PLAIN.fullmatch(text) and ": " not in text and " #" not in text and text[-1] not in ": "
    return bool(safe) and plain(text) == text


# ---- what must not be lost


def _comments(layout: Layout) -> Counter[str]:
    return Counter(line for line in [*layout.header, *_comments_in(layout.root)] if line)


def _comments_in(value: Scalar | Collection) -> Iterator[str]:
    if isinstance(value, Scalar):
        return
    for entry in value.entries:
        yield from entry.before
        if entry.after:
            yield entry.after.text
        yield from _comments_in(entry.value)
    yield from value.last
