"""What rules ask of a workspace, worked out at most once: indexes, the category tree, what promotions reach."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from promo_cli.compiler.targeting import Kind, fits_id, fits_kind, kind_of
from promo_cli.model.promotion import Promotion, Scope, StoreSelection, Targeting
from promo_cli.model.reference import Product, Store
from promo_cli.validation import references
from promo_cli.validation.numbers import Number, numbers
from promo_cli.workspace import Workspace
from promo_cli.workspace.memo import Memo

if TYPE_CHECKING:
    from promo_cli.validation.references import Unknown

KINDS = ("brands", "stores", "categories", "products", "tiers", "payments")


class Facts:
    """The workspace as rules see it. `today` is a day in the company's time zone."""

    def __init__(self, workspace: Workspace, today: dt.date, memo: Memo | None = None) -> None:
        self.workspace = workspace
        self.today = today
        self.memo = memo or Memo("rules")
        """Answers to questions that take long, from earlier runs as well."""
        self.currency = workspace.settings.currency
        self.lanes = workspace.settings.stacking.lanes
        self.found: dict[int, frozenset[str]] = {}
        """The codes of what rules about promotions found, by the promotion's identity, as far as they were asked."""
        self._in_scope: dict[Any, frozenset[str]] = {}
        self._priced: dict[int, tuple[Product, ...]] = {}
        self._numbers: dict[int, tuple[Number, ...]] = {}
        self._targeted: dict[Any, tuple[Store, ...]] = {}

    # ---- what there is

    @cached_property
    def by_id(self) -> dict[str, dict[str, BaseModel]]:
        """Every entry of the reference data by kind and id."""
        return {kind: {entry.id: entry for entry in getattr(self.workspace, kind)} for kind in KINDS}

    @cached_property
    def products(self) -> dict[str, Product]:
        """Products by id."""
        return {product.id: product for product in self.workspace.products}

    @cached_property
    def by_code(self) -> dict[str, Promotion[Any]]:
        """Promotions by code."""
        return {promotion.code: promotion for promotion in self.workspace.promotions}

    @cached_property
    def codes_taken_twice(self) -> frozenset[str]:
        """Codes of several promotions, in lower case."""
        counts = Counter(promotion.code.casefold() for promotion in self.workspace.promotions)
        return frozenset(code for code, count in counts.items() if count > 1)

    @cached_property
    def known(self) -> dict[str, frozenset[str]]:
        """What may be referred to, by kind; entries that are broken themselves count, for they are there."""
        known = {kind: frozenset(entries) for kind, entries in self.by_id.items()}
        stores = self.workspace.stores
        known |= {
            "promotions": frozenset(self.by_code),
            "lanes": frozenset(self.lanes),
            "cohorts": frozenset(self.workspace.settings.rollout.cohorts),
            "channels": frozenset(self.workspace.channels),
            "regions": frozenset(store.region for store in stores if store.region),
            "store tags": frozenset(tag for store in stores for tag in store.tags),
            "product tags": frozenset(tag for product in self.workspace.products for tag in product.tags),
        }
        mentioned = self.workspace.mentioned
        return {kind: ids | mentioned.get(kind, frozenset()) for kind, ids in known.items()}

    @cached_property
    def complete(self) -> frozenset[str]:
        """The kinds of which everything could be read, so that what is not found does not exist."""
        workspace = self.workspace
        missing = set(workspace.incomplete)
        if "stores" in missing or workspace.mentioned.get("stores"):
            missing |= {"channels", "regions", "store tags"}
        if "products" in missing or workspace.mentioned.get("products"):
            missing |= {"product tags"}
        return frozenset(self.known.keys() - missing)

    def whole(self, *kinds: str) -> bool:
        """Whether all entries of these kinds could be read: what counts over them is only then worth saying."""
        workspace = self.workspace
        return not any(kind in workspace.incomplete or workspace.mentioned.get(kind) for kind in kinds)

    @cached_property
    def unknown(self) -> dict[str, list[Unknown]]:
        """References to nothing, by kind."""
        return defaultdict(list, references.unknown(self))

    @cached_property
    def naming_unknown(self) -> frozenset[int]:
        """The identities of what refers to nothing: that explains more about it than any other finding."""
        return frozenset(id(one.subject) for found in self.unknown.values() for one in found)

    def numbers(self, promotion: Promotion[Any]) -> tuple[Number, ...]:
        """Every number a promotion states outside its tests."""
        key = id(promotion)
        if key not in self._numbers:
            self._numbers[key] = tuple(numbers(promotion))
        return self._numbers[key]

    # ---- the category tree

    @cached_property
    def below(self) -> dict[str, frozenset[str]]:
        """Each category with all below it, itself included. A loop ends where it began."""
        children: dict[str, list[str]] = defaultdict(list)
        for category in self.workspace.categories:
            if category.parent:
                children[category.parent].append(category.id)
        reached = {}
        for category in self.workspace.categories:
            found, waiting = {category.id}, [category.id]
            while waiting:
                fresh = [child for child in children[waiting.pop()] if child not in found]
                found.update(fresh)
                waiting += fresh
            reached[category.id] = frozenset(found)
        return reached

    @cached_property
    def products_of(self) -> dict[str, frozenset[str]]:
        """The products of each category and everything below it."""
        own: dict[str | None, set[str]] = defaultdict(set)
        for product in self.workspace.products:
            own[product.category].add(product.id)
        return {
            category: frozenset().union(*(own[inner] for inner in inside)) for category, inside in self.below.items()
        }

    # ---- what a promotion reaches

    def in_scope(self, scope: Scope, targeting: Targeting) -> frozenset[str]:
        """The products that `scope` and the brands of `targeting` leave; exclusions win."""
        key = (
            scope.apply_to, *map(tuple, (scope.categories, scope.products, scope.exclude_categories)),
            tuple(scope.exclude_products), tuple(scope.tags), _bounds(scope),
            targeting.brands if targeting.brands == "all" else tuple(targeting.brands), tuple(targeting.exclude_brands),
        )  # fmt: skip
        if key not in self._in_scope:
            self._in_scope[key] = self._reach(scope, targeting)
        return self._in_scope[key]

    def _reach(self, scope: Scope, targeting: Targeting) -> frozenset[str]:
        if scope.apply_to == "category":
            found = self._of(scope.categories)
        elif scope.apply_to == "product":
            found = frozenset(scope.products) & self.products.keys()
        else:
            found = frozenset(self.products)
        found = found - self._of(scope.exclude_categories) - frozenset(scope.exclude_products)
        lowest, highest = _bounds(scope)
        brands = None if targeting.brands == "all" else frozenset(targeting.brands)
        if scope.tags or lowest is not None or highest is not None or brands is not None or targeting.exclude_brands:
            tags = frozenset(scope.tags)
            found = frozenset(
                product.id
                for product in map(self.products.__getitem__, found)
                if (not tags or tags & set(product.tags))
                and (lowest is None or product.price >= lowest)
                and (highest is None or product.price <= highest)
                and (product.brand is None or brands is None or product.brand in brands)
                and product.brand not in targeting.exclude_brands
            )
        return found

    def _of(self, categories: Iterable[str]) -> frozenset[str]:
        nothing: frozenset[str] = frozenset()
        return nothing.union(*(self.products_of.get(category, nothing) for category in categories))

    def priced(self, promotion: Promotion[Any]) -> tuple[Product, ...]:
        """The products a promotion may discount, by price and id, ascending."""
        reached = self.in_scope(promotion.scope, promotion.targeting)
        if id(reached) not in self._priced:  # kept above, once for each scope
            places = sorted(self._places[product] for product in reached if product in self._places)
            self._priced[id(reached)] = tuple(self._by_price[place] for place in places)
        return self._priced[id(reached)]

    @cached_property
    def _by_price(self) -> list[Product]:
        """The products that may be discounted, by price and id."""
        found = (product for product in self.products.values() if product.discountable)
        return sorted(found, key=lambda product: (product.price, product.id))

    @cached_property
    def _places(self) -> dict[str, int]:
        """The place of each in that order, by id."""
        return {product.id: place for place, product in enumerate(self._by_price)}

    @cached_property
    def _kinds(self) -> dict[Kind, list[Store]]:
        kinds: dict[Kind, list[Store]] = defaultdict(list)
        for store in self.workspace.stores:
            kinds[kind_of(store)].append(store)
        return kinds

    def stores_of(self, targeting: Targeting) -> tuple[Store, ...]:
        """The stores that `targeting` leaves."""
        stores = targeting.stores
        if targeting.brands == stores == "all" and not targeting.exclude_brands:
            return self.workspace.stores
        key = (
            targeting.brands if targeting.brands == "all" else tuple(targeting.brands),
            tuple(targeting.exclude_brands),
            stores.model_dump_json() if isinstance(stores, StoreSelection) else tuple(stores),
        )
        if key not in self._targeted:
            self._targeted[key] = tuple(
                store
                for kind, stores in self._kinds.items()
                if fits_kind(targeting, kind)
                for store in stores
                if fits_id(targeting, store.id)
            )
        return self._targeted[key]


def _bounds(scope: Scope) -> tuple[Any, Any]:
    return (scope.unit_price.min, scope.unit_price.max) if scope.unit_price else (None, None)
