import hmac
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest

from promo_cli.warehouse import personal
from promo_cli.warehouse.personal import REMOVED, redact, redact_text, rescue

PHONE = "+62 811-5550123"
DIGITS = b"628115550123"


def key_of(phone: bytes, key: bytes) -> str:
    """The keyed hash by Python's own implementation."""
    return hmac.new(key, phone, sha256).hexdigest()


@pytest.mark.parametrize("key", [b"k", bytes(range(64)), bytes(range(200))])
@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        (PHONE, DIGITS),
        ("62 811 555 0123", DIGITS),
        ("Walk-In", b"walkin"),
        ("é", "é".encode()),
    ],
)
def test_phone_keys_are_hmac_sha256(key: bytes, phone: str, expected: bytes) -> None:
    """Keys of any length, numbers in any spelling: what DuckDB computes is RFC 2104."""
    with duckdb.connect() as con:
        personal.install(con, key)
        assert con.execute("SELECT phone_key($1)", [phone]).fetchall() == [(key_of(expected, key),)]


def test_a_hash_made_by_the_till_is_kept_and_an_empty_phone_is_nobody(world: Any, event: Any) -> None:
    """Tills that hash by themselves are taken at their word."""
    already = "0f" * 32
    world.upload(event("usage", 1, customer_phone=already), event("usage", 2, customer_phone=""))
    world.ingest()
    assert world.rows("SELECT customer_key FROM usages ORDER BY seq") == [(already,), (None,)]


def test_no_phone_reaches_the_disk(world: Any, event: Any, tmp_path: Path) -> None:
    """Loaded, quarantined, rescued, conflicting or in a receipt: the number itself is stored nowhere."""
    world.upload(
        event("usage", 1, customer_phone=PHONE),
        event("usage", 1, customer_phone=PHONE, discount_amount=1),
        event("usage", 2, customer_phone=PHONE, discount_amount="1"),
        event("usage", 3, contact={"whatsapp": PHONE, "mail": "ann@example.org"}, remark=f"call {PHONE}"),
        event("log", 4, customer_phone=PHONE),
        b'{"kind":"usage","customer_phone":"' + PHONE.encode() + b'","x',
        b'{"kind":"party","customer_phone":"' + PHONE.encode() + b'"}',
    )
    result = world.ingest()
    assert (result.loaded, result.quarantined) == (3, 4)
    assert world.rows("SELECT seq, customer_key FROM usages ORDER BY seq") == [
        (1, key_of(DIGITS, bytes(range(32)))),
        (3, None),
    ]
    receipts = b"".join(data for key, data in world.bucket.objects.items() if key.startswith("receipts/"))
    stored = receipts + b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for fragment in (PHONE.encode(), DIGITS, b"5550123", b"example.org"):
        assert fragment not in stored
    assert not any(
        "5550123" in str(row) or "example.org" in str(row) for rows in world.tables().values() for row in rows
    )


def test_the_payload_hash_does_not_depend_on_the_phone_or_its_key(world: Any, event: Any) -> None:
    """A second delivery after the key was changed is still a duplicate, and the hash gives no hint of the phone."""
    world.upload(event("usage", 1, customer_phone=PHONE))
    world.ingest()
    world.upload(event("usage", 1, customer_phone=PHONE), event("usage", 2))
    result = world.ingest(hmac_key=b"another key")
    assert (result.loaded, result.duplicate, result.quarantined) == (1, 1, 0)
    world.upload(event("usage", 1, customer_phone="+1 555 0100 999"))
    assert world.ingest().duplicate == 1


def test_unknown_keys_are_rescued_without_what_looks_personal() -> None:
    """New keys of newer tills are kept; names, numbers and addresses are not."""
    assert rescue({"table": 12, "guest_name": "Ann", "note": "x", "tags": ["a", "call 0811 555 0123"]}) == {
        "table": 12,
        "guest_name": REMOVED,
        "note": REMOVED,
        "tags": ["a", REMOVED],
    }


def test_refused_lines_keep_what_helps_and_lose_what_is_personal() -> None:
    """Known keys stay readable, all text under unknown keys goes."""
    line = {"kind": "usage", "bill_id": "b1", "customer_phone": PHONE, "who": "Ann", "reason": f"call {PHONE}", "n": 5}
    assert redact(line) == {
        "kind": "usage",
        "bill_id": "b1",
        "customer_phone": REMOVED,
        "who": REMOVED,
        "reason": f"call {REMOVED}",
        "n": REMOVED,
    }
    text = redact_text('{"bill_id":"b1","customer_phone":"0811","e":"ann@example.org","x":"+62 811 555 0123')
    assert json.dumps(text).count(REMOVED) == 3
    assert "b1" in text
