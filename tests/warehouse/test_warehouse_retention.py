import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.warehouse.ingest import rebuild
from promo_cli.warehouse.retention import Periods, retain

KEY = bytes(range(32))
NOW = dt.datetime(2026, 3, 1, 1, 0, tzinfo=dt.UTC)
OLD = dt.date(2026, 1, 5)


def clear(world: Any, uploads: int | None, personal: int | None = None, *, apply: bool = True) -> Any:
    """Hold the retention."""
    settings: dict[str, Any] = {"env": "local", "hmac_key": KEY, "now": NOW, "apply": apply}
    return retain(world.bucket, Periods(uploads, personal), warehouse=world.warehouse, **settings)


def anew(world: Any) -> Any:
    """Rebuild."""
    return rebuild(world.bucket, warehouse=world.warehouse, env="local", hmac_key=KEY, now=NOW)


def sell(world: Any, event: Any) -> tuple[str, str, str]:
    """One batch of an old day, one of an old day with a refused line, one of a recent day."""
    old = {"business_date": OLD.isoformat()}
    first = world.upload(event("bill", 1, **old), event("usage", 2, member_id="m1", **old), day=OLD)
    second = world.upload(event("bill", 3, bill_id="b3", **old), b"bad", day=OLD, first=3)
    third = world.upload(event("bill", 5, bill_id="b5"), first=5)
    world.ingest()
    return first, second, third


def test_old_uploads_leave_the_bucket_and_their_rows_stay(world: Any, event: Any) -> None:
    """Those with refused lines stay, so that they can be read again; receipts stay, so that no till waits for ever."""
    first, second, third = sell(world, event)
    tables = world.tables()
    told = clear(world, 30, apply=False)
    assert (told.uploads, told.waiting, told.rows) == (1, 1, {})
    assert first in world.bucket.objects
    assert clear(world, 30).uploads == 1
    assert first not in world.bucket.objects
    assert {second, third} <= world.bucket.objects.keys()
    assert world.receipt(first) is not None
    assert world.tables() == tables
    assert clear(world, 30).uploads == 0


def test_a_rebuild_takes_over_what_the_bucket_no_longer_has(world: Any, event: Any) -> None:
    """Row for row the same; what the bucket has is read again."""
    sell(world, event)
    world.upload(event("usage", 2, member_id="other"), first=6)
    world.ingest()
    clear(world, 30)
    before = world.tables()
    result = anew(world)
    assert (result.carried, result.files) == (1, 3)
    assert world.tables() == before
    assert world.rows("SELECT key FROM conflicts JOIN ledger ON ledger.file_id = kept_file_id")[0][0].startswith(
        "uploads/v1/dt=2026-01-05"
    )
    assert world.ingest().files == 0


def test_a_rebuild_does_not_lose_rows_with_a_warehouse_that_cannot_be_read(world: Any, event: Any) -> None:
    """It is refused while uploads were deleted; with the file moved away it begins where uploads do."""
    sell(world, event)
    clear(world, 30)
    world.warehouse.write_bytes(b"x" * 5000)
    with pytest.raises(Failure) as caught:
        anew(world)
    assert caught.value.diagnostics[-1].code == "ING108"
    world.warehouse.unlink()
    assert anew(world).carried == 0
    assert world.one("SELECT count(*) FROM bills") == 2


def test_a_rebuild_that_is_killed_leaves_the_warehouse_as_it_was(
    world: Any, event: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next ingest goes on with the published one, not with half of a new one."""
    sell(world, event)
    clear(world, 30)
    before = world.tables()

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("promo_cli.warehouse.ingest._load", die)
        with pytest.raises(KeyboardInterrupt):
            anew(world)
    world.upload(event("sync", 9), first=9)
    assert world.ingest().loaded == 1
    assert {**world.tables(), "syncs": []} == {**before, "syncs": []}


def test_old_rows_forget_who_bought_and_keep_every_amount(world: Any, event: Any) -> None:
    """Members, hashes, unknown keys and free text of old days go; a late line of such a day never brings them in."""
    sell(world, event)
    sums = "SELECT sum(final_amount), count(*) FROM bills"
    before = world.rows(sums)
    assert clear(world, 30, 30, apply=False).rows == {"bills": 2, "usages": 1}
    assert clear(world, 30, 30).rows == {"bills": 2, "usages": 1}
    assert world.rows(sums) == before
    names = "SELECT member_id FROM bills ORDER BY seq"
    assert world.rows(names) == [(None,), (None,), ("m1",)]
    late = event("log", 7, business_date=OLD.isoformat(), reason="for Ann")
    again = event("bill", 3, bill_id="b3", business_date=OLD.isoformat())
    world.upload(late, again, day=OLD, first=7)
    result = world.ingest()
    assert (result.loaded, result.duplicate) == (1, 1)
    assert world.one("SELECT reason FROM logs") is None
    assert clear(world, 30, 30).rows == {}
    kept = world.tables()
    anew(world)
    assert world.tables() == kept


def test_a_longer_retention_does_not_move_the_day_back(world: Any, event: Any) -> None:
    """What was promised to be gone stays gone, on every machine."""
    sell(world, event)
    clear(world, 30, 30)
    assert clear(world, 300, 300).until.personal_before == dt.date(2026, 1, 30)


def test_an_upload_that_is_not_in_this_warehouse_is_not_deleted(world: Any, event: Any) -> None:
    """A late upload waits for the next ingest."""
    sell(world, event)
    late = world.upload(event("bill", 9, bill_id="b9", business_date=OLD.isoformat()), day=OLD, first=9)
    assert clear(world, 30).waiting == 2
    assert late in world.bucket.objects


def test_the_command_shows_first_and_refuses_what_cannot_hold(starter: Path, promo: Any) -> None:
    """Without settings, or with uploads that outlive names, nothing is touched; the dry run is the default."""
    told = promo("privacy", "retain", "--env", "local", cwd=starter)
    assert (told.code, "CFG220" in told.err) == (2, True)
    settings = starter / "promo.yaml"
    text = settings.read_text()
    settings.write_text(text + "retention: {uploads_days: 400, personal_days: 30}\n")
    assert "CFG220" in promo("privacy", "retain", "--env", "local", cwd=starter).err
    settings.write_text(text + "retention: {uploads_days: 30}\n")
    assert "ING103" in promo("privacy", "retain", "--env", "local", cwd=starter).err
    assert promo("ingest", "--env", "local", cwd=starter).code == 0
    done = promo("privacy", "retain", "--env", "local", "--json", cwd=starter).json
    assert (done["dry_run"], done["uploads"], done["personal_before"]) == (True, 0, None)
