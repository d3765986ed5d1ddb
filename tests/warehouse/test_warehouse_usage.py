import datetime as dt
from decimal import Decimal
from typing import Any

from promo_cli.model.promotion import Limits
from promo_cli.protocol.counters import Counters, parse
from promo_cli.warehouse.database import reading
from promo_cli.warehouse.usage import counters

DAY = dt.date(2026, 2, 7)


def blob(world: Any, limits: dict[str, Limits], day: dt.date = DAY) -> bytes | None:
    """The counters from what is published."""
    with reading(world.warehouse) as con:
        return counters(con, limits, day)


def count(world: Any, limits: dict[str, Limits], day: dt.date = DAY) -> Counters:
    """The same, read as a till reads it."""
    data = blob(world, limits, day)
    assert data is not None
    return parse(data)


def test_uses_are_counted_in_all_and_on_the_day(world: Any, event: Any) -> None:
    """Every use once, however often it was sent; promotions without a limit are left out."""
    world.upload(event("usage", 1), event("usage", 2, bill_id="b2", business_date="2026-02-06"))
    world.upload(event("usage", 1))
    world.upload(event("usage", 3, promotion_id="p-free"))
    world.ingest()
    found = count(world, {"p-weekend": Limits(max_uses=3), "p-new": Limits(budget=Decimal(10)), "p-free": Limits()})
    assert found.promotions.keys() == {"p-weekend", "p-new"}
    assert (found.day, found.as_of) == (DAY, dt.datetime(2026, 2, 8, 1, tzinfo=dt.UTC))
    used = found.promotions["p-weekend"]
    assert (used.total, used.today, used.discount, used.exhausted) == (2, 1, Decimal(36000), False)
    assert (found.promotions["p-new"].total, found.promotions["p-new"].exhausted) == (0, False)


def test_a_reached_limit_or_budget_exhausts(world: Any, event: Any) -> None:
    """Reaching is enough; a limit per day does not exhaust, because tomorrow it starts again."""
    world.upload(event("usage", 1), event("usage", 2, bill_id="b2"))
    world.ingest()

    def exhausted(**limits: Any) -> bool:
        return count(world, {"p-weekend": Limits(**limits)}).promotions["p-weekend"].exhausted

    assert exhausted(max_uses=2)
    assert not exhausted(max_uses=3)
    assert exhausted(budget=Decimal(36000))
    assert not exhausted(budget=Decimal("36000.01"))
    assert not exhausted(max_uses_per_day=1)
    assert exhausted(max_uses=100, budget=Decimal(1))


def test_a_voided_bill_gives_its_uses_back(world: Any, event: Any) -> None:
    """A refund does not, and neither does the void of a bill of that number in another store."""
    world.upload(event("usage", 1), event("void", 2), event("usage", 3, bill_id="b2"))
    world.upload(event("refund", 4, original_bill_id="b2"), first=4)
    world.upload(event("void", 1, store="bdg-01", original_bill_id="b2"), store="bdg-01")
    world.ingest()
    assert count(world, {"p-weekend": Limits(max_uses=9)}).promotions["p-weekend"].total == 1


def test_the_same_uses_give_the_same_bytes(world: Any, event: Any) -> None:
    """So a second publication has nothing to publish; nothing limited or nothing ingested gives no counters."""
    world.ingest()
    limits = {"p-weekend": Limits(max_uses=9), "a": Limits(budget=Decimal(5))}
    assert blob(world, limits) is None
    world.upload(event("usage", 1))
    world.ingest()
    assert blob(world, {}) is None
    first = blob(world, limits)
    world.ingest(now=dt.datetime(2026, 2, 9, tzinfo=dt.UTC))
    assert first == blob(world, dict(reversed(limits.items())))
