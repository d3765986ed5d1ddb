import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from promo_cli.compiler import compile_store
from promo_cli.pipeline.find import find
from promo_cli.pipeline.find_checks import Wanted
from promo_cli.pipeline.price import readable_workspace
from promo_cli.pricing import prepare, price
from tests.conftest import ROOT, Promo

STORES = ("jkt-thamrin", "jkt-kemang", "jkt-menteng", "dps-kuta", "dps-food-hall")
AT = "2026-12-22T18:00"
AT_DAY = dt.date(2026, 12, 22)


def found(promo: Promo, *options: str, root: Path = ROOT) -> dict[str, Any]:
    """Return what is found, by code."""
    outcome = promo("find", "--json", *options, "--workspace", root)
    assert outcome.code == 0, outcome.err
    assert outcome.json["schema"] == "promo.find/1"
    return {one["code"]: one for one in outcome.json["promotions"]}


@pytest.mark.parametrize("store_id", STORES)
def test_whatever_a_receipt_mentions_is_found(store_id: str) -> None:
    """Every promotion that a till mentions for a product is known to touch it, and the other way round."""
    workspace, _ = readable_workspace(ROOT)
    prepared = prepare(compile_store(workspace, store_id, AT_DAY))
    for product_id in sorted(prepared.products)[::5]:
        product = next(one for one in workspace.products if one.id == product_id)
        store = next(one for one in workspace.stores if one.id == store_id)
        if product.brand is not None and product.brand not in store.all_brands:
            continue
        quantity = Decimal("0.5") if product.unit == "kg" else 1
        cart = {"store_id": store_id, "at": AT, "items": [{"product_id": product_id, "quantity": quantity}]}
        receipt = price(cart, prepared)
        said = [*receipt["applied"], *receipt["rewards"], *receipt["hints"]]
        mentioned = {one["code"] for one in said} | {
            one["code"] for one in receipt["skipped"] if one["reason_code"] in ("spend_more", "add_units", "no_saving")
        }
        answer = find(ROOT, Wanted(product=product_id, store=store_id, at=AT))
        codes = {one.code for one in answer.promotions}
        assert mentioned <= codes, product_id
        everywhere = mentioned | {one["code"] for one in receipt["skipped"]}
        plain = {one.code for one in answer.promotions if not one.needs and set(one.roles) == {"benefit"}}
        assert plain <= everywhere, product_id


def test_a_product_is_found_with_what_it_is_to_a_promotion(promo: Promo) -> None:
    """Discounted below a category, part of a combo, what must be bought, the gift, or what counts."""
    latte = found(promo, "--product", "latte", "--store", "jkt-thamrin")
    assert "hot-coffee is below hot-drinks" in latte["WEEKEND20"]["checks"][0]["why"]
    assert "is part of the combo" in latte["BREAKFAST-COMBO"]["checks"][0]["why"]
    assert latte["COOKIE-ADDON"]["roles"] == ["trigger"]
    tea = found(promo, "--product", "es-teh")
    assert tea["FREE-ICED-TEA"]["roles"][0] == "gift"
    assert tea["FOODCOURT-COFFEE"]["roles"] == ["trigger"]
    assert (tea["FREE-ICED-TEA"]["path"], tea["FREE-ICED-TEA"]["line"]) == (
        "promotions/mie-bahari/free-iced-tea.yaml", 2,
    )  # fmt: skip


def test_the_most_particular_come_first(promo: Promo) -> None:
    """What names the product stands before what is for everything."""
    codes = list(found(promo, "--product", "latte", "--store", "jkt-thamrin"))
    assert codes.index("WEEKEND20") < codes.index("SORRY50")


def test_time_store_customer_channel_and_payment_narrow(promo: Promo) -> None:
    """Each thing that is said leaves out what does not fit it."""
    latte = ("--product", "latte", "--store", "jkt-thamrin")
    assert "WEEKEND20" in found(promo, *latte, "--at", "2026-02-07")
    assert "WEEKEND20" not in found(promo, *latte, "--at", "2026-02-06T10:00")
    assert "NIGHTOWL" in found(promo, "--store", "dps-airport", "--at", "2026-02-08T01:30")
    assert "NIGHTOWL" not in found(promo, "--store", "dps-airport", "--at", "2026-02-08T02:00")
    assert "MEMBER-GOLD" in found(promo, *latte, "--member", "gold")
    assert "MEMBER-GOLD" not in found(promo, *latte, "--member", "silver")
    assert "MEMBER-GOLD" not in found(promo, *latte, "--member", "guest")
    assert "HALO25" not in found(promo, *latte, "--customer", "returning")
    assert "DELIVERY12" not in found(promo, *latte, "--channel", "dine_in")
    assert {"WALLET10", "QRIS5K"} & found(promo, *latte, "--payment", "qris").keys() == {"QRIS5K"}


