"""What the warehouse has taken in: files, lines, tills with their gaps, and what waits in quarantine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promo_cli.warehouse import meta
from promo_cli.warehouse.clocks import WrongClock, wrong_clocks
from promo_cli.warehouse.listing import environment_of
from promo_cli.warehouse.tills import TillState, states

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Status:
    """The ledger in short. Moments are UTC.

    `refused` counts the files that could not be read at all. `watermark` is the newest event of the store that has
    been silent longest: up to there every store has been heard; clocks that are ahead do not count. `reasons` counts
    quarantined lines by code, `clocks` are the tills whose clocks are wrong. `begins` is the first business day whose
    uploads are still in the bucket, once a retention has deleted older ones; `erased` counts tombstones.
    """

    environment: str | None
    files: int
    refused: int
    lines: int
    loaded: int
    duplicate: int
    quarantined: int
    receipts_due: int
    last_ingest: dt.datetime | None
    watermark: dt.datetime | None
    tills: Mapping[tuple[str, str], TillState]
    reasons: Mapping[str, int]
    clocks: Sequence[WrongClock]
    begins: dt.date | None
    erased: int


@dataclass(frozen=True, slots=True)
class Held:
    """A line in quarantine and where it stands. `line` is None for a whole object; `raw` is without personal data."""

    key: str
    line: int | None
    byte_offset: int | None
    code: str
    pointer: str | None
    message: str
    raw: str


def status(con: DuckDBPyConnection) -> Status:
    """Sum up the ledger."""
    sums = con.execute(
        """
        SELECT count(*), count(refused), coalesce(sum(lines), 0), coalesce(sum(loaded), 0),
               coalesce(sum(duplicate), 0), coalesce(sum(quarantined), 0),
               count(*) FILTER (receipt_at IS NULL AND store_id IS NOT NULL), max(ingested_at)
        FROM ledger
        """
    ).fetchall()[0]
    *counts, last_ingest = sums
    (erased,) = con.execute("SELECT count(*) FROM erasures").fetchall()[0]
    newest = con.execute(
        """
        SELECT max(at_utc) FROM events ANTI JOIN (SELECT file_id, line FROM wrong_clocks WHERE wrong = 'ahead')
        USING (file_id, line) GROUP BY store_id
        """
    ).fetchall()
    reasons = con.execute("SELECT code, count(*) FROM quarantine GROUP BY code ORDER BY code").fetchall()
    files, refused, lines, loaded, duplicate, quarantined, receipts_due = map(int, counts)
    return Status(
        environment=environment_of(con),
        files=files,
        refused=refused,
        lines=lines,
        loaded=loaded,
        duplicate=duplicate,
        quarantined=quarantined,
        receipts_due=receipts_due,
        last_ingest=last_ingest,
        watermark=min((at for (at,) in newest if at), default=None),
        tills=states(con),
        reasons=dict(reasons),
        clocks=wrong_clocks(con),
        begins=dt.date.fromisoformat(begins) if (begins := meta.get(con, "uploads_before")) else None,
        erased=erased,
    )


def held(con: DuckDBPyConnection, code: str | None, limit: int) -> list[Held]:
    """Return lines in quarantine, the latest files first; with `code` those refused for it, at most `limit`."""
    rows = con.execute(
        """
        SELECT key, line, byte_offset, code, pointer, message, raw FROM quarantine JOIN ledger USING (file_id)
        WHERE $code IS NULL OR code = $code ORDER BY file_id DESC, line LIMIT $limit
        """,
        {"code": code, "limit": limit},
    ).fetchall()
    return [Held(*row) for row in rows]
