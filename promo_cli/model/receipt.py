"""The receipt of a priced cart. Amounts are exact decimals in major units; gifts count at list price."""

from __future__ import annotations

from typing import Literal

from promo_cli.model.base import Amount, Id, Quantity, Strict, Text

ReasonCode = Literal[
    "inactive",
    "not_started",
    "expired",
    "wrong_day",
    "holiday",
    "outside_hours",
    "wrong_channel",
    "members_only",
    "wrong_tier",
    "wrong_customer_type",
    "customer_unknown",
    "voucher_missing",
    "voucher_unknown",
    "not_claimed",
    "choice_missing",
    "limit_reached",
    "limit_today_reached",
    "limit_customer_reached",
    "budget_spent",
    "gift_unavailable",
    "spend_more",
    "add_units",
    "add_product",
    "condition_unmet",
    "payment_method",
    "nothing_in_scope",
    "no_saving",
    "units_taken",
    "group",
    "never_with",
    "exclusive",
]
"""Every reason for which a promotion does not apply."""


class LineDiscount(Strict):
    """The part of a line's discount that one promotion gave."""

    promotion_id: Id
    """The promotion."""
    code: Id
    """Its code."""
    amount: Amount
    """What it took off the line."""


class ReceiptLine(Strict):
    """One line of the bill, or a gift."""

    line_id: Text | None = None
    """The cart's own name of the line, where it gave one; gifts have none."""
    product_id: Id
    """What is bought or given."""
    name: Text
    """What the receipt says."""
    category: Id | None
    """The product's category."""
    brand: Id | None
    """The product's brand."""
    quantity: Quantity
    """Units, or kilograms."""
    price: Amount
    """The list price per unit or kilogram, without options."""
    list_amount: Amount
    """The line at list price, with the surcharges of its options."""
    discount: Amount
    """All that is taken off."""
    net: Amount
    """What is paid: `list_amount` less `discount`."""
    unit_nets: list[Amount]
    """What is paid for each unit; a return gives back the returned units' nets. A weighed line is one unit."""
    gift: Literal[True] | None = None
    """True where a promotion added the line."""
    discounts: list[LineDiscount]
    """The discount by promotion."""


class Applied(Strict):
    """A promotion that applies."""

    promotion_id: Id
    """The promotion."""
    code: Id
    """Its code."""
    amount: Amount
    """What it took off the bill."""
    times: int
    """How often it applied, such as complete sets."""
    explanation: Text
    """What it did, as a cashier can say it."""
    dropped: Amount | None = None
    """What it could not take off because of lowest prices, where there is such a part."""


class Skipped(Strict):
    """A promotion that touches the cart and does not apply."""

    promotion_id: Id
    """The promotion."""
    code: Id
    """Its code."""
    reason_code: ReasonCode
    """Why not."""
    reason: Text
    """Why not, as a cashier can say it."""


class EarnedReward(Strict):
    """What is earned by the bill; it changes no price."""

    promotion_id: Id
    """The promotion."""
    code: Id
    """Its code."""
    type: Literal["cashback", "points_multiplier"]
    """An amount that is credited, or points that count several times."""
    method: Literal["points", "wallet", "voucher"]
    """As what it is credited."""
    amount: Amount
    """How much, in major units or points; 0 for a multiplier."""
    multiplier: Amount | None = None
    """How many times the points, for `points_multiplier`."""
    explanation: Text
    """What is earned, as a cashier can say it."""


class Hint(Strict):
    """What would bring one more promotion, or a voucher that nothing takes."""

    promotion_id: Id | None = None
    """The promotion; absent for a voucher that nothing takes."""
    code: Text
    """Its code, or the voucher's."""
    reason_code: ReasonCode
    """What is missing: spend, units, a product, a claim, the choice of a gift, a way to pay, or a known voucher."""
    message: Text
    """What the cashier can say."""
    missing_amount: Amount | None = None
    """How much more it takes."""
    missing_quantity: int | None = None
    """How many more units it takes."""
    product_id: Id | None = None
    """Of which product."""


class ReadyPromotion(Strict):
    """A promotion that stood ready in a lane."""

    promotion_id: Id
    """The promotion's id."""
    code: Id
    """The promotion's code."""
    alone: Amount
    """What it would have taken off with every unit of the lane free."""


class TakenPromotion(Strict):
    """A promotion that was chosen in a lane."""

    promotion_id: Id
    """The promotion's id."""
    code: Id
    """The promotion's code."""
    amount: Amount
    """What it took off."""
    times: int
    """How often it was applied."""
    units: int
    """How many units it used up."""


class TracedLane(Strict):
    """One lane in which a promotion stood ready, in the order of stages and lanes."""

    stage: Literal["item", "order", "payment", "earn"]
    """The stage the lane belongs to."""
    lane: Id
    """The lane."""
    before: Amount
    """The running total at the lane's start."""
    ready: list[ReadyPromotion]
    """What could have applied."""
    taken: list[TakenPromotion]
    """What was chosen, in the order applied."""
    search: Literal["exact", "bounded"]
    """Whether the choice is proved to be the best."""


class PricedCart(Strict):
    """What a cart costs, and why."""

    subtotal: Amount
    """Everything at list price, gifts included."""
    total_discount: Amount
    """All that is taken off, gifts included."""
    final_amount: Amount
    """What the customer pays."""
    lines: list[ReceiptLine]
    """The cart's lines in their order, then gifts."""
    applied: list[Applied]
    """Promotions that apply, in the order of stages and lanes."""
    skipped: list[Skipped]
    """Promotions that touch the cart and do not apply."""
    skipped_count: int
    """How many other promotions have nothing to do with the cart."""
    rewards: list[EarnedReward]
    """What is earned."""
    hints: list[Hint]
    """What the cashier can offer: promotions that are one step away."""
    provisional: bool
    """Whether limits were decided on counters that other tills may have moved since."""
    search: Literal["exact", "bounded"]
    """Whether the combination is proved to be the best, or the best that the step budget found."""
    trace: list[TracedLane] | None = None
    """How it came about, lane by lane; only where it was asked for."""
