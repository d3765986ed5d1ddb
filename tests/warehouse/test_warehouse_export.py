import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest

from promo_cli.diagnostics import Failure
from promo_cli.warehouse import export as room
from promo_cli.warehouse.database import reading


def export(world: Any, folder: Path) -> Any:
    """Export what is published."""
    with reading(world.warehouse) as con:
        return room.export(con, folder)


def test_an_export_holds_every_row_of_every_table(world: Any, event: Any, tmp_path: Path) -> None:
    """What Parquet gives back is the warehouse, lists of events included, by month of the business day."""
    world.upload(event("bill", 1), event("usage", 2), event("refund", 3), b"bad")
    march = dt.date(2026, 3, 1)
    world.upload(event("bill", 4, business_date=march.isoformat()), day=march, first=4, last=4)
    world.ingest()
    rows = export(world, tmp_path / "out")
    assert (rows["bills"], rows["bill_lines"], rows["bill_discounts"], rows["quarantine"], rows["syncs"]) == (
        2,
        2,
        2,
        1,
        0,
    )
    tables = {name for (name,) in world.rows("SELECT table_name FROM duckdb_tables()")}
    assert rows.keys() == tables - {"erasures"}
    assert sorted(path.name for path in (tmp_path / "out" / "bill_lines").iterdir()) == [
        "business_month=2026-02",
        "business_month=2026-03",
    ]
    for name in ("bills", "bill_lines", "refund_discounts", "ledger"):
        files = str(tmp_path / "out" / name / "**" / "*.parquet")
        found = duckdb.execute(
            "SELECT * EXCLUDE (business_month) FROM read_parquet($1, hive_partitioning = true) ORDER BY ALL"
            if name != "ledger"
            else "SELECT * FROM read_parquet($1) ORDER BY ALL",
            [files],
        ).fetchall()
        assert found == world.rows(f"SELECT * FROM {name} ORDER BY ALL")


def test_an_export_replaces_an_earlier_one_and_nothing_else(world: Any, event: Any, tmp_path: Path) -> None:
    """A second export leaves no file of the first; a folder with other files is refused and kept."""
    world.upload(event("bill", 1))
    world.ingest()
    export(world, tmp_path / "out")
    (tmp_path / "out" / "bills" / "stale.parquet").write_text("old")
    export(world, tmp_path / "out")
    assert not (tmp_path / "out" / "bills" / "stale.parquet").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    with pytest.raises(Failure, match="expected an empty folder"):
        export(world, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "mine"


def test_an_export_that_fails_leaves_the_folder_as_it_was(
    world: Any, event: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers see the earlier export until the new one is complete."""
    world.upload(event("bill", 1))
    world.ingest()
    export(world, tmp_path / "out")
    before = sorted((tmp_path / "out").rglob("*"))

    def fail(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(room, "_write_children", fail)
    with pytest.raises(OSError, match="disk full"):
        export(world, tmp_path / "out")
    assert sorted((tmp_path / "out").rglob("*")) == before
