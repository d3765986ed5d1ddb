"""The conformance file: what it holds is what the engine gives, and what people worked out."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from promo_cli.pricing import CartError, prepare, price
from promo_cli.pricing.reasons import Reason
from promo_cli.protocol import canonical
from tests.pricing.golden import generate

CASES = {case["id"]: case for case in json.loads(generate.FILE.read_text(), parse_float=Decimal)["cases"]}


@pytest.mark.parametrize("name", CASES)
def test_engine_gives_the_golden_receipt(name: str) -> None:
    """Each cart gives its receipt, byte for byte, or is refused for the same reason at the same place."""
    case: dict[str, Any] = CASES[name]
    if "error" in case:
        with pytest.raises(CartError) as refused:
            price(case["cart"], prepare(case["bundle"]))
        assert {"kind": refused.value.kind, "pointer": refused.value.pointer} == case["error"]
    else:
        receipt = price(case["cart"], prepare(case["bundle"]))
        assert canonical.dumps(receipt) == canonical.dumps(case["receipt"])


def test_file_is_up_to_date() -> None:
    """Generating the file anew gives the same bytes, and every scenario still saves what a person worked out."""
    assert generate.document() == generate.FILE.read_text()


def test_every_reason_has_a_case() -> None:
    """Every reason that a receipt can give is given in the file."""
    receipts = [case["receipt"] for case in CASES.values() if "receipt" in case]
    given = {told["reason_code"] for receipt in receipts for told in (*receipt["skipped"], *receipt["hints"])}
    assert given == {reason.value for reason in Reason}


def test_every_promotion_type_has_a_case() -> None:
    """All twelve types are given in the file."""
    given = {
        promotion["promo_type"]
        for case in CASES.values()
        for promotion in case["bundle"]["promotions"]
        if promotion["id"] in _given(case.get("receipt"))
    }
    assert len(given) == 12


def _given(receipt: dict[str, Any] | None) -> set[str]:
    if receipt is None:
        return set()
    return {one["promotion_id"] for one in (*receipt["applied"], *receipt["rewards"])}
