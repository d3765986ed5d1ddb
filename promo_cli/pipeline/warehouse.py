"""Looking at the workspace's warehouse, and copying it out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from promo_cli.diagnostics import Failure
from promo_cli.pipeline.ingest import warehouse_of
from promo_cli.storage.opening import open_storage
from promo_cli.warehouse import codes
from promo_cli.warehouse.database import reading
from promo_cli.warehouse.export import export, export_to_storage
from promo_cli.warehouse.status import Held, Status, held, status
from promo_cli.workspace import load


def status_of(start: Path) -> Status:
    """Sum up what was taken in. Raises Failure (exit 2) where nothing was ingested yet."""
    with reading(warehouse_of(load(start))) as con:
        return status(con)


def quarantine_of(start: Path, code: str | None, limit: int) -> list[Held]:
    """Return lines in quarantine. Raises Failure (exit 2) where nothing was ingested yet."""
    with reading(warehouse_of(load(start))) as con:
        return held(con, code, limit)


def export_to(start: Path, target: str, *, now: dt.datetime) -> tuple[Mapping[str, int], str]:
    """Write the warehouse as Parquet files to a folder or s3://bucket/prefix; return rows by table, and where they are.

    `now` is UTC. Raises Failure (exit 2) where nothing was ingested yet, or the target holds other files; what the
    storage raises passes through.
    """
    with reading(warehouse_of(load(start))) as con:
        if "://" not in target:
            return export(con, Path(target)), target
        try:
            storage = open_storage(target, base=Path.cwd())
        except ValueError as error:
            raise Failure([codes.NOT_AN_EXPORT.at(None, str(error), help="name it s3://bucket/prefix")], 2) from None
        rows, prefix = export_to_storage(con, storage, now)
        return rows, f"{storage.where}/{prefix}"
