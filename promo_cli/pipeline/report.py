"""A question to the workspace's warehouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from promo_cli.compiler.promotion import promotion_id
from promo_cli.pipeline.ingest import warehouse_of
from promo_cli.reports.files import Report, names, read
from promo_cli.reports.reference import ProductFacts, PromotionFacts, Reference, StoreFacts
from promo_cli.reports.result import Money, ReportResult
from promo_cli.reports.run import run_report
from promo_cli.workspace import Workspace, load

OWN_REPORTS = "reports"


def run_named(
    start: Path, name: str, arguments: Sequence[str] = (), params: Mapping[str, Any] | None = None
) -> ReportResult:
    """Run a report of the toolkit, or the workspace's own from its reports/ folder.

    `arguments` are promotions, or in a report without any they fill its required parameters in order; `params` are
    parameters by name. Raises Failure (exit 2) for an unknown report or parameter, or where nothing was ingested yet.
    """
    workspace = load(start)
    folder = workspace.root / OWN_REPORTS
    report = read(name, folder)
    filled: dict[str, Any] = dict(params or {})
    if any(parameter.name == "promotions" for parameter in report.parameters):
        if arguments:
            filled["promotions"] = [*filled.get("promotions", ()), *arguments]
    else:
        for index, parameter in enumerate(each for each in report.parameters if each.required):
            given = arguments[index:] if parameter.type == "texts" else arguments[index : index + 1]
            if given:
                filled[parameter.name] = list(given) if parameter.type == "texts" else given[0]
    return run_report(
        name,
        filled,
        warehouse_of(workspace),
        folder=folder,
        expected_stores=stores_of(workspace),
        known=reference_of(workspace),
    )


def available(start: Path) -> list[Report]:
    """Return every report there is, the toolkit's and the workspace's own, by name."""
    folder = load(start).root / OWN_REPORTS
    return [read(name, folder) for name in names(folder)]


def stores_of(workspace: Workspace) -> list[str]:
    """Return the stores that should report."""
    return [store.id for store in workspace.stores]


def reference_of(workspace: Workspace) -> Reference:
    """Return what the workspace knows beside what tills sent: names, dates, costs, the currency."""
    company, currency = workspace.settings.company.id, workspace.settings.currency
    return Reference(
        promotions=[
            PromotionFacts(
                promotion_id=promotion_id(company, promotion),
                code=promotion.code,
                name=promotion.name,
                type=promotion.promo_type,
                first_day=promotion.validity.start_date,
                last_day=promotion.validity.end_date,
                active=promotion.is_active,
                funder=promotion.funder,
                programme_cost=_decimal(promotion.programme_cost),
                triggers=tuple(promotion.cross_brand.trigger_brands) if promotion.cross_brand else (),
                benefits=tuple(promotion.cross_brand.benefit_brands) if promotion.cross_brand else (),
                trigger_amount=_decimal(promotion.cross_brand.trigger_min_amount) if promotion.cross_brand else None,
                window_days=promotion.cross_brand.window_days if promotion.cross_brand else None,
            )
            for promotion in workspace.promotions
        ],
        stores=[StoreFacts(each.id, each.name, each.brand, each.region) for each in workspace.stores],
        products=[
            ProductFacts(each.id, each.name, each.category, each.brand, _decimal(each.cost))
            for each in workspace.products
        ],
        money=Money(currency.code, currency.exponent),
    )


def _decimal(amount: Any) -> Decimal | None:
    return None if amount is None else Decimal(amount)
