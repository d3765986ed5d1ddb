"""A progress bar on stderr for what can take more than a second; nothing off a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from promo_cli.cli.session import Session

if TYPE_CHECKING:
    from promo_cli.publishing import Progress


@contextmanager
def upload_bar(session: Session) -> Iterator[Callable[[Progress], None]]:
    """Yield a function that shows how far an upload is, in objects and bytes."""
    if session.quiet or not sys.stderr.isatty():
        yield lambda progress: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description:>8}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, int] = {}

        def show(progress: Progress) -> None:
            if progress.what not in tasks:
                tasks[progress.what] = bar.add_task(progress.what, total=progress.total)
            bar.update(tasks[progress.what], completed=progress.done)  # type: ignore[arg-type]

        yield show
