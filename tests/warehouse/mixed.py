"""Uploads of several tills as they come in real life: repeated, damaged, contradicting, in both forms."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from random import Random
from typing import Any

from promo_cli.protocol import canonical
from promo_cli.protocol.layout import upload_key
from tests.warehouse.conftest import DAY, make_event, ndjson

KINDS = ("bill", "usage", "log", "eligible", "bill", "refund", "voucher_redeem", "feedback", "exposure", "sync", "void")
BAD = (b"not json", b'{"v":1,"kind":"bill"', b"\xff\xfe", b'{"v":1,"kind":"unheard"}', b"[]", b'{"v":1,"kind":"usage"}')


def till_lines(rng: Random, store: str, pos: str, count: int) -> list[bytes]:
    """What one till has to tell: every kind, some with keys that nobody knows, phones, and text that needs escapes."""
    return [canonical.dumps(_event(rng, store, pos, seq)) for seq in range(1, count + 1)]


def uploads(rng: Random, tills: int = 4, lines: int = 30) -> dict[str, bytes]:
    """Return objects by key, of which some repeat, contradict or break what others say."""
    objects: dict[str, bytes] = {}
    for till in range(tills):
        store, pos = f"jkt-{till % 2:02}", str(till)
        told = till_lines(rng, store, pos, lines)
        for begin in range(0, lines, 10):
            batch = told[begin : begin + 10] + rng.sample(told, 2) + rng.sample(BAD, 1)
            if rng.random() < 0.5:
                seq = rng.randrange(lines) + 1
                batch.append(canonical.dumps(make_event("usage", seq, store=store, pos=pos, discount_amount=seq)))
            if rng.random() < 0.3:
                batch.append(canonical.dumps(make_event("usage", 1000 + begin, store="elsewhere", pos=pos)))
            put(objects, batch, store, pos, begin + 1, plain=rng.random() < 0.3)
        body = canonical.dumps({"usages": [_body_usage(rng) for _ in range(3)] + [{"promotion_id": 5}]})
        objects[f"uploads/v1/dt={DAY}/store={store}/pos={pos}/body-{till}.json"] = body
    damaged = bytearray(gzip.compress(ndjson(make_event("bill", 500)), mtime=0))
    damaged[-6] ^= 1
    objects[f"uploads/v1/dt={DAY}/store=jkt-00/pos=0/damaged.ndjson.gz"] = bytes(damaged)
    objects["uploads/v1/elsewhere.ndjson"] = b"{}"
    objects["events/vouchers/1.ndjson"] = ndjson(make_event("voucher_redeem", 900, pos="office"))
    return objects


def put(
    objects: dict[str, bytes], lines: Sequence[bytes], store: str, pos: str, first: int, *, plain: bool = False
) -> None:
    """Add one till's upload under the key that its content makes."""
    content = ndjson(*lines)
    key = upload_key(DAY, store, pos, first, first + len(lines) - 1, content)
    objects[key] = content if plain else gzip.compress(content, compresslevel=1, mtime=0)


def _event(rng: Random, store: str, pos: str, seq: int) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    kind = KINDS[seq % len(KINDS)]
    if rng.random() < 0.2:
        changes["tomorrow"] = {"a": [1, rng.randrange(100)]}
    if kind == "usage" and rng.random() < 0.5:
        changes["customer_phone"] = f"+62 811-{rng.randrange(10**6):06}"
    if kind == "log":
        changes["reason"] = rng.choice(['the "20 %" one', "ünder 10", "line\nbreak"])
    return make_event(kind, seq, store=store, pos=pos, **changes)


def _body_usage(rng: Random) -> dict[str, Any]:
    return {
        "promotion_id": f"p-{rng.randrange(9)}",
        "bill_id": f"b-{rng.randrange(99)}",
        "discount_amount": rng.randrange(9) * 500,
        "used_at": "2026-02-07T10:00:00+07:00",
    }
