import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from promo_cli.cli import session as session_module
from promo_cli.model.rules import RULES
from tests.conftest import ROOT, Promo

WISHES = {
    "percent_discount": "--category cold-drinks --percent 15",
    "amount_discount": "--product brownies --amount 10_000 --min-purchase 150_000",
    "buy_x_get_y": "--category bread --buy 3 --get 1 --days sat,sun",
    "combo": "--product latte --product espresso --price 50_000 --hours 7-10:30",
    "free_item": "--gift espresso --product kopi-susu",
    "happy_hour": "--category cold-drinks --hours 14:00-17:00 --amount 3_000",
    "cashback": "--percent 5",
    "payment_discount": "--payment qris --percent 10% --min-purchase 50000",
    "package": "--product latte --category cold-drinks --price 55_000",
    "mix_match": "--category pastry --quantity 3 --price 50_000",
    "upsell": "--product latte --offer espresso --price 15_000",
    "threshold_tier": "--tier 100_000:5 --tier 200_000:10",
}


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    """Return the starter without what is generated for editors, which takes longest."""
    return Path(shutil.copytree(ROOT / "promo_cli/workspace/starter", tmp_path / "starter"))


def make(promo: Promo, root: Path, promo_type: str, code: str = "NEW-1", more: str = "") -> Any:
    """Make a promotion of a type with the flags it needs."""
    return promo("new", promo_type, code, *WISHES[promo_type].split(), *more.split(), cwd=root)


def test_every_type_is_tried() -> None:
    """The tests here know all twelve types."""
    assert WISHES.keys() == RULES.keys()


@pytest.mark.parametrize("promo_type", WISHES)
def test_a_new_promotion_is_short_valid_and_tested(promo: Promo, starter: Path, promo_type: str) -> None:
    """At most a dozen lines without its test, which passes at once beside everything that runs."""
    outcome = make(promo, starter, promo_type)
    assert outcome.code == 0, outcome.err
    text = (starter / "promotions/new-1.yaml").read_text()
    body, _, tests = text.partition("tests:\n")
    assert outcome.out == text
    assert len(body.splitlines()) <= 12
    assert re.search(r"expect: \{applied: (\{NEW-1: [0-9_]+|\[\]\}?.*code: NEW-1)", tests)
    assert promo("validate", "promotions/new-1.yaml", cwd=starter).out == ""
    assert promo("test", cwd=starter).code == 0
    assert promo("fmt", "--check", cwd=starter).code == 0


def test_what_was_not_said_is_not_written(promo: Promo, starter: Path) -> None:
    """Only what the author said, and the first day, the owner and the name, which follow."""
    make(promo, starter, "percent_discount", "RAINY10")
    keys = re.findall(r"^([a-z_]+):", (starter / "promotions/rainy10.yaml").read_text(), re.MULTILINE)
    assert keys == ["code", "name", "promo_type", "owner", "validity", "scope", "rules", "tests"]
    assert "name: Rainy 10\n" in (starter / "promotions/rainy10.yaml").read_text()


def test_a_code_is_never_used_twice(promo: Promo, starter: Path) -> None:
    """A code that is taken, in whatever case, is refused, and so is a file that is there; nothing is overwritten."""
    before = (starter / "promotions/weekend20.yaml").read_text()
    assert "CFG210" in make(promo, starter, "cashback", "Weekend20").err
    (starter / "promotions/free.yml").write_text(before.replace("WEEKEND20", "OTHER"))
    (starter / "promotions/free.yml").rename(starter / "promotions/other.yaml")
    (starter / "promotions/taken.yaml").write_text(before.replace("WEEKEND20", "ANOTHER"))
    outcome = make(promo, starter, "cashback", "taken")
    assert outcome.code == 2
    assert "CFG211" in outcome.err
    assert (starter / "promotions/weekend20.yaml").read_text() == before


def test_an_unknown_type_names_the_nearest(promo: Promo, starter: Path) -> None:
    """Hyphens are taken for underscores, a misspelt type is refused with the one that was meant."""
    assert promo("new", "mix-match", "M3", *WISHES["mix_match"].split(), cwd=starter).code == 0
    outcome = promo("new", "bogo", "B1", cwd=starter)
    assert outcome.code == 2
    assert "did you mean buy_x_get_y?" in outcome.err
    assert "percent_discount" in promo("new", "percent", "B1", cwd=starter).err


