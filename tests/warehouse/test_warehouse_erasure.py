import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.warehouse.erasure import Request, erase
from promo_cli.warehouse.ingest import rebuild, replay

KEY = bytes(range(32))
NOW = dt.datetime(2026, 2, 9, 1, 0, tzinfo=dt.UTC)
PHONE = "+62 811-5550123"


def ask(world: Any, name: str, **options: Any) -> Any:
    """Erase somebody."""
    settings: dict[str, Any] = {"env": "local", "hmac_key": KEY, "now": NOW, **options}
    return erase(world.bucket, Request(name), warehouse=world.warehouse, **settings)


def everything(world: Any) -> str:
    """All that the tables say."""
    return repr(world.tables())


def stored(world: Any) -> bytes:
    """What is on the disk, and what ingest has written to the bucket."""
    files = b"".join(path.read_bytes() for path in world.warehouse.parent.iterdir())
    return files + b"".join(data for key, data in world.bucket.objects.items() if not key.startswith("uploads/"))


def sell(world: Any, event: Any) -> None:
    """Ann, known by number and phone, and Bob."""
    world.upload(
        event("bill", 1, member_id="M-ann.1"),
        event("usage", 2, member_id="M-ann.1", customer_phone=PHONE),
        event("voucher_redeem", 3, member_id="M-ann.1"),
        event("exposure", 4, unit="M-ann.1"),
        event("log", 5, reason="not for M-ann.1 today", validation_details={"who": ["M-ann.1"]}),
        event("usage", 6, customer_phone=PHONE, shelf={"till_note": "x", "card_no": "M-ann.1"}),
        event("log", 7, status="perhaps", reason="M-ann.1 asked twice"),
        event("bill", 8, member_id="M-bob", bill_id="b2"),
        event("usage", 9, member_id="M-bob", bill_id="b2"),
    )
    world.ingest()


def test_an_erased_member_is_nowhere_and_no_total_changes(world: Any, event: Any) -> None:
    """Typed columns, unknown keys, free text, refused lines, receipts and the file itself; amounts and counts stay."""
    sell(world, event)
    sums = "SELECT sum(final_amount), count(*) FROM bills"
    uses = "SELECT promotion_id, count(*), sum(discount_amount) FROM usages GROUP BY ALL"
    before = (world.rows(sums), world.rows(uses))
    assert "M-ann.1" in everything(world)
    done = ask(world, "M-ann.1")
    assert done.rows == {"bills": 1, "usages": 2, "logs": 1, "vouchers": 1, "exposures": 1, "quarantine": 1}
    assert done.uploads == 1
    assert "M-ann" not in everything(world)
    assert b"M-ann" not in stored(world)
    assert (world.rows(sums), world.rows(uses)) == before
    assert world.rows("SELECT member_id, customer_key FROM usages ORDER BY seq") == [
        (None, None),
        (None, None),
        ("M-bob", None),
    ]
    assert world.one("SELECT unit FROM exposures") == "[erased]"


@pytest.mark.parametrize("name", ["M-ann.1", PHONE, "62 811 5550123"])
def test_she_never_comes_back(world: Any, event: Any, name: str) -> None:
    """Not by ingesting again, by replay, by a rebuild, by the same lines in another upload, nor by what comes late."""
    sell(world, event)
    ask(world, name)
    after = world.tables()
    world.ingest()
    replay(world.bucket, warehouse=world.warehouse, env="local", hmac_key=KEY, now=NOW)
    assert world.tables() == after
    world.upload(event("usage", 2, member_id="M-ann.1", customer_phone=PHONE))
    result = world.ingest()
    assert (result.loaded, result.duplicate, result.quarantined) == (0, 1, 0)
    world.upload(
        event("bill", 20, member_id="M-ann.1", bill_id="b9"), event("usage", 21, bill_id="b9", customer_phone=PHONE)
    )
    assert world.ingest().loaded == 2
    late = world.tables()
    world.warehouse.unlink()
    rebuild(world.bucket, warehouse=world.warehouse, env="local", hmac_key=KEY, now=NOW)
    assert world.tables() == late
    assert "M-ann" not in everything(world)
    assert world.rows("SELECT DISTINCT member_id, customer_key FROM usages") == [(None, None), ("M-bob", None)]
    assert world.rows("SELECT member_id FROM bills ORDER BY seq") == [(None,), ("M-bob",), (None,)]


def test_another_payload_under_the_number_of_an_erased_line_is_still_a_conflict(world: Any, event: Any) -> None:
    """Two events of erased members under one number are told apart, though neither names anybody any more."""
    sell(world, event)
    ask(world, "M-ann.1")
    world.upload(event("usage", 2, member_id="M-ann.1", discount_amount=1))
    world.ingest()
    assert world.codes() == ["ING008", "ING009"]


