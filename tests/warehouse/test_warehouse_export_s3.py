import datetime as dt
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from promo_cli.diagnostics import Failure
from promo_cli.storage import Found, OutcomeUnknown, Storage, StorageUnavailable
from promo_cli.warehouse.database import reading
from promo_cli.warehouse.export import export_to_storage
from tests.publishing.harness import Watched
from tests.storage.conftest import reopen, s3_endpoint, s3_environment, storage

__all__ = ["reopen", "s3_endpoint", "s3_environment", "storage"]
NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def export(world: Any, target: Storage, now: dt.datetime = NOW) -> Any:
    """Export what is published."""
    with reading(world.warehouse) as con:
        return export_to_storage(con, target, now)


def manifest(target: Storage) -> Any:
    """What readers go by; None before the first export."""
    found = target.get("_export.json")
    return json.loads(found.data) if isinstance(found, Found) else None


def fetched(target: Storage, folder: Path) -> Path:
    """Copy the files that the manifest names, as a reader would."""
    told = manifest(target)
    for each in told["files"]:
        found = target.get(told["prefix"] + each["path"])
        assert isinstance(found, Found)
        assert len(found.data) == each["size"]
        path = folder / each["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(found.data)
    return folder


@pytest.fixture
def sold(world: Any, event: Any) -> Any:
    """A warehouse with two months."""
    march = dt.date(2026, 3, 1)
    world.upload(event("bill", 1), event("usage", 2))
    world.upload(event("bill", 3, business_date=march.isoformat()), day=march, first=3, last=3)
    world.ingest()
    return world


def test_a_bucket_gets_every_row_and_the_manifest_last(sold: Any, storage: Storage, tmp_path: Path) -> None:
    """What the files give back is the warehouse; nothing is named before all of it is there."""
    written: list[str] = []
    rows, prefix = export(
        sold, Watched(storage, before=lambda number, name, key: written.append(key) if name == "put" else None)
    )
    assert written[-1] == "_export.json"
    assert all(key.startswith(prefix) for key in written[:-1])
    assert (rows["bills"], rows["bill_lines"], rows["usages"]) == (2, 2, 1)
    folder = fetched(storage, tmp_path / "copy")
    assert sorted(path.name for path in (folder / "bills").iterdir()) == [
        "business_month=2026-02",
        "business_month=2026-03",
    ]
    found = duckdb.execute(
        "SELECT * EXCLUDE (business_month) FROM read_parquet($1, hive_partitioning = true) ORDER BY ALL",
        [str(folder / "bills" / "**" / "*.parquet")],
    ).fetchall()
    assert found == sold.rows("SELECT * FROM bills ORDER BY ALL")


@pytest.mark.parametrize("error", [StorageUnavailable, OutcomeUnknown])
def test_readers_keep_the_export_before_until_the_next_is_whole(
    sold: Any, storage: Storage, error: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off at any write, the manifest still names the earlier export, all of whose files are there."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    export(sold, storage)
    before = manifest(storage)

    def down(number: int, name: str, key: str) -> None:
        if name == "put" and (key == "_export.json" or "usages" in key):
            raise error(key, "gone")

    with pytest.raises(error):
        export(sold, Watched(storage, before=down), NOW + dt.timedelta(hours=1))
    assert manifest(storage) == before
    keys = {entry.key for entry in storage.list()}
    assert {before["prefix"] + each["path"] for each in before["files"]} <= keys
    export(sold, storage, NOW + dt.timedelta(days=3))
    assert manifest(storage)["prefix"] > before["prefix"]


def test_only_the_newest_two_exports_stay_and_what_may_be_under_way(sold: Any, storage: Storage) -> None:
    """Somebody may be reading the one before, and another process be writing one."""
    days = [NOW + dt.timedelta(days=number) for number in range(4)]
    prefixes = [export(sold, storage, day)[1] for day in days[:3]]
    storage.put(f"data/{days[3]:%Y%m%dT%H%M%SZ}-00000000/bills/half.parquet", b"half")
    prefixes.append(export(sold, storage, days[3])[1])
    there = {"/".join(entry.key.split("/")[:2]) + "/" for entry in storage.list("data/")}
    assert there == {*prefixes[2:], f"data/{days[3]:%Y%m%dT%H%M%SZ}-00000000/"}


def test_a_place_with_something_else_is_refused(sold: Any, storage: Storage) -> None:
    """An export never stands among other people's objects."""
    storage.put("HEAD", b"{}")
    with pytest.raises(Failure, match="found HEAD"):
        export(sold, storage)
    assert [entry.key for entry in storage.list()] == ["HEAD"]


def test_the_command_exports_to_a_bucket(starter: Path, promo: Any, s3_environment: str) -> None:
    """And says where the files of this export are."""
    import boto3

    boto3.client("s3").create_bucket(Bucket="lake")
    promo("ingest", "--env", "local", cwd=starter)
    done = promo("warehouse", "export", "--to", "s3://lake/promo", cwd=starter)
    assert done.code == 0
    assert "tables to s3://lake/promo/data/" in done.out
    assert promo("warehouse", "export", "--to", "gs://lake", cwd=starter).code == 2
