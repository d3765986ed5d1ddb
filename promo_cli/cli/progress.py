"""A progress bar on stderr for what can take more than a second; nothing off a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from promo_cli.cli.session import Session


class Show(Protocol):
    """Shows how far something is: what, how much of it, of how much, and a word beside it, such as its speed."""

    def __call__(self, what: str, done: float, total: float, beside: str = "") -> None:
        """Show it."""


@contextmanager
def bars(session: Session) -> Iterator[Show]:
    """Yield a function that shows how far something is."""
    if session.quiet or not sys.stderr.isatty():
        yield lambda what, done, total, beside="": None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description:>8}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[beside]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: float, total: float, beside: str = "") -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total, beside=beside)
            bar.update(tasks[what], completed=done, total=total, beside=beside)

        yield show
