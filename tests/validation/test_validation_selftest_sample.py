import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from promo_cli.model.reference import Product
from promo_cli.validation.baskets import purchases
from promo_cli.validation.sample import sample
from promo_cli.workspace import Workspace, load

from .conftest import EXAMPLE, FILES, TODAY

ROOT = Path(__file__).resolve().parents[2]
DAYS = [dt.date(2024, 2, 29), dt.date(2026, 2, 17), dt.date(2027, 7, 3), dt.date(2035, 1, 1)]


@pytest.fixture(scope="module")
def chain() -> Workspace:
    """Return the example chain."""
    return load(ROOT)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_sample_applies_whatever_the_day(chain: Workspace, day: dt.date) -> None:
    """Before a promotion begins, on a holiday and after it has ended there is a cart to which it applies."""
    for promotion in chain.promotions:
        made = sample(chain, promotion, day)
        assert made is not None
        assert made.applies, promotion.code


def test_a_sample_is_bought_while_the_store_is_open(chain: Workspace) -> None:
    """The store sells by the cart's channel, and at the cart's moment."""
    stores = {store.id: store for store in chain.stores}
    for promotion in chain.promotions:
        made = sample(chain, promotion, TODAY)
        assert made is not None
        store, at = stores[made.store_id], dt.datetime.fromisoformat(made.cart["at"])
        assert made.cart["channel"] in store.channels, promotion.code
        today = [hours for hours in store.opening_hours if at.isoweekday() in hours.days]
        assert not store.opening_hours or any(
            hours.open <= at.time() and (at.time() < hours.close or hours.close < hours.open) for hours in today
        ), promotion.code


def product(name: str, price: str, unit: str = "each") -> Product:
    """Return a product."""
    return Product.model_validate({"id": name, "name": name, "price": Decimal(price), "unit": unit})


SHELF = [product("tea", "20"), product("latte", "45"), product("mocha", "49"), product("tumbler", "185")]


@pytest.mark.parametrize(
    ("units", "amount", "basket"),
    [
        (1, "0", {"latte": 1}),
        (3, "0", {"latte": 3}),
        (1, "90", {"latte": 2}),
        (1, "91", {"latte": 3}),
        (1, "900", {"tumbler": 5}),
    ],
)
def test_few_units_of_an_ordinary_product_are_bought(units: int, amount: str, basket: dict[str, int]) -> None:
    """The product of the middle comes first, until it takes so many units that a dearer one is likelier."""
    assert next(purchases(SHELF, units, Decimal(amount))) == basket


def test_different_products_are_the_second_choice() -> None:
    """A set that wants different products finds them soon."""
    _, second, *_ = purchases(SHELF, 3, Decimal(0))
    assert len(second) == 3


def test_what_is_weighed_is_bought_by_the_quarter() -> None:
    """A kilogram price and a minimum make a weight that one asks for at a counter."""
    (basket, *_) = purchases([product("beans", "240", "kg")], 1, Decimal(100))
    assert basket == {"beans": Decimal("0.5")}


def test_there_is_nothing_to_buy_for_nobody(folder: Path) -> None:
    """Without a store that runs it there is no sample; with one that sells nothing of its scope none that applies."""
    (folder / EXAMPLE).write_text(FILES[EXAMPLE] + "targeting: {stores: {regions: [bali]}}\n")
    workspace = load(folder)
    (example,) = [one for one in workspace.promotions if one.code == "EXAMPLE"]
    assert sample(workspace, example, TODAY) is None
    (folder / EXAMPLE).write_text(FILES[EXAMPLE] + "scope: {apply_to: product, products: [gift-card]}\n")
    workspace = load(folder)
    (example,) = [one for one in workspace.promotions if one.code == "EXAMPLE"]
    made = sample(workspace, example, TODAY)
    assert made is None or not made.applies


def test_a_customer_is_no_more_than_the_promotion_asks_for(folder: Path) -> None:
    """A promotion for everybody is shown to a guest, one with conditions to whom meets them."""
    (folder / EXAMPLE).write_text(FILES[EXAMPLE])
    workspace = load(folder)
    (example,) = [one for one in workspace.promotions if one.code == "EXAMPLE"]
    made = sample(workspace, example, TODAY)
    assert made is not None
    assert "customer" not in made.cart
    conditions = "conditions: {all: [{order_number: 3}, {points: 500}, {min_quantity: 2}]}\n"
    (folder / EXAMPLE).write_text(FILES[EXAMPLE] + conditions)
    workspace = load(folder)
    (example,) = [one for one in workspace.promotions if one.code == "EXAMPLE"]
    made = sample(workspace, example, TODAY)
    assert made is not None
    assert made.applies
    assert made.cart["customer"] == {"member_id": "sample-member", "order_number": 3, "points": 500}
    assert sum(item["quantity"] for item in made.cart["items"]) == 2
