"""Readers for the fields of a cart; each raises CartError at the pointer it is given."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from promo_cli.pricing.clock import Moment, moment
from promo_cli.pricing.errors import CartError
from promo_cli.pricing.money import whole

At = str
"""A JSON pointer (RFC 6901)."""

KEYS: Final[Mapping[str, frozenset[str]]] = {
    kind: frozenset(keys.split())
    for kind, keys in {
        "cart": "store_id at items subtotal customer channel payment_method payments vouchers claims usage",
        "item": "line_id product_id quantity price ordered_at modifiers name category brand subtotal list_amount",
        "modifier": "id name price quantity",
        "customer": "member_id is_member tier customer_type order_number points birthday",
        "payment": "method amount",
        "voucher": "code promotion_id",
        "claim": "code product_id",
        "usage": "total today customer discount",
    }.items()
}
"""What each object of a cart may hold. A line may also repeat what the catalogue says; that is not read."""


def known_keys(values: Mapping[Any, Any], kind: str, at: At) -> None:
    """Refuse a key that nothing reads: a misspelt one would silently change the price."""
    known = KEYS[kind]
    if not known.issuperset(values):
        unknown = min(str(key) for key in values if key not in known)
        near = difflib.get_close_matches(unknown, known, 1)
        raise CartError(
            "shape",
            f"{at}/{unknown}",
            "unknown key",
            expected="one of " + ", ".join(sorted(known)),
            found=unknown,
            help=f"write {near[0]}" if near else "remove it",
        )


def mapping(value: object, at: At) -> Mapping[Any, Any]:
    """Return an object, whose keys may still be anything."""
    if isinstance(value, dict):
        return value
    raise _shape(at, "not an object", "an object", value)


def listed(value: object, at: At) -> Sequence[Any]:
    """Return a list."""
    if isinstance(value, list | tuple):
        return value
    raise _shape(at, "not a list", "a list", value)


def text(value: object, at: At, what: str, *, required: bool = False, form: str = "") -> str | None:
    """Return a text, or None where it is absent; with `form` "date", an ISO date."""
    if value is None and not required:
        return None
    if not isinstance(value, str):
        raise _shape(at, "not a text", what, value)
    if form == "date":
        try:
            dt.date.fromisoformat(value)
        except ValueError:
            raise CartError(
                "time", at, "not a date", expected="a day such as 2026-02-28", found=repr(value), help="correct it"
            ) from None
    return value


def money(value: object, at: At, places: int) -> int:
    """Return an amount in minor units."""
    scaled = whole(value, places)
    if scaled is None or scaled < 0:
        digits = f" with at most {places} decimals" if places else " without decimals"
        raise CartError(
            "amount",
            at,
            "not an amount",
            expected=f"a number from 0 to below 10^15{digits}",
            found=shown(value),
            help="send the amount as the customer sees it",
        )
    return scaled


def count(value: object, at: At, *, places: int, zero: bool = False) -> int:
    """Return how many, times 10^places."""
    scaled = whole(value, places)
    if scaled is None or scaled < 0 or (scaled == 0 and not zero):
        kind = f"a number with at most {places} decimals" if places else "a whole number"
        raise CartError(
            "amount",
            at,
            "not a quantity",
            expected=f"{kind}, {'at least zero' if zero else 'above zero'}",
            found=shown(value),
            help="goods given back are a refund, not a negative line",
        )
    return scaled


def moment_at(value: object, at: At, zone: ZoneInfo) -> Moment:
    """Return a time on the store's wall clock."""
    try:
        if isinstance(value, str):
            return moment(value, zone)
    except (ValueError, OverflowError):
        pass
    raise CartError(
        "time",
        at,
        "no time" if value is None else "not a time",
        expected="a time such as 2026-02-07T10:00:00, by the store's clock or with an offset",
        found="nothing" if value is None else repr(value),
        help="the till states the time, because pricing has no clock",
    )


def shown(value: object) -> str:
    """Return a value of the cart as the cart wrote it: 0.5, not Decimal('0.5'); at most a hundred signs of it."""
    if isinstance(value, int) and abs(value) >= 10**100:
        return "a number of more than a hundred digits"
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= 100 else f"{text[:100]}…"


def _shape(at: At, message: str, expected: str, found: object) -> CartError:
    return CartError("shape", at, message, expected=expected, found=type(found).__name__, help="correct the cart")
