"""The simulated fleet: the same seed gives the same uploads, and what it uploads holds together."""

import gzip
import random
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.model.events import EVENTS
from promo_cli.protocol import canonical
from promo_cli.storage import Found, Storage, open_storage
from promo_cli.till.fleet import FleetResult, FleetStore, run_fleet
from tests.publishing.harness import keys_in, put
from tests.till.shop import promotion, shop_bundle

DAYS = [date(2026, 2, 7), date(2026, 2, 8)]
STORES = [FleetStore("s1", "kopi", ("takeaway", "dine_in")), FleetStore("s2", None)]
BUNDLE = shop_bundle(
    promotion("P"),
    promotion("C", category="food", is_auto_apply=False),
    promotion("V", require_voucher=True, voucher_codes=["HELLO"], execution_priority=5),
)


def _run(folder: Path, seed: int) -> tuple[FleetResult, dict[str, bytes]]:
    storage = open_storage("bucket", base=folder)
    put(storage, keys_in(folder), {store.store_id: BUNDLE for store in STORES})
    result = run_fleet(
        storage, STORES, DAYS, env="local", folder=folder / "tills", rng=random.Random(seed), bills_per_day=25
    )
    return result, _uploads(storage)


def _uploads(storage: Storage) -> dict[str, bytes]:
    found = {entry.key: storage.get(entry.key) for entry in storage.list("uploads/")}
    return {key: one.data for key, one in found.items() if isinstance(one, Found)}


def _events(uploads: dict[str, bytes]) -> list[dict[str, Any]]:
    return [canonical.loads(line) for data in uploads.values() for line in gzip.decompress(data).splitlines()]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[FleetResult, dict[str, bytes]]:
    """One run, looked at by several tests."""
    return _run(tmp_path_factory.mktemp("fleet"), seed=7)


def test_the_same_seed_gives_the_same_bytes(run: tuple[FleetResult, dict[str, bytes]], tmp_path: Path) -> None:
    """In another folder, with other keys; another seed gives other sales."""
    assert _run(tmp_path / "again", seed=7) == run
    assert _run(tmp_path / "other", seed=8)[1].keys() != run[1].keys()


def test_every_line_fits_its_model(run: tuple[FleetResult, dict[str, bytes]]) -> None:
    """Ingest would quarantine none of them."""
    events = _events(run[1])
    for event in events:
        EVENTS[event["kind"]].model_validate(event)
    kinds = Counter(event["kind"] for event in events)
    assert set(kinds) >= {"bill", "usage", "log", "eligible", "sync", "day_close"}
    assert (run[0].bills, run[0].refunds, run[0].events) == (kinds["bill"], kinds["refund"], len(events))
    assert len({event["event_id"] for event in events}) == len(events)


def test_control_totals_agree_with_the_lines(run: tuple[FleetResult, dict[str, bytes]]) -> None:
    """Per store and day: bills, money, discount, refunds and numbers without gaps."""
    by_day = defaultdict(list)
    for event in _events(run[1]):
        by_day[event["store_id"], event["business_date"]].append(event)
    assert len(by_day) == len(STORES) * len(DAYS)
    for events in by_day.values():
        events.sort(key=lambda event: event["seq"])
        *lines, close = events
        bills = [event for event in lines if event["kind"] == "bill"]
        assert close["kind"] == "day_close"
        assert close["bills"] == len(bills)
        assert close["net"] == sum(bill["final_amount"] for bill in bills)
        assert close["discount"] == sum(bill["total_discount"] for bill in bills)
        assert close["refunds"] == sum(event["total_refund"] for event in lines if event["kind"] == "refund")
        assert [event["seq"] for event in events] == list(range(close["first_seq"], close["last_seq"] + 2))
        assert [event["at"] for event in events] == sorted(event["at"] for event in events)


def test_the_crowd_is_plausible(run: tuple[FleetResult, dict[str, bytes]]) -> None:
    """Regulars come back, new members are new once, carts differ, brands stay in their stores."""
    bills = [event for event in _events(run[1]) if event["kind"] == "bill"]
    members = Counter(bill["member_id"] for bill in bills if bill["member_id"])
    assert 0.2 < members.total() / len(bills) < 0.7
    assert members.most_common(1)[0][1] > 1
    newcomers = Counter(bill["member_id"] for bill in bills if bill["customer_type"] == "new")
    assert max(newcomers.values()) == 1
    assert len({bill["channel"] for bill in bills}) == 2
    assert len({len(bill["lines"]) for bill in bills}) > 1
    assert all(line["brand"] in ("kopi", None) for bill in bills for line in bill["lines"])
    assert sum(bill["total_discount"] for bill in bills) > 0
    assert len({bill["bill_id"] for bill in bills}) == len(bills)


def test_a_store_without_a_bundle_stops_the_fleet_with_a_reason(tmp_path: Path) -> None:
    """Rather than sell nothing silently."""
    storage = open_storage("bucket", base=tmp_path)
    put(storage, keys_in(tmp_path), {"s1": BUNDLE})
    with pytest.raises(Failure) as caught:
        run_fleet(storage, [FleetStore("s9")], DAYS, env="local", folder=tmp_path / "t", rng=random.Random(1))
    assert caught.value.diagnostics[0].code == "SYN008"
