from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from promo_cli.pricing import prepare, price
from promo_cli.pricing.reasons import Reason
from tests.pricing.strategies_build import bundle, product, promotion, scope

PAGE = (Path(__file__).parents[2] / "docs/pricing.md").read_text()


def receipt_of(goods: dict[str, Any], quantities: dict[str, int], *promotions: dict[str, Any], **header: Any) -> Any:
    """Price products in the quantities given."""
    items = [{"product_id": name, "quantity": quantity} for name, quantity in quantities.items()]
    return price({"at": "2026-02-07T10:00:00", "items": items}, prepare(bundle(promotions, goods, **header)))


def test_the_page_lists_every_reason() -> None:
    """The closed enumeration on the page is the engine's."""
    listed = re.search(r"`reason_code` is one of `([^`]*)`", PAGE)
    assert listed is not None
    assert {code.strip() for code in listed[1].split(",")} == {reason.value for reason in Reason}


def test_stages_and_lanes_of_the_page() -> None:
    """The latte of 30,000 under promotions of other stages, of one lane and of two."""
    goods, lattes = {"latte": product(30000)}, scope("product", products=["latte"])
    idr = {"currency": {"code": "IDR", "exponent": 0}, "lanes": ["main", "second"]}
    ten = promotion("A", "percent_discount", {"discount_percent": 10}, scope=lattes)
    five = promotion("B", "amount_discount", {"discount_amount": 5000})
    twenty = promotion("C", "percent_discount", {"discount_percent": 20}, scope=lattes)
    assert receipt_of(goods, {"latte": 1}, ten, five, **idr)["final_amount"] == 22000
    assert receipt_of(goods, {"latte": 1}, ten, twenty, **idr)["final_amount"] == 24000
    apart = {**twenty, "stacking": {"lane": "second"}}
    assert receipt_of(goods, {"latte": 1}, ten, apart, **idr)["final_amount"] == 21600


def test_the_shares_of_the_page() -> None:
    """50.00 over three values, and 25.00 over a floor."""
    goods = {"a": product(120), "b": product(230), "c": product(300)}
    fifty = promotion("F", "amount_discount", {"discount_amount": 50})
    lines = receipt_of(goods, {"a": 1, "b": 1, "c": 1}, fifty)["lines"]
    assert [line["discount"] for line in lines] == [Decimal("9.23"), Decimal("17.69"), Decimal("23.08")]
    goods = {"shirt": product(50, min_price=45), "mug": product(20)}
    shirt, mugs = receipt_of(
        goods, {"shirt": 1, "mug": 3}, {**fifty, "rules": {**fifty["rules"], "discount_amount": 25}}
    )["lines"]
    assert [20 - net for net in mugs["unit_nets"]] == [Decimal("6.67"), Decimal("6.67"), Decimal("6.66")]
    assert shirt["net"] == 45