def test_off_a_terminal_what_is_needed_is_named(promo: Promo, starter: Path) -> None:
    """Without its flags a combo is refused, and the flags are said."""
    outcome = promo("new", "combo", "C1", cwd=starter)
    assert outcome.code == 2
    assert "--product" in outcome.err
    assert "--price" in outcome.err


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ("--percent twenty", "--percent"),
        ("--percent 20 --start 1.2.2026", "a day such as 2026-02-28"),
        ("--percent 20 --hours evening", "hours such as 14:00-17:00"),
        ("--percent 20 --days someday", "days such as sat,sun"),
        ("--percent 20 --product latte --category bread", "Name products or categories, not both."),
        ("--percent 20 --product late", "There is no `late`; did you mean latte?"),
    ],
)
def test_a_flag_that_cannot_be_read_says_what_it_takes(promo: Promo, starter: Path, flags: str, words: str) -> None:
    """The flag and the form of its value are named."""
    outcome = promo("new", "percent_discount", "P1", *flags.split(), cwd=starter)
    assert outcome.code == 2
    assert words in outcome.err


def test_what_would_not_validate_is_not_written(promo: Promo, starter: Path) -> None:
    """Wishes that make no sense come back as the findings they would be."""
    outcome = promo("new", "percent_discount", "P1", "--percent", "150", cwd=starter)
    assert outcome.code == 1
    assert "error[AMT001]" in outcome.err
    assert not (starter / "promotions/p1.yaml").exists()


def test_a_promotion_of_one_brand_goes_to_its_folder(promo: Promo, chain: Path) -> None:
    """Where promotions are kept by brand, the new one joins its brand and its owner."""
    outcome = promo("new", "percent_discount", "BUNS5", "--category", "buns", "--percent", 5, cwd=chain)
    assert outcome.code == 0, outcome.err
    text = (chain / "promotions/roti-lembut/buns5.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=../../.promo/schema/promotion.json\n")
    assert "owner: Roti Lembut marketing\n" in text


def test_a_moment_is_found_at_which_no_other_promotion_wins(promo: Promo, chain: Path) -> None:
    """Frappes have their own price on working days, so the test is about a weekend."""
    promo("new", "happy_hour", "ICE", "--category", "frappes", "--hours", "15-17", "--percent", 10, cwd=chain)
    assert re.search(r"on a (Saturday|Sunday)\n", (chain / "promotions/kopi-teras/ice.yaml").read_text())


def test_hours_may_end_with_the_day(promo: Promo, starter: Path) -> None:
    """`--hours 18:00-24:00` is written as it was said, and holds till midnight."""
    assert (
        promo(
            "new", "happy_hour", "LATE", "--product", "latte", "--hours", "18-24:00", "--percent", 10, cwd=starter
        ).code
        == 0
    )
    assert "time_start: 18:00, time_end: 24:00}" in (starter / "promotions/late.yaml").read_text()
    assert promo("validate", "promotions/late.yaml", cwd=starter).code == 0


def test_on_a_terminal_it_asks_until_it_understands(
    promo: Promo, starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers that cannot be read or name nothing are asked for again; what flags said is not asked."""
    said = iter(["Weekend Bread", "a lot", "25%", "bred", "bread, croissant", "bread", "", ""])
    asked = []

    def prompt(words: str, **options: object) -> str:
        asked.append(words)
        return next(said)

    monkeypatch.setattr("typer.prompt", prompt)
    monkeypatch.setattr(session_module.sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(session_module.sys.stderr, "isatty", lambda: True)
    outcome = promo("new", "percent_discount", "BREAD25", "--days", "sat,sun", cwd=starter)
    assert outcome.code == 0, outcome.err
    text = (starter / "promotions/bread25.yaml").read_text()
    assert "name: Weekend Bread\n" in text
    assert "scope: {apply_to: category, categories: [bread]}\nrules: {discount_percent: 25}\n" in text
    assert "There is no `bred`; did you mean bread?" in outcome.err
    assert [words.split()[0] for words in asked] == [
        "Name",
        "Percent",
        "Percent",
        "Which",
        "Which",
        "Which",
        "From",
        "Last",
    ]