def test_a_category_a_brand_or_words_find_too(promo: Promo) -> None:
    """A category reaches everything below it, a brand its products, text what is written for people."""
    assert {"WEEKEND20", "NIGHTOWL"} <= found(promo, "--category", "drinks").keys()
    assert (
        "8 of 9 products"
        in found(promo, "--category", "bread", "--store", "jkt-menteng")["EVENING30"]["checks"][0]["why"]
    )
    assert "BUCKETWED" in found(promo, "--brand", "ayam-juara")
    assert found(promo, "wallet", "gopay").keys() == {"WALLET10"}
    assert found(promo, "--voucher", "sorry50").keys() == {"SORRY50"}
    assert found(promo, "--voucher", "PASSPORT").keys() == {"PASSPORT-COFFEE"}


def test_why_not_shows_everything_that_was_asked(promo: Promo) -> None:
    """Of one promotion every question is answered, those that keep it away marked NO."""
    outcome = promo(
        "find", "--product", "latte", "--store", "jkt-thamrin", "--at", "2026-02-06T10:00", "--why-not", "weekend20",
        "--workspace", ROOT,
    )  # fmt: skip
    lines = outcome.out.splitlines()
    assert lines[0] == (
        "WEEKEND20  Weekend Special 20% Off: does not touch latte in jkt-thamrin on Fri 6 Feb 2026 at 10:00"
    )
    assert [line.split()[:2] for line in lines[1:4]] == [["yes", "product"], ["yes", "store"], ["NO", "time"]]
    assert "does not run on this day: runs Sat and Sun, from 1 Jan 2026" in lines[3]
    reasons = {
        "--product latte --why-not BEANS25": "Caffe Latte is in hot-coffee, not in coffee-beans",
        "--product sourdough --why-not EVENING30": "is excluded",
        "--product gift-card-100 --why-not SORRY50": "never discounted",
        "--product latte --why-not BUCKETWED": "it is for other brands (ayam-juara)",
        "--store jkt-kemang --why-not WEEKEND20": "runs in stores of kopi-teras only",
        "--store jkt-thamrin --why-not NIGHTOWL": "runs in stores tagged late only",
        "--voucher SORRY50 --why-not WEEKEND20": "takes no voucher",
    }
    for options, words in reasons.items():
        assert words in " ".join(promo("find", *options.split(), "--workspace", ROOT).out.split()), options


def test_near_shows_what_one_thing_keeps_away(promo: Promo) -> None:
    """With --near, promotions that miss one thing are named with it; without, that there are some."""
    arguments = ("find", "--product", "latte", "--store", "jkt-thamrin", "--at", "2026-02-06", "--workspace", ROOT)
    near = promo(*arguments, "--near")
    assert "WEEKEND20: runs Sat and Sun" in near.out.partition("Not, but for one thing:")[2]
    assert "--near shows them" in promo(*arguments).err
    assert "WEEKEND20" not in promo(*arguments).out


def test_what_is_over_or_off_is_found_when_asked_for(promo: Promo, chain: Path) -> None:
    """By default only what runs now or later; --all has the rest."""
    over, off = (chain / f"promotions/kopi-teras/{name}.yaml" for name in ("weekend20", "nightowl"))
    over.write_text(
        over.read_text().replace("start_date: 2026-01-01,", "start_date: 2026-01-01, end_date: 2026-01-31,")
    )
    off.write_text(off.read_text().replace("promo_type:", "is_active: false\npromo_type:"))
    assert not {"WEEKEND20", "NIGHTOWL"} & found(promo, "--category", "drinks", root=chain).keys()
    assert {"WEEKEND20", "NIGHTOWL"} <= found(promo, "--category", "drinks", "--all", root=chain).keys()


def test_nothing_found_says_why_and_is_no_failure(promo: Promo) -> None:
    """A product that the store does not sell is told, and the exit code is 0."""
    outcome = promo("find", "--product", "croissant", "--store", "jkt-thamrin", "--workspace", ROOT)
    assert outcome.code == 0
    assert outcome.out == "No promotions touch croissant in jkt-thamrin.\nCroissant is not sold in jkt-thamrin.\n"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--product late", "did you mean --product latte?"),
        ("--category hot-drink", "did you mean --category hot-drinks?"),
        ("--brand kopi-tera", "did you mean --brand kopi-teras?"),
        ("--store jkt-tamrin", "did you mean jkt-thamrin?"),
        ("--member goldd", "did you mean --member gold?"),
        ("--channel dine-in", "did you mean --channel dine_in?"),
        ("--payment qriss", "did you mean --payment qris?"),
        ("--voucher SORY50", "did you mean --voucher SORRY50?"),
        ("--at yesterday", "--at: expected a day such as 2026-12-24"),
        ("--at 0001-01-01T00:00", "--at: expected a day such as 2026-12-24"),
        ("--why-not WEEKEN20", "did you mean WEEKEND20?"),
        ("", "say what to look for"),
    ],
)
def test_an_id_that_does_not_exist_names_the_nearest(promo: Promo, options: str, words: str) -> None:
    """A misspelt id or a time that is none is refused with what was meant."""
    outcome = promo("find", *options.split(), "--workspace", ROOT)
    assert outcome.code in (1, 2)
    assert words in " ".join(outcome.err.split())


def test_every_promotion_answers_in_json(promo: Promo) -> None:
    """The document carries every check, and amounts of nothing."""
    one = found(promo, "--product", "latte", "--near")["BEANS25"]
    assert one["found"] is False
    assert json.dumps(one["checks"])
    assert [check["fits"] for check in one["checks"]] == [False]
