"""Many requests at once, but not too many."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

POOL = 16
"""Requests under way at once; with one, everything happens in the calling thread and in order."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def in_parallel(work: Callable[[_Item], _Result], items: Iterable[_Item]) -> Iterator[tuple[_Item, _Result]]:
    """Yield every item with what ``work`` makes of it, as they are done.

    The first failure keeps the rest from starting, and is raised.
    """
    if POOL == 1:
        for item in items:
            yield item, work(item)
        return
    stop = threading.Event()

    def unless_stopped(item: _Item) -> _Result:
        if stop.is_set():
            raise _Stopped
        return work(item)

    with ThreadPoolExecutor(POOL) as pool:
        futures = {pool.submit(unless_stopped, item): item for item in items}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        except BaseException:
            stop.set()
            raise


class _Stopped(Exception):  # noqa: N818 -- never seen outside: the failure that stopped the rest is raised
    """Another item failed first."""
