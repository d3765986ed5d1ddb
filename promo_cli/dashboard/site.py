"""Every page of the site as bytes, by its path: a pure function of the reports' results and the workspace's names."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Any

from promo_cli.dashboard import drawings
from promo_cli.dashboard.cells import Cells
from promo_cli.reports.render_numbers import Numbers, in_order, numbers_of, unit_of
from promo_cli.reports.render_page import asset, page_environment
from promo_cli.reports.render_words import completeness_lines
from promo_cli.reports.result import ReportResult

SCHEMA = "promo.dashboard/1"
MARKER = "dashboard.json"
"""This file says that a folder is a dashboard, and may be replaced by the next one."""

SHOWN = ("active", "scheduled")
"""A promotion in such a state has a page, used or not; others have one if they were used."""

_PACKAGE = "promo_cli.dashboard"
_SCRIPTS = ("charts.js", "page.js", "roi.js")


@dataclass(frozen=True, slots=True)
class Offer:
    """A promotion as a page introduces it; `status` is active, scheduled, ended, off, or unknown without a file."""

    promotion_id: str
    code: str
    name: str
    description: str
    type: str
    status: str
    runs: str
    where: str
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Site:
    """What the site is made from. `reports` are whole pages by their name, `about` reports of single promotions."""

    company: str
    as_of: dt.date
    cells: Cells
    offers: Sequence[Offer]
    stores: Mapping[str, str]
    brands: Mapping[str, str]
    overview: ReportResult
    reports: Mapping[str, ReportResult]
    about: Mapping[str, ReportResult]
    roi: ReportResult | None = None


def build(site: Site) -> dict[str, bytes]:
    """Return every file of the site; the same input gives the same bytes."""
    numbers = numbers_of(site.overview)
    slugs = _slugs(offer for offer in site.offers if offer.status in SHOWN or offer.promotion_id in site.cells.uses)
    environment = page_environment(numbers, _PACKAGE)
    environment.policies["json.dumps_function"] = _json
    environment.globals |= {
        "site": site,
        "pages": _pages(site),
        "kind_of": drawings.kind_of,
        "legend": drawings.legend,
        "bars": lambda section: drawings.bars(section, numbers),
        "heat": lambda section: drawings.heat(section, numbers),
        "ranges": lambda section: drawings.ranges(section, numbers),
        "completeness": lambda result: list(completeness_lines(result.completeness, numbers)),
        "in_order": in_order,
        "unit": unit_of(site.overview) or "",
    }

    def page(template: str, name: str, data: Mapping[str, Any], **values: Any) -> bytes:
        root = "../" if "/" in name else ""
        return environment.get_template(template).render(name=name, root=root, data=data, **values).encode()

    made: dict[str, bytes] = {}
    made["index.html"] = page("overview.html.jinja", "index.html", _overview_data(site, slugs), result=site.overview)
    for name, result in site.reports.items():
        made[f"{name}.html"] = page("report-page.html.jinja", f"{name}.html", _charts(result, numbers), result=result)
    calculator = _roi_data(site, numbers) | (_charts(site.roi, numbers) if site.roi else {"charts": {}})
    made["roi.html"] = page("roi.html.jinja", "roi.html", calculator, roi=site.roi)
    for number, offer in enumerate(site.offers):
        if offer.promotion_id in slugs:
            name = slugs[offer.promotion_id]
            about = site.about.get(offer.promotion_id)
            data = (_charts(about, numbers) if about else {"charts": {}}) | {"uses": _uses(site, number, 0)}
            made[name] = page("promotion.html.jinja", name, data, offer=offer, about=about)
    made["assets/data.js"] = _shared(site, numbers)
    made["assets/promo.css"] = (asset("assets/promo.css") + _own("dashboard.css")).encode()
    for script in _SCRIPTS:
        made[f"assets/{script}"] = _own(script).encode()
    made[MARKER] = _marker(site, made)
    return dict(sorted(made.items()))


def _pages(site: Site) -> list[tuple[str, str]]:
    """Return the pages of the menu: paths and titles."""
    titles = {
        "cross-brand": "Cross-brand",
        "segments": "Customers",
        "products": "Products",
        "data-health": "Data health",
    }
    named = [(f"{name}.html", titles.get(name, result.title)) for name, result in site.reports.items()]
    at = next((number for number, (path, _) in enumerate(named) if path == "data-health.html"), len(named))
    return [("index.html", "Overview"), *named[:at], ("roi.html", "ROI calculator"), *named[at:]]


def _overview_data(site: Site, slugs: Mapping[str, str]) -> dict[str, Any]:
    return {
        "promotions": [
            {
                "code": offer.code,
                "name": offer.name,
                "type": offer.type,
                "status": offer.status,
                "href": slugs.get(offer.promotion_id),
            }
            for offer in site.offers
        ],
        "uses": [row for number in range(len(site.offers)) for row in _uses(site, number, number)],
        "charts": {},
    }


def _uses(site: Site, number: int, shown_as: int) -> list[tuple[int, ...]]:
    return [(shown_as, *row) for row in site.cells.uses.get(site.offers[number].promotion_id, ())]


def _roi_data(site: Site, numbers: Numbers) -> dict[str, Any]:
    """Return what the calculator can be filled with: sales before the discount, and the discount, of each promotion."""
    scale = Decimal(10) ** numbers.places
    found = []
    for offer in site.offers:
        rows = site.cells.uses.get(offer.promotion_id, ())
        discount, net = sum(row[3] for row in rows), sum(row[4] for row in rows)
        if discount > 0:
            gross = Decimal(net + discount) / scale
            found.append(
                {"code": offer.code, "gross": gross, "discount": Decimal(discount) / scale, "cost": offer.cost}
            )
    return {"promotions": sorted(found, key=lambda each: (-each["discount"], each["code"]))}


def _charts(result: ReportResult, numbers: Numbers) -> dict[str, Any]:
    plotted = [section for section in result.sections if drawings.kind_of(section) == "plot"]
    return {"charts": {section.name: drawings.plot(section, numbers) for section in plotted}}


def _shared(site: Site, numbers: Numbers) -> bytes:
    cells = site.cells
    value = {
        "numbers": {
            "symbol": numbers.symbol,
            "thousands": numbers.thousands,
            "point": numbers.point,
            "places": numbers.places,
        },
        "days": [day.isoformat() for day in cells.days],
        "byBrand": cells.by_brand,
        "places": [
            {"store": store, "brand": brand, "name": (site.brands if cells.by_brand else site.stores).get(store, store)}
            for store, brand in cells.places
        ],
        "sales": cells.sales,
    }
    return f'"use strict";\nconst PROMO_SHARED = {_json(value)};\n'.encode()


def _slugs(offers: Iterable[Offer]) -> dict[str, str]:
    """Return a page's path for each promotion: its code in small letters, and something unique where that is taken."""
    taken: set[str] = set()
    found = {}
    for offer in offers:
        slug = re.sub(r"[^a-z0-9]+", "-", offer.code.lower()).strip("-")[:60]
        if not slug or slug in taken:
            slug = f"{slug}-{hashlib.sha256(offer.promotion_id.encode()).hexdigest()[:8]}".lstrip("-")
        taken.add(slug)
        found[offer.promotion_id] = f"promotions/{slug}.html"
    return found


def _marker(site: Site, made: Mapping[str, bytes]) -> bytes:
    value = {
        "schema": SCHEMA,
        "as_of": site.as_of.isoformat(),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(made.items())},
    }
    return json.dumps(value, indent=1).encode() + b"\n"


def _json(value: Any, **_: Any) -> str:
    """Return JSON that may stand in a script: nothing in it can end the script or begin markup."""
    text = json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))
    return text.translate({ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"})


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    raise TypeError(f"expected a number or a text, found {type(value).__name__}")


def _own(name: str) -> str:
    return (files(_PACKAGE) / "assets" / name).read_text(encoding="utf-8")
