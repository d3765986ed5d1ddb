"""Which staged lines are second deliveries, and which contradict what has the same key.

An event has two keys: its `event_id`, and (`store_id`, `pos_id`, `seq`). The same keys with the same payload hash are
a duplicate; one of the keys with another payload is a conflict. The first to arrive is kept: what is loaded before
what is staged, and within the stage the order of files and lines.
"""

# ruff: noqa: S608 -- names of tables are our own; values are parameters

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promo_cli.warehouse.staging import staged

if TYPE_CHECKING:
    from uuid import UUID

    from duckdb import DuckDBPyConnection

_KEYS = "file_id, line, kind, event_id, store_id, pos_id, seq, payload_hash"


@dataclass(frozen=True, slots=True)
class Keyed:
    """A line and its two keys."""

    file_id: int
    line: int
    kind: str
    event_id: UUID
    store_id: str
    pos_id: str | None
    seq: int | None
    payload_hash: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """A line that is not loaded, because another payload has its `event_id`, or its `seq` at that till."""

    same: str
    refused: Keyed
    kept: Keyed


def find(con: DuckDBPyConnection) -> list[Conflict]:
    """Make the temporary table `unloaded(file_id, line)` of staged lines not to load, and return the conflicts.

    An equal payload has both keys equal. So the lines of contested keys, those with several payloads, can be settled
    among themselves, one by one; for all others counting is enough.
    """
    con.execute("CREATE TEMP TABLE unloaded (file_id INTEGER, line INTEGER)")
    fresh = " UNION ALL ".join(f"SELECT {_KEYS} FROM stage_{table.name}" for table in staged(con) if table.kinds)
    if not fresh or not _find_met(con, fresh):
        return []
    con.execute(
        f"""
        CREATE TEMP TABLE keyed AS
        SELECT * FROM (SELECT true AS staged, {_KEYS} FROM ({fresh}) UNION ALL SELECT false, {_KEYS} FROM events)
        WHERE event_id IN (FROM met_ids) OR (store_id, pos_id, seq) IN (SELECT (store_id, pos_id, seq) FROM met_seqs)
        """
    )
    con.execute(
        """
        CREATE TEMP TABLE contested AS
        SELECT * FROM keyed
        WHERE event_id IN (FROM keyed SELECT event_id GROUP BY ALL HAVING min(payload_hash) <> max(payload_hash))
           OR (store_id, pos_id, seq) IN (
              SELECT (store_id, pos_id, seq) FROM keyed WHERE seq IS NOT NULL
              GROUP BY store_id, pos_id, seq HAVING min(payload_hash) <> max(payload_hash))
        """
    )
    con.execute(
        """
        INSERT INTO unloaded
        SELECT file_id, line
        FROM (SELECT *, row_number() OVER (PARTITION BY event_id ORDER BY staged, file_id, line) AS nth
              FROM keyed WHERE event_id IN (FROM keyed SELECT event_id GROUP BY event_id HAVING count(*) > 1))
        ANTI JOIN contested USING (file_id, line)
        WHERE staged AND nth > 1
        """
    )
    return _settle(con)


def _find_met(con: DuckDBPyConnection, fresh: str) -> bool:
    """Make the tables `met_ids` and `met_seqs` of staged keys that are not alone; tell whether there are any."""
    con.execute(
        f"""
        CREATE TEMP TABLE met_ids AS
        SELECT event_id FROM ({fresh}) GROUP BY event_id HAVING count(*) > 1
        UNION SELECT event_id FROM events SEMI JOIN ({fresh}) AS fresh USING (event_id)
        """
    )
    con.execute(
        f"""
        CREATE TEMP TABLE met_seqs AS
        SELECT store_id, pos_id, seq FROM ({fresh}) WHERE seq IS NOT NULL
        GROUP BY store_id, pos_id, seq HAVING count(*) > 1
        UNION SELECT store_id, pos_id, seq FROM events SEMI JOIN ({fresh}) AS fresh USING (store_id, pos_id, seq)
        """
    )
    (met,) = con.execute("SELECT (SELECT count(*) FROM met_ids) + (SELECT count(*) FROM met_seqs) > 0").fetchall()[0]
    return bool(met)


def _settle(con: DuckDBPyConnection) -> list[Conflict]:
    rows = con.execute(f"SELECT staged, {_KEYS} FROM contested ORDER BY staged, file_id, line").fetchall()
    by_id: dict[UUID, Keyed] = {}
    by_seq: dict[tuple[str, str | None, int], Keyed] = {}
    conflicts: list[Conflict] = []
    unloaded: list[Keyed] = []
    for is_staged, *values in rows:
        row = Keyed(*values)
        place = None if row.seq is None else (row.store_id, row.pos_id, row.seq)
        same_id = by_id.get(row.event_id)
        kept = same_id or (by_seq.get(place) if place else None)
        if is_staged and kept:
            unloaded.append(row)
            if kept.payload_hash != row.payload_hash:
                conflicts.append(Conflict("event_id" if same_id else "seq", row, kept))
            continue
        by_id[row.event_id] = row
        if place:
            by_seq[place] = row
    if unloaded:
        con.execute(
            "INSERT INTO unloaded SELECT unnest($files), unnest($lines)",
            {"files": [row.file_id for row in unloaded], "lines": [row.line for row in unloaded]},
        )
    return conflicts
