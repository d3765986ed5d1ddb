"""What `check` found, kept for as long as nothing that it was found from changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from time import time
from typing import Any
from zoneinfo import ZoneInfo

from promo_cli.diagnostics import Diagnostic
from promo_cli.diagnostics.keeping import from_plain, to_plain
from promo_cli.workspace.cache import state_of
from promo_cli.workspace.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked of a snapshot: `wanted` are paths below the workspace, or None for all of it."""

    snapshot: Snapshot
    wanted: tuple[str, ...] | None
    as_of: dt.date | None
    baseline: Path | None
    stopping: bool = False
    """Only whether anything stops a publication; what merely should be looked at may be left out."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer: the findings, the number of files, and what else it was found from.

    `day` is the day it holds for, in the company's `timezone`; `baseline` the file whose findings do not count, and
    `baseline_state` what `state_of` said about it beforehand.
    """

    diagnostics: list[Diagnostic]
    files: int
    day: dt.date
    timezone: str
    baseline: Path | None
    baseline_state: str


def recall(question: Question) -> Verdict | None:
    """The verdict on the same files, if it still holds."""
    cache = question.snapshot.cache
    kept = cache and cache.get(*_name(question))
    if not kept:
        return None
    day, zone = dt.date.fromisoformat(kept["day"]), kept["timezone"]
    baseline = Path(kept["baseline"]) if kept["baseline"] else None
    present = state_of(str(baseline or ""))
    if day != (question.as_of or today_in(zone)) or present != kept["baseline_state"]:
        return None
    return Verdict([from_plain(found) for found in kept["diagnostics"]], kept["files"], day, zone, baseline, present)


def keep(question: Question, verdict: Verdict) -> None:
    """Keep a verdict for the next run."""
    cache = question.snapshot.cache
    if cache is None:
        return
    plain: dict[str, Any] = {
        "day": verdict.day.isoformat(),
        "timezone": verdict.timezone,
        "baseline": verdict.baseline and str(verdict.baseline),
        "baseline_state": verdict.baseline_state,
        "files": verdict.files,
        "diagnostics": [to_plain(found) for found in verdict.diagnostics],
    }
    cache.put(plain, *_name(question))


def holds_until(question: Question, verdict: Verdict) -> float:
    """The moment, in seconds since 1970, at which the question gets another answer though no file has changed.

    Where a day was asked for there is none; else it is the midnight after the verdict's day, in the company's zone.
    """
    if question.as_of:
        return inf
    zone, minute = ZoneInfo(verdict.timezone), int(time() // 60)
    minutes = range(minute, minute + 60 * 48)  # clocks are set on the minute, and no day has more than 26 hours
    return next(60 * at for at in minutes if dt.datetime.fromtimestamp(60 * at, zone).date() != verdict.day)


def today_in(timezone: str) -> dt.date:
    """The current day in an IANA time zone."""
    return dt.datetime.now(ZoneInfo(timezone)).date()


def _name(question: Question) -> Sequence[bytes | str]:
    # The folder is part of it: findings about a baseline outside of the workspace name its whole path.
    snapshot = question.snapshot
    asked = (question.wanted, question.as_of, question.baseline, question.stopping)
    return ("verdict", str(snapshot.root), snapshot.digest, repr(asked))
