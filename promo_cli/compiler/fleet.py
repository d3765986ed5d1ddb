"""Every store's bundle for a day: a pure function of the workspace, the day and the horizon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from promo_cli.compiler import bundle, targeting, window
from promo_cli.compiler.lines import Line, compile_line
from promo_cli.model.promotion import Promotion
from promo_cli.protocol.bundle import join

if TYPE_CHECKING:
    from promo_cli.workspace import Workspace


def compile_fleet(
    workspace: Workspace,
    as_of: dt.date,
    only: Collection[str] | None = None,
    *,
    lines: Mapping[str, Line] | None = None,
) -> dict[str, bytes]:
    """Return the bundle of every store, or of those in `only`, by store id in ascending order.

    `as_of` is a day in the company's time zone. Stores with equal content get the same bytes object. `lines` are the
    active promotions' by code, where the caller has them. Expects a workspace without errors; unknown ids in `only`
    raise KeyError.
    """
    settings = workspace.settings
    live = [promotion for promotion in workspace.promotions if promotion.is_active]
    compiled = sorted(
        ((lines[one.code] if lines else compile_line(one, settings.company.id), one) for one in live),
        key=lambda entry: entry[0].id,
    )
    promotions = [promotion for _, promotion in compiled]
    texts = [line.text for line, _ in compiled]
    stores = {store.id: store for store in workspace.stores}
    chosen = [stores[store_id] for store_id in sorted(stores if only is None else set(only))]
    holidays = {holiday.date for holiday in workspace.holidays}

    @cache
    def carried(zone: str) -> frozenset[int]:
        behind = window.clock_behind(zone, settings.timezone, as_of)
        return frozenset(
            index
            for index, promotion in enumerate(promotions)
            if window.carried(promotion.validity, as_of, settings.horizon_days, holidays=holidays, behind=behind)
        )

    @cache
    def header_line(zone: str) -> bytes:
        return bundle.header(
            settings,
            zone,
            categories=workspace.categories,
            holidays=workspace.holidays,
            tiers=workspace.tiers,
            payments=workspace.payments,
        )

    @cache
    def products_line(brands: frozenset[str] | None) -> bytes:
        return bundle.products(workspace.products, brands)

    @cache
    def content(zone: str, own_brands: frozenset[str], running: tuple[int, ...]) -> bytes:
        indexes = [index for index in running if index in carried(zone)]
        brands = bundle.brands_covered(own_brands, (promotions[index] for index in indexes))
        return join(header_line(zone), products_line(brands), (texts[index] for index in indexes))

    running = targeting.by_store(promotions, chosen)
    return {
        store.id: content(store.timezone or settings.timezone, frozenset(store.all_brands), running[store.id])
        for store in chosen
    }


def compile_store(workspace: Workspace, store_id: str, as_of: dt.date) -> bytes:
    """Return one store's bundle; raises KeyError for an unknown store."""
    return compile_fleet(workspace, as_of, only=[store_id])[store_id]


def stores_running(workspace: Workspace, promotion: Promotion[Any]) -> list[str]:
    """Return the ids of the stores whose bundles carry a promotion while it is valid."""
    return targeting.stores_of(promotion, workspace.stores)
