"""What a return gives back: the nets that the receipt stored, or what the rest now costs less."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from promo_cli.pricing.bundle import PreparedBundle
from promo_cli.pricing.cart_fields import listed, mapping
from promo_cli.pricing.engine import price
from promo_cli.pricing.errors import CartError
from promo_cli.pricing.money import allocate, major, whole

_NO_LIMIT = 10**30


class _Returned(NamedTuple):
    """Units of one line of a receipt, by their place in its `unit_nets`."""

    line: int
    places: tuple[int, ...]


def refund(
    receipt: Mapping[str, Any],
    returned: Sequence[Mapping[str, Any]],
    prepared: PreparedBundle,
    *,
    cart: Mapping[str, Any] | None = None,
    earlier: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return what units of a receipt's lines give back, amounts in major units.

    Each of `returned` names a line by `line` (its place in the receipt) or `line_id`, and its units by `units` (places
    in `unit_nets`) or `quantity` (the last that are left, which are the ones with the largest discounts). `earlier` are
    refunds of the same receipt already given; a unit is given back once.

    A unit gives back its stored net. Where a promotion of the receipt says `recompute_on_return` and the `cart` is
    given, the return gives back what is still paid less what the rest of the cart costs by the same bundle, never less
    than nothing nor more than is still paid, shared over the units by their stored nets. A split tender is split anew
    in proportion. Raises CartError, with pointers into `returned`.
    """
    gone = {(line["line"], place) for one in earlier for line in one["lines"] for place in line["units"]}
    back: list[_Returned] = []
    for at, entry in enumerate(listed(returned, "")):
        one = _read(entry, f"/{at}", receipt, gone)
        gone |= {(one.line, place) for place in one.places}
        back.append(one)
    exponent = prepared.exponent
    nets = [[_minor(receipt["lines"][one.line]["unit_nets"][place], exponent) for place in one.places] for one in back]
    total = sum(map(sum, nets))
    recompute = cart is not None and _recomputes(receipt, prepared)
    if recompute and cart is not None:
        before = sum(_minor(one["total_refund"], exponent) for one in earlier)
        paid = _minor(receipt["final_amount"], exponent) - before
        total = min(max(paid - _rest(cart, gone, prepared), 0), paid)
        nets = _shared(total, nets)
    return {
        "lines": [_line(receipt, one, sum(own), exponent) for one, own in zip(back, nets, strict=True)],
        "total_refund": major(total, exponent),
        "recomputed": recompute,
    }


def _read(entry: object, at: str, receipt: Mapping[str, Any], gone: set[tuple[int, int]]) -> _Returned:
    values = mapping(entry, at)
    line = values.get("line")
    if line is None:
        ids = [one.get("line_id") for one in receipt["lines"]]
        line = ids.index(values["line_id"]) if values.get("line_id") in ids else None
    if type(line) is not int or not 0 <= line < len(receipt["lines"]):
        raise _error("reference", at, "no such line", "a line of the receipt", values.get("line_id", line))
    left = [place for place in range(len(receipt["lines"][line]["unit_nets"])) if (line, place) not in gone]
    places = values.get("units")
    if places is None:
        count = values.get("quantity", len(left))
        if type(count) is not int or not 0 < count <= len(left):
            raise _error("amount", f"{at}/quantity", "not so many units", f"1 to {len(left)} that are left", count)
        places = left[-count:]
    if not isinstance(places, list | tuple) or not places or not set(places) <= set(left):
        raise _error("amount", f"{at}/units", "not units that are left", f"some of {left}", places)
    return _Returned(line, tuple(sorted(set(places))))


def _recomputes(receipt: Mapping[str, Any], prepared: PreparedBundle) -> bool:
    applied = {one["promotion_id"] for one in receipt["applied"]}
    entries = prepared.entries
    return any(entry.promotion.recompute_on_return and entry.promotion.id in applied for entry in entries)


def _rest(cart: Mapping[str, Any], gone: set[tuple[int, int]], prepared: PreparedBundle) -> int:
    """What the units that stay cost, in minor units."""
    inner = cart.get("cart")
    flat = {**(inner or {}), **{key: value for key, value in cart.items() if key != "cart"}}
    flat.pop("subtotal", None)
    items = []
    for line, item in enumerate(flat["items"]):
        count = sum(1 for place in gone if place[0] == line)
        weighed = prepared.products[item["product_id"]].weighed
        left = (0 if count else item["quantity"]) if weighed else item["quantity"] - count
        if left:
            items.append({**item, "quantity": left})
    rest = {**flat, "items": items}
    payments = rest.pop("payments", None)
    if payments:
        due = _minor(price(rest, prepared)["final_amount"], prepared.exponent)
        parts = [_minor(payment["amount"], prepared.exponent) for payment in payments]
        shares = [piece[0][1] for piece in allocate(due, parts, [_NO_LIMIT] * len(parts), [1] * len(parts))]
        methods = zip(payments, shares, strict=True)
        rest["payments"] = [{**one, "amount": major(amount, prepared.exponent)} for one, amount in methods]
    return _minor(price(rest, prepared)["final_amount"], prepared.exponent)


def _shared(total: int, nets: Sequence[Sequence[int]]) -> list[list[int]]:
    """Share a total over units by their nets; equally if they cost nothing."""
    flat = [net for own in nets for net in own]
    weights = flat if any(flat) else [1] * len(flat)
    shares = iter(piece[0][1] for piece in allocate(total, weights, [_NO_LIMIT] * len(flat), [1] * len(flat)))
    return [[next(shares) for _ in own] for own in nets]


def _line(receipt: Mapping[str, Any], one: _Returned, net: int, exponent: int) -> dict[str, Any]:
    line = receipt["lines"][one.line]
    count, units = len(one.places), len(line["unit_nets"])
    value = _minor(line["list_amount"], exponent) * count // units
    return {
        "line": one.line,
        **({"line_id": line["line_id"]} if "line_id" in line else {}),
        "product_id": line["product_id"],
        "quantity": count if units > 1 else line["quantity"],
        "units": list(one.places),
        "list_amount": major(value, exponent),
        "discount": major(value - net, exponent),
        "net": major(net, exponent),
    }


def _minor(amount: object, exponent: int) -> int:
    scaled = whole(amount, exponent)
    if scaled is None:
        raise CartError(
            "amount", "", "not an amount", expected="a receipt of ours", found=repr(amount), help="pass it unchanged"
        )
    return scaled


def _error(kind: Any, at: str, message: str, expected: str, found: object) -> CartError:
    return CartError(kind, at, message, expected=expected, found=repr(found), help="correct the return")
