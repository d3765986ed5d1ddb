"""Price a cart file with a workspace's own promotions, as the store's till would."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from promo_cli.compiler import compile_store
from promo_cli.diagnostics import Diagnostic, Failure, Severity
from promo_cli.pipeline.check import check
from promo_cli.pipeline.environment import check_store
from promo_cli.pricing import PreparedBundle, prepare, price
from promo_cli.workspace import Workspace, read_value


@dataclass(frozen=True, slots=True)
class Priced:
    """A receipt (amounts in major units), and what printing it takes: the store's name, products' names, decimals."""

    receipt: Mapping[str, Any]
    at: str
    store_name: str
    product_names: Mapping[str, str]
    exponent: int
    problems: int = 0
    """Errors of the workspace that keep it from being published, but not from being priced."""


class Sold(NamedTuple):
    """A priced cart as the engine saw it, and the workspace and the bundle it was priced with."""

    priced: Priced
    cart: dict[str, Any]
    prepared: PreparedBundle
    workspace: Workspace


def price_cart(
    start: Path, store_id: str, cart_file: Path, *, at: str | None, now: dt.datetime, trace: bool = False
) -> Priced:
    """Price the cart in `cart_file` (JSON or YAML; `-` is stdin).

    The moment is `at`, else the cart's own, else `now`, on the store's clock; the bundle is that day's.
    Raises Failure for a workspace that cannot be read whole, an unknown store or an unreadable file, CartError for a
    bad cart.
    """
    return sell(start, store_id, read_value(cart_file), at=at, now=now, trace=trace).priced


def sell(
    start: Path, store_id: str, cart: Mapping[str, Any], *, at: str | None, now: dt.datetime, trace: bool = False
) -> Sold:
    """Price a cart as `price_cart` does, and keep what it was priced with."""
    workspace, problems = readable_workspace(start)
    check_store(workspace, store_id)
    moment = at or stated_moment(cart) or clock(workspace, store_id, now).isoformat(timespec="seconds")
    prepared = prepare(compile_store(workspace, store_id, day_of(moment) or clock(workspace, store_id, now).date()))
    full = {**cart, "store_id": store_id, "at": moment}
    receipt = price(full, prepared, trace=trace)
    shown = replace(priced(workspace, store_id, moment, receipt), problems=len(problems))
    return Sold(shown, full, prepared, workspace)


def readable_workspace(start: Path) -> tuple[Workspace, list[Diagnostic]]:
    """Return the workspace, and the errors that do not keep a cart from being priced: what promotions say, not their
    text or shape. A question about a draft deserves an answer.

    Raises Failure (exit 1) with what could not be read.
    """
    checked = check(start)
    errors = [found for found in checked.diagnostics if found.severity is Severity.ERROR and not found.suppressed]
    unread = {found.fingerprint for found in checked.workspace.diagnostics}
    if fatal := [found for found in errors if found.fingerprint in unread]:
        raise Failure(fatal, exit_code=1)
    return checked.workspace, errors


def priced(workspace: Workspace, store_id: str, moment: str, receipt: Mapping[str, Any]) -> Priced:
    """Put beside a receipt what printing it takes."""
    return Priced(
        receipt=receipt,
        at=moment,
        store_name=next(store.name for store in workspace.stores if store.id == store_id),
        product_names={product.id: product.name for product in workspace.products},
        exponent=workspace.settings.currency.exponent,
    )


def clock(workspace: Workspace, store_id: str, now: dt.datetime) -> dt.datetime:
    """Return what a store's wall clock shows at a moment in UTC."""
    zones = {store.id: store.timezone for store in workspace.stores}
    return now.astimezone(ZoneInfo(zones[store_id] or workspace.settings.timezone)).replace(tzinfo=None)


def stated_moment(cart: Mapping[str, Any]) -> Any:
    """Return the moment a cart states itself, as it is written; the roadmap's nested form may state it inside."""
    inner = cart.get("cart")
    return cart.get("at") or (inner.get("at") if isinstance(inner, dict) else None)


def earned(reward: Mapping[str, Any], exponent: int) -> str:
    """Return what a reward of a receipt is: `1,539 points`, `points × 2`, `12,000 to the wallet`."""
    if reward["type"] == "points_multiplier":
        return f"{reward['method']} × {reward['multiplier']}"
    as_what = {"points": "points", "wallet": "to the wallet", "voucher": "as a voucher"}
    return f"{Decimal(reward['amount']):,.{exponent}f} {as_what[reward['method']]}"


def day_of(moment: Any) -> dt.date | None:
    """Return the day of a moment as written; None where it is not one, which pricing then explains."""
    try:
        return dt.datetime.fromisoformat(moment).date()
    except (TypeError, ValueError):
        return None
