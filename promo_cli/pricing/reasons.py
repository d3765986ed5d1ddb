"""Why a promotion did not apply: a closed list of codes, and what a cashier can say."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from promo_cli.pricing.words import Money


class Reason(StrEnum):
    """Every reason that a receipt can give."""

    INACTIVE = "inactive"
    NOT_STARTED = "not_started"
    EXPIRED = "expired"
    WRONG_DAY = "wrong_day"
    HOLIDAY = "holiday"
    OUTSIDE_HOURS = "outside_hours"
    WRONG_CHANNEL = "wrong_channel"
    MEMBERS_ONLY = "members_only"
    WRONG_TIER = "wrong_tier"
    WRONG_CUSTOMER_TYPE = "wrong_customer_type"
    CUSTOMER_UNKNOWN = "customer_unknown"
    VOUCHER_MISSING = "voucher_missing"
    VOUCHER_UNKNOWN = "voucher_unknown"
    NOT_CLAIMED = "not_claimed"
    CHOICE_MISSING = "choice_missing"
    LIMIT_REACHED = "limit_reached"
    LIMIT_TODAY_REACHED = "limit_today_reached"
    LIMIT_CUSTOMER_REACHED = "limit_customer_reached"
    BUDGET_SPENT = "budget_spent"
    GIFT_UNAVAILABLE = "gift_unavailable"
    SPEND_MORE = "spend_more"
    ADD_UNITS = "add_units"
    ADD_PRODUCT = "add_product"
    CONDITION_UNMET = "condition_unmet"
    PAYMENT_METHOD = "payment_method"
    NOTHING_IN_SCOPE = "nothing_in_scope"
    NO_SAVING = "no_saving"
    UNITS_TAKEN = "units_taken"
    GROUP = "group"
    NEVER_WITH = "never_with"
    EXCLUSIVE = "exclusive"


class Refusal:
    """One reason with what is missing: an amount in minor units, a number of units, a name; what to add."""

    __slots__ = ("amount", "name", "product_id", "reason", "units")

    def __init__(self, reason: Reason, amount: int = 0, units: int = 0, name: str = "", product_id: str = "") -> None:
        self.reason = reason
        self.amount = amount
        self.units = units
        self.name = name
        self.product_id = product_id

    @property
    def key(self) -> tuple[str, int, str, str]:
        """What tells refusals without amounts apart. Text, because members of an enumeration are slow to look up."""
        return self.reason._value_, self.units, self.name, self.product_id


_TEXTS = {
    Reason.INACTIVE: "is switched off",
    Reason.NOT_STARTED: "has not started yet",
    Reason.EXPIRED: "has ended",
    Reason.WRONG_DAY: "does not run on this day",
    Reason.HOLIDAY: "does not run on holidays",
    Reason.OUTSIDE_HOURS: "runs at other hours",
    Reason.WRONG_CHANNEL: "is not for this sales channel",
    Reason.MEMBERS_ONLY: "is for members only",
    Reason.WRONG_TIER: "is for another member tier",
    Reason.WRONG_CUSTOMER_TYPE: "is for {name} customers",
    Reason.CUSTOMER_UNKNOWN: "needs to know the customer",
    Reason.VOUCHER_MISSING: "needs its voucher",
    Reason.VOUCHER_UNKNOWN: "voucher {name} is not known here",
    Reason.NOT_CLAIMED: "is given when asked for",
    Reason.CHOICE_MISSING: "needs a gift to be chosen",
    Reason.LIMIT_REACHED: "has been used up",
    Reason.LIMIT_TODAY_REACHED: "has been used up for today",
    Reason.LIMIT_CUSTOMER_REACHED: "was already used by this customer",
    Reason.BUDGET_SPENT: "has too little budget left",
    Reason.GIFT_UNAVAILABLE: "its gift cannot be given here",
    Reason.SPEND_MORE: "needs {amount} more",
    Reason.ADD_UNITS: "needs {units} more",
    Reason.ADD_PRODUCT: "needs {units} × {name}",
    Reason.CONDITION_UNMET: "its conditions are not met",
    Reason.PAYMENT_METHOD: "needs payment by {name}",
    Reason.NOTHING_IN_SCOPE: "nothing in the cart takes part",
    Reason.NO_SAVING: "would save nothing",
    Reason.UNITS_TAKEN: "its items already have a discount",
    Reason.GROUP: "only one of its group applies",
    Reason.NEVER_WITH: "does not combine with {name}",
    Reason.EXCLUSIVE: "does not combine with other promotions",
}


_PLAIN: Final = {reason: words.format(amount="", units=0, name="") for reason, words in _TEXTS.items()}


def text(refusal: Refusal, money: Money) -> str:
    """Return a reason that can be read out; `money` writes minor units as an amount."""
    reason, amount, units, name = refusal.reason, refusal.amount, refusal.units, refusal.name
    if not (amount or units or name):
        return _PLAIN[reason]
    return _TEXTS[reason].format(amount=money(amount) if amount else "", units=units, name=name)
