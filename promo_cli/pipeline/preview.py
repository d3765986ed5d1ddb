"""What a promotion, or several together, would do to a cart: the preview of a marketer and of a pull request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promo_cli.compiler import promotion_id
from promo_cli.diagnostics import Failure, Location
from promo_cli.diagnostics.suggest import nearest
from promo_cli.model.promotion import Promotion
from promo_cli.pipeline import codes
from promo_cli.pipeline.check import checked_workspace, today_of
from promo_cli.pipeline.environment import check_store
from promo_cli.pipeline.price import Priced, priced, stated_moment, store_zone
from promo_cli.pricing import price
from promo_cli.validation.sample import alone, sample
from promo_cli.workspace import Workspace, read_value


@dataclass(frozen=True, slots=True)
class Preview:
    """A cart and its receipt with only the previewed promotions; `made_up` when no cart was given."""

    priced: Priced
    cart: Mapping[str, Any]
    ids: Mapping[str, str]
    """The promotions' ids by code, in the order asked for."""
    made_up: bool

    def document(self) -> dict[str, Any]:
        """Return the roadmap's answer: one promotion's, or several promotions' together. Amounts in major units."""
        receipt = self.priced.receipt
        entries = [self._entry(promotion_id, code) for code, promotion_id in self.ids.items()]
        if len(entries) > 1:
            totals = {key: receipt[key] for key in ("total_discount", "final_amount")}
            return {"promotions": entries, **totals, "cart": self.cart}
        return {
            "applicable": entries[0]["applied"],
            "discount_amount": entries[0]["discount"],
            "final_amount": receipt["final_amount"],
            "explanation": entries[0]["reason"],
            "breakdown": receipt,
            "cart": self.cart,
        }

    def _entry(self, promotion_id: str, code: str) -> dict[str, Any]:
        applied = {entry["promotion_id"]: entry for entry in self.priced.receipt["applied"]}
        skipped = {entry["promotion_id"]: entry["reason"] for entry in self.priced.receipt["skipped"]}
        mine = applied.get(promotion_id)
        return {
            "id": promotion_id,
            "code": code,
            "applied": mine is not None,
            "discount": mine["amount"] if mine else 0,
            "reason": mine["explanation"] if mine else skipped.get(promotion_id, "nothing in the cart concerns it"),
        }


def preview(
    start: Path,
    names: Sequence[str],
    *,
    store_id: str | None,
    cart_file: Path | None,
    at: str | None,
    now: dt.datetime,
) -> Preview:
    """Price a cart with the promotions named by code, and no others. Without `cart_file` a cart is made up.

    Raises Failure: exit 1 for a workspace with errors or an unknown code, 2 for an unknown store.
    """
    workspace = checked_workspace(start)
    promotions = [_named(workspace, name) for name in names]
    if store_id:
        check_store(workspace, store_id)
    if cart_file is None:
        return _made_up(workspace, promotions, store_id, at)
    cart = read_value(cart_file)
    store = store_id or cart.get("store_id") or workspace.stores[0].id
    clock = now.astimezone(store_zone(workspace, store)).replace(tzinfo=None)
    moment = at or stated_moment(cart) or clock.isoformat(timespec="seconds")
    receipt = price({**cart, "store_id": store, "at": moment}, alone(workspace, promotions, store, clock.date()))
    return Preview(priced(workspace, store, moment, receipt), cart, _ids(workspace, promotions), made_up=False)


def _made_up(
    workspace: Workspace, promotions: Sequence[Promotion[Any]], store_id: str | None, at: str | None
) -> Preview:
    """Try each promotion's sample with all of them together; the one with the greatest discount shows most."""
    found = []
    for promotion in promotions:
        made = sample(workspace, promotion, today_of(workspace), store_id=store_id)
        if made is None:
            raise Failure(
                [codes.NO_SAMPLE.at(workspace.locate(promotion), f"{promotion.code} runs in no store")], exit_code=1
            )
        cart = {**made.cart, "at": at or made.cart["at"]}
        day = dt.datetime.fromisoformat(cart["at"]).date()
        receipt = price(cart, alone(workspace, promotions, made.store_id, day))
        shown = priced(workspace, made.store_id, cart["at"], receipt)
        found.append(Preview(shown, cart, _ids(workspace, promotions), made_up=True))
    return max(found, key=lambda one: (len(one.priced.receipt["applied"]), one.priced.receipt["total_discount"]))


def _ids(workspace: Workspace, promotions: Sequence[Promotion[Any]]) -> dict[str, str]:
    company = workspace.settings.company.id
    return {promotion.code: promotion_id(company, promotion) for promotion in promotions}


def _named(workspace: Workspace, code: str) -> Promotion[Any]:
    by_code = {promotion.code.lower(): promotion for promotion in workspace.promotions}
    if code.lower() not in by_code:
        guess = nearest(code, [promotion.code for promotion in workspace.promotions])
        advice = f"did you mean {guess}?" if guess else "`ls promotions` shows the files"
        finding = codes.UNKNOWN_PROMOTION.at(Location("promotions"), f"no promotion has the code {code!r}", help=advice)
        raise Failure([finding], exit_code=1)
    return by_code[code.lower()]
