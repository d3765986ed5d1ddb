"""Where, when, by whom and how one buys so that a promotion may apply: everything of a cart but its items."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from promo_cli.compiler import promotion_id, stores_running
from promo_cli.model.promotion import Condition, Promotion, Validity
from promo_cli.model.reference import Store
from promo_cli.workspace import Workspace

_DAYS_TRIED = 800
_STORES_TRIED = 3
_NOON = dt.time(12)
_HOUR = dt.timedelta(hours=1)
SAMPLE_VOUCHER = "SAMPLE-VOUCHER"
SAMPLE_MEMBER = "sample-member"


def occasions(
    workspace: Workspace, promotion: Promotion[Any], today: dt.date, store_id: str | None
) -> Iterator[tuple[Store, dict[str, Any]]]:
    """Yield stores, the likely ones first, each with a cart that lacks its items; `at` is the store's wall clock."""
    day = _day(promotion.validity, workspace, today)
    for store in islice(_stores(workspace, promotion, store_id), _STORES_TRIED):
        moment = _moment(promotion.validity, day, store)
        cart: dict[str, Any] = {"store_id": store.id, "at": moment.isoformat()}
        channel = next(iter(_channels(promotion, store)), None)
        if channel is not None:
            cart["channel"] = channel
        yield store, {**cart, **_customer(promotion, moment.date()), **_means(workspace, promotion)}


def leaves(condition: Condition | None) -> Iterator[Condition]:
    """Yield a condition and all that are under its `all` and `any`, the innermost first."""
    if condition is None:
        return
    for part in (*(condition.all or ()), *(condition.any or ())):
        yield from leaves(part)
    yield condition


def _stores(workspace: Workspace, promotion: Promotion[Any], store_id: str | None) -> Iterator[Store]:
    """Yield the store asked for, else where it runs: first the stores of its own tests, and those with its channel."""
    running = [store_id] if store_id else stores_running(workspace, promotion)
    tested = [test.store for test in promotion.tests]
    by_id = {store.id: store for store in workspace.stores}
    stores = [by_id[one] for one in running]
    yield from sorted(stores, key=lambda store: (not _sells(promotion, store), store.id not in tested))


def _sells(promotion: Promotion[Any], store: Store) -> bool:
    return not store.channels or bool(_channels(promotion, store))


def _channels(promotion: Promotion[Any], store: Store) -> list[str]:
    """Return the channels by which the promotion may be bought here."""
    targeting = promotion.targeting
    wanted = targeting.sales_channels or store.channels
    known = [channel for channel in wanted if channel in store.channels or not store.channels]
    return [channel for channel in known if channel not in targeting.exclude_channels]


def _day(validity: Validity, workspace: Workspace, today: dt.date) -> dt.date:
    """Return the first day it runs from today on; of one that is over, the last day it ran."""
    holidays = {holiday.date for holiday in workspace.holidays} if validity.exclude_holidays else set()
    closed = holidays | set(validity.exclude_dates)
    first, last = max(validity.start_date, today), validity.end_date or dt.date.max
    ahead = (first + dt.timedelta(days=days) for days in range(min(_DAYS_TRIED, (last - first).days + 1)))
    back = (last - dt.timedelta(days=days) for days in range(_DAYS_TRIED) if last < first)
    running = (day for day in chain(ahead, back) if day.isoweekday() in validity.days_of_week and day not in closed)
    return next(running, min(first, last))


def _moment(validity: Validity, day: dt.date, store: Store) -> dt.datetime:
    """Return noon, or an hour after it begins, or later: a moment in its hours at which the store is open."""
    start = dt.datetime.combine(day, validity.time_start or dt.time.min)
    end = dt.datetime.combine(day, validity.time_end or dt.time.min)
    end += dt.timedelta(days=end <= start)
    hours = (dt.datetime.combine(day, _NOON), *(start + _HOUR * ahead for ahead in range(1, 24)), start)
    running = [at for at in hours if start <= at < end]
    return next((at for at in running if _open(store, at)), running[0])


def _open(store: Store, at: dt.datetime) -> bool:
    if not store.opening_hours:
        return True
    for hours in store.opening_hours:
        for day in (at.date(), at.date() - dt.timedelta(days=1)):
            opens = dt.datetime.combine(day, hours.open)
            closes = dt.datetime.combine(day, hours.close)
            closes += dt.timedelta(days=closes <= opens)
            if day.isoweekday() in hours.days and opens <= at < closes:
                return True
    return False


def _customer(promotion: Promotion[Any], day: dt.date) -> dict[str, Any]:
    """Return as much of a customer as the promotion asks for."""
    targeting, customer = promotion.targeting, dict[str, Any]()
    if targeting.member_only or targeting.member_tiers:
        customer["is_member"] = True
    if targeting.member_tiers:
        customer["tier"] = targeting.member_tiers[0]
    if targeting.customer_type != "all":
        customer["customer_type"] = targeting.customer_type
    for leaf in leaves(promotion.conditions):
        if leaf.order_number is not None:
            customer["order_number"] = leaf.order_number
        if leaf.points is not None:
            customer["points"] = leaf.points
        if leaf.birthday_within_days is not None:
            customer["birthday"] = day.replace(year=day.year - 28).isoformat()  # 28 years keep a 29 February
    if customer or promotion.limits.max_uses_per_customer is not None:
        return {"customer": {"member_id": SAMPLE_MEMBER, **customer}}
    return {}


def _means(workspace: Workspace, promotion: Promotion[Any]) -> dict[str, Any]:
    """Return the payment, the voucher and the claim that the promotion needs."""
    found: dict[str, Any] = {}
    methods = getattr(promotion.rules, "payment_methods", None)
    if methods:
        found["payment_method"] = methods[0]
    if promotion.voucher_codes:
        found["vouchers"] = [promotion.voucher_codes[0]]
    elif promotion.require_voucher or promotion.voucher:
        known = promotion_id(workspace.settings.company.id, promotion)
        found["vouchers"] = [{"code": SAMPLE_VOUCHER, "promotion_id": known}]
    gifts = getattr(promotion.rules, "free_product_ids", None)
    if gifts:
        found["claims"] = [{"code": promotion.code, "product_id": gifts[0]}]
    elif not promotion.is_auto_apply:
        found["claims"] = [promotion.code]
    return found
