"""AMT: single amounts and percentages, what they may be at all and against each other."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from promo_cli.diagnostics import Severity
from promo_cli.model.promotion import Promotion
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import Also, Change, Finding, rule, workspace_rule
from promo_cli.validation.words import money, number, several, written

PERCENT_DECIMALS = 2
QUANTITY_DECIMALS = 3
_COUNTS_FROM_ONE = {
    "buy_quantity", "get_quantity", "required_quantity", "required_min_qty", "free_quantity", "trigger_min_qty",
    "quantity", "max_applications", "max_units", "max_units_per_line", "every_quantity", "window_days",
}  # fmt: skip
_BENEFITS = {"discount_amount", "discount_value", "cashback_value"}
_CAPS = {"max_discount_amount", "max_discount", "cashback_max"}


@rule("AMT001", "percent-out-of-bounds")
def percent_out_of_bounds(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A percentage that is not above 0 and at most 100.

    Why: nothing can be discounted by more than all of it, and 0 percent is no discount.

    Bad:
        rules: {discount_percent: 120}

    Good:
        rules: {discount_percent: 12}

    Fix: write a percentage above 0 and up to 100.
    """
    for stated in facts.numbers(promotion):
        if stated.kind == "percent" and not 0 < stated.value <= 100 and _counts(promotion, stated.pointer):
            message = f"{number(stated.value)}% is not above 0% and at most 100%"
            yield Finding(message, stated.pointer, help="write a percentage above 0 and up to 100")