def test_a_tombstone_names_nobody(world: Any, event: Any) -> None:
    """Neither its key nor its content holds the id, the phone, or the phone's keyed hash."""
    sell(world, event)
    hashed = world.one("SELECT max(customer_key) FROM usages")
    ask(world, "M-ann.1")
    written = {key: data for key, data in world.bucket.objects.items() if key.startswith("events/privacy/")}
    assert len(written) == 2
    text = repr(written)
    assert not any(each in text for each in ("ann", "5550123", hashed))


def test_erasing_again_changes_nothing(world: Any, event: Any) -> None:
    """The second run finds the tombstone, and nothing left to erase."""
    sell(world, event)
    assert ask(world, "M-ann.1").new == 2
    objects, tables = dict(world.bucket.objects), world.tables()
    again = ask(world, "M-ann.1")
    assert (again.new, again.rows) == (0, {})
    assert (world.bucket.objects, world.tables()) == (objects, tables)


def test_a_dry_run_only_counts(world: Any, event: Any) -> None:
    """It names the same rows, and neither the bucket nor the warehouse changes."""
    sell(world, event)
    objects, tables = dict(world.bucket.objects), world.tables()
    told = ask(world, "M-ann.1", dry_run=True)
    assert told.rows == {"bills": 1, "usages": 2, "logs": 1, "vouchers": 1, "exposures": 1, "quarantine": 1}
    assert (told.subjects, told.new) == (("member", "phone"), 2)
    assert (world.bucket.objects, world.tables()) == (objects, tables)
    assert ask(world, "M-ann.1").rows == told.rows


def test_a_phone_that_two_members_share_is_left_to_the_other(world: Any, event: Any) -> None:
    """Erasing one of a family takes her own rows; the phone stays known for the other, and that is said."""
    world.upload(
        event("usage", 1, member_id="M-ann.1", customer_phone=PHONE),
        event("usage", 2, member_id="M-joe", customer_phone=PHONE),
        event("usage", 3, customer_phone=PHONE),
    )
    world.ingest()
    done = ask(world, "M-ann.1")
    assert (done.shared, done.rows) == (1, {"usages": 1})
    assert world.rows("SELECT member_id, customer_key IS NOT NULL FROM usages ORDER BY seq") == [
        (None, False),
        ("M-joe", True),
        (None, True),
    ]


def test_a_warehouse_elsewhere_follows_at_its_next_ingest(world: Any, event: Any, tmp_path: Path) -> None:
    """A second machine has nothing new to load, and still erases."""
    sell(world, event)
    ours, world.warehouse = world.warehouse, tmp_path / "other" / "warehouse.duckdb"
    world.ingest()
    theirs, world.warehouse = world.warehouse, ours
    ask(world, "M-ann.1")
    world.warehouse = theirs
    assert "M-ann.1" in everything(world)
    world.ingest()
    assert "M-ann" not in everything(world)
    assert b"M-ann" not in stored(world)


def test_without_a_warehouse_the_tombstone_alone_holds(world: Any, event: Any) -> None:
    """On a fresh machine the member is erased from what is loaded afterwards."""
    world.upload(event("bill", 1, member_id="M-ann.1"))
    done = ask(world, "M-ann.1")
    assert (done.warehouse, done.new) == (False, 1)
    world.ingest()
    assert world.one("SELECT member_id FROM bills") is None


def test_another_secret_does_not_bring_anybody_back(world: Any, event: Any) -> None:
    """Ingest and rebuild refuse a secret that the tombstones were not made with, and load nothing."""
    sell(world, event)
    ask(world, "M-ann.1")
    world.warehouse.unlink()
    for act in (world.ingest, lambda **options: ask(world, "M-bob", **options)):
        with pytest.raises(Failure) as caught:
            act(hmac_key=bytes(32))
        assert caught.value.diagnostics[0].code == "SEC502"


def test_a_tombstone_that_cannot_be_read_stops_the_ingest(world: Any, event: Any) -> None:
    """Passing over it would bring somebody back."""
    sell(world, event)
    world.bucket.objects["events/privacy/erased-00.json"] = b"{"
    with pytest.raises(Failure) as caught:
        world.ingest()
    assert caught.value.diagnostics[0].code == "SEC503"


def test_what_a_killed_writer_left_is_removed(world: Any, event: Any) -> None:
    """Half a rebuild, or a copy, would keep the name beside the warehouse."""
    sell(world, event)
    for name in (".fresh", ".carried", ".work.copy", ".work.compact"):
        world.warehouse.with_name(world.warehouse.name + name).write_bytes(b"M-ann.1")
    ask(world, "M-ann.1")
    assert b"M-ann" not in stored(world)
