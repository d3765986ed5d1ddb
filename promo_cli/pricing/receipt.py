"""The receipt: what was given, line by line and unit by unit, and why the rest was not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from promo_cli.pricing.bundle import PreparedBundle
from promo_cli.pricing.money import major
from promo_cli.pricing.packages import unpacked
from promo_cli.pricing.promotion import Entry, Promotion
from promo_cli.pricing.sale import Given, Sale
from promo_cli.pricing.types.base import Gift, Option, Reward
from promo_cli.pricing.units import Line, Run
from promo_cli.pricing.verdicts import Verdicts
from promo_cli.pricing.words import Money, number

Major = Callable[[int], int | Decimal]
"""Minor units as the number receipts carry."""


def receipt(sale: Sale, verdicts: Verdicts) -> dict[str, Any]:
    """Return the receipt as a plain dict, amounts as ints or Decimals in major units."""
    bundle, cart = sale.bundle, sale.cart
    money = bundle.major
    by_line: list[list[Run]] = [[] for _ in cart.lines]
    for run in unpacked(sale.runs) if sale.packages else sale.runs:
        by_line[run.line.number].append(run)
    codes = {given.entry.promotion.id: given.entry.promotion.code for given in sale.given}
    lines = [_line(line, runs, codes, money) for line, runs in zip(cart.lines, by_line, strict=True)]
    lines += [_gift_line(entry, gift, money) for entry, gift in sale.gifts]
    gifts = sum([gift.units * gift.price for _, gift in sale.gifts])
    listed = sum([line.price * line.units for line in cart.lines])
    paid = sale.total
    # Copies, because what is worded once for a bundle must not be the caller's to change.
    skipped = [*map(dict.copy, map(verdicts.skipped.__getitem__, sorted(verdicts.skipped)))]
    return {
        "subtotal": money(listed + gifts),
        "total_discount": money(listed - paid + gifts),
        "final_amount": money(paid),
        "lines": lines,
        "applied": [_applied(given, bundle) for given in sale.given],
        "skipped": skipped,
        "skipped_count": len(bundle.entries) - len(sale.given) - len(sale.rewards) - len(skipped),
        "rewards": [_reward(entry, reward, bundle) for entry, reward in sale.rewards],
        "hints": [
            *map(dict.copy, map(verdicts.hints.__getitem__, sorted(verdicts.hints))),
            *verdicts.unknown_vouchers(cart.vouchers),
        ],
        "provisional": any(promotion.counted for promotion in _counted(sale)),
        "search": "exact" if sale.exact else "bounded",
    }


def _counted(sale: Sale) -> Iterator[Promotion]:
    """Promotions that add to counters; limits hold for all tills, but a till knows only the counters it was given."""
    yield from (given.entry.promotion for given in sale.given)
    yield from (entry.promotion for entry, _ in sale.rewards)


def _line(line: Line, runs: list[Run], codes: dict[str, str], money: Major) -> dict[str, Any]:
    shares: dict[str, int] = {}
    if len(runs) > 1:
        runs.sort(key=_place)
    nets: list[int | Decimal] = []
    net = 0
    for run in runs:
        count = run.count
        net += run.running * count
        nets += [money(run.running)] * count
        for promotion_id, amount in run.shares:
            shares[promotion_id] = shares.get(promotion_id, 0) + amount * count
    if len(nets) != line.units:
        nets = _joined(line, runs, money)
    value = line.price * line.units
    product = line.product
    shown = {
        "product_id": product.id,
        "name": product.name,
        "category": product.category,
        "brand": product.brand,
        "quantity": line.quantity,
        "price": money(line.each),
        "list_amount": money(value),
        "discount": money(value - net),
        "net": money(net),
        "unit_nets": nets,
        "discounts": [
            {"promotion_id": promotion_id, "code": codes[promotion_id], "amount": money(amount)}
            for promotion_id, amount in shares.items()
        ],
    }
    return shown if line.line_id is None else {"line_id": line.line_id, **shown}


def _joined(line: Line, runs: list[Run], money: Major) -> list[int | Decimal]:
    """What is left of each unit; a surcharge set apart from a package shares its unit's place."""
    nets = [0] * line.units
    for run in runs:
        for place in range(run.place, run.place + run.count):
            nets[place] += run.running
    return [money(net) for net in nets]


def _place(run: Run) -> int:
    return run.place


def _gift_line(entry: Entry, gift: Gift, money: Major) -> dict[str, Any]:
    product, value = gift.product, money(gift.units * gift.price)
    return {
        "product_id": product.id,
        "name": product.name,
        "category": product.category,
        "brand": product.brand,
        "quantity": gift.units,
        "price": money(gift.price),
        "list_amount": value,
        "discount": value,
        "net": 0,
        "unit_nets": [0] * gift.units,
        "gift": True,
        "discounts": [{"promotion_id": entry.promotion.id, "code": entry.promotion.code, "amount": value}],
    }


def _reward(entry: Entry, reward: Reward, bundle: PreparedBundle) -> dict[str, Any]:
    about = {"promotion_id": entry.promotion.id, "code": entry.promotion.code, "type": reward.kind}
    if reward.kind == "points_multiplier":
        factor = major(reward.factor, 3)
        said = f"{entry.headline} earned (points count {factor} times)"
        return {**about, "method": reward.method, "amount": 0, "multiplier": factor, "explanation": said}
    words = {
        "points": f"{number(reward.amount, bundle.exponent)} points",
        "wallet": f"{bundle.say(reward.amount)} to the wallet",
        "voucher": f"{bundle.say(reward.amount)} as a voucher",
    }
    said = f"{entry.headline} earned ({words[reward.method]})"
    return {**about, "method": reward.method, "amount": bundle.major(reward.amount), "explanation": said}


def _applied(given: Given, bundle: PreparedBundle) -> dict[str, Any]:
    promotion, option, dropped = given.entry.promotion, given.option, given.dropped
    entry = {
        "promotion_id": promotion.id,
        "code": promotion.code,
        "amount": bundle.major(option.worth),
        "times": option.times,
        "explanation": _explanation(given.entry, option, bundle.say),
    }
    if dropped:
        entry["dropped"] = bundle.major(dropped)
    if promotion.experiment is not None:
        entry["experiment"] = promotion.experiment
    return entry


def _explanation(entry: Entry, option: Option, say: Money) -> str:
    """Return what a promotion did: `20% discount applied (Rp 10,000 off)`."""
    times = f" {option.times} times" if option.times > 1 else ""
    return f"{entry.headline} applied{times} ({say(option.worth)} off)"
