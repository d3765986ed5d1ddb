import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from promo_cli.diagnostics import Failure
from promo_cli.model.events import EVENTS
from promo_cli.warehouse import database, staging
from promo_cli.warehouse.migrate import migrate, migrations, version_of
from promo_cli.warehouse.tables import TABLES, family


@pytest.mark.parametrize("start", range(len(migrations()) + 1))
def test_every_earlier_version_is_brought_up_to_date(start: int) -> None:
    """From nothing and from each version there ever was, the tables end the same."""
    with duckdb.connect() as fresh, duckdb.connect() as old:
        migrate(fresh)
        migrate(old, to=start)
        migrate(old)
        catalog = "SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() ORDER BY ALL"
        assert old.execute(catalog).fetchall() == fresh.execute(catalog).fetchall()
        assert version_of(old) == len(migrations())


def test_every_column_of_an_event_s_table_is_filled_from_its_model(paths: Any, event: Any) -> None:
    """No column is left behind when a model changes, and no field of a model has nowhere to go."""
    with duckdb.connect() as con:
        migrate(con)
        for table in (each for root in TABLES for each in family(root)):
            made = {name for field in table.shape.fields for name in _columns_of(field)}
            carried = {"file_id", "line", "event_id", "payload_hash", "position", "_rescued"}
            columns = {name for name, *_ in con.execute(f"DESCRIBE {table.name}").fetchall()}
            assert columns - carried <= made, table.name
            assert made - columns - {"v", "kind", *table.shape.lists} == set(), table.name


def _columns_of(field: Any) -> list[str]:
    return [name.replace("$name", field.name) for name in field.scalar.columns] if field.scalar else [field.name]


def test_every_kind_belongs_to_one_table() -> None:
    """A new kind cannot be forgotten."""
    assert sorted(kind for table in TABLES for kind in table.kinds) == sorted(EVENTS)


def test_amounts_are_never_floating_point() -> None:
    """No table has a column of a binary floating-point type."""
    with duckdb.connect() as con:
        migrate(con)
        types = {
            kind
            for (kind,) in con.execute("SELECT DISTINCT data_type FROM duckdb_columns() WHERE NOT internal").fetchall()
        }
    assert "DECIMAL(18,3)" in types
    assert types.isdisjoint({"DOUBLE", "FLOAT", "REAL"})


def test_a_second_writer_is_told_who_is_writing(world: Any, event: Any) -> None:
    """It does not wait and does not write; the lock goes with its process, however that ends."""
    world.upload(event("usage", 1))
    world.ingest()
    world.upload(event("usage", 2))
    holder = (
        "import fcntl,sys;f=open(sys.argv[1],'r+');fcntl.flock(f,fcntl.LOCK_EX);f.truncate(0);f.write('4711');"
        "f.flush();print('locked',flush=True);sys.stdin.read()"
    )
    lock = str(world.warehouse) + ".lock"
    with subprocess.Popen(
        [sys.executable, "-c", holder, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(Failure) as caught:
            world.ingest()
        assert world.one("SELECT count(*) FROM usages") == 1
        other.kill()
    (found,) = caught.value.diagnostics
    assert found.code == "ING101"
    assert "4711" in found.message
    assert world.ingest().loaded == 1


def test_a_warehouse_of_a_newer_version_is_not_touched(world: Any, event: Any) -> None:
    """Neither read nor written: its tables may mean something else."""
    world.upload(event("usage", 1))
    world.ingest()
    with duckdb.connect(world.warehouse) as con:
        con.execute("UPDATE meta SET value = '999' WHERE name = 'schema'")
    for act in (world.ingest, lambda: world.one("SELECT 1")):
        with pytest.raises(Failure) as caught:
            act()
        assert caught.value.diagnostics[0].code == "ING102"


def test_reports_need_a_warehouse(tmp_path: Path) -> None:
    """Before the first ingest the message says what to do."""
    with pytest.raises(Failure) as caught, database.reading(tmp_path / "none.duckdb"):
        pass
    assert caught.value.diagnostics[0].code == "ING103"


def test_a_damaged_warehouse_is_named(world: Any, event: Any) -> None:
    """Neither reports nor ingest take it for an empty one."""
    world.upload(event("usage", 1))
    world.warehouse.write_bytes(b"x" * 5000)
    for act in (world.ingest, lambda: world.one("SELECT 1")):
        with pytest.raises(Failure) as caught:
            act()
        assert caught.value.diagnostics[0].code == "ING105"


def test_environments_are_not_mixed(world: Any, event: Any) -> None:
    """A warehouse belongs to the environment it was first filled from."""
    world.upload(event("usage", 1))
    world.ingest()
    with pytest.raises(Failure) as caught:
        world.ingest(env="production")
    assert caught.value.diagnostics[0].code == "ING104"


def test_staging_leaves_nothing_behind(world: Any, event: Any) -> None:
    """The published file holds the warehouse's own tables only."""
    world.upload(event("bill", 1), b"bad")
    world.ingest()
    names = {name for (name,) in world.rows("SELECT table_name FROM duckdb_tables()")}
    assert not {name for name in names if name.startswith(("stage_", "part_", "raw", "tidied"))}
    assert staging.MAX_LINE_BYTES == 2**20


def test_old_uploads_of_a_large_warehouse_wait_for_the_weekly_listing(
    world: Any, event: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Daily runs list the last 45 business days; what comes later than that is found within a week, not lost."""
    monkeypatch.setattr("promo_cli.warehouse.listing.FEW", 0)
    start = dt.datetime(2026, 2, 8, tzinfo=dt.UTC)
    world.upload(event("usage", 1))
    assert world.ingest(now=start).loaded == 1
    world.upload(event("usage", 2), day=dt.date(2025, 11, 1))
    world.upload(event("usage", 3), day=dt.date(2026, 1, 15))
    assert world.ingest(now=start + dt.timedelta(days=1)).loaded == 1
    assert world.ingest(now=start + dt.timedelta(days=6)).loaded == 0
    assert world.ingest(now=start + dt.timedelta(days=7)).loaded == 1


def test_progress_ends_at_the_whole(world: Any, event: Any) -> None:
    """The callback sees files, bytes and lines grow to their totals."""
    for seq in (1, 2):
        world.upload(event("usage", seq))
    seen: list[Any] = []
    world.ingest(progress=seen.append)
    assert (seen[-1].files, seen[-1].all_files, seen[-1].lines) == (2, 2, 2)
    assert seen[-1].size == seen[-1].all_size > 0
