import json
from typing import Any

KEY = "uploads/v1/dt=2026-02-07/store=jkt-01/pos=1/body.json"
USAGE = {
    "promotion_id": "p1",
    "bill_id": "b1",
    "member_id": "m1",
    "customer_phone": "+62811000",
    "discount_amount": 25000.0,
    "used_at": "2026-02-07T10:00:00Z",
    "store_id": "jkt-01",
    "brand_id": "kopi",
}
LOG = {
    "bill_id": "b1",
    "promotion_id": "p1",
    "status": "applied",
    "reason": "20% discount applied",
    "discount_amount": 15000.0,
    "original_amount": 75000.0,
    "final_amount": 60000.0,
}


def test_the_roadmap_s_bodies_are_uploads(world: Any) -> None:
    """Usages and logs as the roadmap prints them end in the same tables as events; the key fills in what they lack."""
    world.upload_bytes(json.dumps({"usages": [USAGE]}).encode(), key=KEY)
    world.upload_bytes(json.dumps({"logs": [LOG]}, indent=1).encode(), key=KEY.replace("body", "logs"))
    result = world.ingest()
    assert (result.files, result.lines, result.loaded) == (2, 2, 2)
    assert world.rows("SELECT store_id, pos_id, seq, business_date::VARCHAR, at_utc::VARCHAR FROM usages") == [
        ("jkt-01", "1", None, "2026-02-07", "2026-02-07 10:00:00")
    ]
    assert world.rows("SELECT store_id, status, discount_amount, at_utc FROM logs") == [
        ("jkt-01", "applied", 15000, None)
    ]
    assert world.one("SELECT length(customer_key) FROM usages") == 64


def test_the_same_body_again_is_a_duplicate_and_another_one_is_not(world: Any) -> None:
    """The key of a record is its object's hash and its place in it."""
    body = json.dumps({"usages": [USAGE, USAGE]}).encode()
    world.upload_bytes(body, key=KEY)
    world.ingest()
    world.upload_bytes(body, key=KEY.replace("body", "again"))
    world.upload_bytes(body + b"\n", key=KEY.replace("body", "other"))
    result = world.ingest()
    assert (result.lines, result.loaded, result.duplicate) == (4, 2, 2)


def test_each_record_of_a_body_stands_for_itself(world: Any) -> None:
    """Wrong types, a foreign store and things that are no records are refused one by one."""
    records = [USAGE, {**USAGE, "discount_amount": "1"}, {**USAGE, "store_id": "jkt-02"}, 7, {**USAGE, "used_at": 1}]
    world.upload_bytes(json.dumps({"usages": records}).encode(), key=KEY)
    result = world.ingest()
    assert (result.lines, result.loaded, result.quarantined) == (5, 1, 4)
    assert world.rows("SELECT line, code FROM quarantine ORDER BY line") == [
        (2, "ING008"),
        (3, "SEC501"),
        (4, "ING008"),
        (5, "ING008"),
    ]


def test_a_body_that_cannot_be_read_is_one_bad_line(world: Any) -> None:
    """Cut off, or with something other than a list."""
    world.upload_bytes(b'{"usages":[{"promotion_id":"p1"', key=KEY)
    world.upload_bytes(b'{"logs":{}}', key=KEY.replace("body", "b"))
    world.upload_bytes(b'{"logs":[]}', key=KEY.replace("body", "c"))
    result = world.ingest()
    assert (result.files, result.lines, result.quarantined) == (3, 2, 2)
    assert sorted(world.codes()) == ["ING004", "ING008"]
