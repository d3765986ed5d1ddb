import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Outcome, Promo

ROOT = Path(__file__).resolve().parents[2]
CART = {
    "at": "2026-02-07T10:00:00",
    "customer": {"member_id": "M-1", "is_member": True, "tier": "gold"},
    "payment_method": "gopay",
    "items": [
        {"line_id": "L1", "product_id": "latte", "quantity": 2},
        {"product_id": "choc-cookie", "quantity": 1},
        {"product_id": "beans-house", "quantity": 0.5},
    ],
}
FEAST = {
    "at": "2026-02-07T13:00:00",
    "items": [
        {"product_id": "bucket-9", "quantity": 1},
        {"product_id": "fries-large", "quantity": 2},
        {"product_id": "cola", "quantity": 3},
        {"product_id": "cola", "quantity": 1},
    ],
}


@pytest.fixture
def cart(tmp_path: Path) -> Path:
    """Return a file with a cart of two lattes, a cookie and half a kilo of beans."""
    path = tmp_path / "cart.json"
    path.write_text(json.dumps(CART))
    return path


@pytest.fixture
def feast(chain: Path) -> Path:
    """Return the chain with a set that is recomputed on returns, and a cart of one such set beside it."""
    path = chain / "promotions/ayam-juara/family-feast.yaml"
    path.write_text(path.read_text().replace("promo_type:", "recompute_on_return: true\npromo_type:", 1))
    (chain / "feast.json").write_text(json.dumps(FEAST))
    return chain


def price(promo: Promo, cart: Path, *arguments: object) -> Outcome:
    """Price a cart at Thamrin."""
    return promo("price", "--store", "jkt-thamrin", "--cart", cart, *arguments, "--workspace", ROOT)


def amount(line: str) -> int:
    """Return the amount at the end of a line of paper."""
    return int(line.split()[-1].replace(",", ""))


def test_the_paper_adds_up(promo: Promo, cart: Path) -> None:
    """Lines at list price less what stands below them are what is to pay, and all fits the paper."""
    lines = price(promo, cart).out.splitlines()
    first, second = (number for number, line in enumerate(lines[:-1]) if line.startswith("-"))
    goods = lines[first + 1 : second]
    (to_pay,) = [line for line in lines if line.startswith("To pay")]
    assert sum(amount(line) for line in goods) == amount(to_pay)
    assert lines[0].endswith("Sat 7 Feb 2026, 10:00")
    assert max(map(len, lines)) <= 64
    assert "0.5 × House Blend Beans" in "\n".join(goods)


def test_the_trace_shows_every_stage_and_every_promotion(promo: Promo, cart: Path) -> None:
    """Running prices go down lane by lane to what is paid, and each promotion of the store is told of once."""
    document = price(promo, cart, "--trace", "--json").json
    lines = price(promo, cart, "--trace").out.splitlines()
    assert max(map(len, lines)) <= 100
    start = lines.index("Running prices, after each stage and lane")
    stages, lanes = lines[start + 1].split(), lines[start + 2].split()
    assert (stages, lanes) == (["item", "order", "payment"], ["list", "main", "loyalty", "main"])
    total = next(line.split() for line in lines if line.startswith("  Total"))
    running = [amount(one) for one in total[1:]]
    assert running == sorted(running, reverse=True)
    assert (running[0], running[-1]) == (document["subtotal"], document["final_amount"])
    assert [lane["before"] for lane in document["trace"]] == running[:-1]
    below = [line.split()[0] for line in lines[start:] if line.startswith("  ") and line.split()[0].isupper()]
    assert len(set(below)) == len(below)
    skipped = {entry["code"] for entry in document["skipped"]}
    assert skipped <= set(below)
    assert document["skipped_count"] == 0


def test_what_is_not_traced_has_no_trace(promo: Promo, cart: Path) -> None:
    """Without --trace the receipt is what a till prints and no more."""
    outcome = price(promo, cart)
    assert "Running prices" not in outcome.out
    assert "Not applied" in outcome.out
    assert "trace" not in price(promo, cart, "--json").json


def refund(promo: Promo, cart: Path, *returns: str) -> Any:
    """Return what a return of some units gives back."""
    options = [part for one in returns for part in ("--return", one)]
    document = price(promo, cart, *options, "--json").json
    assert document["schema"] == "promo.refund/1"
    return document


@pytest.mark.parametrize("line", ["L1", "1", "latte"])
def test_a_line_is_named_by_id_number_or_product(promo: Promo, cart: Path, line: str) -> None:
    """One of two lattes gives back what was paid for it."""
    document = refund(promo, cart, f"{line}=1")
    assert document["refund"]["total_refund"] == document["receipt"]["lines"][0]["unit_nets"][1]
    assert document["refund"]["recomputed"] is False


def test_everything_returned_gives_back_everything_paid(promo: Promo, cart: Path) -> None:
    """Lines add up; without a quantity a line comes back whole, weighed ones as they were weighed."""
    document = refund(promo, cart, "1=1", "L1=1", "choc-cookie", "beans-house=0.5")
    assert document["refund"]["total_refund"] == document["receipt"]["final_amount"] > 0
    assert [line["quantity"] for line in document["refund"]["lines"]] == [1, 1, 1, Decimal("0.5")]


