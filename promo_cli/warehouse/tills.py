"""What has arrived from each till, by its own count: which numbers are missing, and up to where nothing is."""

# ruff: noqa: S608 -- constants; values are parameters

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Range = tuple[int, int]

# A refused line has arrived as well, once; but not one that speaks for another till or contradicts what is loaded.
_ARRIVED = """
    SELECT store_id, pos_id, seq, at_utc FROM events WHERE seq IS NOT NULL
    UNION ALL
    SELECT *, NULL FROM (
        SELECT DISTINCT ledger.store_id, ledger.pos_id, quarantine.seq FROM quarantine JOIN ledger USING (file_id)
        WHERE quarantine.code NOT IN ('SEC501', 'ING009'))
    ANTI JOIN events USING (store_id, pos_id, seq)
    WHERE seq IS NOT NULL AND store_id IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class TillState:
    """One till's uploads. `gaps` are ranges of missing `seq`, both ends inclusive; `latest_utc` its newest event."""

    gaps: tuple[Range, ...]
    last_seq: int
    latest_utc: dt.datetime | None

    @property
    def complete_to(self) -> int:
        """The highest `seq` up to which nothing is missing; 0 when the first is."""
        return self.gaps[0][0] - 1 if self.gaps else self.last_seq

    @property
    def missing(self) -> int:
        """How many numbers have not arrived."""
        return sum(last - first + 1 for first, last in self.gaps)


def states(con: DuckDBPyConnection) -> dict[tuple[str, str], TillState]:
    """The state of every till that counts its lines, by store and till."""
    totals = con.execute(
        f"""
        SELECT store_id, pos_id, max(seq), max(at_utc), count(*) FILTER (WHERE seq > 0)
        FROM ({_ARRIVED}) GROUP BY store_id, pos_id ORDER BY ALL
        """
    ).fetchall()
    # Looking for the gaps means sorting, so only where the count says that there is one.
    incomplete = [(store_id, pos_id) for store_id, pos_id, last, _, count in totals if count != last]
    gaps = _gaps(con, incomplete) if incomplete else {}
    return {
        (store_id, pos_id): TillState(tuple(gaps.get((store_id, pos_id), ())), last, latest)
        for store_id, pos_id, last, latest, _ in totals
    }


def counted(con: DuckDBPyConnection) -> tuple[int, int]:
    """How many lines tills have numbered, and how many of those have not arrived, without looking for which."""
    ((numbered, arrived),) = con.execute(
        f"""
        SELECT coalesce(sum(last), 0), coalesce(sum(arrived), 0)
        FROM (SELECT max(seq) AS last, count(*) FILTER (seq > 0) AS arrived FROM ({_ARRIVED}) GROUP BY store_id, pos_id)
        """
    ).fetchall()
    return int(numbered), int(numbered) - int(arrived)


def _gaps(con: DuckDBPyConnection, tills: list[tuple[str, str]]) -> dict[tuple[str, str], list[Range]]:
    rows = con.execute(
        f"""
        WITH wanted AS (SELECT unnest($stores) AS store_id, unnest($tills) AS pos_id),
        steps AS (
            SELECT store_id, pos_id, seq, lag(seq, 1, 0) OVER (PARTITION BY store_id, pos_id ORDER BY seq) AS previous
            FROM ({_ARRIVED}) SEMI JOIN wanted USING (store_id, pos_id))
        SELECT store_id, pos_id, previous + 1, seq - 1 FROM steps WHERE seq - previous > 1 ORDER BY ALL
        """,
        {"stores": [store for store, _ in tills], "tills": [till for _, till in tills]},
    ).fetchall()
    found: dict[tuple[str, str], list[Range]] = {}
    for store_id, pos_id, first, last in rows:
        found.setdefault((store_id, pos_id), []).append((first, last))
    return found
