"""Every place where something is named by its id, and which of them name nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel

from promo_cli.model import rules as model
from promo_cli.model.promotion import Condition, Promotion, Scope, StoreSelection
from promo_cli.model.settings import Settings

if TYPE_CHECKING:
    from promo_cli.validation.facts import Facts

Named = tuple[str, str, str]
"""Kind, pointer, id."""


class Unknown(NamedTuple):
    """A reference to nothing: who makes it, where, and the id."""

    subject: BaseModel
    pointer: str
    id: str


def unknown(facts: Facts) -> dict[str, list[Unknown]]:
    """All references to nothing, by kind; kinds of which not all could be read are left out."""
    found: dict[str, list[Unknown]] = defaultdict(list)
    known = {kind: facts.known[kind] for kind in facts.complete}
    subjects: tuple[tuple[Iterable[Any], Any], ...] = (
        ([facts.workspace.settings], _of_settings),
        (facts.workspace.promotions, of_promotion),
        (facts.workspace.products, _of_product),
        (facts.workspace.categories, _of_category),
        (facts.workspace.stores, _of_store),
    )
    for entries, references in subjects:
        for subject in entries:
            for kind, pointer, name in references(subject):
                if kind in known and name not in known[kind]:
                    found[kind].append(Unknown(subject, pointer, name))
    return found


def of_promotion(promotion: Promotion[Any]) -> Iterator[Named]:
    """Every reference a promotion makes."""
    yield from _of_scope(promotion.scope, "/scope")
    yield from _of_targeting(promotion)
    yield from _of_rules(promotion.rules)
    if promotion.conditions is not None:
        yield from _of_condition(promotion.conditions, "/conditions")
    stacking = promotion.stacking
    if stacking.lane is not None:
        yield "lanes", "/stacking/lane", stacking.lane
    yield from _each("promotions", "/stacking/never_with", stacking.never_with)
    if cross := promotion.cross_brand:
        yield from _each("brands", "/cross_brand/trigger_brands", cross.trigger_brands)
        yield from _each("brands", "/cross_brand/benefit_brands", cross.benefit_brands)
        if cross.reward and cross.reward.promotion:
            yield "promotions", "/cross_brand/reward/promotion", cross.reward.promotion
    for index, test in enumerate(promotion.tests):
        if test.store is not None:
            yield "stores", f"/tests/{index}/store", test.store
        for line, item in enumerate(test.cart.items):
            yield "products", f"/tests/{index}/cart/items/{line}/product_id", item.product_id


def _of_settings(settings: Settings) -> Iterator[Named]:
    for name, cohort in settings.rollout.cohorts.items():
        at = f"/rollout/cohorts/{name}"
        yield from _each("stores", f"{at}/stores", cohort.stores)
        yield from _each("regions", f"{at}/regions", cohort.regions)
        yield from _each("store tags", f"{at}/tags", cohort.tags)
    for index, wave in enumerate(settings.rollout.waves):
        yield from _each("cohorts", f"/rollout/waves/{index}/cohorts", wave.cohorts)


def _each(kind: str, pointer: str, ids: Iterable[str]) -> Iterator[Named]:
    for index, name in enumerate(ids):
        yield kind, f"{pointer}/{index}", name


def _of_scope(scope: Scope, at: str) -> Iterator[Named]:
    yield from _each("categories", f"{at}/categories", scope.categories)
    yield from _each("products", f"{at}/products", scope.products)
    yield from _each("categories", f"{at}/exclude_categories", scope.exclude_categories)
    yield from _each("products", f"{at}/exclude_products", scope.exclude_products)
    yield from _each("product tags", f"{at}/tags", scope.tags)


def _of_targeting(promotion: Promotion[Any]) -> Iterator[Named]:
    targeting = promotion.targeting
    if targeting.brands != "all":
        yield from _each("brands", "/targeting/brands", targeting.brands)
    yield from _each("brands", "/targeting/exclude_brands", targeting.exclude_brands)
    if isinstance(targeting.stores, StoreSelection):
        yield from _each("regions", "/targeting/stores/regions", targeting.stores.regions)
        yield from _each("store tags", "/targeting/stores/tags", targeting.stores.tags)
        yield from _each("stores", "/targeting/stores/exclude", targeting.stores.exclude)
    elif targeting.stores != "all":
        yield from _each("stores", "/targeting/stores", targeting.stores)
    yield from _each("tiers", "/targeting/member_tiers", targeting.member_tiers)
    yield from _each("channels", "/targeting/sales_channels", targeting.sales_channels)
    yield from _each("channels", "/targeting/exclude_channels", targeting.exclude_channels)


def _of_condition(condition: Condition, at: str) -> Iterator[Named]:
    if condition.scope is not None:
        yield from _of_scope(condition.scope, f"{at}/scope")
    for join in ("all", "any"):
        for index, part in enumerate(getattr(condition, join) or ()):
            yield from _of_condition(part, f"{at}/{join}/{index}")
    if condition.not_ is not None:
        yield from _of_condition(condition.not_, f"{at}/not")


def _of_rules(rules: BaseModel) -> Iterator[Named]:
    match rules:
        case model.BuyXGetY(get_product_id=str(product)):
            yield "products", "/rules/get_product_id", product
        case model.Combo():
            for index, part in enumerate(rules.products):
                yield "products", f"/rules/products/{index}/product_id", part.product_id
        case model.FreeItem():
            if rules.trigger_product_id is not None:
                yield "products", "/rules/trigger_product_id", rules.trigger_product_id
            if rules.free_product_id is not None:
                yield "products", "/rules/free_product_id", rules.free_product_id
            yield from _each("products", "/rules/free_product_ids", rules.free_product_ids or ())
        case model.Cashback() | model.PaymentDiscount():
            yield from _each("payments", "/rules/payment_methods", rules.payment_methods)
        case model.Package():
            for index, item in enumerate(rules.items):
                if item.product_id is not None:
                    yield "products", f"/rules/items/{index}/product_id", item.product_id
                if item.category_id is not None:
                    yield "categories", f"/rules/items/{index}/category_id", item.category_id
        case model.MixMatch(category_id=str(category)):
            yield "categories", "/rules/category_id", category
        case model.Upsell():
            yield "products", "/rules/required_product_id", rules.required_product_id
            yield "products", "/rules/upsell_product_id", rules.upsell_product_id
        case model.ThresholdTiers():
            for index, tier in enumerate(rules.tiers):
                if tier.free_product_id is not None:
                    yield "products", f"/rules/tiers/{index}/free_product_id", tier.free_product_id


def _of_product(product: Any) -> Iterator[Named]:
    if product.category is not None:
        yield "categories", "/category", product.category
    if product.brand is not None:
        yield "brands", "/brand", product.brand


def _of_category(category: Any) -> Iterator[Named]:
    if category.parent is not None:
        yield "categories", "/parent", category.parent


def _of_store(store: Any) -> Iterator[Named]:
    if store.brand is not None:
        yield "brands", "/brand", store.brand
    yield from _each("brands", "/brands", store.brands)