def test_the_paper_says_what_is_given_back_and_how(promo: Promo, cart: Path) -> None:
    """The receipt, what comes back, what stays paid, and by what rule."""
    lines = price(promo, cart, "--return", "latte").out.splitlines()[1:]
    amounts = {line[:12].strip(): amount(line) for line in lines if line[-1:].isdigit()}
    assert amounts["Given back"] + amounts["Stays paid"] == amounts["Paid"]
    assert amounts["Given back"] > 0
    assert lines[-1] == "What was paid for each of these units."


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        ("mocha=1", "the receipt has no line `mocha`"),
        ("4", "the receipt has no line `4`"),
        ("latte=3", "2 units were bought"),
        ("latte=0", "2 units were bought"),
        ("latte=1.5", "2 units were bought"),
        ("latte=two", "`two` is not a quantity"),
        ("latte=NaN", "2 units were bought"),
        ("beans-house=0.25", "what was weighed comes back whole"),
    ],
)
def test_what_was_not_bought_cannot_be_returned(promo: Promo, cart: Path, returned: str, message: str) -> None:
    """A return that does not fit the receipt is a usage error that says what does."""
    outcome = price(promo, cart, "--return", returned)
    assert outcome.code == 2
    assert message in outcome.err
    assert "help" in outcome.err


def test_a_set_is_recomputed_when_it_breaks(promo: Promo, feast: Path) -> None:
    """What is kept costs what it costs by itself; the difference to what was paid comes back, never less than zero."""
    options = ("price", "--store", "sby-darmo", "--cart", "feast.json", "--json")
    paid = promo(*options, cwd=feast).json["final_amount"]
    cola = promo(*options, "--return", "4").json["refund"]
    assert paid < 155_000 + 48_000 + 42_000
    assert (cola["total_refund"], cola["recomputed"]) == (0, True)
    bucket = promo(*options, "--return", "bucket-9").json["refund"]
    assert bucket["total_refund"] == paid - (48_000 + 56_000)
    assert "by itself" in promo(*options[:-1], "--return", "bucket-9").out


def test_a_product_on_two_lines_needs_a_number(promo: Promo, feast: Path) -> None:
    """Where a product stands twice, the message names the numbers."""
    outcome = promo("price", "--store", "sby-darmo", "--cart", "feast.json", "--return", "cola=1", cwd=feast)
    assert outcome.code == 2
    assert "lines 3 and 4 are of `cola`" in outcome.err


def test_a_stored_receipt_gives_back_its_own_nets(promo: Promo, feast: Path) -> None:
    """Prices may have changed since; what counts is what was paid."""
    bought = promo("price", "--store", "sby-darmo", "--cart", "feast.json", "--json", cwd=feast)
    (feast / "receipt.json").write_text(bought.out)
    catalog = feast / "stores/catalog.yaml"
    catalog.write_text(catalog.read_text().replace("price: 155_000", "price: 165_000"))
    options = ("price", "--store", "sby-darmo", "--receipt", "receipt.json", "--return", "bucket-9")
    stored = promo(*options, "--json")
    assert stored.json["refund"]["total_refund"] == bought.json["lines"][0]["net"]
    assert "FAMILY-FEAST is recomputed on a return" in promo(*options).err
    recomputed = promo(*options, "--cart", "feast.json", "--json").json["refund"]
    assert recomputed["recomputed"] is True
    assert recomputed["total_refund"] == bought.json["final_amount"] - (48_000 + 56_000)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "--cart FILE"),
        (("--receipt", "feast.json"), 2, "--return"),
        (("--receipt", "feast.json", "--return", "1"), 1, "is not a receipt"),
        (("--receipt", "nowhere.json", "--return", "1"), 2, "nowhere.json"),
        (("--cart", "feast.json", "--return", "1", "--trace"), 2, "--trace"),
    ],
)
def test_what_is_missing_is_asked_for(
    promo: Promo, feast: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    """Neither cart nor receipt, a receipt without a return, or a file that is none."""
    outcome = promo("price", "--store", "sby-darmo", *arguments, cwd=feast)
    assert outcome.code == code
    assert message in outcome.err


def test_an_engine_that_is_not_there_is_a_matter_of_the_environment(starter: Path) -> None:
    """A misspelt PROMO_ENGINE is named with what was expected, without a traceback, and ends with 2."""
    done = subprocess.run(
        [sys.executable, "-m", "promo_cli", "test"],
        cwd=starter,
        env={**os.environ, "PROMO_ENGINE": "nativ"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "CFG901" in done.stderr
    assert "expected python or native, found 'nativ'" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_product_is_answered_with_the_nearest(promo: Promo, starter: Path, tmp_path: Path) -> None:
    """A misspelt product of a cart is named with the one that was most likely meant."""
    cart = tmp_path / "misspelt.yaml"
    cart.write_text("items: [{product_id: lattte, quantity: 1}]\n")
    outcome = promo("price", "--store", "jkt-sabang", "--cart", cart, cwd=starter)
    assert outcome.code == 1
    assert "SCH901" in outcome.err
    assert "did you mean `latte`?" in outcome.err
