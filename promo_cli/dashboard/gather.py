"""Asks the reports for everything the site shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promo_cli.compiler.promotion import promotion_id
from promo_cli.dashboard.cells import Cells, cells_of
from promo_cli.dashboard.site import Offer, Site
from promo_cli.pipeline.ingest import warehouse_of
from promo_cli.pipeline.report import OWN_REPORTS, reference_of, stores_of
from promo_cli.reports import files
from promo_cli.reports.render_numbers import day_text
from promo_cli.reports.result import ReportResult
from promo_cli.reports.run import run_report
from promo_cli.workspace import Workspace

if TYPE_CHECKING:
    from promo_cli.model.promotion import Promotion

DAYS = 91
"""How many days the dashboard looks back by default."""

MOST_DESCRIBED = 100
"""So many promotions have their whole report on their page: those that gave most. The others have their figures."""

WHOLE_PAGES = ("cross-brand", "segments", "products", "experiments", "vouchers")
"""Reports that are a page each, where the toolkit has them; then the workspace's own, and last data-health."""

_OWN_SQL = Path(__file__).parent / "sql"

Told = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and of how much."""


def gather(
    workspace: Workspace, *, first: dt.date | None = None, as_of: dt.date | None = None, told: Told = lambda *_: None
) -> Site:
    """Run the reports for the business days from `first` (by default 13 weeks) to `as_of` (by default the newest).

    Raises Failure as reports do.
    """
    told("reports", 0, 1)
    until = as_of or _run(workspace, "overview", {}).as_of or dt.date.min
    since = first or (until - dt.timedelta(days=DAYS - 1) if until > dt.date.min else until)
    params = {"from": since, "to": until, "as_of": until}
    cells = _cells(workspace, params)
    if cells.days:
        params["from"] = cells.days[0]
    pages = _page_names(workspace)
    offers = _offers(workspace, cells, until)
    described = _most_given(cells)
    count = len(pages) + len(described)
    reports: dict[str, ReportResult] = {}
    for number, name in enumerate(pages):
        told("reports", number, count)
        reports[name] = _run(workspace, name, params)
    about: dict[str, ReportResult] = {}
    for number, promotion in enumerate(described):
        told("reports", len(pages) + number, count)
        about[promotion] = _run(workspace, "promotion", {**params, "promotions": [promotion]})
    return Site(
        company=workspace.settings.company.name,
        as_of=until,
        cells=cells,
        offers=offers,
        stores={store.id: store.name for store in workspace.stores},
        brands={brand.id: brand.name for brand in workspace.brands},
        overview=_run(workspace, "overview", params),
        reports=reports,
        about=about,
        roi=_run(workspace, "roi", params) if "roi" in files.names(None) else None,
    )


def _page_names(workspace: Workspace) -> list[str]:
    """Return the reports that are pages: of the workspace's own those that need nothing but a period."""
    folder, built_in = workspace.root / OWN_REPORTS, files.names(None)
    own = [name for name in files.names(folder) if name not in built_in and _needs_nothing(files.read(name, folder))]
    health = ["data-health"] if "data-health" in built_in else []
    return [*(name for name in WHOLE_PAGES if name in built_in), *own, *health]


def _needs_nothing(report: files.Report) -> bool:
    return report.promotions == "any" and not any(parameter.required for parameter in report.parameters)


def _run(workspace: Workspace, name: str, params: dict[str, Any], folder: Path | None = None) -> ReportResult:
    folder = folder or workspace.root / OWN_REPORTS
    takes = {parameter.name for parameter in files.read(name, folder).parameters}
    return run_report(
        name,
        {key: value for key, value in params.items() if key in takes},
        warehouse_of(workspace),
        folder=folder,
        expected_stores=stores_of(workspace),
        known=reference_of(workspace),
    )


def _cells(workspace: Workspace, params: dict[str, Any]) -> Cells:
    return cells_of(_run(workspace, "cells", params, _OWN_SQL), workspace.settings.currency.exponent)


def _most_given(cells: Cells) -> list[str]:
    """Return the promotions that gave most in the period, and of equal ones those used most."""
    sums = {each: (sum(row[3] for row in rows), sum(row[2] for row in rows)) for each, rows in cells.uses.items()}
    return sorted(sums, key=lambda each: (*(-value for value in sums[each]), each))[:MOST_DESCRIBED]


def _offers(workspace: Workspace, cells: Cells, as_of: dt.date) -> list[Offer]:
    """Return the workspace's promotions and those that only tills know, by their codes."""
    company = workspace.settings.company.id
    brands = {brand.id: brand.name for brand in workspace.brands}
    found = {
        (identity := promotion_id(company, promotion)): Offer(
            promotion_id=identity,
            code=promotion.code,
            name=promotion.name,
            description=promotion.description,
            type=promotion.promo_type.replace("_", " "),
            status=_status(promotion, as_of),
            runs=_runs(promotion),
            where=_where(promotion, brands),
            cost=Decimal(promotion.programme_cost or 0),
        )
        for promotion in workspace.promotions
    }
    for identity in cells.uses:
        if identity not in found:
            found[identity] = Offer(identity, cells.codes[identity], "", "", "", "unknown", "", "", Decimal(0))
    return sorted(found.values(), key=lambda offer: (offer.code, offer.promotion_id))


def _status(promotion: Promotion[Any], as_of: dt.date) -> str:
    if not promotion.is_active:
        return "off"
    if as_of < promotion.validity.start_date:
        return "scheduled"
    end = promotion.validity.end_date
    return "ended" if end is not None and as_of > end else "active"


def _runs(promotion: Promotion[Any]) -> str:
    first, last = promotion.validity.start_date, promotion.validity.end_date
    return f"{day_text(first)} to {day_text(last)}" if last else f"from {day_text(first)}"


def _where(promotion: Promotion[Any], brands: dict[str, str]) -> str:
    asked = promotion.targeting.brands
    return "all brands" if isinstance(asked, str) else ", ".join(brands.get(each, each) for each in asked)
