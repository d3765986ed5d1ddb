import json
from pathlib import Path

from tests.conftest import Promo

DRAFT = """\
code: DEAR-SET
name: Dear set
promo_type: combo
validity: {start_date: 2026-01-01}
rules: {combo_price: 900_000, products: [{product_id: latte}, {product_id: espresso}]}
"""


def test_a_cart_is_priced_although_a_draft_does_not_make_sense(promo: Promo, starter: Path) -> None:
    """What a promotion says may be wrong while its author asks what it does; publishing is another matter."""
    (starter / "promotions/dear-set.yaml").write_text(DRAFT)
    cart = starter / "cart.json"
    cart.write_text(json.dumps({"at": "2026-02-03T10:00:00", "items": [{"product_id": "latte", "quantity": 1}]}))
    priced = promo("price", "--store", "jkt-sabang", "--cart", cart, "--json", cwd=starter)
    assert priced.code == 0
    assert priced.json["total_discount"] == 0
    assert "promo validate" in priced.err
    assert promo("compile", "--out", starter / "bundles").code == 1


def test_a_cart_is_not_priced_with_half_a_workspace(promo: Promo, starter: Path) -> None:
    """A file that cannot be read might have changed the price, so it is shown instead of a receipt."""
    (starter / "promotions/dear-set.yaml").write_text(DRAFT.replace("combo_price: 900_000", "combo_price: dear"))
    cart = starter / "cart.json"
    cart.write_text(json.dumps({"items": [{"product_id": "latte", "quantity": 1}]}))
    refused = promo("price", "--store", "jkt-sabang", "--cart", cart, cwd=starter)
    assert (refused.code, refused.out) == (1, "")
    assert "dear-set.yaml" in refused.err
