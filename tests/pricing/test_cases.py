"""What ten other engines' own tests assert, held against ours."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from promo_cli.pricing import prepare, price
from tests.pricing.cases import neutral
from tests.pricing.oracle_units import half_up, minor
from tests.pricing.strategies_build import major

CASES = {case["id"]: case for case in json.loads((Path(__file__).parent / "cases/peer_cases.json").read_text())}

DECLARED_OUT = {
    "BLU-14": "rounds the discount down; ours rounds half up",
    "SOL-02": "gives the remaining cents to the first lines; ours to the largest remainders",
    "SYL-06": "takes several percents of the list price; ours of the running price",
}
"""Policies of a peer that we do not offer; docs/decisions/0010-peer-cases.md has the reasons."""


class Receipt:
    """Our receipt in the case's words: minor units, neutral promotions, its line numbers."""

    def __init__(self, case: dict[str, Any]) -> None:
        """Price the case."""
        ours = neutral.translate(case)
        self.case, self.bundle = case, ours.bundle
        self.raw = price(ours.cart, prepare(ours.bundle))

    def minor(self, amount: Any) -> int:
        """Our amount in minor units."""
        return minor(amount, self.bundle)

    def applied(self) -> dict[str, int]:
        """Discount per neutral promotion."""
        totals: Counter[str] = Counter()
        for one in self.raw["applied"]:
            totals[neutral.origin(one["promotion_id"], self.case)] += self.minor(one["amount"])
        return dict(totals)

    def lines(self) -> list[int]:
        """Discount per line of the case; a gift counts on the line that holds it there."""
        out = []
        for item in self.case["cart"]["items"]:
            gift = item.get("extra_free_units", 0) > 0
            out.append(
                sum(
                    self.minor(line["discount"])
                    for line in self.raw["lines"]
                    if line.get("line_id") == f"L{item['line']}"
                    or (gift and line.get("gift") and line["product_id"] == neutral.slug(item["product"]))
                )
            )
        return out

    def unit_discounts(self, index: str) -> list[int]:
        """Discount per unit of a line, in our order."""
        item = self.case["cart"]["items"][int(index)]
        line = next(line for line in self.raw["lines"] if line.get("line_id") == f"L{item['line']}")
        return [item["unit_price"] - self.minor(net) for net in line["unit_nets"]]

    def discounted_units(self) -> int:
        """Units that cost less than their list price."""
        prices = {f"L{item['line']}": item["unit_price"] for item in self.case["cart"]["items"]}
        own = [line for line in self.raw["lines"] if not line.get("gift")]
        return sum(self.minor(net) < prices[line["line_id"]] for line in own for net in line["unit_nets"])

    def included_tax(self) -> int:
        """The till's tax, from the line nets that we return."""
        rates = {f"L{item['line']}": item.get("tax_percent", 0) for item in self.case["cart"]["items"]}
        exact = [(self.minor(line["net"]), Fraction(str(rates[line["line_id"]]))) for line in self.raw["lines"]]
        return sum(half_up(net * rate / (100 + rate)) for net, rate in exact)


@pytest.mark.parametrize("case_id", [case_id for case_id in CASES if case_id not in DECLARED_OUT])
def test_engine_gives_what_the_peer_asserts(case_id: str) -> None:
    """Every figure that a peer's own test asserts comes out of our engine, under the policy the case names."""
    case = CASES[case_id]
    expected, receipt = case["expected"], Receipt(case)
    found: dict[str, Any] = {}
    for name, value in expected.items():
        found[name] = {
            "total_discount": lambda: receipt.minor(receipt.raw["total_discount"]),
            "line_discounts": lambda: [
                ours if theirs is not None else None
                for ours, theirs in zip(receipt.lines(), expected["line_discounts"], strict=True)
            ],
            "line_discounts_any_order": lambda: sorted(receipt.lines()),
            "applied": lambda value=value: (
                [
                    {"promotion": one, **({"amount": amount} if "amount" in theirs else {})}
                    for (one, amount), theirs in zip(sorted(receipt.applied().items()), _sorted(value), strict=False)
                ]
                + [{"promotion": one} for one in sorted(receipt.applied())[len(value) :]]
            ),
            "unit_discounts": lambda value=value: {index: receipt.unit_discounts(index) for index in value},
            "units_consumed": receipt.discounted_units,
            "units_left": lambda: sum(item["qty"] for item in case["cart"]["items"]) - receipt.discounted_units(),
            "refused": lambda value=value: [
                {"promotion": one["promotion"], "peer_code": one["peer_code"]}
                for one in value
                if any(s["promotion_id"] == one["promotion"] and s["reason_code"] for s in receipt.raw["skipped"])
            ],
            "times": lambda: sum(one["times"] for one in receipt.raw["applied"]),
            "points": lambda: sum(Decimal(one["amount"]) for one in receipt.raw["rewards"]),
            "near_miss": lambda: [
                {"promotion": hint["promotion_id"], "missing_qty": hint["missing_quantity"]}
                for hint in receipt.raw["hints"]
            ],
            "included_tax": receipt.included_tax,
            "grand_total": lambda: receipt.minor(receipt.raw["final_amount"]),
        }[name]()
    wanted = {**expected, "applied": _sorted(expected["applied"])} if "applied" in expected else dict(expected)
    wanted = {name: value for name, value in wanted.items() if value is not None}
    assert {name: found[name] for name in wanted} == wanted


def _sorted(applied: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(applied, key=lambda one: one["promotion"])


def test_few_policies_are_declared_out() -> None:
    """No universal case and at most five policy cases are declared out."""
    assert len(DECLARED_OUT) <= 5
    assert {CASES[case_id]["portability"] for case_id in DECLARED_OUT} == {"policy"}


@pytest.mark.parametrize("case_id", CASES)
def test_every_case_can_be_written_in_our_format(case_id: str) -> None:
    """Each case is expressible as promotions people write, declared out or not."""
    assert neutral.translate(CASES[case_id]).bundle["promotions"]


def test_amounts_keep_their_digits() -> None:
    """The adapter writes 1050 cents as 10.5 and 2000 as 20: exact, without trailing zeros."""
    assert [str(major(value, 2)) for value in (1050, 2000, 1)] == ["10.5", "20", "0.01"]
