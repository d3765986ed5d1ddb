"""What a till is told about its upload. It may delete the batch from its spool only when it has read the receipt."""

# ruff: noqa: S608 -- constants; values are parameters

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from promo_cli.protocol import canonical
from promo_cli.protocol.layout import UPLOADS, receipt_key
from promo_cli.storage.interface import Found, Storage
from promo_cli.warehouse.tills import TillState, states

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCHEMA = "promo.upload-receipt/1"

MAX_ERRORS = 1000
"""Refused lines, and gaps, that one receipt names. `more_errors` counts the refused lines beyond."""

_AT_ONCE = 8


_DUE = f"receipt_at IS NULL AND store_id IS NOT NULL AND starts_with(key, '{UPLOADS}')"


def are_due(con: DuckDBPyConnection) -> bool:
    """Tell whether an upload has no receipt yet."""
    return bool(con.execute(f"SELECT 1 FROM ledger WHERE {_DUE} LIMIT 1").fetchall())


def write_due(con: DuckDBPyConnection, storage: Storage, now: dt.datetime) -> int:
    """Write the receipts that are due, mark them in the ledger, and return how many.

    A receipt is written after its batch is committed. A crash in between leaves it due, and the next ingest writes it;
    writing one twice does no harm. `now` is UTC. Raises StorageUnavailable, OutcomeUnknown.
    """
    due = con.execute(
        f"SELECT file_id, key, sha256, store_id, pos_id, lines, loaded, duplicate, ingested_at FROM ledger WHERE {_DUE}"
    ).fetchall()
    if not due:
        return 0
    tills = states(con)
    refused = _refused(con, [file_id for file_id, *_ in due])
    receipts = {
        receipt_key(key): {
            "schema": SCHEMA,
            "sha256": sha256,
            "created": loaded,
            "total": lines,
            "duplicates": duplicate,
            "ingested_at": f"{ingested_at.isoformat()}Z",
            **_errors(refused.get(file_id, [])),
            **_state(tills.get((store_id, pos_id))),
        }
        for file_id, key, sha256, store_id, pos_id, lines, loaded, duplicate, ingested_at in due
    }
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for done in [pool.submit(storage.put, key, canonical.dumps(each) + b"\n") for key, each in receipts.items()]:
            done.result()
    con.execute(
        "UPDATE ledger SET receipt_at = $now WHERE file_id IN (SELECT unnest($files))",
        {"now": now.astimezone(dt.UTC).replace(tzinfo=None), "files": [file_id for file_id, *_ in due]},
    )
    return len(due)


def arrivals(storage: Storage, uploads: Sequence[str]) -> dict[str, str]:
    """Read from the receipts when each upload was first taken in, as ISO texts in UTC; without a receipt it is missing.

    Raises StorageUnavailable.
    """

    def read(key: str) -> str | None:
        found = storage.get(receipt_key(key))
        try:
            return str(canonical.loads(found.data)["ingested_at"]) if isinstance(found, Found) else None
        except (canonical.CanonicalError, KeyError, TypeError):
            return None

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return {key: when for key, when in zip(uploads, pool.map(read, uploads), strict=True) if when}


def mark_written(con: DuckDBPyConnection, uploads: Sequence[str], now: dt.datetime) -> None:
    """Note that these uploads have their receipts. `now` is an aware moment."""
    con.execute(
        "UPDATE ledger SET receipt_at = $now WHERE key IN (SELECT unnest($uploads))",
        {"now": now.astimezone(dt.UTC).replace(tzinfo=None), "uploads": list(uploads)},
    )


def remember_arrivals(con: DuckDBPyConnection, arrived: Mapping[str, str]) -> None:
    """Set when uploads first arrived, as ISO texts in UTC: reading them again does not make them younger."""
    con.execute(
        """
        UPDATE ledger SET ingested_at = CAST(known.at AS TIMESTAMP)
        FROM (SELECT unnest($uploads::VARCHAR[]) AS key, unnest($moments::VARCHAR[]) AS at) AS known
        WHERE ledger.key = known.key
        """,
        {"uploads": list(arrived), "moments": [at.removesuffix("Z") for at in arrived.values()]},
    )


def _refused(con: DuckDBPyConnection, files: list[int]) -> dict[int, list[dict[str, Any]]]:
    rows = con.execute(
        """
        SELECT file_id, line, raw, code, pointer, message FROM quarantine
        WHERE file_id IN (SELECT unnest($1)) ORDER BY file_id, line
        """,
        [files],
    ).fetchall()
    found: dict[int, list[dict[str, Any]]] = {}
    for file_id, line, raw, code, pointer, message in rows:
        error = {"code": code, "pointer": pointer, "message": message}
        found.setdefault(file_id, []).append({"line": line, "data": _data(raw), "errors": [error]})
    return found


def _data(raw: str) -> Any:
    """Return a refused line as JSON, or as text where it is none or cannot be written again, such as 1e300."""
    try:
        value = canonical.loads(raw)
        canonical.dumps(value)
    except canonical.CanonicalError:
        return raw or None
    return value


def _errors(refused: list[dict[str, Any]]) -> dict[str, Any]:
    more = len(refused) - MAX_ERRORS
    return {"errors": refused[:MAX_ERRORS]} | ({"more_errors": more} if more > 0 else {})


def _state(till: TillState | None) -> dict[str, Any]:
    if till is None:
        return {"gaps": [], "watermark": None}
    return {"gaps": [list(each) for each in till.gaps[:MAX_ERRORS]], "watermark": {"seq": till.complete_to}}
