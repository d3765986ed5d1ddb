import datetime as dt
from typing import Any

from promo_cli.warehouse.clocks import ClockBounds, wrong_clocks
from promo_cli.warehouse.database import reading
from promo_cli.warehouse.ingest import rebuild
from promo_cli.warehouse.status import status

NOW = dt.datetime(2026, 2, 8, 1, 0, tzinfo=dt.UTC)


def found(world: Any) -> list[tuple[Any, ...]]:
    """Which tills are wrong, how, how often and by how much."""
    with reading(world.warehouse) as con:
        return [(each.pos_id, each.wrong, each.events, each.off_by) for each in wrong_clocks(con)]


def sell(world: Any, event: Any, **options: Any) -> None:
    """A till that is right, one ahead by a year, one whose day is off, and one that closes after midnight."""
    world.upload(event("bill", 1))
    world.upload(event("bill", 1, pos="2", at="2027-02-07T10:00:00+07:00"), pos="2")
    world.upload(event("bill", 1, pos="3", at="2026-02-05T22:00:00+07:00"), pos="3")
    world.upload(event("bill", 1, pos="4", at="2026-02-08T04:00:00+07:00"), pos="4")
    world.ingest(now=NOW, **options)


def test_events_with_an_impossible_time_are_loaded_and_named(world: Any, event: Any) -> None:
    """Ahead of the ingest, or far from the business day; a shop that closes after midnight is right."""
    sell(world, event)
    assert world.one("SELECT count(*) FROM bills") == 4
    assert found(world) == [
        ("2", "ahead", 1, dt.timedelta(days=364, hours=2)),
        ("3", "off_day", 1, dt.timedelta(hours=26)),
    ]


def test_the_bounds_are_the_workspace_s_and_may_change(world: Any, event: Any) -> None:
    """Other bounds count at the next ingest, also when there is nothing new to load."""
    sell(world, event, bounds=ClockBounds(ahead_minutes=15, off_day_hours=48))
    assert [each[0] for each in found(world)] == ["2"]
    world.ingest(bounds=ClockBounds(ahead_minutes=15, off_day_hours=1))
    assert [each[0] for each in found(world)] == ["2", "3", "4"]


def test_a_rebuild_remembers_when_an_event_arrived(world: Any, event: Any) -> None:
    """A year later the till was still ahead of its own upload."""
    sell(world, event)
    before = found(world)
    later = dt.datetime(2028, 1, 1, tzinfo=dt.UTC)
    rebuild(world.bucket, warehouse=world.warehouse, env="local", hmac_key=bytes(range(32)), now=later)
    assert found(world) == before


def test_a_clock_that_is_ahead_does_not_move_the_watermark(world: Any, event: Any) -> None:
    """The warehouse does not claim to know the future."""
    sell(world, event)
    with reading(world.warehouse) as con:
        assert str(status(con).watermark) == "2026-02-07 21:00:00"
