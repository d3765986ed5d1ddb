"""Who, where and when; conditions, limits, vouchers, brands; and carts that are refused."""

from __future__ import annotations

from typing import Any

from tests.pricing.golden.scenario import Scenario, amount, category, d, everything, items, percent, products

LATTE = items(latte=1)
GUEST: dict[str, Any] = {}
GOLD = {"customer": {"member_id": "M1", "is_member": True, "tier": "gold", "customer_type": "returning"}}
NEW = {"customer": {"member_id": "M2", "is_member": True, "tier": "silver", "customer_type": "new"}}


def when(**validity: Any) -> tuple[dict[str, Any]]:
    """20 % off lattes at these times."""
    return (percent("P", "20", scope=products("latte"), validity=validity),)


def who(**targeting: Any) -> tuple[dict[str, Any]]:
    """20 % off lattes for these customers."""
    return (percent("P", "20", scope=products("latte"), targeting=targeting),)


def at(text: str) -> dict[str, Any]:
    """A cart paid then."""
    return {"at": text}


def provided(condition: dict[str, Any], **fields: Any) -> tuple[dict[str, Any]]:
    """20 % off lattes while a condition holds."""
    return (percent("P", "20", scope=products("latte"), conditions=condition, **fields),)


NIGHT = {"time_start": "22:00:00", "time_end": "02:00:00", "days_of_week": [5]}
VOUCHER = {"require_voucher": True, "voucher_codes": ["PROMO10"]}
DRINKS_TWO = {"min_quantity": 2, "scope": category("drinks")}
CROSS = {
    "enabled": True,
    "type": "trigger_benefit",
    "trigger_brands": ["north"],
    "trigger_min_amount": 9,
    "benefit_brands": ["south"],
}


def limited(limits: dict[str, Any]) -> tuple[dict[str, Any]]:
    """1.00 off lattes within limits."""
    return (amount("P", "1", scope=products("latte"), limits=limits),)


def used(**counters: Any) -> dict[str, Any]:
    """The counters of promotion P."""
    return {"usage": {"P": counters}}


def bad(name: str, rule: str, items_: tuple[dict[str, Any], ...] = LATTE, **cart: Any) -> Scenario:
    """A cart that is refused."""
    return Scenario(name, rule, None, (), items_, cart=cart)


