"""From a priced cart to the lines a till uploads. Pure: who, when and what is given; seq and ids are the spool's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Any

_COULD_HAVE = frozenset({"not_claimed", "choice_missing", "units_taken", "group", "never_with", "exclusive"})
"""Reasons that leave a promotion open to the customer: the cart fulfilled it, and it was not taken."""

Event = dict[str, Any]
Amount = int | Decimal


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened: with offset, the accounting day, and the release the till ran."""

    at: datetime
    business_date: date
    release_seq: int

    def common(self, kind: str) -> Event:
        """Return the fields that every event has from its moment."""
        return {
            "v": 1,
            "kind": kind,
            "at": self.at.isoformat(timespec="seconds"),
            "business_date": self.business_date.isoformat(),
            "release_seq": self.release_seq,
        }


def sale(
    cart: Mapping[str, Any],
    receipt: Mapping[str, Any],
    products: Mapping[str, Any],
    bill_id: str,
    when: Moment,
    *,
    customer_key: str | None = None,
    tender: Sequence[Mapping[str, Any]] | None = None,
) -> list[Event]:
    """Return the events of a completed sale: the bill, a usage for each promotion applied, a log for each decision.

    A promotion that is earned (cashback, points) is used as well; the usage's amount is what it costs the company:
    money that is credited, and 0 for points.

    ``customer_key`` is a keyed hash of who bought. ``tender`` is what was paid with; by default the whole bill with
    the cart's method. A split tender has to be given, since the cart's amounts are those before a payment discount.
    """
    bill = _bill(cart, receipt, products, bill_id, when, customer_key, tender)
    # What is only earned takes nothing off, and is a use all the same: limits count it.
    earned = [_earned(one) for one in receipt.get("rewards", ())]
    usages = [_usage(one, bill, when) for one in (*receipt["applied"], *earned)]
    applied = [_applied(one, bill, when) for one in receipt["applied"]]
    applied += [_applied({**one, "amount": 0}, bill, when) for one in earned]
    rejected = [_rejected(one, bill, when) for one in receipt["skipped"]]
    eligible = [_eligible(one, bill, when) for one in receipt["skipped"] if one["reason_code"] in _COULD_HAVE]
    return [bill, *usages, *applied, *rejected, *eligible]


def refund(
    bill: Mapping[str, Any],
    returned: Mapping[str, int] | None,
    bill_id: str,
    when: Moment,
    *,
    exponent: int,
    reason: str | None = None,
) -> list[Event]:
    """Return the event that gives back units of a bill's lines, by line id; None gives back everything.

    What was paid for a unit is given back: its stored net. Of a line's units the last go first. ``exponent`` is the
    currency's number of decimals. Raises ValueError for more units than the line has, or for part of a weighed line.
    """
    lines = [
        _returned(line, len(line["unit_nets"]) if returned is None else returned[line["line_id"]], exponent)
        for line in bill["lines"]
        if returned is None or returned.get(line["line_id"])
    ]
    event = {
        **when.common("refund"),
        "bill_id": bill_id,
        "original_bill_id": bill["bill_id"],
        "lines": lines,
        "total_refund": _sum(line["net"] for line in lines),
    }
    return [event if reason is None else {**event, "reason": reason}]


def synced(status: str, detail: str | None, when: Moment) -> list[Event]:
    """Return the event that says which release a till runs, and how its last sync ended."""
    event = {**when.common("sync"), "status": status}
    return [event if detail is None else {**event, "detail": detail}]


@dataclass(frozen=True, slots=True)
class Totals:
    """Control totals of a business day, before the line that reports them; amounts in major units."""

    bills: int = 0
    net: Amount = 0
    discount: Amount = 0
    refunds: Amount = 0
    first_seq: int = 0
    last_seq: int = 0

    def add(self, event: Mapping[str, Any]) -> Totals:
        """Return the totals with one more line."""
        bill, back = event["kind"] == "bill", event["kind"] in ("refund", "void")
        return Totals(
            bills=self.bills + bill,
            net=self.net + (event["final_amount"] if bill else 0),
            discount=self.discount + (event["total_discount"] if bill else 0),
            refunds=self.refunds + (event["total_refund"] if back else 0),
            first_seq=self.first_seq or event["seq"],
            last_seq=event["seq"],
        )

    def encode(self) -> Event:
        """Return the totals as JSON values."""
        return {
            "bills": self.bills,
            "net": self.net,
            "discount": self.discount,
            "refunds": self.refunds,
            "first_seq": self.first_seq,
            "last_seq": self.last_seq,
        }


def day_close(totals: Totals, when: Moment) -> list[Event]:
    """Return the event that closes a business day with its control totals."""
    return [{**when.common("day_close"), **totals.encode()}]


