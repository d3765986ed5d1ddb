import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from promo_cli.warehouse.ingest import rebuild, replay
from promo_cli.warehouse.migrate import migrate, migrations

VERSIONS = Path(__file__).parent / "versions"
EARLIER = range(1, len(migrations()))
KEY = bytes(range(32))
LATER = dt.datetime(2026, 2, 9, tzinfo=dt.UTC)


@pytest.fixture
def old(world: Any) -> Any:
    """A bucket of lines of every kind, good, refused and contradicting; and a function that puts an old warehouse."""
    for key, content in json.loads((VERSIONS / "uploads.json").read_text()).items():
        world.bucket.objects[key] = content.encode()

    def put(version: int) -> None:
        with duckdb.connect(world.warehouse) as con:
            con.execute((VERSIONS / f"v{version}.sql").read_text())

    return put


def fresh(world: Any) -> dict[str, Any]:
    """What this version makes of the same uploads."""
    kept, world.warehouse = world.warehouse, world.warehouse.with_name("fresh.duckdb")
    world.ingest()
    tables: dict[str, Any] = world.tables()
    world.warehouse = kept
    return tables


def test_every_earlier_version_is_kept_for_ever() -> None:
    """Whoever adds a migration freezes the version before it (`freeze.py`), and never changes what was shipped."""
    assert sorted(path.stem for path in VERSIONS.glob("v*.sql")) == [f"v{number}" for number in EARLIER]
    for number in EARLIER:
        with duckdb.connect() as frozen, duckdb.connect() as made:
            frozen.execute((VERSIONS / f"v{number}.sql").read_text())
            migrate(made, to=number)
            catalog = "SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() ORDER BY ALL"
            assert frozen.execute(catalog).fetchall() == made.execute(catalog).fetchall()


@pytest.mark.parametrize("version", EARLIER)
def test_rows_of_an_earlier_version_become_what_a_fresh_warehouse_has(world: Any, old: Any, version: int) -> None:
    """The migration alone: row for row, but for the hash of lines, which cannot be made from rows."""
    expected = fresh(world)
    old(version)
    with duckdb.connect(world.warehouse) as con:
        migrate(con)
        for name, rows in expected.items():
            columns = [column for column, *_ in con.execute(f"DESCRIBE {name}").fetchall()]
            left_out = {"file_id", "line", "byte_offset", "quarantined_at", "kept_file_id", "kept_line", "message"}
            kept = [column for column in columns if column not in left_out]
            place = kept.index("payload_hash") if "payload_hash" in kept else None
            found = con.execute(f"SELECT {', '.join(kept)} FROM {name} ORDER BY ALL").fetchall()
            assert sorted(map(repr, _without(found, place))) == sorted(map(repr, _without(rows, place))), name
        for view in ("sales", "applications", "returns", "events", "wrong_clocks"):
            con.execute(f"FROM {view}")


def _without(rows: list[tuple[Any, ...]], place: int | None) -> list[tuple[Any, ...]]:
    return rows if place is None else [row[:place] + row[place + 1 :] for row in rows]


@pytest.mark.parametrize("version", EARLIER)
def test_the_next_ingest_goes_on_from_any_earlier_version(world: Any, old: Any, event: Any, version: int) -> None:
    """Afterwards everything is as in a warehouse that was always this version's; no name is left in the file."""
    old(version)
    world.ingest()
    assert world.tables() == fresh(world)
    assert world.ingest().files == 0
    lines = next(iter(world.bucket.objects.values())).splitlines()
    world.upload(*lines, first=90)
    again = world.ingest()
    assert (again.loaded, again.duplicate, again.quarantined) == (0, len(lines), 0)
    stored = b"".join(path.read_bytes() for path in world.warehouse.parent.iterdir())
    assert not re.findall(rb"m-secret|m-cut", stored)


@pytest.mark.parametrize("version", EARLIER)
def test_an_earlier_warehouse_can_be_rebuilt_and_keeps_what_only_it_has(world: Any, old: Any, version: int) -> None:
    """Rows of uploads that are gone are migrated on their way."""
    old(version)
    body = next(key for key in world.bucket.objects if key.endswith("body.json"))
    del world.bucket.objects[body]
    assert rebuild(world.bucket, warehouse=world.warehouse, env="local", hmac_key=KEY, now=LATER).carried == 1
    assert world.one("SELECT count(*) FROM usages WHERE promotion_id = 'p1'") == 1


def test_a_replay_on_an_earlier_version_leaves_the_rest_to_the_next_ingest(world: Any, old: Any) -> None:
    """Whatever command comes first after an update, a second delivery is known as one in the end."""
    fresh(world)  # the receipts of long ago
    old(1)
    replay(world.bucket, warehouse=world.warehouse, env="local", hmac_key=KEY, now=LATER)
    lines = next(iter(world.bucket.objects.values())).splitlines()
    world.upload(*lines, first=90)
    world.ingest()
    assert world.rows("SELECT duplicate, quarantined FROM ledger WHERE contains(key, '/90-')") == [(len(lines), 0)]
