"""The loop closes: what was used is in the next release, and a till stops what is used up."""

import datetime as dt
from pathlib import Path

import pytest

from promo_cli.pipeline.usage import counters_of
from promo_cli.protocol.counters import parse
from promo_cli.workspace import load
from tests.cli.test_cli_ingest import upload, usage
from tests.conftest import Promo

DAY = "2026-02-07"


@pytest.fixture
def limited(promo: Promo, starter: Path) -> Path:
    """A starter workspace whose first promotion may be used twice, published once."""
    path = next(iter(sorted((starter / "promotions").glob("*.yaml"))))
    path.write_text("id: p-1\n" + path.read_text().partition("tests:")[0] + "\nlimits:\n  max_uses: 2\n")
    done = publish(promo, starter)
    assert done["seq"] == 1
    return starter


def publish(promo: Promo, workspace: Path) -> dict[str, object]:
    """Publish, and return what is said."""
    outcome = promo("publish", "--env", "local", "--allow-dirty", "--as-of", DAY, "--json", cwd=workspace)
    assert outcome.code == 0, outcome.err
    return dict(outcome.json)


def test_uses_reach_the_next_release_and_a_used_up_promotion_stops(promo: Promo, limited: Path) -> None:
    """A publication after an ingest carries the counts; without new uses there is nothing to publish."""
    upload(limited, usage(1), usage(2))
    assert promo("ingest", "--env", "local").code == 0
    assert publish(promo, limited)["seq"] == 2
    assert publish(promo, limited)["outcome"] == "nothing-to-publish"
    data = counters_of(load(limited), "local", dt.date(2026, 2, 7))
    assert data is not None
    assert parse(data).promotions["p-1"].exhausted


def test_a_warehouse_of_another_environment_does_not_count(promo: Promo, limited: Path) -> None:
    """Uses of a test environment never reach the real one."""
    upload(limited, usage(1))
    assert promo("ingest", "--env", "local").code == 0
    assert counters_of(load(limited), "production", dt.date(2026, 2, 7)) is None


def test_a_plan_names_what_is_used_up(promo: Promo, limited: Path) -> None:
    """In words and in the document, also where nothing else would change."""
    arguments = ("plan", "--env", "local", "--as-of", DAY)
    assert "Limit reached" not in promo(*arguments, cwd=limited).out
    upload(limited, usage(1), usage(2))
    assert promo("ingest", "--env", "local").code == 0
    (code,) = promo(*arguments, "--json").json["used_up"]
    assert f"Limit reached, tills skip: {code}" in promo(*arguments).out
