"""A made-up cart to which a promotion applies: for previews, and to show a finding instead of asserting it.

The cart is found by trying: a store where the promotion runs, a moment in its hours, a customer it is for, and what
such a customer would buy, dearer and in growing numbers, each priced by the engine until the promotion applies.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from promo_cli.compiler import compile_store
from promo_cli.model.promotion import Promotion
from promo_cli.model.reference import Store
from promo_cli.validation.baskets import Basket, baskets
from promo_cli.validation.occasion import occasions
from promo_cli.workspace import Workspace

if TYPE_CHECKING:
    from promo_cli.pricing import PreparedBundle

_SCALES = (1, 2, 3, 5, 10, 30, 100)
_BASKETS_TRIED = 24


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

    The moment is in the first of its hours from `today` on (company time zone).
    """
    last: Sample | None = None
    for last in tries(workspace, promotion, today, store_id=store_id):
        if last.applies:
            break
    return last


def tries(
    workspace: Workspace, promotion: Promotion[Any], today: dt.date, *, store_id: str | None = None
) -> Iterator[Sample]:
    """Yield carts for a promotion, the likeliest first, each priced with no other promotion."""
    from promo_cli.pricing import price

    for store, circumstances in occasions(workspace, promotion, today, store_id):
        day = dt.datetime.fromisoformat(circumstances["at"]).date()
        prepared = alone(workspace, [promotion], store.id, day)
        for basket in _growing(workspace, promotion, store):
            items = [{"product_id": product_id, "quantity": quantity} for product_id, quantity in basket.items()]
            cart = {**circumstances, "items": items}
            receipt = price(cart, prepared)
            given = (*receipt["applied"], *receipt["rewards"])
            yield Sample(store.id, cart, receipt, any(one["code"] == promotion.code for one in given))


def alone(workspace: Workspace, promotions: Sequence[Promotion[Any]], store_id: str, as_of: dt.date) -> PreparedBundle:
    """Return a store's bundle with these promotions only, active or not."""
    from promo_cli.pricing import prepare

    active = tuple(one.model_copy(update={"is_active": True}) for one in promotions)
    return prepare(compile_store(replace(workspace, promotions=active), store_id, as_of))


def _growing(workspace: Workspace, promotion: Promotion[Any], store: Store) -> Iterator[Basket]:
    first = list(islice(baskets(workspace, promotion, store), _BASKETS_TRIED))
    for scale in _SCALES:
        yield from ({product_id: quantity * scale for product_id, quantity in one.items()} for one in first)
