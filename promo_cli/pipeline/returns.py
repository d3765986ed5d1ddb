"""What is given back for goods that are returned: of a cart that is priced for it, or of a stored receipt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from promo_cli.compiler import compile_store, promotion_id
from promo_cli.diagnostics import Failure, Location
from promo_cli.pipeline import codes
from promo_cli.pipeline.environment import check_store
from promo_cli.pipeline.price import Priced, clock, day_of, priced, readable_workspace, sell, stated_moment
from promo_cli.pricing import prepare, refund
from promo_cli.workspace import Workspace, read_value

_PARTS = {"lines": list, "applied": list, "final_amount": int | Decimal}


@dataclass(frozen=True, slots=True)
class Refund:
    """A receipt and what is given back of it (major units), as `pricing.refund` says it.

    `unmet` are the codes of promotions that ask to be recomputed on a return, where there is no cart to do it with.
    """

    priced: Priced
    given_back: Mapping[str, Any]
    unmet: tuple[str, ...] = ()


def refund_cart(
    start: Path, store_id: str, cart_file: Path, returns: Sequence[str], *, at: str | None, now: dt.datetime
) -> Refund:
    """Price the cart in a file, and give back what is returned of it. `returns` are `LINE` or `LINE=QUANTITY`.

    Raises as `price_cart` does, and Failure (exit 2) for what is not on the receipt.
    """
    sold = sell(start, store_id, read_value(cart_file), at=at, now=now)
    receipt = sold.priced.receipt
    return Refund(sold.priced, refund(receipt, _returned(receipt, returns), sold.prepared, cart=sold.cart))


def refund_receipt(
    start: Path,
    store_id: str,
    receipt_file: Path,
    returns: Sequence[str],
    *,
    cart_file: Path | None,
    at: str | None,
    now: dt.datetime,
) -> Refund:
    """Give back what is returned of a receipt in a file; with its cart, by recomputation where a promotion asks for it.

    The promotions are those of the day of `at`, else of the cart, else of `now`. Raises as `refund_cart` does.
    """
    receipt = _read_receipt(receipt_file)
    cart = read_value(cart_file) if cart_file else None
    workspace, _ = readable_workspace(start)
    check_store(workspace, store_id)
    showing = clock(workspace, store_id, now)
    moment = at or (cart and stated_moment(cart))
    prepared = prepare(compile_store(workspace, store_id, day_of(moment) or showing.date()))
    sold_at = moment or showing.isoformat(timespec="seconds")
    full = {**cart, "store_id": store_id, "at": sold_at} if cart else None
    given_back = refund(receipt, _returned(receipt, returns), prepared, cart=full)
    unmet = () if cart else _recomputed(workspace, receipt)
    return Refund(priced(workspace, store_id, moment or "", receipt), given_back, unmet)


def _read_receipt(path: Path) -> dict[str, Any]:
    receipt = read_value(path)
    wrong = [name for name, kind in _PARTS.items() if not isinstance(receipt.get(name), kind)]
    lines = receipt["lines"] if "lines" not in wrong else []
    if wrong or not all(isinstance(line, dict) and isinstance(line.get("unit_nets"), list) for line in lines):
        message = f"{path} is not a receipt: `{wrong[0] if wrong else 'lines'}` is not as in one"
        advice = "take what `promo price --json` or a till printed"
        raise Failure([codes.NOT_A_RECEIPT.at(Location(str(path)), message, help=advice)], exit_code=1)
    return receipt


def _recomputed(workspace: Workspace, receipt: Mapping[str, Any]) -> tuple[str, ...]:
    applied = {entry["promotion_id"] for entry in receipt["applied"]}
    company = workspace.settings.company.id
    asking = [promotion for promotion in workspace.promotions if promotion.recompute_on_return]
    return tuple(promotion.code for promotion in asking if promotion_id(company, promotion) in applied)


def _returned(receipt: Mapping[str, Any], returns: Sequence[str]) -> list[dict[str, Any]]:
    """Return lines by their place, and how many units of each."""
    back: list[dict[str, Any]] = []
    for text in returns:
        name, stated, count = text.rpartition("=")
        name, count = (name, count) if stated else (text, "")
        place = _line(receipt["lines"], name)
        back.append({"line": place, **_quantity(receipt["lines"][place], count, text)})
    return back


def _line(lines: Sequence[Mapping[str, Any]], name: str) -> int:
    """Return the place of a line named by its id, by its number from 1, or by its product."""
    for key in ("line_id", "product_id"):
        found = [place for place, line in enumerate(lines) if line.get(key) == name]
        if len(found) == 1 or (found and key == "line_id"):
            return found[0]
        if found:
            numbers = " and ".join(str(place + 1) for place in found)
            raise _unknown(f"lines {numbers} are of `{name}`", f"name one by its number, such as {found[0] + 1}=1")
    if name.isdigit() and 0 < int(name) <= len(lines):
        return int(name) - 1
    known = ", ".join(f"{number} {line['product_id']}" for number, line in enumerate(lines, 1))
    raise _unknown(f"the receipt has no line `{name}`", f"its lines: {known}")


def _quantity(line: Mapping[str, Any], count: str, text: str) -> dict[str, int]:
    """Return how many units; nothing said is all that are left. What was weighed comes back whole."""
    if not count:
        return {}
    try:
        quantity = Decimal(count)
    except InvalidOperation:
        raise _unknown(f"`{count}` is not a quantity", "write LINE=QUANTITY, such as latte=1") from None
    if quantity == line["quantity"]:
        return {}
    if line["quantity"] != len(line["unit_nets"]):
        raise _unknown(f"`{text}`: what was weighed comes back whole", f"write {text.rpartition('=')[0]}")
    if quantity != quantity.to_integral_value() or not 0 < quantity < line["quantity"]:
        raise _unknown(f"`{text}`: {line['quantity']} units were bought", f"write 1 to {line['quantity']}")
    return {"quantity": int(quantity)}


def _unknown(message: str, advice: str) -> Failure:
    return Failure([codes.NOT_RETURNABLE.at(None, message, help=advice)], exit_code=2)
