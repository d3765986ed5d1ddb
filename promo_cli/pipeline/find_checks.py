"""What is asked about promotions, and how each answers: customer, channel, payment, voucher, store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from promo_cli.model.promotion import Promotion, StoreSelection
from promo_cli.model.reference import Store
from promo_cli.pricing.promotion import Promotion as Sold
from promo_cli.validation.words import either, listed

GUEST, MEMBER = "guest", "member"
"""Words that `member` takes beside the ids of tiers: nobody known, and a member of no tier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked about; None and empty leave it open. `at` is a day, or a moment on the store's clock."""

    words: tuple[str, ...] = ()
    product: str | None = None
    category: str | None = None
    brand: str | None = None
    store: str | None = None
    channel: str | None = None
    member: str | None = None
    customer_type: str | None = None
    payment: str | None = None
    voucher: str | None = None
    at: str | None = None


class Check(NamedTuple):
    """One thing that was asked: whether the promotion fits, and why or why not. `special`: not everybody does."""

    about: str
    fits: bool
    why: str
    special: bool = True


def circumstances(promotion: Promotion[Any], sold: Sold, wanted: Wanted) -> Iterator[Check]:
    """Yield how a promotion answers what was asked about the channel, the customer, the payment and the voucher."""
    audience = sold.audience
    if wanted.channel:
        away = bool(audience.channels and wanted.channel not in audience.channels)
        away = away or wanted.channel in audience.exclude_channels
        only = listed(sorted(audience.channels)) if audience.channels else "every channel"
        but = f" but {listed(sorted(audience.exclude_channels))}" if audience.exclude_channels else ""
        yield Check("channel", not away, f"{only}{but}", bool(audience.channels))
    if wanted.member:
        yield _member(sold, wanted.member)
    if wanted.customer_type:
        everybody = audience.customer_type == "all"
        who = "for everybody" if everybody else f"for {audience.customer_type} customers"
        yield Check("customer", everybody or audience.customer_type == wanted.customer_type, who, not everybody)
    if wanted.payment:
        methods = getattr(promotion.rules, "payment_methods", None) or ()
        how = f"paid by {either(methods)}" if methods else "however it is paid"
        yield Check("payment", not methods or wanted.payment in methods, how, bool(methods))
    if wanted.voucher:
        yield _voucher(promotion, wanted.voucher)


def text(promotion: Promotion[Any], words: Sequence[str]) -> Check:
    """Tell whether a promotion says all of the words, in whatever case, somewhere where people read it."""
    said = (promotion.code, promotion.name, promotion.description, promotion.promo_type, promotion.owner or "")
    folded = " ".join((*said, promotion.funder or "", *promotion.tags, *promotion.voucher_codes)).casefold()
    missing = [word for word in words if word.casefold() not in folded]
    return Check("text", not missing, f"does not say {missing[0]}" if missing else "says it")


def not_in_store(promotion: Promotion[Any], store: Store) -> Check:
    """Say why a promotion does not run in a store."""
    targeting = promotion.targeting
    own, selection = set(store.all_brands), targeting.stores
    if own and targeting.brands != "all" and not own & set(targeting.brands):
        return Check("store", False, f"runs in stores of {listed(targeting.brands)} only")
    if own and own <= set(targeting.exclude_brands):
        return Check("store", False, f"leaves out {listed(sorted(own))}")
    if not isinstance(selection, StoreSelection):
        return Check("store", False, f"runs in {listed(selection)} only")
    if store.id in selection.exclude:
        return Check("store", False, f"leaves out {store.id}")
    if selection.regions and store.region not in selection.regions:
        return Check("store", False, f"runs in the regions {listed(selection.regions)} only")
    return Check("store", False, f"runs in stores tagged {listed(sorted(set(selection.tags) - set(store.tags)))} only")


def needs(promotion: Promotion[Any], sold: Sold, wanted: Wanted) -> Iterator[str]:
    """Yield what else a promotion asks for, of which nothing was said."""
    audience = sold.audience
    if promotion.require_voucher and not wanted.voucher:
        codes = promotion.voucher_codes or ([promotion.voucher.batch] if promotion.voucher else [])
        yield f"a voucher ({either(codes)})" if codes else "a voucher"
    if not promotion.is_auto_apply:
        yield "to be asked for"
    if (audience.members_only or audience.tiers) and not wanted.member:
        yield f"a {either(promotion.targeting.member_tiers)} member" if audience.tiers else "a member"
    if audience.customer_type != "all" and not wanted.customer_type:
        yield f"a {audience.customer_type} customer"
    if audience.channels and not wanted.channel:
        yield f"by {either(sorted(audience.channels))}"
    if audience.exclude_channels and not wanted.channel:
        yield f"not by {either(sorted(audience.exclude_channels))}"
    methods = getattr(promotion.rules, "payment_methods", None)
    if methods and not wanted.payment:
        yield f"payment by {either(methods)}"
    if (least := getattr(promotion.rules, "min_purchase", 0)) > 0:
        yield f"a purchase from {least:,f}"
    if promotion.conditions is not None:
        yield "its conditions"


def _member(sold: Sold, member: str) -> Check:
    audience = sold.audience
    if member == GUEST:
        asks = audience.members_only or bool(audience.tiers) or sold.limits.customer is not None
        return Check("member", not asks, "asks who the customer is" if asks else "for everybody", False)
    if audience.tiers:
        return Check("member", member in audience.tiers, f"for {listed(sorted(audience.tiers))} members")
    return Check("member", True, "for members" if audience.members_only else "for everybody", audience.members_only)


def _voucher(promotion: Promotion[Any], voucher: str) -> Check:
    if any(code.upper() == voucher.upper() for code in promotion.voucher_codes):
        return Check("voucher", True, f"unlocked by the shared code {voucher.upper()}")
    if promotion.voucher is not None and promotion.voucher.batch.upper() == voucher.upper():
        return Check("voucher", True, f"unlocked by codes of the batch {promotion.voucher.batch}")
    return Check("voucher", False, "is unlocked by other vouchers" if promotion.require_voucher else "takes no voucher")
