import datetime as dt
from typing import Any

from promo_cli.warehouse.ingest import rebuild


def anew(world: Any) -> Any:
    """Rebuild from the bucket alone."""
    now = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    return rebuild(world.bucket, warehouse=world.warehouse, env="local", hmac_key=bytes(range(32)), now=now)


def test_rebuild_equals_the_original(world: Any, event: Any) -> None:
    """Row for row, duplicates, bad lines and conflicts included, whatever the order of keys is; receipts stay."""
    kept = world.upload(event("usage", 1, discount_amount=7), day=dt.date(2026, 2, 9), first=9)
    world.ingest(now=dt.datetime(2026, 2, 9, tzinfo=dt.UTC))
    earlier_key = world.upload(event("usage", 1), event("bill", 2), b"bad", day=dt.date(2026, 2, 1))
    world.upload(event("bill", 2), event("sync", 3))
    world.ingest(now=dt.datetime(2026, 2, 10, tzinfo=dt.UTC))
    before, objects = world.tables(), dict(world.bucket.objects)
    assert earlier_key < kept
    assert world.one("SELECT discount_amount FROM usages") == 7

    world.warehouse.unlink()
    result = anew(world)
    assert (result.files, result.lines, result.loaded, result.duplicate, result.quarantined) == (3, 6, 3, 1, 2)
    assert world.tables() == before
    assert world.bucket.objects == objects
    assert world.ingest().files == 0


def test_rebuild_writes_receipts_that_are_missing(world: Any, event: Any) -> None:
    """An upload that was never ingested before gets its receipt."""
    key = world.upload(event("usage", 1))
    assert anew(world).receipts == 1
    assert world.receipt(key)["created"] == 1
