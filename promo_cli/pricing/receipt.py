"""The receipt: what was given, line by line and unit by unit, and why the rest was not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from promo_cli.pricing.bundle import Entry
from promo_cli.pricing.cart import Line
from promo_cli.pricing.hints import hints
from promo_cli.pricing.lane import Verdicts
from promo_cli.pricing.money import major
from promo_cli.pricing.packages import unpacked
from promo_cli.pricing.promotion import Promotion
from promo_cli.pricing.reasons import text
from promo_cli.pricing.sale import Given, Sale
from promo_cli.pricing.types.base import Gift, Option, Reward
from promo_cli.pricing.units import Run
from promo_cli.pricing.words import Money, money_writer


def receipt(sale: Sale, entries: Sequence[Entry], verdicts: Verdicts) -> dict[str, Any]:
    """Return the receipt as a plain dict, amounts as ints or Decimals in major units."""
    exponent = sale.bundle.exponent
    by_line: dict[int, list[Run]] = {}
    for run in unpacked(sale.runs):
        by_line.setdefault(run.line, []).append(run)
    codes = {given.entry.promotion.id: given.entry.promotion.code for given in sale.given}
    lines = [_line(line, by_line[line.number], codes, exponent) for line in sale.cart.lines]
    lines += [_gift_line(entry, gift, exponent) for entry, gift in sale.gifts]
    gifts = sum(gift.units * gift.price for _, gift in sale.gifts)
    subtotal = sum(line.price * line.units for line in sale.cart.lines) + gifts
    discount = sum((run.price - run.running) * run.count for run in sale.runs) + gifts
    say = money_writer(sale.bundle.currency, exponent)
    skipped = [
        {
            "promotion_id": entry.promotion.id,
            "code": entry.promotion.code,
            "reason_code": verdicts[entry.promotion.id].reason.value,
            "reason": text(verdicts[entry.promotion.id], say),
        }
        for entry in entries
        if entry.promotion.id in verdicts
    ]
    return {
        "subtotal": major(subtotal, exponent),
        "total_discount": major(discount, exponent),
        "final_amount": major(subtotal - discount, exponent),
        "lines": lines,
        "applied": [_applied(given, exponent, say) for given in sale.given],
        "skipped": skipped,
        "skipped_count": len(sale.bundle.entries) - len(sale.given) - len(sale.rewards) - len(skipped),
        "rewards": [_reward(entry, reward, exponent) for entry, reward in sale.rewards],
        "hints": hints(sale, entries, verdicts, say),
        "provisional": any(promotion.counted for promotion in _counted(sale)),
        "search": "exact" if sale.exact else "bounded",
    }


def _counted(sale: Sale) -> Iterator[Promotion]:
    """Promotions that add to counters; limits hold for all tills, but a till knows only the counters it was given."""
    yield from (given.entry.promotion for given in sale.given)
    yield from (entry.promotion for entry, _ in sale.rewards)


def _line(line: Line, runs: list[Run], codes: dict[str, str], exponent: int) -> dict[str, Any]:
    shares: dict[str, int] = {}
    nets = [0] * line.units
    for run in sorted(runs, key=lambda run: run.place):
        for place in range(run.place, run.place + run.count):  # a surcharge set apart shares its unit's place
            nets[place] += run.running
        for share in run.shares:
            shares[share.promotion_id] = shares.get(share.promotion_id, 0) + share.amount * run.count
    value, net = line.price * line.units, sum(nets)
    return {
        **({} if line.line_id is None else {"line_id": line.line_id}),
        "product_id": line.product.id,
        "name": line.product.name,
        "category": line.product.categories[0] if line.product.categories else None,
        "brand": line.product.brand,
        "quantity": line.quantity,
        "price": major(line.each, exponent),
        "list_amount": major(value, exponent),
        "discount": major(value - net, exponent),
        "net": major(net, exponent),
        "unit_nets": [major(minor, exponent) for minor in nets],
        "discounts": [
            {"promotion_id": key, "code": codes[key], "amount": major(amount, exponent)}
            for key, amount in shares.items()
        ],
    }


def _gift_line(entry: Entry, gift: Gift, exponent: int) -> dict[str, Any]:
    product, value = gift.product, major(gift.units * gift.price, exponent)
    return {
        "product_id": product.id,
        "name": product.name,
        "category": product.categories[0] if product.categories else None,
        "brand": product.brand,
        "quantity": gift.units,
        "price": major(gift.price, exponent),
        "list_amount": value,
        "discount": value,
        "net": 0,
        "unit_nets": [0] * gift.units,
        "gift": True,
        "discounts": [{"promotion_id": entry.promotion.id, "code": entry.promotion.code, "amount": value}],
    }


def _reward(entry: Entry, reward: Reward, exponent: int) -> dict[str, Any]:
    about = {"promotion_id": entry.promotion.id, "code": entry.promotion.code, "type": reward.kind}
    if reward.kind == "points_multiplier":
        return {**about, "method": reward.method, "amount": 0, "multiplier": major(reward.factor, 3)}
    return {**about, "method": reward.method, "amount": major(reward.amount, exponent)}


def _applied(given: Given, exponent: int, say: Money) -> dict[str, Any]:
    promotion, option, dropped = given.entry.promotion, given.option, given.dropped
    entry = {
        "promotion_id": promotion.id,
        "code": promotion.code,
        "amount": major(option.worth, exponent),
        "times": option.times,
        "explanation": _explanation(promotion, option, say),
    }
    if dropped:
        entry["dropped"] = major(dropped, exponent)
    if promotion.experiment is not None:
        entry["experiment"] = promotion.experiment
    return entry


def _explanation(promotion: Promotion, option: Option, say: Money) -> str:
    """Return what a promotion did: `20% discount applied (Rp 10,000 off)`."""
    times = f" {option.times} times" if option.times > 1 else ""
    return f"{promotion.rules.describe(say) or promotion.name} applied{times} ({say(option.worth)} off)"
