"""`promo plan`, and publishing held to a plan."""

import json
from pathlib import Path

import pytest

from promo_cli.cli.plan_markdown import CAP, _capped, _cell
from tests.conftest import Promo

DAY = "2026-02-07"
PUBLISH = ("publish", "--env", "local", "--allow-dirty")
PLAN = ("plan", "--env", "local", "--as-of", DAY)


@pytest.fixture
def live(promo: Promo, starter: Path) -> Path:
    """A starter workspace that was published."""
    assert promo(*PUBLISH, "--as-of", DAY, cwd=starter).code == 0
    return starter


def _change(workspace: Path, name: str = "evening-bread.yaml", percent: int = 25) -> None:
    path = workspace / "promotions" / name
    text, _, _ = path.read_text().partition("tests:")
    path.write_text(text.replace("discount_percent: 30", f"discount_percent: {percent}"))


def test_a_plan_before_the_first_publication_shows_everything_and_writes_nothing(promo: Promo, starter: Path) -> None:
    """No keys, no bucket, no state is made by looking."""
    shown = promo(*PLAN, "--json", cwd=starter).json
    assert shown["base"] is None
    assert {change["kind"] for change in shown["changes"]} == {"added"}
    assert shown["stores_added"]
    assert not (starter / "out" / "bucket").exists()
    assert not (starter / "out" / "keys").exists()


def test_a_plan_shows_fields_stores_days_and_a_receipt(promo: Promo, live: Path) -> None:
    """Text, Markdown and JSON say the same; nothing to publish is exit 0, changes are 5 only if asked."""
    nothing = promo(*PLAN, "--exit-code", cwd=live)
    assert (nothing.code, "Nothing to publish" in nothing.out) == (0, True)
    _change(live)
    text = promo(*PLAN)
    assert text.code == 0
    assert "~ EVENING-BREAD" in text.out
    assert "rules.discount_percent: 30 -> 25" in text.out
    assert "To pay" in text.out
    assert promo(*PLAN, "--exit-code").code == 5
    comment = promo(*PLAN, "--format", "markdown").out
    assert comment.startswith("<!-- promo plan -->")
    assert "| changed | <code>EVENING-BREAD</code>" in comment
    document = promo(*PLAN, "--format", "json").json
    (change,) = document["changes"]
    assert change["fields"] == [{"path": "rules.discount_percent", "before": 30, "after": 25}]
    assert document["previews"][0]["applies"] is True
    assert document["previews"][0]["receipt"]["total_discount"] > 0
    assert promo(*PLAN, "--format", "yaml").code == 2


def test_a_plan_is_published_as_it_was_approved(promo: Promo, live: Path) -> None:
    """The plan's own day is used; publishing it again, as after a lost answer, finds that it was carried out."""
    _change(live)
    promo(*PLAN, "--out", "plan.json", cwd=live)
    done = promo(*PUBLISH, "plan.json", "--json")
    assert (done.code, done.json["outcome"], done.json["seq"]) == (0, "published", 2)
    again = promo(*PUBLISH, "plan.json", "--json")
    assert (again.code, again.json["outcome"], again.json["seq"]) == (0, "nothing-to-publish", 2)


def test_a_plan_whose_inputs_changed_is_refused(promo: Promo, live: Path) -> None:
    """Exit 3, and nothing is written."""
    _change(live)
    promo(*PLAN, "--out", "plan.json", cwd=live)
    path = live / "promotions" / "evening-bread.yaml"
    path.write_text(path.read_text().replace("discount_percent: 25", "discount_percent: 99"))
    refused = promo(*PUBLISH, "plan.json")
    assert refused.code == 3
    assert "inputs" in refused.err
    assert promo("release", "list", "--env", "local", "--json").json["live"] == 1


def test_a_plan_whose_base_changed_is_refused_unless_the_effect_is_the_same(promo: Promo, live: Path) -> None:
    """A halt in between is no obstacle; another release that changes the same stores is."""
    _change(live)
    promo(*PLAN, "--out", "plan.json", cwd=live)
    promo("halt", "EVENING-BREAD", "--env", "local")
    plan = (live / "plan.json").read_bytes()
    evening = (live / "promotions" / "evening-bread.yaml").read_text()
    _change(live, percent=25)
    (live / "promotions" / "evening-bread.yaml").write_text(evening.replace("25", "26"))
    promo(*PUBLISH, "--as-of", DAY)
    (live / "promotions" / "evening-bread.yaml").write_text(evening)
    refused = promo(*PUBLISH, "plan.json")
    assert refused.code == 3
    assert "what would change" in refused.err
    (live / "plan.json").write_bytes(plan)
    promo(*PLAN, "--out", "plan.json")
    promo("halt", "EVENING-BREAD", "--env", "local", "--lift")
    assert promo(*PUBLISH, "plan.json").code == 0


def test_what_is_no_plan_is_refused(promo: Promo, live: Path) -> None:
    """Exit 2, with where plans come from."""
    (live / "plan.json").write_text(json.dumps({"schema": "promo.plan/1"}))
    refused = promo(*PUBLISH, "plan.json", cwd=live)
    assert refused.code == 2
    assert "PUB103" in refused.err


def test_a_comment_is_capped_at_whole_blocks() -> None:
    """GitHub refuses longer ones; the last line says how much is missing."""
    text = _capped("head\n", [f"{number:05}" * 200 + "\n" for number in range(100)])
    assert len(text) <= CAP
    assert text.endswith("… 41 more, left out for length; `promo plan` shows everything.\n")
    assert _capped("head\n", ["a\n"]) == "head\na\n"


def test_names_cannot_break_out_of_the_comment() -> None:
    """Pipes, tags, mentions and backticks of a promotion's name are only text."""
    assert set(_cell("|</details>`@everyone`\n**x**")) & set("|<>`*@\n") == set()
