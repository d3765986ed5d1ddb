"""A plan as one comment on a pull request: whole rows only, within what GitHub accepts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from promo_cli.cli.changes import dates, other_changes, stores
from promo_cli.cli.plan import receipt, title, used_up_lines, wave_lines

if TYPE_CHECKING:
    from promo_cli.pipeline.plan import Plan
    from promo_cli.publishing.difference import Change

MARKER = "<!-- promo plan -->"
"""By which the workflow finds its comment again."""
CAP = 60_000
"""Characters; GitHub refuses comments over 65,536."""
_LAST = "\n\n… {left} more, left out for length; `promo plan` shows everything.\n"
_ROOM_FOR_LAST = 120
_FIELDS = 12
_CELL = 300
_ESCAPES = {ord(character): f"&#{ord(character)};" for character in "&<>|`*_[]@#~\\"}


def markdown(found: Plan) -> str:
    """Return the comment."""
    base = f"release {found.held.base_seq}" if found.held.base_seq else "nothing yet"
    head = f"{MARKER}\n### promo plan: {found.held.env}\n\n"
    if found.difference.empty:
        return f"{head}Nothing to publish: {base} holds exactly this.\n"
    head += f"Over {base}, as of {found.held.as_of}; {len(found.difference.changes)} promotion changes.\n\n"
    return _capped(head, list(_blocks(found)))


def _capped(head: str, blocks: list[str]) -> str:
    text = head
    for number, block in enumerate(blocks):
        if len(text) + len(block) > CAP - _ROOM_FOR_LAST:
            return text.rstrip("\n") + _LAST.format(left=len(blocks) - number)
        text += block
    return text


def _blocks(found: Plan) -> Iterator[str]:
    """Yield rows and receipts, each of which is shown whole or not at all."""
    for number, change in enumerate(found.difference.changes):
        table = "|  | promotion | days | stores | fields |\n|---|---|---|---|---|\n" if number == 0 else ""
        yield table + _row(change)
    for what, several in other_changes(found.difference):
        yield f"\n**{what}**: {_cell(stores(several))}\n"
    for line in (*wave_lines(found), *used_up_lines(found)):
        yield f"\n{_cell(line)}\n"
    for one in found.previews:
        yield (
            f"\n<details><summary>{_cell(title(one))}</summary>\n\n```text\n{_fenced(receipt(one))}\n```\n</details>\n"
        )


def _row(change: Change) -> str:
    from promo_cli.publishing.difference import shown

    fields = [f"{_code(one.path)}: {_cell(shown(one.before))} → {_cell(shown(one.after))}" for one in change.fields]
    some = "<br>".join(fields[:_FIELDS]) + (f"<br>… {len(fields) - _FIELDS} more" if len(fields) > _FIELDS else "")
    name = f"{_code(change.code)} {_cell(change.name)}"
    return f"| {change.kind} | {name} | {dates(change)} | {_cell(stores(change.stores))} | {some} |\n"


def _cell(text: str) -> str:
    """Return text that cannot end a cell, open a tag, mention a person or run into a fence."""
    return " ".join(text.split())[:_CELL].translate(_ESCAPES)


def _code(text: str) -> str:
    return f"<code>{_cell(text)}</code>"


def _fenced(text: str) -> str:
    return text.replace("```", "'''")
