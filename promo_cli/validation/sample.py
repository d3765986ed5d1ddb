"""A made-up cart to which a promotion applies: for previews, and to show a finding instead of asserting it.

The cart is found by trying: a store where the promotion runs, a moment in its window, a customer it is for, and items
from its scope in growing numbers, each priced by the engine until the promotion applies.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from promo_cli.compiler import compile_store, promotion_id, stores_running
from promo_cli.model import rules as model
from promo_cli.model.promotion import Condition, Promotion, Scope, Validity
from promo_cli.model.reference import Product
from promo_cli.pricing import PreparedBundle, prepare, price
from promo_cli.workspace import Workspace

_SCALES = (1, 2, 3, 4, 6, 10, 20, 50, 100)
_DAYS_AHEAD = 800
_STORES_TRIED = 3
_PRODUCTS_TRIED = 4
SAMPLE_VOUCHER = "SAMPLE-VOUCHER"


@dataclass(frozen=True, slots=True)
class Sample:
    """A cart, the store it is bought in, and its receipt with only the sampled promotions (major units)."""

    store_id: str
    cart: dict[str, Any]
    receipt: dict[str, Any]
    applies: bool


def sample(
    workspace: Workspace, promotion: Promotion[Any], today: dt.date, *, store_id: str | None = None
) -> Sample | None:
    """Return a cart to which the promotion alone applies; failing that the last one tried, or None without a store.

    The moment is the first of its window from `today` on (company time zone).
    """
    moment = _moment(promotion.validity, workspace, today)
    last: Sample | None = None
    stores = [store_id] if store_id else stores_running(workspace, promotion)[:_STORES_TRIED]
    for one in stores:
        prepared = alone(workspace, [promotion], one, moment.date())
        for cart in _carts(workspace, promotion, one, moment):
            receipt = price(cart, prepared)
            applies = any(applied["code"] == promotion.code for applied in receipt["applied"])
            last = Sample(one, cart, receipt, applies)
            if applies:
                return last
    return last


def alone(workspace: Workspace, promotions: Sequence[Promotion[Any]], store_id: str, as_of: dt.date) -> PreparedBundle:
    """Return a store's bundle with these promotions only, active or not."""
    active = tuple(one.model_copy(update={"is_active": True}) for one in promotions)
    return prepare(compile_store(replace(workspace, promotions=active), store_id, as_of))


def _moment(validity: Validity, workspace: Workspace, today: dt.date) -> dt.datetime:
    """Return the first moment of a window from today on, at noon where the hours allow."""
    holidays = {holiday.date for holiday in workspace.holidays} if validity.exclude_holidays else set()
    closed = holidays | set(validity.exclude_dates)
    begin = max(validity.start_date, min(today, validity.end_date or today))
    days = (begin + dt.timedelta(days=ahead) for ahead in range(_DAYS_AHEAD))
    day = next((d for d in days if d.isoweekday() in validity.days_of_week and d not in closed), begin)
    noon = dt.time(12)
    start, end = validity.time_start or dt.time.min, validity.time_end
    allowed = start <= noon and (end is None or noon < end or end < start)
    return dt.datetime.combine(day, noon if allowed else start)


def _carts(
    workspace: Workspace, promotion: Promotion[Any], store_id: str, moment: dt.datetime
) -> Iterator[dict[str, Any]]:
    base: dict[str, Any] = {
        "store_id": store_id,
        "at": moment.isoformat(),
        **_circumstances(workspace, promotion, store_id),
    }
    for scale in _SCALES:
        for items in _baskets(workspace, promotion, store_id):
            lines = [{"product_id": product_id, "quantity": count * scale} for product_id, count in items.items()]
            yield {**base, "items": lines}


def _circumstances(workspace: Workspace, promotion: Promotion[Any], store_id: str) -> dict[str, Any]:
    """Return everything but the items: channel, customer, payment, voucher, claim."""
    targeting = promotion.targeting
    store = next(one for one in workspace.stores if one.id == store_id)
    channels = [c for c in (targeting.sales_channels or store.channels) if c not in targeting.exclude_channels]
    found: dict[str, Any] = {"channel": channels[0]} if channels else {}
    customer: dict[str, Any] = {"member_id": "sample-member", "is_member": True, "order_number": 1, "points": 0}
    if targeting.customer_type != "all":
        customer["customer_type"] = targeting.customer_type
    if targeting.member_tiers:
        customer["tier"] = targeting.member_tiers[0]
    for leaf in _leaves(promotion.conditions):
        customer["order_number"] = leaf.order_number or customer["order_number"]
        customer["points"] = leaf.points or customer["points"]
    found["customer"] = customer
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


