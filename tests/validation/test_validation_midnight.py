"""24:00 is the end of a day: of hours in which a promotion runs, and of those in which a store is open."""

import datetime as dt
from pathlib import Path

import pytest

from promo_cli.pricing import price
from promo_cli.validation.conflicts.runs import opening_runs
from promo_cli.validation.sample import alone
from promo_cli.workspace import load

from .conftest import FILES, TODAY, Findings

STORES = FILES["stores/stores.yaml"]
ROUND_THE_CLOCK = {"stores/stores.yaml": STORES.replace("{open: 07:00, close: 22:00}", "{open: 00:00, close: 24:00}")}


def applies(folder: Path, clock: dt.time) -> bool:
    """Tell whether the example promotion applies to a latte at this hour."""
    workspace = load(folder)
    example = next(one for one in workspace.promotions if one.code == "EXAMPLE")
    at = dt.datetime.combine(TODAY, clock).isoformat()
    cart = {"store_id": "jkt-sabang", "at": at, "items": [{"product_id": "latte", "quantity": 1}]}
    return bool(price(cart, alone(workspace, [example], "jkt-sabang", TODAY))["applied"])


@pytest.mark.parametrize(
    ("hours", "inside", "outside"),
    [
        ("18:00, time_end: 24:00", [(18, 0), (23, 59)], [(0, 0), (17, 59)]),
        ("00:00, time_end: 24:00", [(0, 0), (12, 0), (23, 59)], []),
    ],
)
def test_hours_until_24_last_until_midnight(
    findings: Findings, folder: Path, hours: str, inside: list[tuple[int, int]], outside: list[tuple[int, int]]
):
    """They end with the day, and from 00:00 on they are all of it; neither is a finding."""
    validity = f"validity: {{start_date: 2026-02-01, time_start: {hours}}}"
    assert findings(validity, **ROUND_THE_CLOCK) == []
    assert [applies(folder, dt.time(*at)) for at in inside] == [True] * len(inside)
    assert [applies(folder, dt.time(*at)) for at in outside] == [False] * len(outside)


def test_a_store_may_be_open_round_the_clock(findings: Findings, folder: Path):
    """From 00:00 to 24:00 it is open whenever one without hours is."""
    assert findings("", **ROUND_THE_CLOCK) == []
    store = load(folder).stores[0]
    assert [(one.days, one.spans) for one in opening_runs(store.opening_hours, TODAY)] == [
        (one.days, one.spans) for one in opening_runs([], TODAY)
    ]


@pytest.mark.parametrize("hours", ["time_start: 24:00, time_end: 02:00", "time_start: 10:00, time_end: 24:01"])
def test_only_an_end_may_be_24(findings: Findings, hours: str):
    """A day begins at 00:00, and has no minute after 24:00."""
    (found,) = findings(f"validity: {{start_date: 2026-02-01, {hours}}}")
    assert "expected a time of day" in found.message


def test_midnight_to_midnight_without_24_is_doubtful(findings: Findings):
    """00:00 to 00:00 may mean nothing or all of the day, as any equal hours."""
    (found,) = findings("validity: {start_date: 2026-02-01, time_start: 00:00, time_end: 00:00}")
    assert found.code == "TIM002"
