"""Text for a terminal: nothing in a file may move the cursor, change colours or reorder what is read."""

from __future__ import annotations

import unicodedata

TAB = 4
ELLIPSIS = "…"

RESET = "\033[0m"
BOLD = "\033[1m"
RED = "\033[1;31m"
YELLOW = "\033[1;33m"
BLUE = "\033[1;34m"
CYAN = "\033[1;36m"
GREEN = "\033[32m"

Cells = list[tuple[str, int]]
"""What to print for each character of a text, and how many terminal cells it takes."""


def cells(text: str) -> Cells:
    """Tabs become spaces, wide characters take two cells, control and direction characters a visible stand-in."""
    if text.isascii() and text.isprintable():
        return [(char, 1) for char in text]
    return [_cell(char) for char in text]


def _cell(char: str) -> tuple[str, int]:
    if char == "\t":
        return " " * TAB, TAB
    category = unicodedata.category(char)
    if category in ("Mn", "Me"):
        return char, 0
    if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return "\N{REPLACEMENT CHARACTER}", 1
    return char, 2 if unicodedata.east_asian_width(char) in "WF" else 1


def visible(text: str) -> str:
    """The text on one line, safe to print."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(shown for shown, _ in cells(text.replace("\n", " ")))


def paint(text: str, style: str, colour: bool) -> str:
    """The text in a style, if colours are wanted."""
    return f"{style}{text}{RESET}" if colour and text else text
