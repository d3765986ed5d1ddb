"""Which promotions run in which stores.

Most promotions select stores by what the stores are (brand, region, tags), so stores that are alike are looked at once;
only promotions that name stores are looked at store by store. That keeps a fleet of thousands cheap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from promo_cli.model.promotion import Promotion, StoreSelection, Targeting
from promo_cli.model.reference import Store


class Kind(NamedTuple):
    """All that targeting looks at in a store, but its id."""

    brands: tuple[str, ...]
    region: str | None
    tags: tuple[str, ...]


def kind_of(store: Store) -> Kind:
    """Return what targeting looks at in a store."""
    return Kind(tuple(sorted(store.all_brands)), store.region, tuple(sorted(store.tags)))


def stores_of(promotion: Promotion[Any], stores: Iterable[Store]) -> list[str]:
    """Return the ids of the stores a promotion runs in, in the order given."""
    targeting = promotion.targeting
    return [store.id for store in stores if fits_kind(targeting, kind_of(store)) and fits_id(targeting, store.id)]


def by_store(promotions: Sequence[Promotion[Any]], stores: Sequence[Store]) -> dict[str, tuple[int, ...]]:
    """Return, for each store id, the indexes of the promotions that run there, ascending."""
    kinds = {store.id: kind_of(store) for store in stores}
    general: dict[Kind, list[int]] = {kind: [] for kind in kinds.values()}
    named: dict[str, list[int]] = defaultdict(list)
    for index, promotion in enumerate(promotions):
        targeting = promotion.targeting
        fitting = {kind for kind in general if fits_kind(targeting, kind)}
        if isinstance(targeting.stores, list):
            for store_id in dict.fromkeys(targeting.stores):
                if kinds.get(store_id) in fitting:
                    named[store_id].append(index)
        elif isinstance(targeting.stores, StoreSelection) and targeting.stores.exclude:
            for store_id, kind in kinds.items():
                if kind in fitting and fits_id(targeting, store_id):
                    named[store_id].append(index)
        else:
            for kind in fitting:
                general[kind].append(index)
    settled = {kind: tuple(indexes) for kind, indexes in general.items()}
    return {
        store_id: tuple(sorted((*settled[kind], *named[store_id]))) if store_id in named else settled[kind]
        for store_id, kind in kinds.items()
    }


def fits_kind(targeting: Targeting, kind: Kind) -> bool:
    """Tell whether a store of this kind is targeted, its id aside. A store without brands belongs to every brand."""
    if kind.brands:
        if targeting.brands != "all" and not set(targeting.brands) & set(kind.brands):
            return False
        if set(kind.brands) <= set(targeting.exclude_brands):
            return False
    selection = targeting.stores
    if isinstance(selection, StoreSelection):
        if selection.regions and kind.region not in selection.regions:
            return False
        return set(selection.tags) <= set(kind.tags)
    return True


def fits_id(targeting: Targeting, store_id: str) -> bool:
    """Tell whether a store is targeted as far as its id decides."""
    selection = targeting.stores
    if isinstance(selection, StoreSelection):
        return store_id not in selection.exclude
    return selection == "all" or store_id in selection
