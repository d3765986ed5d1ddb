"""Rounds of contestants in turn; the ratio to the floor is taken within a round, then the median over rounds."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Contestant = Callable[[], float]
"""Does the work once and returns its seconds."""


def command(*arguments: str, cwd: Path | None = None, ok: Sequence[int] = (0,)) -> Contestant:
    """Return a contestant that runs a process from start to end, its output discarded; Python keeps byte code."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run() -> float:
        begin = time.perf_counter()
        done = subprocess.run(
            arguments, cwd=cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
        )
        seconds = time.perf_counter() - begin
        if done.returncode not in ok:
            raise RuntimeError(f"{' '.join(arguments)}: exit {done.returncode}\n{done.stderr.decode()[-2000:]}")
        return seconds

    return run


def timed(work: Callable[[], object]) -> Contestant:
    """Return a contestant that calls a function in this process."""

    def run() -> float:
        begin = time.perf_counter()
        work()
        return time.perf_counter() - begin

    return run


def race(title: str, floor: str, contestants: Mapping[str, Contestant], *, rounds: int = 5) -> dict[str, float]:
    """Run every contestant once a round, print seconds and ratios, and return the ratios by name."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            seconds[name].append(run())
    ratios = {
        name: statistics.median(own / base for own, base in zip(times, seconds[floor], strict=True))
        for name, times in seconds.items()
    }
    print(f"\n{title} ({rounds} rounds)")
    for name, times in seconds.items():
        print(f"  {name:<44} {statistics.median(times) * 1000:10.1f} ms   x {ratios[name]:.2f}")
    return ratios
