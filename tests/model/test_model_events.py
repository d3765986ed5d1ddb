import json
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from promo_cli.model.events import (
    BODIES,
    EVENTS,
    BodyLog,
    BodyUsage,
    Discount,
    Line,
    Record,
    Tender,
)
from promo_cli.model.schemas import schema_of
from promo_cli.protocol import canonical

COMMON = {
    "v": 1,
    "event_id": "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
    "store_id": "jkt-01",
    "brand_id": "kopi",
    "pos_id": "1",
    "seq": 7,
    "at": "2026-02-07T10:00:00+07:00",
    "business_date": "2026-02-07",
    "release_seq": 3,
}
LINE = {
    "line_id": "1",
    "product_id": "latte",
    "quantity": 2,
    "price": 45000,
    "list_amount": 90000,
    "discount": 18000,
    "net": 72000,
    "unit_nets": [36000, 36000],
    "discounts": [{"promotion_id": "p1", "code": "WEEKEND20", "amount": 18000}],
}
BODY: dict[str, dict[str, Any]] = {
    "bill": {
        "bill_id": "b1",
        "status": "completed",
        "tender": [{"method": "cash", "amount": 72000}],
        "subtotal": 90000,
        "total_discount": 18000,
        "final_amount": 72000,
        "lines": [LINE],
    },
    "refund": {"bill_id": "r1", "original_bill_id": "b1", "lines": [LINE], "total_refund": 72000},
    "void": {"bill_id": "r1", "original_bill_id": None, "lines": [LINE], "total_refund": 72000},
    "usage": {
        "promotion_id": "p1",
        "bill_id": "b1",
        "member_id": None,
        "customer_phone": "+62811000",
        "discount_amount": 18000,
        "used_at": "2026-02-07T10:00:00Z",
    },
    "log": {"bill_id": "b1", "promotion_id": "p1", "status": "rejected", "validation_details": {"needs": 12000}},
    "eligible": {"bill_id": "b1", "promotion_id": "p1"},
    "voucher_redeem": {"voucher": "9f2c", "promotion_id": "p1", "bill_id": "b1"},
    "feedback": {"bill_id": "b1", "score": 5},
    "exposure": {"experiment": "spring", "variant": "a", "unit": "c1"},
    "sync": {"release_seq": 3, "status": "ok"},
    "day_close": {"bills": 1, "net": 72000, "discount": 18000, "refunds": 0, "first_seq": 1, "last_seq": 6},
}


def event(kind: str, **changes: Any) -> dict[str, Any]:
    """An uploaded line of that kind, with some keys changed."""
    return {**COMMON, "kind": kind, **BODY[kind], **changes}


@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_every_kind_is_accepted_and_matches_its_published_schema(kind: str) -> None:
    """An example of each kind passes both the model and the JSON Schema made from it."""
    example = event(kind)
    EVENTS[kind].model_validate(example)
    schema = schema_of("event")
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(example)


@pytest.mark.parametrize(
    ("kind", "changes", "where"),
    [
        ("bill", {"v": 2}, "v"),
        ("bill", {"seq": "7"}, "seq"),
        ("bill", {"seq": 7.5}, "seq"),
        ("bill", {"seq": True}, "seq"),
        ("bill", {"final_amount": "72000"}, "final_amount"),
        ("bill", {"final_amount": -1}, "final_amount"),
        ("bill", {"final_amount": 10**12}, "final_amount"),
        ("bill", {"final_amount": Decimal("1.2345")}, "final_amount"),
        ("bill", {"final_amount": 0.1}, "final_amount"),
        ("bill", {"member_id": 12}, "member_id"),
        ("bill", {"bill_id": ""}, "bill_id"),
        ("bill", {"bill_id": "b\n1"}, "bill_id"),
        ("bill", {"status": "open"}, "status"),
        ("bill", {"lines": {}}, "lines"),
        ("bill", {"lines": [{**LINE, "quantity": 0}]}, "lines"),
        ("bill", {"store_id": "../x"}, "store_id"),
        ("bill", {"business_date": "2026-02-30"}, "business_date"),
        ("bill", {"at": "2026-02-07T10:00:00"}, "at"),
        ("bill", {"at": "2026-02-07T25:00:00Z"}, "at"),
        ("bill", {"at": "0001-01-01T00:00:00+07:00"}, "at"),
        ("bill", {"event_id": "7"}, "event_id"),
        ("feedback", {"score": 6}, "score"),
        ("usage", {"used_at": None}, "used_at"),
    ],
)
def test_a_value_of_another_type_or_out_of_bounds_is_refused(kind: str, changes: dict[str, Any], where: str) -> None:
    """Nothing is coerced: a quoted amount, a fraction of a cent, a moment without offset are each one error."""
    with pytest.raises(ValidationError) as caught:
        EVENTS[kind].model_validate(event(kind, **changes))
    assert [error["loc"][0] for error in caught.value.errors()] == [where]


@pytest.mark.parametrize("model", [*EVENTS.values(), Line, Discount, Tender, BodyUsage, BodyLog])
def test_null_means_absent(model: type[Record]) -> None:
    """Whatever may be left out may also be null, so that no reader has to tell the two apart."""
    optional = {name: None for name, field in model.model_fields.items() if not field.is_required()}
    with pytest.raises(ValidationError) as caught:
        model.model_validate(optional)
    assert {error["type"] for error in caught.value.errors()} == {"missing"}


def test_unknown_keys_are_kept() -> None:
    """A key this version does not know neither fails nor is lost."""
    bill = EVENTS["bill"].model_validate(event("bill", table_number=12))
    assert bill.model_extra == {"table_number": 12}


def test_amounts_are_exact() -> None:
    """An amount read from JSON text is the decimal that was written."""
    text = json.dumps(event("day_close")).replace("18000", "18000.125")
    close = EVENTS["day_close"].model_validate(canonical.loads(text))
    assert close.discount == Decimal("18000.125")  # type: ignore[attr-defined]


def test_the_roadmap_s_bodies_need_no_event_fields() -> None:
    """A record of a plain POST body is accepted as the roadmap prints it."""
    usage = {"promotion_id": "p", "bill_id": "b", "discount_amount": 25000, "used_at": "2026-01-27T10:00:00Z"}
    log = {"bill_id": "b", "promotion_id": "p", "status": "applied", "reason": "20% off", "discount_amount": 15000}
    BODIES["usages"][1].model_validate({**usage, "customer_phone": "+62811000", "store_id": "s", "brand_id": "b"})
    BODIES["logs"][1].model_validate({**log, "original_amount": 75000, "final_amount": 60000})
