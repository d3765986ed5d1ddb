"""A conflict is shown, not asserted: every CON finding has a cart, and that cart costs what the finding says."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from promo_cli.diagnostics import Code
from promo_cli.diagnostics.explain import explain
from promo_cli.pricing import price
from promo_cli.validation import codes
from promo_cli.validation.conflicts.telling import told
from promo_cli.validation.sample import alone
from promo_cli.workspace import Workspace, load

from .conftest import Findings

CONFLICTS = [code for code in codes.RULES if code.code.startswith("CON")]
_CART = re.compile(r"cart: (?P<store>[^,]+), \w{3} (?P<at>[\d-]+ [\d:]+): (?P<rest>.*)")


def cart_of(note: str, workspace: Workspace) -> dict[str, Any]:
    """Return the cart that a note tells of."""
    found = _CART.fullmatch(note)
    assert found, note
    cart: dict[str, Any] = {"store_id": found["store"], "at": found["at"].replace(" ", "T") + ":00", "items": []}
    customer: dict[str, Any] = {}
    for part in found["rest"].split(", "):
        if item := re.fullmatch(r"(\d+) × (\S+)", part):
            cart["items"].append({"product_id": item[2], "quantity": int(item[1])})
        elif part == "a member":
            customer |= {"is_member": True, "member_id": "sample-member"}
        else:
            name, _, value = part.rpartition(" ")
            place = {"voucher": "vouchers", "claims": "claims"}.get(name)
            if place:
                cart.setdefault(place, []).append(value)
            elif name in ("tier", "customer type"):
                customer[name.replace(" ", "_")] = value
            else:
                cart[name.replace(" ", "_")] = value
    return {**cart, **({"customer": customer} if customer else {})}


@pytest.mark.parametrize("code", CONFLICTS, ids=lambda code: code.code)
def test_a_conflict_has_a_cart_that_costs_what_it_says(findings: Findings, folder: Path, code: Code) -> None:
    """Store, moment, cart and receipt stand in the notes; priced again with the promotions named, they are the same."""
    (found,) = [one for one in findings(explain(code).bad) if one.code == code.code]
    cart_note, receipt_note = found.notes
    workspace = load(folder)
    cart = cart_of(cart_note, workspace)
    assert found.scope.dates == (cart["at"][:10],)
    assert cart["store_id"] in found.scope.stores
    assert found.scope.products
    named = {part.partition(" ")[0].rstrip(":") for part in receipt_note.split("; ")[1:]}
    by_code = {one.code: one for one in workspace.promotions}
    assert named
    assert named <= by_code.keys()
    bundle = alone(
        workspace, [by_code[one] for one in sorted(named)], cart["store_id"], dt.date.fromisoformat(cart["at"][:10])
    )
    assert told(cart, price(cart, bundle), workspace.settings.currency) == found.notes
