"""Pricing with what is on a till's disk: what must not run now is left out before a cart is priced."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.protocol import counters
from promo_cli.protocol.counters import Counter, Counters
from promo_cli.protocol.shard import Entry
from promo_cli.till.offer import load_offer, price
from promo_cli.till.show import promotions
from promo_cli.till.sync import sync
from tests.protocol.repository import Repository
from tests.till.shop import NOW, promotion, shop_bundle, synced_till

CART: dict[str, Any] = {"items": [{"line_id": "1", "product_id": "latte", "quantity": 2}]}


def _receipt(folder: Path, now: datetime = NOW, **cart: Any) -> dict[str, Any]:
    return price({**CART, **cart}, load_offer(folder, now), now)


def _resync(repo: Repository, folder: Path) -> None:
    sync(repo.storage, folder, "production", "s1", NOW)


def test_a_cart_is_priced_with_the_synced_bundle(tmp_path: Path) -> None:
    """20 % off two lattes of 45,000."""
    synced_till(tmp_path, promotion("P"))
    receipt = _receipt(tmp_path)
    assert (receipt["total_discount"], receipt["final_amount"]) == (18_000, 72_000)
    assert receipt["withheld"] == []


def test_a_cart_without_a_time_is_priced_at_the_tills_clock_in_the_stores_zone(tmp_path: Path) -> None:
    """03:00 UTC is ten in Jakarta: the morning promotion runs, at 13:00 it does not."""
    hours = {"time_start": "09:00:00", "time_end": "12:00:00"}
    synced_till(tmp_path, promotion("P", validity={**promotion("P")["validity"], **hours}))
    assert _receipt(tmp_path)["total_discount"] == 18_000
    assert _receipt(tmp_path, now=NOW + timedelta(hours=3))["total_discount"] == 0
    assert _receipt(tmp_path, at="2026-02-07T13:00:00")["total_discount"] == 0


def test_a_revoked_promotion_stops_at_once(tmp_path: Path) -> None:
    """One small HEAD is enough; the receipt says who stopped it."""
    repo = synced_till(tmp_path, promotion("P"), promotion("Q", category="food"))
    assert repo.head is not None
    repo.publish_head(replace(repo.head, rev=2, revoked=("p",)))
    _resync(repo, tmp_path)
    receipt = _receipt(tmp_path)
    assert receipt["total_discount"] == 0
    assert receipt["withheld"] == [
        {"promotion_id": "p", "code": "P", "reason_code": "revoked", "reason": "stopped by the head office"}
    ]


def test_only_promotions_that_require_a_fresh_head_stop_when_it_is_stale(tmp_path: Path) -> None:
    """The other goes on, however long the till was offline."""
    synced_till(tmp_path, promotion("P", require_fresh=True), promotion("Q", execution_priority=-1))
    late = NOW + timedelta(days=14, seconds=1)
    assert load_offer(tmp_path, NOW + timedelta(days=14)).withheld == ()
    assert [one.reason_code for one in load_offer(tmp_path, late).withheld] == ["stale"]
    assert _receipt(tmp_path, now=late)["applied"][0]["code"] == "Q"


def test_a_clock_set_back_does_not_make_a_head_fresh(tmp_path: Path) -> None:
    """Time is the later of the till's clock and HEAD's issue."""
    repo = synced_till(tmp_path, promotion("P", require_fresh=True))
    assert repo.head is not None
    repo.publish_head(replace(repo.head, rev=2, issued_at=NOW + timedelta(days=20)))
    _resync(repo, tmp_path)
    assert [one.reason_code for one in load_offer(tmp_path, NOW).withheld] == ["stale"]


def test_a_promotion_that_requires_an_unknown_feature_is_skipped(tmp_path: Path) -> None:
    """The others run."""
    synced_till(tmp_path, promotion("P", requires=["teleport"]), promotion("Q", category="food"))
    offer = load_offer(tmp_path, NOW)
    assert [(one.code, one.reason_code) for one in offer.withheld] == [("P", "unsupported")]
    assert [one["code"] for one in offer.promotions] == ["Q"]


def test_exhausted_promotions_stop_and_counters_decide_the_limits_of_the_others(tmp_path: Path) -> None:
    """The snapshot stands in for the cart's usage; a cart that brings its own is believed."""
    limited = {"max_uses": 10, "max_uses_per_customer": None, "max_uses_per_day": None}
    repo = synced_till(tmp_path, promotion("P"), promotion("Q", limits=limited, execution_priority=-1))
    snapshot = Counters(
        NOW, NOW.date(), {"p": Counter(99, 9, Decimal(0), True), "q": Counter(10, 1, Decimal(5), False)}
    )
    data = shop_bundle(promotion("P"), promotion("Q", limits=limited, execution_priority=-1))
    entry = Entry(repo.put_blob(data), counters=repo.put_blob(counters.encode(snapshot)))
    repo.publish_entries({"s1": entry})
    _resync(repo, tmp_path)
    receipt = _receipt(tmp_path)
    assert [one["reason_code"] for one in receipt["withheld"]] == ["exhausted"]
    assert [one["reason_code"] for one in receipt["skipped"]] == ["limit_reached"]
    assert _receipt(tmp_path, usage={"q": {"total": 9}})["total_discount"] == 18_000


