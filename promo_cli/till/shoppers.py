"""Made-up customers of a food chain: who comes when, what they take, how they pay. The same random, the same crowd."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

_HOURS = range(7, 22)
_HOUR_WEIGHTS = (3, 6, 5, 4, 6, 11, 10, 6, 7, 8, 8, 11, 10, 7, 4)  # breakfast, lunch, coffee, dinner
_WEEKDAY_BUSY = (0.85, 0.85, 0.9, 0.95, 1.15, 1.3, 1.2)  # Monday first
_LINES = ((1, 40), (2, 34), (3, 17), (4, 7), (6, 2))
_QUANTITIES = ((1, 72), (2, 20), (3, 6), (4, 2))
_WEIGHTS_KG = (Decimal("0.2"), Decimal("0.25"), Decimal("0.5"), Decimal("1"))
_MEMBER_SHARE = 0.45
_HINTED_SHARE = 0.3
_CLAIM_SHARE = 0.25
_CODE_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class Member:
    """A loyalty member; ``order_number`` counts the visits before."""

    member_id: str
    tier: str | None


@dataclass(frozen=True, slots=True)
class Menu:
    """What one store sells and runs, as far as customers see it."""

    products: Mapping[str, Mapping[str, Any]]
    promotions: Sequence[Mapping[str, Any]]
    payments: Sequence[str]
    channels: Sequence[str]
    brand: str | None

    def sold(self) -> list[str]:
        """Return the products of the store's brand, or of none; all of them in a store without a brand."""
        return [
            product_id
            for product_id, product in sorted(self.products.items())
            if self.brand is None or product.get("brand") in (None, self.brand)
        ]


def make_members(count: int, tiers: Sequence[str], rng: random.Random) -> list[Member]:
    """Return loyalty members; low tiers are common, high ones rare."""
    weights = [2 ** (len(tiers) - n) for n in range(len(tiers))]
    return [
        Member(f"M{number:05d}", rng.choices(tiers, weights)[0] if tiers else None) for number in range(1, count + 1)
    ]


def visits(day: date, bills: int, rng: random.Random) -> Iterator[datetime]:
    """Yield store-local times of a day's sales in order; ``bills`` is an average weekday's number."""
    count = max(1, round(bills * _WEEKDAY_BUSY[day.weekday()] * rng.uniform(0.85, 1.15)))
    hours = rng.choices(_HOURS, _HOUR_WEIGHTS, k=count)
    moments = (time(hour, rng.randrange(60), rng.randrange(60)) for hour in hours)
    yield from (datetime.combine(day, moment) for moment in sorted(moments))


def make_cart(
    menu: Menu, at: datetime, members: Sequence[Member], seen: set[str], rng: random.Random
) -> dict[str, Any]:
    """Return a plausible cart. ``seen`` remembers members who bought before, and grows."""
    cart: dict[str, Any] = {
        "at": at.isoformat(),
        "items": _items(menu, rng),
        "channel": rng.choices(menu.channels, [2 ** (len(menu.channels) - n) for n in range(len(menu.channels))])[0],
    }
    if menu.payments:
        cart["payment_method"] = rng.choice(menu.payments)
    if members and rng.random() < _MEMBER_SHARE:
        cart["customer"] = _customer(_regular(members, rng), seen)
    if rng.random() < _CLAIM_SHARE:
        cart["claims"] = [one["code"] for one in menu.promotions if not one.get("is_auto_apply", True)][:2]
    codes = [code for one in menu.promotions for code in one.get("voucher_codes", ())]
    if codes and rng.random() < _CODE_SHARE:
        cart["vouchers"] = [rng.choice(codes)]
    return cart


def _regular(members: Sequence[Member], rng: random.Random) -> Member:
    # A few regulars come often: the chance falls with the square of the place in the list.
    return members[int(len(members) * rng.random() ** 2)]


def _customer(member: Member, seen: set[str]) -> dict[str, Any]:
    returning = member.member_id in seen
    seen.add(member.member_id)
    customer: dict[str, Any] = {
        "member_id": member.member_id,
        "is_member": True,
        "customer_type": "returning" if returning else "new",
    }
    if member.tier is not None:
        customer["tier"] = member.tier
    return customer


def _items(menu: Menu, rng: random.Random) -> list[dict[str, Any]]:
    sold = menu.sold()
    quantities = dict(_hinted(menu, sold, rng)) if rng.random() < _HINTED_SHARE else {}
    for product_id in rng.choices(sold, [1 / (place + 3) for place in range(len(sold))], k=_pick(_LINES, rng)):
        quantities.setdefault(product_id, _quantity(menu.products[product_id], rng))
    return [
        {"line_id": str(number), "product_id": product_id, "quantity": quantity}
        for number, (product_id, quantity) in enumerate(quantities.items(), start=1)
    ]


def _hinted(menu: Menu, sold: Sequence[str], rng: random.Random) -> Iterator[tuple[str, int | Decimal]]:
    """Yield what a customer takes who has read the poster of one promotion: the products it names."""
    if not menu.promotions:
        return
    promotion = rng.choice(menu.promotions)
    rules, scope = promotion["rules"], promotion["scope"]
    wanted = {one["product_id"]: one.get("quantity") or 1 for one in rules.get("products", ())}
    wanted |= {one["product_id"]: one.get("quantity") or 1 for one in rules.get("items", ()) if one.get("product_id")}
    for name in ("required_product_id", "upsell_product_id", "trigger_product_id", "get_product_id"):
        if rules.get(name):
            wanted[rules[name]] = rules.get("required_min_qty") or rules.get("trigger_min_qty") or 1
    group = rules.get("buy_quantity", 0) + rules.get("get_quantity", 0) or rules.get("required_quantity") or 0
    named = set(scope["products"])
    categories = set(scope["categories"])
    fitting = [one for one in sold if one in named or menu.products[one].get("category") in categories]
    if fitting:
        wanted[rng.choice(fitting)] = group or 1
    for product_id, quantity in wanted.items():
        if product_id in sold:
            weighed = menu.products[product_id].get("unit") == "kg"
            yield product_id, _quantity(menu.products[product_id], rng) if weighed else int(quantity)


def _quantity(product: Mapping[str, Any], rng: random.Random) -> int | Decimal:
    if product.get("unit") == "kg":
        return rng.choice(_WEIGHTS_KG)
    return _pick(_QUANTITIES, rng)


def _pick(weighted: Sequence[tuple[int, int]], rng: random.Random) -> int:
    return rng.choices([value for value, _ in weighted], [weight for _, weight in weighted])[0]
