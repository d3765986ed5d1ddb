"""What reports can call in SQL beside what the database has: the ends of intervals, at 95 %."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from promo_cli.reports.statistics import intervals

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def install(con: DuckDBPyConnection) -> None:
    """Add the functions to a connection.

    `wilson_low(successes, trials)` and `wilson_high`: of a share. `ratio_low(n, y, x, yy, xx, xy)` and `ratio_high`:
    of Σy/Σx over n customers or days, from the sums of y, x, y², x² and xy.
    """
    from duckdb.func import SPECIAL

    whole, real = "BIGINT", "DOUBLE"
    for name, at in (("low", 0), ("high", 1)):
        con.create_function(f"wilson_{name}", _wilson(at), [whole, whole], real, null_handling=SPECIAL)
        con.create_function(f"ratio_{name}", _ratio(name), [whole, *[real] * 5], real, null_handling=SPECIAL)


def _wilson(at: int) -> Callable[[int | None, int | None], float | None]:
    def end(successes: int | None, trials: int | None) -> float | None:
        if successes is None or trials is None:
            return None
        found = intervals.wilson(successes, trials)
        return None if found is None else found[at]

    return end


def _ratio(name: str) -> Callable[..., float | None]:
    # Written out, because the database counts the arguments.
    def end(
        n: int | None, y: float | None, x: float | None, yy: float | None, xx: float | None, xy: float | None
    ) -> float | None:
        if n is None or y is None or x is None or yy is None or xx is None or xy is None:
            return None
        found: float = getattr(intervals.mean_ratio(n, y, x, yy, xx, xy), name)
        return None if math.isnan(found) else found

    return end
