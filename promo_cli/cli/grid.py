"""Rows as plain columns of text, for a terminal or a file."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from promo_cli.diagnostics.visible import cells, visible

_GAP = "  "


def grid(titles: Sequence[str], rows: Sequence[Sequence[str]], *, right: Collection[int] = ()) -> str:
    """Return titles, a rule and rows; columns whose number is in `right` are set to the right. Nothing is cut off."""
    shown = [[visible(each) for each in row] for row in (titles, *rows)]
    widths = [max(_width(row[at]) for row in shown) for at in range(len(titles))]
    head, *body = (
        _GAP.join(_padded(text, width, at in right) for at, (text, width) in enumerate(zip(row, widths, strict=True)))
        for row in shown
    )
    rule = _GAP.join("-" * width for width in widths)
    return "\n".join(line.rstrip() for line in (head, rule, *body)) + "\n"


def _width(text: str) -> int:
    return sum(width for _, width in cells(text))


def _padded(text: str, width: int, right: bool) -> str:
    blanks = " " * (width - _width(text))
    return blanks + text if right else text + blanks