def _bill(
    cart: Mapping[str, Any],
    receipt: Mapping[str, Any],
    products: Mapping[str, Any],
    bill_id: str,
    when: Moment,
    customer_key: str | None,
    tender: Sequence[Mapping[str, Any]] | None,
) -> Event:
    customer = cart.get("customer") or {}
    final = receipt["final_amount"]
    method = cart.get("payment_method")
    if tender is None:
        tender = [{"method": method, "amount": final}] if method else []
    bill: Event = {
        **when.common("bill"),
        "bill_id": bill_id,
        "status": "completed",
        "channel": cart.get("channel"),
        "member_id": customer.get("member_id"),
        "customer_key": customer_key,
        "customer_type": customer.get("customer_type"),
        "tender": tender,
        "subtotal": receipt["subtotal"],
        "total_discount": receipt["total_discount"],
        "final_amount": final,
        "lines": [_line(line, number, products) for number, line in enumerate(receipt["lines"], start=1)],
    }
    if customer.get("tier"):
        bill["member_tier"] = customer["tier"]
    if receipt.get("rewards"):
        bill["rewards"] = receipt["rewards"]
    return bill


def _line(line: Mapping[str, Any], number: int, products: Mapping[str, Any]) -> Event:
    product = products.get(line["product_id"], {})
    found: Event = {
        "line_id": line.get("line_id", f"#{number}"),  # gifts have none, and a cart's lines need none
        "product_id": line["product_id"],
        "category": product.get("category"),
        "brand": product.get("brand"),
        "quantity": line["quantity"],
        "price": line["price"],
        "list_amount": line["list_amount"],
        "discount": line["discount"],
        "net": line["net"],
        "unit_nets": line["unit_nets"],
        "discounts": line["discounts"],
    }
    if line.get("gift"):
        found["gift"] = True
    return found


def _earned(reward: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a reward as if it were applied: what of a budget it spends, and in words what was earned."""
    money = reward.get("multiplier") is None and reward["method"] != "points"
    return {
        "promotion_id": reward["promotion_id"],
        "code": reward["code"],
        "amount": reward["amount"] if money else 0,
        "explanation": reward["explanation"],
    }


def _usage(applied: Mapping[str, Any], bill: Mapping[str, Any], when: Moment) -> Event:
    return {
        **when.common("usage"),
        "promotion_id": applied["promotion_id"],
        "code": applied["code"],
        "bill_id": bill["bill_id"],
        "member_id": bill["member_id"],
        "customer_phone": None,
        "original_amount": bill["subtotal"],
        "discount_amount": applied["amount"],
        "used_at": when.at.isoformat(timespec="seconds"),
    }


def _applied(applied: Mapping[str, Any], bill: Mapping[str, Any], when: Moment) -> Event:
    return {
        **when.common("log"),
        "bill_id": bill["bill_id"],
        "promotion_id": applied["promotion_id"],
        "status": "applied",
        "reason": applied["explanation"],
        "original_amount": bill["subtotal"],
        "discount_amount": applied["amount"],
        "final_amount": bill["subtotal"] - applied["amount"],
    }


def _rejected(skipped: Mapping[str, Any], bill: Mapping[str, Any], when: Moment) -> Event:
    return {
        **when.common("log"),
        "bill_id": bill["bill_id"],
        "promotion_id": skipped["promotion_id"],
        "status": "rejected",
        "reason_code": skipped["reason_code"],
        "reason": skipped["reason"],
        "original_amount": bill["subtotal"],
        "discount_amount": 0,
        "final_amount": bill["subtotal"],
    }


def _eligible(skipped: Mapping[str, Any], bill: Mapping[str, Any], when: Moment) -> Event:
    return {
        **when.common("eligible"),
        "bill_id": bill["bill_id"],
        "promotion_id": skipped["promotion_id"],
        "code": skipped["code"],
        "reason_code": skipped["reason_code"],
    }


def _returned(line: Mapping[str, Any], units: int, exponent: int) -> Event:
    nets = line["unit_nets"]
    if not 0 < units <= len(nets):
        raise ValueError(f"line {line['line_id']}: expected 1 to {len(nets)} units to give back, found {units}")
    if units == len(nets):
        return dict(line)
    net = _sum(nets[-units:])
    list_amount = line["price"] * units
    discount = list_amount - net
    return {
        **line,
        "quantity": units,
        "list_amount": list_amount,
        "discount": discount,
        "net": net,
        "unit_nets": nets[-units:],
        "discounts": _shares(discount, line["discounts"], exponent),
    }


def _shares(amount: Amount, discounts: list[Event], exponent: int) -> list[Event]:
    """Split an amount in proportion to a line's discounts, exactly: largest remainder, in the order given."""
    whole = Decimal(_sum(one["amount"] for one in discounts))
    if not whole:
        return []
    step = Decimal(1).scaleb(-exponent)
    exact = [Decimal(amount) * one["amount"] / whole for one in discounts]
    shares = [share.quantize(step, ROUND_FLOOR) for share in exact]
    left = int((Decimal(amount) - sum(shares)) / step)
    by_remainder = sorted(range(len(exact)), key=lambda n: shares[n] - exact[n])
    for number in by_remainder[:left]:
        shares[number] += step
    return [{**one, "amount": share} for one, share in zip(discounts, shares, strict=True)]


def _sum(amounts: Iterable[Amount]) -> Amount:
    return sum(amounts, 0)