SCENARIOS = [
    Scenario("first-day", "Dates are inclusive: the first day.", "0.9", when(start_date="2026-02-07"), LATTE),
    Scenario(
        "last-day",
        "The last day, to its end.",
        "0.9",
        when(start_date="2026-02-01", end_date="2026-02-07"),
        LATTE,
        cart=at("2026-02-07T23:59:59"),
    ),
    Scenario("day-before", "The day before.", "0", when(start_date="2026-02-08"), LATTE),
    Scenario("day-after", "The day after.", "0", when(end_date="2026-02-06"), LATTE),
    Scenario("weekday", "Saturday is 6.", "0.9", when(days_of_week=[6, 7]), LATTE),
    Scenario("other-weekday", "Not on a Saturday.", "0", when(days_of_week=[1, 2, 3, 4, 5]), LATTE),
    Scenario(
        "hours-begin",
        "Hours are half-open: 18:00 is in.",
        "0.9",
        when(time_start="18:00:00", time_end="19:00:00"),
        LATTE,
    ),
    Scenario("hours-end", "18:00 is no longer in.", "0", when(time_start="17:00:00", time_end="18:00:00"), LATTE),
    Scenario(
        "night-evening", "Across midnight: Friday 23:00.", "0.9", when(**NIGHT), LATTE, cart=at("2026-02-06T23:00:00")
    ),
    Scenario(
        "night-morning",
        "Saturday 01:00 is still Friday's night.",
        "0.9",
        when(**NIGHT),
        LATTE,
        cart=at("2026-02-07T01:00:00"),
    ),
    Scenario(
        "night-wrong-day",
        "Sunday 01:00 is Saturday's night.",
        "0",
        when(**NIGHT),
        LATTE,
        cart=at("2026-02-08T01:00:00"),
    ),
    Scenario(
        "night-last-date",
        "The end date is tested on the start day: the morning after the last day is in.",
        "0.9",
        when(time_start="22:00:00", time_end="02:00:00", end_date="2026-02-06"),
        LATTE,
        cart=at("2026-02-07T01:59:00"),
    ),
    Scenario(
        "holiday", "Not on a holiday.", "0", when(exclude_holidays=True), LATTE, header={"holidays": ["2026-02-07"]}
    ),
    Scenario(
        "holiday-not-excluded",
        "On a holiday unless excluded.",
        "0.9",
        when(),
        LATTE,
        header={"holidays": ["2026-02-07"]},
    ),
    Scenario(
        "holiday-start-day",
        "Across midnight the holiday is tested on the start day.",
        "0.9",
        when(time_start="22:00:00", time_end="02:00:00", exclude_holidays=True),
        LATTE,
        cart=at("2026-02-07T01:00:00"),
        header={"holidays": ["2026-02-07"]},
    ),
    Scenario("excluded-date", "An excluded date.", "0", when(exclude_dates=["2026-02-07"]), LATTE),
    Scenario(
        "utc-offset",
        "A time with an offset is the store's: 11:00 UTC is 18:00 in Jakarta.",
        "0.9",
        when(time_start="18:00:00", time_end="19:00:00"),
        LATTE,
        cart=at("2026-02-07T11:00:00+00:00"),
    ),
    Scenario(
        "dst-gap",
        "Hours that the clocks skip never match: 02:15 to 02:45 on the day of the change.",
        "0",
        when(time_start="02:15:00", time_end="02:45:00"),
        LATTE,
        cart=at("2026-03-29T01:30:00+00:00"),
        header={"timezone": "Europe/Berlin"},
    ),
    Scenario(
        "dst-gap-by-the-clock",
        "A wall-clock time that the clocks skip never matches.",
        "0",
        when(time_start="02:15:00", time_end="02:45:00"),
        LATTE,
        cart=at("2026-03-29T02:30:00"),
        header={"timezone": "Europe/Berlin"},
    ),
    Scenario(
        "dst-twice",
        "A repeated hour matches twice: the second 02:30.",
        "0.9",
        when(time_start="02:15:00", time_end="02:45:00"),
        LATTE,
        cart=at("2026-10-25T02:30:00+01:00"),
        header={"timezone": "Europe/Berlin"},
    ),
    Scenario(
        "dst-twice-first",
        "The first 02:30 of that night matches as well.",
        "0.9",
        when(time_start="02:15:00", time_end="02:45:00"),
        LATTE,
        cart=at("2026-10-25T02:30:00+02:00"),
        header={"timezone": "Europe/Berlin"},
    ),
    Scenario(
        "ordered-in-time",
        "The item stage uses when a line was ordered: 17:55, paid at 19:10.",
        "0.9",
        when(time_start="17:00:00", time_end="18:00:00"),
        (
            {"line_id": "a", "product_id": "latte", "quantity": 1, "ordered_at": "2026-02-07T17:55:00"},
            {"line_id": "b", "product_id": "latte", "quantity": 1, "ordered_at": "2026-02-07T18:05:00"},
        ),
        cart=at("2026-02-07T19:10:00"),
    ),
    Scenario(
        "order-stage-paid",
        "Later stages use when the cart is paid.",
        "0",
        (percent("P", "20", validity={"time_start": "17:00:00", "time_end": "18:00:00"}),),
        ({"line_id": "a", "product_id": "latte", "quantity": 1, "ordered_at": "2026-02-07T17:55:00"},),
        cart=at("2026-02-07T19:10:00"),
    ),
    Scenario("inactive", "Not active.", "0", (percent("P", "20", scope=products("latte"), is_active=False),), LATTE),
    Scenario("member", "Members only: a member.", "0.9", who(member_only=True), LATTE, cart=GOLD),
    Scenario("not-member", "Members only: a guest.", "0", who(member_only=True), LATTE),
    Scenario("tier", "Gold members.", "0.9", who(member_tiers=["gold"]), LATTE, cart=GOLD),
    Scenario("tier-other", "A silver member is not gold.", "0", who(member_tiers=["gold"]), LATTE, cart=NEW),
    Scenario("new-customer", "New customers.", "0.9", who(customer_type="new"), LATTE, cart=NEW),
    Scenario("returning-customer", "A returning one is not new.", "0", who(customer_type="new"), LATTE, cart=GOLD),
    Scenario("customer-type-unknown", "A guest is neither.", "0", who(customer_type="new"), LATTE),
    Scenario(
        "channel", "A listed channel.", "0.9", who(sales_channels=["dine_in"]), LATTE, cart={"channel": "dine_in"}
    ),
    Scenario(
        "channel-other", "Another channel.", "0", who(sales_channels=["dine_in"]), LATTE, cart={"channel": "delivery"}
    ),
    Scenario(
        "channel-excluded",
        "An excluded channel.",
        "0",
        who(exclude_channels=["delivery"]),
        LATTE,
        cart={"channel": "delivery"},
    ),
    Scenario(
        "brand",
        "Only units of its brand, or of none: americano, latte, juice, not the tea.",
        "2.5",
        (percent("P", "20", scope=category("drinks"), targeting={"brands": ["north"]}),),
        items(latte=1, americano=1, tea=1, juice=1),
    ),
    Scenario(
        "brand-excluded",
        "Not units of an excluded brand.",
        "0.9",
        (percent("P", "20", scope=products("latte", "tea"), targeting={"exclude_brands": ["south"]}),),
        items(latte=1, tea=1),
    ),
    Scenario(
        "cross-brand",
        "10.50 at the north unlock 20 % at the south.",
        "1.23",
        (percent("P", "20", cross_brand=CROSS),),
        items(latte=1, cake=1, tea=1, bagel=1),
    ),
    Scenario(
        "cross-brand-short",
        "4.50 do not.",
        "0",
        (percent("P", "20", cross_brand=CROSS),),
        items(latte=1, tea=1, bagel=1),
    ),
    Scenario(
        "voucher",
        "With its code.",
        "0.45",
        (percent("P", "10", scope=products("latte"), **VOUCHER),),
        LATTE,
        cart={"vouchers": ["PROMO10"]},
    ),
    Scenario("voucher-missing", "Without it.", "0", (percent("P", "10", scope=products("latte"), **VOUCHER),), LATTE),
    Scenario(
        "voucher-unknown",
        "A code that no promotion takes is hinted at; it changes nothing.",
        "0.45",
        (percent("P", "10", scope=products("latte"), **VOUCHER),),
        LATTE,
        cart={"vouchers": ["PROMO10", "PR0MO10"]},
    ),
    Scenario(
        "voucher-resolved",
        "A code the till has resolved to the promotion.",
        "0.45",
        (percent("P", "10", scope=products("latte"), require_voucher=True, voucher={"batch": "B1"}),),
        LATTE,
        cart={"vouchers": [{"code": "B1-7K3M", "promotion_id": "P"}]},
    ),
    Scenario("condition-quantity", "Two drinks in the cart.", "0.9", provided(DRINKS_TWO), items(latte=1, tea=1)),
    Scenario("condition-short", "One drink: one more is needed.", "0", provided(DRINKS_TWO), items(latte=1, cake=1)),
    Scenario(
        "condition-at-most",
        "At most three units.",
        "0",
        provided({"max_quantity": 3, "scope": everything()}),
        items(latte=4),
    ),
    Scenario(
        "condition-spent",
        "6.00 of food.",
        "0.9",
        provided({"min_purchase": 6, "scope": category("food")}),
        items(latte=1, cake=1),
    ),
    Scenario(
        "condition-any",
        "Any of two.",
        "0.9",
        provided(
            {"any": [{"min_quantity": 1, "scope": products("mug")}, {"min_quantity": 1, "scope": products("cake")}]}
        ),
        items(latte=1, cake=1),
    ),
    Scenario(
        "condition-all",
        "All of two.",
        "0",
        provided(
            {"all": [{"min_quantity": 1, "scope": products("mug")}, {"min_quantity": 1, "scope": products("cake")}]}
        ),
        items(latte=1, cake=1),
    ),
    Scenario(
        "condition-not",
        "Not with a cake.",
        "0",
        provided({"not": {"min_quantity": 1, "scope": products("cake")}}),
        items(latte=1, cake=1),
    ),
    Scenario(
        "condition-consumes-nothing",
        "A condition takes no units: the cake gets its own 10 %.",
        "1.5",
        (*provided({"min_quantity": 1, "scope": products("cake")}), percent("Q", "10", scope=products("cake"))),
        items(latte=1, cake=1),
    ),
    Scenario(
        "condition-consumes",
        "`consumes: true` takes them.",
        "0.9",
        (
            *provided({"min_quantity": 1, "scope": products("cake"), "consumes": True}),
            percent("Q", "10", scope=products("cake")),
        ),
        items(latte=1, cake=1),
    ),
    Scenario(
        "condition-order-number",
        "The third order.",
        "0.9",
        provided({"order_number": 3}),
        LATTE,
        cart={"customer": {"member_id": "M1", "order_number": 3}},
    ),
    Scenario(
        "condition-other-order",
        "The fourth is not the third.",
        "0",
        provided({"order_number": 3}),
        LATTE,
        cart={"customer": {"member_id": "M1", "order_number": 4}},
    ),
    Scenario(
        "condition-points",
        "From 100 points.",
        "0.9",
        provided({"points": 100}),
        LATTE,
        cart={"customer": {"member_id": "M1", "points": 120}},
    ),
    Scenario(
        "condition-birthday",
        "Within three days of a birthday.",
        "0.9",
        provided({"birthday_within_days": 3}),
        LATTE,
        cart={"customer": {"member_id": "M1", "birthday": "1990-02-09"}},
    ),
    Scenario(
        "condition-birthday-past",
        "A week after it.",
        "0",
        provided({"birthday_within_days": 3}),
        LATTE,
        cart={"customer": {"member_id": "M1", "birthday": "1990-01-31"}},
    ),
    Scenario(
        "limit-left",
        "Four of five uses: one is left, decided on the counter given.",
        "1",
        limited({"max_uses": 5}),
        LATTE,
        cart=used(total=4),
    ),
    Scenario("limit-reached", "Five of five.", "0", limited({"max_uses": 5}), LATTE, cart=used(total=5)),
    Scenario(
        "limit-day", "Two of two today.", "0", limited({"max_uses_per_day": 2}), LATTE, cart=used(total=9, today=2)
    ),
    Scenario(
        "limit-customer",
        "Once per customer: used.",
        "0",
        limited({"max_uses_per_customer": 1}),
        LATTE,
        cart={**GOLD, **used(customer=1)},
    ),
    Scenario(
        "limit-customer-left",
        "Once per customer: not yet.",
        "1",
        limited({"max_uses_per_customer": 1}),
        LATTE,
        cart={**GOLD, **used(customer=0)},
    ),
    Scenario(
        "limit-customer-unknown", "An unknown customer is skipped.", "0", limited({"max_uses_per_customer": 1}), LATTE
    ),
    Scenario("budget-enough", "1.00 of 1.00 left.", "1", limited({"budget": 10}), LATTE, cart=used(discount=9)),
    Scenario(
        "budget-short",
        "A grant is whole or not at all: 0.50 is left.",
        "0",
        limited({"budget": 10}),
        LATTE,
        cart=used(discount=d("9.5")),
    ),
    Scenario(
        "subtotal-right", "A subtotal of the till that agrees.", "0.9", when(), LATTE, cart={"subtotal": d("4.5")}
    ),
    Scenario(
        "nested-cart",
        "The roadmap's nested form.",
        "0.9",
        who(member_only=True),
        (),
        cart={
            "cart": {"items": [{"product_id": "latte", "quantity": 1}], "subtotal": d("4.5")},
            "customer": {"is_member": True, "tier": "gold"},
            "payment_method": "card",
        },
    ),
    bad("subtotal-wrong", "A subtotal that disagrees.", subtotal=5),
    bad(
        "unknown-product",
        "A product the bundle does not know.",
        ({"line_id": "a", "product_id": "cocoa", "quantity": 1},),
    ),
    bad("no-time", "The caller supplies the clock.", at=None),
    bad("time-nonsense", "Not a time.", at="yesterday"),
    bad("half-a-latte", "Pieces are whole.", ({"line_id": "a", "product_id": "latte", "quantity": d("1.5")},)),
    bad(
        "too-fine-weight",
        "Weights have three decimals at most.",
        ({"line_id": "a", "product_id": "beans", "quantity": d("0.3333")},),
    ),
    bad("no-quantity", "Nothing of it.", ({"line_id": "a", "product_id": "latte", "quantity": 0},)),
    bad("negative-quantity", "Less than nothing.", ({"line_id": "a", "product_id": "latte", "quantity": -1},)),
    bad(
        "negative-price", "A price below zero.", ({"line_id": "a", "product_id": "latte", "quantity": 1, "price": -1},)
    ),
    bad(
        "too-fine-price",
        "A price finer than the currency.",
        ({"line_id": "a", "product_id": "latte", "quantity": 1, "price": d("4.505")},),
    ),
    bad(
        "payments-off",
        "Payments that do not sum to the total.",
        payments=[{"method": "card", "amount": 1}, {"method": "cash", "amount": 2}],
    ),
    bad("unknown-field", "A field that means nothing.", coupon="X"),
]
