import datetime as dt
from typing import Any

import pytest

from promo_cli.model.events import EVENTS
from promo_cli.warehouse import staging
from promo_cli.warehouse.ingest import rebuild, replay
from promo_cli.warehouse.tables import TABLES


def again(world: Any, **options: Any) -> Any:
    """Replay what is in quarantine."""
    settings = {"env": "local", "hmac_key": bytes(range(32)), "now": dt.datetime(2026, 2, 9, tzinfo=dt.UTC), **options}
    return replay(world.bucket, warehouse=world.warehouse, **settings)


def test_replay_loads_what_is_understood_now(world: Any, event: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an update the refused lines are loaded, the others stay as they were, and the receipt says so."""
    with monkeypatch.context() as older:
        older.delitem(EVENTS, "sync")
        older.setattr(staging, "TABLES", tuple(table for table in TABLES if "sync" not in table.kinds))
        key = world.upload(event("usage", 1), event("sync", 2), b"not json", event("bill", 4))
        other = world.upload(event("usage", 1))
        assert (world.ingest().quarantined, world.codes()) == (2, ["ING006", "ING004"])
    result = again(world)
    assert (result.files, result.lines, result.loaded, result.quarantined) == (1, 4, 3, 1)
    assert world.rows(
        "SELECT key, lines, loaded, duplicate, quarantined FROM ledger ORDER BY key = $$" + key + "$$"
    ) == [
        (other, 1, 0, 1, 0),
        (key, 4, 3, 0, 1),
    ]
    assert dict(world.rows("SELECT kind, count(*) FROM events GROUP BY kind")) == {"usage": 1, "sync": 1, "bill": 1}
    assert world.one("SELECT count(*) FROM bill_lines") == 1
    assert world.codes() == ["ING004"]
    assert world.receipt(key)["created"] == 3


def test_replay_of_a_conflict_does_not_change_sides(world: Any, event: Any) -> None:
    """The line that was kept stays, the one that was refused is refused again."""
    world.upload(event("usage", 1))
    world.ingest()
    world.upload(event("usage", 1, discount_amount=1), event("usage", 2))
    world.ingest()
    before = world.tables()
    again(world)
    assert world.tables() == before


def test_replay_without_quarantine_does_nothing(world: Any, event: Any) -> None:
    """And an object that is gone from the bucket keeps what is known of it."""
    key = world.upload(event("usage", 1), b"bad")
    world.ingest()
    del world.bucket.objects[key]
    assert again(world).files == 0
    assert world.codes() == ["ING004"]


def test_a_replay_does_not_make_a_file_younger(world: Any, event: Any) -> None:
    """After it, a rebuild still takes the file in its old place, so that of two lines the same one is kept."""
    world.upload(event("usage", 1), b"bad", first=9)
    world.ingest(now=dt.datetime(2026, 2, 8, tzinfo=dt.UTC))
    world.upload(event("usage", 1, discount_amount=1))
    world.ingest(now=dt.datetime(2026, 2, 9, tzinfo=dt.UTC))
    again(world)
    before = world.tables()
    rebuild(
        world.bucket,
        warehouse=world.warehouse,
        env="local",
        hmac_key=bytes(range(32)),
        now=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
    )
    assert world.tables() == before
    assert world.one("SELECT discount_amount FROM usages") == 18000
