"""What a promotion, or several together, would do to a cart: the preview of a marketer and of a pull request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promo_cli.compiler import promotion_id
from promo_cli.diagnostics import Failure
from promo_cli.model.promotion import Promotion
from promo_cli.pipeline import codes
from promo_cli.pipeline.check import today_of
from promo_cli.pipeline.environment import check_store
from promo_cli.pipeline.naming import promotion_named
from promo_cli.pipeline.price import Priced, clock, day_of, earned, priced, readable_workspace, stated_moment
from promo_cli.pricing import price
from promo_cli.validation.sample import alone, sample
from promo_cli.workspace import Workspace, read_value

_SCALES = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Preview:
    """A cart and its receipt with only the previewed promotions; `made_up` when no cart was given."""

    priced: Priced
    cart: Mapping[str, Any]
    promotions: Mapping[str, Promotion[Any]]
    """The promotions by id, in the order asked for."""
    made_up: bool

    def document(self) -> dict[str, Any]:
        """Return the roadmap's answer: one promotion's, or several promotions' together. Amounts in major units."""
        receipt = self.priced.receipt
        entries = [self._entry(promotion_id) for promotion_id in self.promotions]
        if len(entries) > 1:
            wanted = ("total_discount", "final_amount", "trace")
            return {"promotions": entries, **{key: receipt[key] for key in wanted if key in receipt}}
        return {
            "applicable": entries[0]["applied"],
            "discount_amount": entries[0]["discount"],
            "final_amount": receipt["final_amount"],
            "explanation": entries[0]["reason"],
            "breakdown": {"cart": self.cart, **receipt},
        }

    @property
    def applying(self) -> int:
        """How many of the promotions do something."""
        return sum(self._entry(promotion_id)["applied"] for promotion_id in self.promotions)

    def _entry(self, promotion_id: str) -> dict[str, Any]:
        receipt = self.priced.receipt
        applied, skipped, rewards = (
            {entry["promotion_id"]: entry for entry in receipt[part]} for part in ("applied", "skipped", "rewards")
        )
        if promotion_id in applied:
            discount, reason = applied[promotion_id]["amount"], applied[promotion_id]["explanation"]
        elif promotion_id in rewards:
            discount, reason = 0, f"earns {earned(rewards[promotion_id], self.priced.exponent)}"
        else:
            discount = 0
            reason = skipped.get(promotion_id, {}).get("reason", "nothing in the cart concerns it")
        given = promotion_id in applied or promotion_id in rewards
        return {"id": promotion_id, "applied": given, "discount": discount, "reason": reason}


def preview(
    start: Path,
    names: Sequence[str],
    *,
    store_id: str | None,
    cart_file: Path | None,
    at: str | None,
    now: dt.datetime,
    trace: bool = False,
) -> Preview:
    """Price a cart with the promotions named by code, and no others. Without `cart_file` a cart is made up.

    Raises Failure: exit 1 for errors in these promotions, a workspace that cannot be read whole or an unknown code, 2
    for an unknown store.
    """
    workspace, problems = readable_workspace(start)
    promotions = [promotion_named(workspace, name) for name in names]
    files = {workspace.origin(promotion).path for promotion in promotions}
    if own := [found for found in problems if found.primary and found.primary.path in files]:
        raise Failure(own, exit_code=1)
    if store_id:
        check_store(workspace, store_id)
    if cart_file is None:
        return _made_up(workspace, promotions, store_id, at, trace)
    cart = read_value(cart_file)
    store = store_id or cart.get("store_id") or workspace.stores[0].id
    check_store(workspace, store)
    showing = clock(workspace, store, now)
    moment = at or stated_moment(cart) or showing.isoformat(timespec="seconds")
    prepared = alone(workspace, promotions, store, day_of(moment) or showing.date())
    receipt = price({**cart, "store_id": store, "at": moment}, prepared, trace=trace)
    shown = priced(workspace, store, moment, receipt)
    return Preview(shown, cart, _by_id(workspace, promotions), made_up=False)


def _made_up(
    workspace: Workspace, promotions: Sequence[Promotion[Any]], store_id: str | None, at: str | None, trace: bool
) -> Preview:
    """Try each promotion's sample, and all of them in one cart; the first by which most of them apply shows most."""
    today, carts = today_of(workspace), []
    for promotion in promotions:
        made = sample(workspace, promotion, today, store_id=store_id)
        if made is None:
            raise Failure(
                [codes.NO_SAMPLE.at(workspace.locate(promotion), f"{promotion.code} runs in no store")], exit_code=1
            )
        carts.append({**made.cart, **({"at": at} if at else {})})
    if len(carts) > 1:
        carts += [_joined(cart, carts, scale) for scale in _SCALES for cart in carts]
    best: Preview | None = None
    for cart in carts:
        prepared = alone(workspace, promotions, cart["store_id"], day_of(cart["at"]) or today)
        sold = [item for item in cart["items"] if item["product_id"] in prepared.products]
        receipt = price({**cart, "items": sold}, prepared, trace=trace)
        shown = priced(workspace, cart["store_id"], cart["at"], receipt)
        found = Preview(shown, {**cart, "items": sold}, _by_id(workspace, promotions), made_up=True)
        best = found if best is None or found.applying > best.applying else best
    assert best is not None, "there is a sample of every promotion"
    return best


def _joined(first: Mapping[str, Any], carts: Sequence[Mapping[str, Any]], scale: int) -> dict[str, Any]:
    """Return one cart with everything of all, so many times; where they differ, as the first has it."""
    joined = dict(first)
    for cart in carts:
        for name, value in cart.items():
            if isinstance(value, dict):
                joined[name] = {**value, **joined.get(name, {})}
            elif isinstance(value, list):
                joined[name] = joined.get(name, []) + [one for one in value if one not in joined.get(name, [])]
            else:
                joined.setdefault(name, value)
    counts: dict[str, Any] = {}
    for item in joined["items"]:
        counts[item["product_id"]] = max(counts.get(item["product_id"], 0), item["quantity"])
    return {**joined, "items": [{"product_id": key, "quantity": count * scale} for key, count in counts.items()]}


def _by_id(workspace: Workspace, promotions: Sequence[Promotion[Any]]) -> dict[str, Promotion[Any]]:
    company = workspace.settings.company.id
    return {promotion_id(company, promotion): promotion for promotion in promotions}
