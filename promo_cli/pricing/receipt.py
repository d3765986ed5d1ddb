"""The receipt: what was given, line by line and unit by unit, and why the rest was not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from promo_cli.pricing.bundle import PreparedBundle
from promo_cli.pricing.money import major
from promo_cli.pricing.packages import unpacked
from promo_cli.pricing.promotion import Entry
from promo_cli.pricing.sale import Given, Sale
from promo_cli.pricing.types.base import Gift, Option, Reward
from promo_cli.pricing.units import Line, Run
from promo_cli.pricing.verdicts import Verdicts
from promo_cli.pricing.words import Currency, number


def receipt(sale: Sale, verdicts: Verdicts) -> dict[str, Any]:
    """Return the receipt as a plain dict, amounts as ints or Decimals in major units."""
    bundle, cart = sale.bundle, sale.cart
    currency = bundle.currency
    by_line: list[list[Run]] = [[] for _ in cart.lines]
    for run in unpacked(sale.runs) if sale.packages else sale.runs:
        by_line[run.line.number].append(run)
    named = {given.entry.promotion.id: given.entry.named for given in sale.given}
    lines = [_line(line, by_line[line.number], named, currency) for line in cart.lines]
    listed = gifts = 0
    for line in cart.lines:
        listed += line.price * line.units
    for entry, gift in sale.gifts:
        lines.append(_gift_line(entry, gift, currency))
        gifts += gift.units * gift.price
    paid = sale.total
    skipped = [verdicts.skipped[place].copy() for place in sorted(verdicts.skipped)]
    hints = [verdicts.hints[place] for place in sorted(verdicts.hints)]
    return {
        "subtotal": currency.major(listed + gifts),
        "total_discount": currency.major(listed - paid + gifts),
        "final_amount": currency.major(paid),
        "lines": lines,
        "applied": [_applied(given, bundle) for given in sale.given],
        "skipped": skipped,
        "skipped_count": len(bundle.entries) - len(sale.given) - len(sale.rewards) - len(skipped),
        "rewards": [_reward(entry, reward, bundle) for entry, reward in sale.rewards],
        "hints": hints + verdicts.unknown_vouchers(cart.vouchers) if cart.vouchers else hints,
        "provisional": _provisional(sale),
        "search": "exact" if sale.exact else "bounded",
    }


def _provisional(sale: Sale) -> bool:
    """Limits hold for all tills, but a till knows only the counters it was given."""
    for given in sale.given:
        if given.entry.promotion.counted:
            return True
    return any(entry.promotion.counted for entry, _ in sale.rewards)


def _line(line: Line, runs: list[Run], named: dict[str, dict[str, Any]], currency: Currency) -> dict[str, Any]:
    nets: list[int | Decimal] = []
    net = 0
    product = line.product
    each = product.major if line.price == product.price else None
    if each is None:
        each = currency.major(line.price)
    if len(runs) > 1:
        runs.sort(key=_place)
    for run in runs:
        count = run.count
        net += run.running * count
        left = each if run.running == line.price else currency.major(run.running)
        if count == 1:
            nets.append(left)
        else:
            nets += [left] * count
    if len(nets) != line.units:
        nets = _joined(line, runs, currency)
    value = line.price * line.units
    listed = each if line.units == 1 else currency.major(value)
    # A copy that is filled in: faster than putting eleven keys into a new dict.
    shown = product.shown.copy()
    shown["quantity"] = line.quantity
    if line.each != product.price:
        shown["price"] = currency.major(line.each)
    shown["list_amount"] = listed
    shown["unit_nets"] = nets
    if net == value:
        shown["discount"] = 0
        shown["net"] = listed
        shown["discounts"] = []
    else:
        discount = currency.major(value - net)
        shown["discount"] = discount
        shown["net"] = nets[0] if line.units == 1 else currency.major(net)
        shown["discounts"] = _discounts(runs, discount, named, currency)
    return shown if line.line_id is None else {"line_id": line.line_id, **shown}


def _discounts(
    runs: list[Run], whole: int | Decimal, named: dict[str, dict[str, Any]], currency: Currency
) -> list[dict[str, Any]]:
    """Who took how much off a line, in the order of its units and of what was taken off them; one takes the whole."""
    if len(runs) == 1 and len(runs[0].shares) == 1:
        discount = named[runs[0].shares[0][0]].copy()
        discount["amount"] = whole
        return [discount]
    shares: dict[str, int] = {}
    for run in runs:
        for promotion_id, amount in run.shares:
            shares[promotion_id] = shares.get(promotion_id, 0) + amount * run.count
    discounts: list[dict[str, Any]] = []
    for promotion_id, amount in shares.items():
        discount = named[promotion_id].copy()
        discount["amount"] = currency.major(amount)
        discounts.append(discount)
    return discounts


def _joined(line: Line, runs: list[Run], currency: Currency) -> list[int | Decimal]:
    """What is left of each unit; a surcharge set apart from a package shares its unit's place."""
    nets = [0] * line.units
    for run in runs:
        for place in range(run.place, run.place + run.count):
            nets[place] += run.running
    return [currency.major(net) for net in nets]


def _place(run: Run) -> int:
    return run.place


def _gift_line(entry: Entry, gift: Gift, currency: Currency) -> dict[str, Any]:
    value = currency.major(gift.units * gift.price)
    shown = gift.product.shown.copy()
    del shown["discounts"]
    return {
        **shown,
        "quantity": gift.units,
        "price": currency.major(gift.price),
        "list_amount": value,
        "discount": value,
        "net": 0,
        "unit_nets": [0] * gift.units,
        "gift": True,
        "discounts": [{**entry.named, "amount": value}],
    }


def _reward(entry: Entry, reward: Reward, bundle: PreparedBundle) -> dict[str, Any]:
    currency = bundle.currency
    about = {**entry.named, "type": reward.kind}
    if reward.kind == "points_multiplier":
        factor = major(reward.factor, 3)
        said = f"{entry.headline} earned (points count {factor} times)"
        return {**about, "method": reward.method, "amount": 0, "multiplier": factor, "explanation": said}
    words = {
        "points": f"{number(reward.amount, bundle.exponent)} points",
        "wallet": f"{currency.say(reward.amount)} to the wallet",
        "voucher": f"{currency.say(reward.amount)} as a voucher",
    }
    said = f"{entry.headline} earned ({words[reward.method]})"
    return {**about, "method": reward.method, "amount": currency.major(reward.amount), "explanation": said}


def _applied(given: Given, bundle: PreparedBundle) -> dict[str, Any]:
    option, currency = given.option, bundle.currency
    applied = given.entry.named.copy()
    applied["amount"] = currency.major(option.worth)
    applied["times"] = option.times
    applied["explanation"] = _explanation(given.entry, option, currency.say(option.worth))
    if given.dropped:
        applied["dropped"] = currency.major(given.dropped)
    if given.entry.promotion.experiment is not None:
        applied["experiment"] = given.entry.promotion.experiment
    return applied


def _explanation(entry: Entry, option: Option, said: str) -> str:
    """Return what a promotion did: `20% discount applied (Rp 10,000 off)`."""
    times = f" {option.times} times" if option.times > 1 else ""
    return f"{entry.headline} applied{times} ({said} off)"