@pytest.mark.parametrize(("days_old", "reason"), [(0, ["limit_today_reached"]), (1, [])])
def test_uses_of_another_day_do_not_count_today(tmp_path: Path, days_old: int, reason: list[str]) -> None:
    """A limit per day is reached by this day's uses alone, however old the snapshot is."""
    limited = {"max_uses": None, "max_uses_per_customer": None, "max_uses_per_day": 5}
    repo = synced_till(tmp_path, promotion("Q", limits=limited))
    day = NOW.date() - timedelta(days=days_old)
    snapshot = Counters(NOW, day, {"q": Counter(5, 5, Decimal(5), False)})
    data = shop_bundle(promotion("Q", limits=limited))
    repo.publish_entries({"s1": Entry(repo.put_blob(data), counters=repo.put_blob(counters.encode(snapshot)))})
    _resync(repo, tmp_path)
    assert [one["reason_code"] for one in _receipt(tmp_path)["skipped"]] == reason


def test_a_till_without_a_bundle_says_so(tmp_path: Path) -> None:
    """Exit 1 with the advice; such a till sells at list price."""
    with pytest.raises(Failure) as caught:
        load_offer(tmp_path, NOW)
    assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (1, "SYN008")


def test_promotions_are_shown_by_code_by_id_and_by_brand(tmp_path: Path) -> None:
    """One, several or those of a brand, compiled as in the bundle."""
    kopi = {**promotion("K")["targeting"], "brands": ["kopi"]}
    not_kopi = {**promotion("N")["targeting"], "exclude_brands": ["kopi"]}
    synced_till(tmp_path, promotion("K", targeting=kopi), promotion("N", targeting=not_kopi), promotion("X"))
    assert [one["code"] for one in promotions(tmp_path)] == ["K", "N", "X"]
    assert [one["code"] for one in promotions(tmp_path, ["X", "k"])] == ["K", "X"]
    assert [one["code"] for one in promotions(tmp_path, brand="kopi")] == ["K", "X"]
    assert [one["code"] for one in promotions(tmp_path, brand="mie")] == ["N", "X"]
    assert promotions(tmp_path, ["K"])[0] == promotion("K", targeting=kopi)


def test_an_unknown_code_is_answered_with_the_nearest(tmp_path: Path) -> None:
    """Every unknown name at once."""
    synced_till(tmp_path, promotion("WEEKEND20"))
    with pytest.raises(Failure) as caught:
        promotions(tmp_path, ["WEKEND20", "NOTHING-LIKE-IT"])
    assert caught.value.exit_code == 1
    assert [one.code for one in caught.value.diagnostics] == ["SYN009", "SYN009"]
    assert caught.value.diagnostics[0].help == "did you mean WEEKEND20?"
