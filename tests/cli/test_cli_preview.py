import json
from pathlib import Path

import pytest
import yaml

from promo_cli.pipeline import preview
from promo_cli.workspace import Workspace
from tests.conftest import Promo

ROOT = Path(__file__).resolve().parents[2]
CODES = [
    yaml.safe_load(path.read_text())["code"]
    for path in sorted((ROOT / "promotions").rglob("*.yaml"))
    if not path.name.endswith(".test.yaml")
]
MOST_UNITS = 7
"""Of the sample carts of the chain; the feast for four holds as many."""


@pytest.fixture(scope="module")
def checked() -> Workspace:
    """Return the example chain, loaded and checked once."""
    return preview.readable_workspace(ROOT)[0]


@pytest.mark.parametrize("code", CODES)
def test_every_promotion_of_the_chain_previews_as_applicable(
    promo: Promo, monkeypatch: pytest.MonkeyPatch, checked: Workspace, code: str
) -> None:
    """The cart that is made up for a promotion is small, and the promotion does something to it."""
    monkeypatch.setattr(preview, "readable_workspace", lambda _: (checked, []))
    outcome = promo("preview", code, "--json", "--workspace", ROOT)
    assert outcome.code == 0
    shown = outcome.json
    assert shown.keys() == {
        "schema", "applicable", "discount_amount", "final_amount", "explanation", "breakdown",
    }  # fmt: skip
    assert shown["applicable"]
    breakdown = shown["breakdown"]
    assert shown["final_amount"] == breakdown["final_amount"]
    assert breakdown["total_discount"] == shown["discount_amount"]
    assert shown["discount_amount"] > 0 or breakdown["rewards"]
    assert shown["explanation"]
    assert sum(item["quantity"] for item in breakdown["cart"]["items"]) <= MOST_UNITS


def test_several_promotions_are_previewed_together(promo: Promo) -> None:
    """One cart meets what each of them asks for, and the answer has the roadmap's shape for several."""
    shown = promo("preview", "WEEKEND20", "member-gold", "WALLET10", "--json", "--workspace", ROOT).json
    assert shown.keys() == {"schema", "promotions", "total_discount", "final_amount"}
    assert [one.keys() for one in shown["promotions"]] == [{"id", "applied", "discount", "reason"}] * 3
    assert all(one["applied"] for one in shown["promotions"])
    assert sum(one["discount"] for one in shown["promotions"]) == shown["total_discount"] > 0


def test_the_paper_shows_before_after_and_why(promo: Promo) -> None:
    """A marketer sees what the promotion is, how it was bought, the amounts and the reason."""
    outcome = promo("preview", "SORRY50", "--workspace", ROOT)
    lines = outcome.out.splitlines()
    assert lines[0] == "SORRY50  Our Apology 50% Off"
    assert any("voucher SAMPLE-VOUCHER" in line for line in lines)
    amounts = {line.split()[0]: int(line.split()[-1].replace(",", "")) for line in lines if line[:5].strip() in (
        "Befor", "After", "Disco")}  # fmt: skip
    assert amounts["Before"] + amounts["Discount"] == amounts["After"] > 0
    assert "50% discount applied" in outcome.out[outcome.out.index("Why") :]
    assert max(map(len, lines)) <= 64
    assert "made up" in outcome.err


def test_a_reward_is_what_the_preview_explains(promo: Promo) -> None:
    """A promotion that changes no price previews with what it earns."""
    shown = promo("preview", "POINTS2", "--json", "--workspace", ROOT).json
    assert shown["applicable"]
    assert shown["discount_amount"] == 0
    assert shown["explanation"].endswith(" points")


def test_a_cart_of_ones_own_is_priced_as_it_is(promo: Promo, tmp_path: Path) -> None:
    """With --cart nothing is made up: a promotion that does not apply says why, and no other promotion helps."""
    cart = tmp_path / "cart.json"
    cart.write_text(json.dumps({"at": "2026-02-06T10:00:00", "items": [{"product_id": "latte", "quantity": 2}]}))
    arguments = ("preview", "WEEKEND20", "--store", "jkt-thamrin", "--cart", cart, "--workspace", ROOT)
    friday = promo(*arguments, "--json").json
    assert (friday["applicable"], friday["discount_amount"], friday["final_amount"]) == (False, 0, 90_000)
    assert friday["explanation"] == "does not run on this day"
    saturday = promo(*arguments, "--at", "2026-02-07T10:00:00", "--json").json
    assert (saturday["applicable"], saturday["discount_amount"]) == (True, 18_000)
    assert saturday["explanation"] == "20% discount applied (Rp 18,000 off)"
    assert "made up" not in promo(*arguments).err


def test_an_unknown_code_names_the_nearest(promo: Promo) -> None:
    """A misspelt code is a finding with a suggestion."""
    outcome = promo("preview", "WEEKEN20", "--workspace", ROOT)
    assert outcome.code == 1
    assert "WEEKEND20" in outcome.err


@pytest.mark.parametrize("arguments", [("--store", "jkt-thamrinn"), ("--cart", "nowhere.json")])
def test_a_store_or_cart_that_is_not_there_is_a_usage_error(promo: Promo, arguments: tuple[str, str]) -> None:
    """What the user named and does not exist exits with 2."""
    assert promo("preview", "WEEKEND20", *arguments, "--workspace", ROOT).code == 2


def test_an_inactive_promotion_is_previewed(promo: Promo, chain: Path) -> None:
    """A draft that is still switched off shows what it would do."""
    path = chain / "promotions/kopi-teras/weekend20.yaml"
    path.write_text(path.read_text().replace("promo_type:", "is_active: false\npromo_type:"))
    assert promo("preview", "WEEKEND20", "--json", cwd=chain).json["applicable"]


def test_only_its_own_mistakes_stop_a_preview(promo: Promo, chain: Path) -> None:
    """A draft that makes no sense is explained instead of previewed; the others are previewed all the same."""
    path = chain / "promotions/kopi-teras/weekend20.yaml"
    path.write_text(path.read_text().replace("discount_percent: 20,", "discount_percent: 120,"))
    own = promo("preview", "WEEKEND20", cwd=chain)
    assert (own.code, own.out) == (1, "")
    assert "weekend20.yaml" in own.err
    assert promo("preview", "NIGHTOWL", "--json").json["applicable"]


def test_the_trace_of_a_preview_fits_a_terminal(promo: Promo) -> None:
    """--trace shows the lanes below the receipt, and the document carries them in both shapes."""
    lines = promo("preview", "WEEKEND20", "MEMBER-GOLD", "--trace", "--workspace", ROOT).out.splitlines()
    assert "Stage item, lane main" in " ".join(lines)
    assert max(map(len, lines)) <= 100
    one = promo("preview", "WEEKEND20", "--trace", "--json", "--workspace", ROOT).json
    assert one["breakdown"]["trace"]
    assert promo("preview", "WEEKEND20", "MEMBER-GOLD", "--trace", "--json", "--workspace", ROOT).json["trace"]