@rule("AMT002", "percent-as-fraction", severity=Severity.WARNING)
def percent_as_fraction(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A percentage below 1, as if it were a fraction.

    Why: 0.2 is a fifth of one percent, not twenty percent.

    Bad:
        rules: {discount_percent: 0.2}

    Good:
        rules: {discount_percent: 20}

    Fix: write 20 for twenty percent.
    """
    for stated in facts.numbers(promotion):
        if stated.kind == "percent" and 0 < stated.value < 1:
            meant = number(stated.value * 100)
            yield Finding(
                f"{number(stated.value)} is less than one percent",
                stated.pointer,
                help=f"write {meant} for {meant}%",
                change=Change(stated.pointer, meant),
            )


@rule("AMT003", "too-many-decimals")
def too_many_decimals(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """An amount with more decimals than the currency has; a percentage with over two, a weight with over three.

    Why: money is exact here; what cannot be paid cannot be priced. `50.000` is fifty, written with three decimals.

    Bad:
        rules: {discount_percent: 20, max_discount_amount: 50.000}

    Good:
        rules: {discount_percent: 20, max_discount_amount: 50_000}

    Fix: separate thousands by `_` or not at all, and round to what the currency has.
    """
    exponent = facts.currency.exponent
    allowed = {"amount": exponent, "percent": PERCENT_DECIMALS, "quantity": QUANTITY_DECIMALS, "factor": 2, "count": 0}
    for stated in facts.numbers(promotion):
        if _decimals(stated.value) > allowed[stated.kind]:
            yield _finer(stated.pointer, stated.value, allowed[stated.kind], stated.kind, facts)


@workspace_rule("AMT004", "price-decimals")
def price_decimals(facts: Facts) -> Iterator[Finding]:
    """A price, cost or minimum price in the catalogue that the currency cannot express, or that is below zero.

    Why: no till could charge it.

    Bad:
        # stores/catalog.yaml
        products: [{id: latte, name: Latte, price: 38.000}]

    Good:
        # stores/catalog.yaml
        products: [{id: latte, name: Latte, price: 38_000}]

    Fix: separate thousands by `_` or not at all, and round to what the currency has.
    """
    for product in facts.workspace.products:
        for name in ("price", "cost", "min_price"):
            value = getattr(product, name)
            if value is None:
                continue
            if value < 0:
                yield Finding(f"the {name} of {product.id} is below zero", f"/{name}", product, help="write 0 or more")
            elif _decimals(value) > facts.currency.exponent:
                yield _finer(f"/{name}", value, facts.currency.exponent, "amount", facts, of=product)


@rule("AMT005", "negative")
def negative(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """An amount or a number below zero.

    Why: discounts are written as positive amounts; a negative one would raise the price.

    Bad:
        promo_type: amount_discount
        rules: {discount_amount: -10_000}

    Good:
        promo_type: amount_discount
        rules: {discount_amount: 10_000}

    Fix: drop the minus.
    """
    for stated in facts.numbers(promotion):
        if stated.value < 0 and stated.kind != "percent":
            positive = written(-stated.value)
            change = Change(stated.pointer, positive)
            yield Finding(
                f"{number(stated.value)} is below zero", stated.pointer, help=f"write {positive}", change=change
            )


@rule("AMT006", "gives-nothing")
def gives_nothing(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A discount of nothing, a cap of nothing, or a count of none where one is the least.

    Why: the promotion would apply and change no price, or never apply.

    Bad:
        promo_type: buy_x_get_y
        rules: {buy_quantity: 2, get_quantity: 0}

    Good:
        promo_type: buy_x_get_y
        rules: {buy_quantity: 2, get_quantity: 1}

    Fix: write what is given; leave a cap or an option out where it should not limit.
    """
    for stated in facts.numbers(promotion):
        if stated.value != 0 or not _counts(promotion, stated.pointer):
            continue
        if stated.name in _BENEFITS and stated.kind == "amount":
            yield Finding(f"`{stated.name}: 0` gives nothing", stated.pointer, help="write what is given")
        elif stated.name in _CAPS:
            advice = f"leave `{stated.name}` out for no cap"
            yield Finding(f"`{stated.name}: 0` caps the discount at nothing", stated.pointer, help=advice)
        elif stated.name in _COUNTS_FROM_ONE:
            yield Finding(
                f"`{stated.name}` must be at least 1", stated.pointer, help="write 1 or more, or leave it out"
            )


@rule("AMT007", "cap-always-reached", "percent_discount", "payment_discount", "cashback", severity=Severity.WARNING)
def cap_always_reached(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """The cap is so low that every qualifying purchase reaches it, so the percentage means nothing.

    Why: customers read "20% off" and always get the same small amount. That is a flat discount with a bad name.

    Bad:
        rules: {discount_percent: 20, max_discount_amount: 5_000, min_purchase: 100_000}

    Good:
        rules: {discount_percent: 20, max_discount_amount: 50_000, min_purchase: 100_000}

    Fix: raise the cap, or make it an amount_discount of the cap.
    """
    rules = promotion.rules
    percent, cap, cap_name = _capped_percent(promotion)
    if percent is None or cap is None or not 0 < percent <= 100 or cap <= 0:
        return
    least, cheapest = rules.min_purchase, None
    if facts.whole("products", "categories"):
        priced = facts.priced(promotion)
        if priced and priced[0].price > least and all(product.unit == "each" for product in priced):
            least, cheapest = priced[0].price, priced[0].id
    if least > 0 and least * percent / 100 >= cap:
        begins = money(least, facts.currency)
        why = f"with {cheapest} alone, the cheapest in scope at" if cheapest else "from the minimum purchase of"
        yield Finding(
            f"the cap of {money(cap, facts.currency)} is always reached, {why} {begins}",
            f"/rules/{cap_name}",
            also=(
                Also(
                    f"{number(percent)}% of it is {money(least * percent / 100, facts.currency)}",
                    _percent_at(promotion),
                ),
            ),
            help="raise the cap, or make it a fixed amount",
        )


@rule("AMT008", "cap-without-percent", "payment_discount", "cashback", severity=Severity.WARNING)
def cap_without_percent(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A cap on a discount that is a fixed amount.

    Why: a cap limits a percentage; here it is either without effect, or the amount is not the one that is given.

    Bad:
        promo_type: payment_discount
        rules: {payment_methods: [qris], discount_type: amount, discount_value: 10_000, max_discount: 20_000}

    Good:
        promo_type: payment_discount
        rules: {payment_methods: [qris], discount_type: amount, discount_value: 10_000}

    Fix: remove the cap, or make it a percentage.
    """
    rules = promotion.rules
    kind, cap_name = (
        (rules.cashback_type, "cashback_max")
        if promotion.promo_type == "cashback"
        else (rules.discount_type, "max_discount")
    )
    if kind == "amount" and getattr(rules, cap_name) is not None:
        advice = f"remove `{cap_name}`, or make it a percentage"
        yield Finding("a fixed amount needs no cap", f"/rules/{cap_name}", key=True, help=advice)


@rule("AMT009", "limit-of-zero")
def limit_of_zero(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A limit or budget of 0.

    Why: the promotion can never be used.

    Bad:
        limits: {max_uses: 0}

    Good:
        limits: {max_uses: 1_000}

    Fix: write how often it may be used; leave the limit out for no limit; `is_active: false` switches it off.
    """
    for name, limit in promotion.limits:
        if limit == 0:
            advice = f"leave `{name}` out for no limit; `is_active: false` switches the promotion off"
            yield Finding(f"`{name}: 0` means it can never be used", f"/limits/{name}", help=advice)


@rule("AMT010", "limit-without-effect", severity=Severity.WARNING)
def limit_without_effect(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A limit per customer or per day that is not below the limit in all.

    Why: it never decides anything; most often the two are swapped.

    Bad:
        limits: {max_uses: 100, max_uses_per_customer: 1_000}

    Good:
        limits: {max_uses: 1_000, max_uses_per_customer: 1}

    Fix: swap them, or remove the one that is too high.
    """
    limits = promotion.limits
    for name in ("max_uses_per_customer", "max_uses_per_day"):
        value = getattr(limits, name)
        if value is not None and limits.max_uses is not None and 0 < limits.max_uses < value:
            also = (Also(f"at most {limits.max_uses:,} in all", "/limits/max_uses"),)
            message = f"`{name}` can never be reached"
            yield Finding(message, f"/limits/{name}", also=also, help="swap the two, or remove the higher one")


def _counts(promotion: Promotion[Any], pointer: str) -> bool:
    """Whether a number is looked at: the `discount_value` of a gift tier is not."""
    if promotion.promo_type != "threshold_tier" or not pointer.endswith("/discount_value"):
        return True
    # A tier without a value is said once, by the rule on tiers without a benefit.
    tier = promotion.rules.tiers[int(pointer.split("/")[3])]
    return bool(tier.discount_value)


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _finer(pointer: str, value: Decimal, allowed: int, kind: str, facts: Facts, of: Any = None) -> Finding:
    what = f"{facts.currency.code} has" if kind == "amount" else f"a {kind} has"
    most = f"at most {several(allowed, 'decimal')}" if allowed else "no decimals"
    message = f"{value} has {several(_decimals(value), 'decimal')}; {what} {most}"
    if kind == "amount" and _decimals(value) == 3 and value >= 1:
        meant = f"{value:f}".replace(".", "_")
        advice = f"write {meant} for {meant.replace('_', ',')}: the point separates decimals, not thousands"
        return Finding(message, pointer, of, help=advice, change=Change(pointer, meant))
    rounded = round(value, allowed)
    shorter = written(rounded)
    return Finding(
        message, pointer, of, help=f"write {shorter}", change=Change(pointer, shorter, safe=rounded == value)
    )


def _capped_percent(promotion: Promotion[Any]) -> tuple[Decimal | None, Decimal | None, str]:
    rules = promotion.rules
    match promotion.promo_type:
        case "percent_discount":
            return rules.discount_percent, rules.max_discount_amount, "max_discount_amount"
        case "payment_discount":
            percent = rules.discount_value if rules.discount_type == "percent" else None
            return percent, rules.max_discount, "max_discount"
        case _:
            percent = rules.cashback_value if rules.cashback_type == "percent" else None
            return percent, rules.cashback_max, "cashback_max"


def _percent_at(promotion: Promotion[Any]) -> str:
    names = {"percent_discount": "discount_percent", "payment_discount": "discount_value", "cashback": "cashback_value"}
    return f"/rules/{names[promotion.promo_type]}"
