"""Work on many things at once, on as many processes as there are cores."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Item = TypeVar("Item")
Result = TypeVar("Result")

LEAST = 200
"""Items a process must have for it to be worth starting: a few milliseconds, and what it answers is copied."""


def spread(
    work: Callable[[Sequence[Item]], Result], items: Sequence[Item], *, least: int = LEAST, processes: int | None = None
) -> list[Result]:
    """Return what `work` answers for consecutive parts of the items, in their order.

    Parts are worked on by copies of this process, so `work` may use all that is loaded, but what it changes is lost;
    its answers are pickled. Where processes cannot be copied safely, or one of them ends badly, the work is done here:
    the answers are the same, and so are the errors.
    """
    count = min(processes or _cores(), len(items) // least)
    if count < 2 or not _can_copy():
        return [work(items)]
    import gc
    from multiprocessing import get_context

    context = get_context("fork")
    bounds = [len(items) * part // count for part in range(count + 1)]
    parts = [items[start:end] for start, end in pairwise(bounds)]
    gc.freeze()  # a collection in a copy would touch, and so copy, every page
    others = []
    for part in parts[1:]:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_answer, args=(sender, work, part), daemon=True)
        process.start()
        sender.close()
        others.append((process, receiver))
    try:
        answers = [work(parts[0])]
        answers += [_answer_of(receiver, work, part) for part, (_, receiver) in zip(parts[1:], others, strict=True)]
    finally:
        gc.unfreeze()
        for process, receiver in others:
            receiver.close()
            if process.is_alive():
                process.terminate()
                process.join()
    return answers


def _answer(sender: Connection, work: Callable[[Any], Any], part: Any) -> None:
    """Send the answer from a copy; without one, whoever waits sees the end of the pipe."""
    with suppress(BaseException):
        sender.send(work(part))
    sender.close()
    os._exit(0)  # what this process was in the middle of is the original's to finish


def _answer_of(receiver: Connection, work: Callable[[Any], Any], part: Any) -> Any:
    try:
        return receiver.recv()
    except (EOFError, OSError):
        return work(part)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _can_copy() -> bool:
    """Tell whether forking is safe: other threads' locks would stay locked in the copy."""
    return sys.platform == "linux" and threading.active_count() == 1
