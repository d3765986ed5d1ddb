"""Why promotions do not apply, in the words of the receipt, and what the customer could still have.

A receipt names dozens of promotions that did not apply. What does not depend on the cart is therefore worded once for a
bundle (see `ground`), and only amounts, units and names are worded anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from promo_cli.pricing.bundle import PreparedBundle
from promo_cli.pricing.ground import Able, Told, told
from promo_cli.pricing.promotion import Entry
from promo_cli.pricing.reasons import Reason, Refusal, text

_NEAR: Final = (
    Reason.SPEND_MORE,
    Reason.ADD_UNITS,
    Reason.ADD_PRODUCT,
    Reason.NOT_CLAIMED,
    Reason.CHOICE_MISSING,
    Reason.PAYMENT_METHOD,
)

_KEPT: Final = 100  # units missing up to which the words are kept for the next cart; amounts are too many to keep


class Verdicts:
    """`skipped` and `hints` by the promotions' place in rank. `paid`: the cart says how it is paid.

    What is worded once for a bundle must not be the caller's to change: hints are copies, `skipped` has to be copied.
    """

    __slots__ = ("bundle", "hints", "paid", "skipped")

    def __init__(self, bundle: PreparedBundle, paid: bool) -> None:
        self.bundle = bundle
        self.paid = paid
        self.skipped: dict[int, Told] = {}
        self.hints: dict[int, Told] = {}

    def refuse(self, entry: Entry, why: Refusal) -> None:
        """Note why a promotion does not apply, and hint at it if one more step would bring it."""
        kept = why.amount == 0 and why.units < _KEPT
        if kept:
            asked = (entry.place, why.key)
            words = self.bundle.worded.get(asked)
            if words is None:
                words = self.bundle.worded[asked] = self._worded(entry, why)
        else:
            words = self._worded(entry, why)
        skipped, hint = words
        self.skipped[entry.place] = skipped
        # The way to pay is hinted at only while the cart does not name one.
        if hint is not None and not (self.paid and why.reason is Reason.PAYMENT_METHOD):
            self.hints[entry.place] = hint.copy()

    def _worded(self, entry: Entry, why: Refusal) -> tuple[Told, Told | None]:
        reason = text(why, self.bundle.currency.say)
        hint = self._hint(entry, why, reason) if why.reason in _NEAR else None
        return told(entry, why.reason._value_, reason), hint

    def short(self, able: Able, amount: int) -> None:
        """Note that the cart lacks this much spend; as `refuse`, spelt out, because it is the commonest by far."""
        place = able.entry.place
        currency = self.bundle.currency
        reason = f"needs {currency.say(amount)} more"
        self.skipped[place] = lacking = able.lacking.copy()
        lacking["reason"] = reason
        self.hints[place] = hint = able.hint.copy()
        hint["message"] = f"{able.entry.promotion.name}: {reason}"
        hint["missing_amount"] = currency.major(amount)

    def keep_out(self, told: dict[int, Told]) -> None:
        """Note verdicts that are worded already, none of which is a hint."""
        self.skipped.update(told)

    def overrule(self, later: Verdicts) -> None:
        """Let other verdicts replace those on the same promotions."""
        for place in later.skipped:
            self.hints.pop(place, None)
        self.skipped.update(later.skipped)
        self.hints.update(later.hints)

    def acquit(self, places: Iterable[int]) -> None:
        """Forget the verdicts on promotions that apply."""
        for place in places:
            self.skipped.pop(place, None)
            self.hints.pop(place, None)

    def unknown_vouchers(self, vouchers: Mapping[str, str | None]) -> list[Told]:
        """Return a hint for each voucher of the cart, as {code: promotion}, that no promotion of the bundle takes."""
        known = {entry.promotion.id for entry in self.bundle.entries} if any(vouchers.values()) else set()
        unknown = [code for code, of in vouchers.items() if code not in self.bundle.voucher_codes and of not in known]
        words = [text(Refusal(Reason.VOUCHER_UNKNOWN, name=code), self.bundle.currency.say) for code in unknown]
        reason = Reason.VOUCHER_UNKNOWN.value
        return [
            {"code": code, "reason_code": reason, "message": said} for code, said in zip(unknown, words, strict=True)
        ]

    def _hint(self, entry: Entry, why: Refusal, reason: str) -> Told:
        promotion = entry.promotion
        hint = entry.named.copy()
        hint["reason_code"] = why.reason._value_
        hint["message"] = promotion.rules.hint(why) or f"{promotion.name}: {reason}"
        if why.amount:
            hint["missing_amount"] = self.bundle.currency.major(why.amount)
        if why.units:
            hint["missing_quantity"] = why.units
        if why.product_id:
            hint["product_id"] = why.product_id
        return hint
