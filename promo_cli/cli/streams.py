"""What commands do about the streams they print to."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


def prepare() -> None:
    """Let no text fail for the sake of an old encoding: a log file must not end a publication half way."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]


def result(text: str) -> None:
    """Print a result on stdout, as it is."""
    sys.stdout.write(text if text.endswith("\n") or not text else text + "\n")
    sys.stdout.flush()


def reader_left() -> None:
    """Say nothing more on stdout: whoever read it went away (`promo … | head`), which is no failure of ours."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def state(stream: TextIO) -> str:
    """What of a stream can show in what is printed on it: whether it is a terminal, and how wide."""
    if not stream.isatty():
        return ""
    try:
        return repr(os.get_terminal_size(stream.fileno()))
    except (OSError, ValueError):
        return "terminal"