def _baskets(workspace: Workspace, promotion: Promotion[Any], store_id: str) -> Iterator[dict[str, int]]:
    """Yield items to begin with, by product id: what the type needs, and what the conditions need on top."""
    needed: dict[str, int] = {}
    for leaf in _leaves(promotion.conditions):
        if leaf.scope is not None:
            for product in islice(_products(workspace, promotion, store_id, leaf.scope), 1):
                needed[product.id] = max(leaf.min_quantity or 1, 1)
    for cross_brand_product in _trigger(workspace, promotion):
        needed[cross_brand_product] = 1
    for basket in _typical(workspace, promotion, store_id):
        yield {**needed, **{key: max(count, needed.get(key, 0)) for key, count in basket.items()}}


def _typical(workspace: Workspace, promotion: Promotion[Any], store_id: str) -> Iterator[dict[str, int]]:
    scope = promotion.scope
    match promotion.rules:
        case model.Combo() as rules:
            yield {part.product_id: part.quantity for part in rules.products}
            return
        case model.Package() as rules:
            yield _package(workspace, promotion, store_id, rules.items)
            return
        case model.Upsell() as rules:
            yield {rules.required_product_id: rules.required_min_qty, rules.upsell_product_id: 1}
            return
        case model.FreeItem(trigger_product_id=str(trigger)) as rules:
            yield {trigger: rules.trigger_min_qty}
            return
        case model.MixMatch(category_id=str(category), required_quantity=count):
            scope = Scope(apply_to="category", categories=[category])
            several = list(islice(_products(workspace, promotion, store_id, scope), max(count, 1)))
            if several:
                yield {product.id: 1 for product in several}
        case model.BuyXGetY() as rules if rules.get_product_id:
            for product in islice(_products(workspace, promotion, store_id, scope), _PRODUCTS_TRIED):
                yield {product.id: rules.buy_quantity, rules.get_product_id: rules.get_quantity}
            return
    products = list(islice(_products(workspace, promotion, store_id, scope), _PRODUCTS_TRIED))
    for product in products:
        yield {product.id: 1}
    if len(products) > 1:
        yield {product.id: 1 for product in products}


def _package(
    workspace: Workspace, promotion: Promotion[Any], store_id: str, items: Sequence[model.PackageItem]
) -> dict[str, int]:
    basket: dict[str, int] = {}
    for item in items:
        if item.product_id:
            chosen, count = [item.product_id], int(item.quantity)
        else:
            part = Scope(apply_to="category", categories=[item.category_id or ""])
            choices = item.min_selection or int(item.quantity)
            chosen = [product.id for product in islice(_products(workspace, promotion, store_id, part), choices)]
            count = 1
        for product_id in chosen:
            basket[product_id] = basket.get(product_id, 0) + count
    return basket


def _trigger(workspace: Workspace, promotion: Promotion[Any]) -> Iterator[str]:
    cross = promotion.cross_brand
    if cross is not None and cross.type == "trigger_benefit":
        yield from islice((p.id for p in workspace.products if p.brand in cross.trigger_brands and p.unit == "each"), 1)


def _products(workspace: Workspace, promotion: Promotion[Any], store_id: str, scope: Scope) -> Iterator[Product]:
    """Yield what the store sells in a scope, the dearer ones first, so that minimums are soon reached."""
    store = next(one for one in workspace.stores if one.id == store_id)
    brands = set(store.all_brands)
    if promotion.cross_brand is not None and promotion.cross_brand.benefit_brands:
        brands = set(promotion.cross_brand.benefit_brands)
    elif promotion.targeting.brands != "all":
        brands &= set(promotion.targeting.brands)
    parents = {category.id: category.parent for category in workspace.categories}
    for product in sorted(workspace.products, key=lambda product: (product.unit != "each", -product.price, product.id)):
        sold_here = product.brand is None or not store.all_brands or product.brand in brands
        if sold_here and product.discountable and _in_scope(scope, product, parents):
            yield product


def _in_scope(scope: Scope, product: Product, parents: dict[str, str | None]) -> bool:
    above = set(_lineage(product.category, parents))
    if product.id in scope.exclude_products or above & set(scope.exclude_categories):
        return False
    if scope.tags and not set(scope.tags) & set(product.tags):
        return False
    if scope.apply_to == "category":
        return bool(above & set(scope.categories))
    return scope.apply_to == "all" or product.id in scope.products


def _lineage(category: str | None, parents: dict[str, str | None]) -> Iterator[str]:
    seen: set[str] = set()
    while category is not None and category not in seen:
        seen.add(category)
        yield category
        category = parents.get(category)


def _leaves(condition: Condition | None) -> Iterator[Condition]:
    if condition is None:
        return
    for part in (*(condition.all or ()), *(condition.any or ())):
        yield from _leaves(part)
    yield condition
