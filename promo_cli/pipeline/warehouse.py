"""Looking at the workspace's warehouse, and copying it out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from promo_cli.pipeline.ingest import warehouse_of
from promo_cli.warehouse.database import reading
from promo_cli.warehouse.export import export
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


def export_to(start: Path, folder: Path) -> Mapping[str, int]:
    """Write the warehouse as Parquet files, and return rows by table.

    Raises Failure (exit 2) where nothing was ingested yet, or the folder holds other files.
    """
    with reading(warehouse_of(load(start))) as con:
        return export(con, folder)
