"""The roadmap's plain POST bodies, `{"usages": [...]}` and `{"logs": [...]}`, as uploads.

Their records have no event_id, so the key of each is made from the object's hash and the record's place in it: the
same body uploaded twice is a duplicate. Store, till and business date come from the object's key where missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from promo_cli.model.event_values import VERSION
from promo_cli.model.events import BODIES, EVENTS
from promo_cli.protocol import canonical
from promo_cli.protocol.layout import sha256_hex
from promo_cli.warehouse import codes
from promo_cli.warehouse.keys import Origin
from promo_cli.warehouse.lines import Rejected, bad, from_model, require_same_speaker, tidy
from promo_cli.warehouse.shapes import shape_of
from promo_cli.warehouse.verdicts import Bad, Good

_START = re.compile(rb'\s*\{\s*"(usages|logs)"\s*:')


def is_body(content: bytes) -> bool:
    """Tell a plain body from lines of events by how it begins."""
    return _START.match(content) is not None


def examine(content: bytes, origin: Origin) -> Iterator[Good | Bad]:
    """Give the verdict on every record of a body, in order; a body that cannot be read is one bad line."""
    try:
        records = _records(content)
    except Rejected as reason:
        yield bad(reason, None, content, 1, 0)
        return
    digest = sha256_hex(content)
    for number, (name, record) in enumerate(records, start=1):
        try:
            yield _good(number, name, record, digest, origin)
        except Rejected as reason:
            yield bad(reason, record, b"", number, None)


def count(content: bytes) -> int:
    """Count the records; a body that cannot be read counts as one."""
    try:
        return len(_records(content))
    except Rejected:
        return 1


def _records(content: bytes) -> list[tuple[str, Any]]:
    try:
        body = canonical.loads(content)
    except canonical.CanonicalError as error:
        raise Rejected(codes.NOT_JSON, f"expected one JSON body: {error}") from None
    for name in BODIES:
        if not isinstance(body.get(name, []), list):
            raise Rejected(codes.WRONG_SHAPE, f"expected a list of {name}", f"/{name}")
    return [(name, record) for name in BODIES for record in body.get(name, [])]


def _good(number: int, name: str, record: Any, digest: str, origin: Origin) -> Good:
    kind, model = BODIES[name]
    if not isinstance(record, dict):
        raise Rejected(codes.WRONG_SHAPE, f"expected an object in {name}")
    try:
        model.model_validate(record)
    except ValidationError as error:
        raise from_model(error) from None
    require_same_speaker(record, origin)
    event = {
        **record,
        "v": VERSION,
        "kind": kind,
        "event_id": _event_id(digest, number),
        "store_id": record.get("store_id") or origin.store_id,
        "pos_id": origin.pos_id,
        "business_date": _business_date(record, origin),
    }
    for needed in ("store_id", "business_date"):
        if event[needed] is None:
            raise Rejected(codes.WRONG_SHAPE, f"expected a {needed} in the record or in the object's key, found none")
    text = tidy(event, shape_of(EVENTS[kind]))
    return Good(number, kind, text, text)


def _business_date(record: dict[str, Any], origin: Origin) -> str | None:
    if origin.day:
        return origin.day.isoformat()
    return str(record["used_at"])[:10] if "used_at" in record else None


def _event_id(digest: str, number: int) -> str:
    # A UUID of version 8 (RFC 9562): our own way of filling its free bits.
    made = bytearray(sha256(f"{digest}:{number}".encode()).digest()[:16])
    made[6] = 0x80 | made[6] & 0x0F
    made[8] = 0x80 | made[8] & 0x3F
    return str(UUID(bytes=bytes(made)))
