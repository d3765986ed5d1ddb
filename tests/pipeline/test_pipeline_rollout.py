"""A staged publication through the workspace: declared in promo.yaml, gated by what tills report, shown to people."""

import datetime as dt
import random
import re
from pathlib import Path

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.pipeline.environment import storage_of
from promo_cli.pipeline.ingest import ingest_environment
from promo_cli.pipeline.operate_drift import drift
from promo_cli.pipeline.publish import publish_environment
from promo_cli.pipeline.rollout import abort_rollout, advance_rollout, rollout_standing
from promo_cli.till.fleet import FleetStore, run_fleet
from promo_cli.workspace import load
from tests.conftest import Promo, git

PILOT = ("dps-kuta", "jkt-thamrin")
BEGIN = dt.datetime(2026, 2, 7, 1, tzinfo=dt.UTC)
ROLLOUT = """
rollout:
  cohorts:
    pilot: {stores: [jkt-thamrin, dps-kuta]}
    jakarta: {regions: [jakarta]}
  waves:
    - {cohorts: [pilot], soak_hours: 24}
    - {cohorts: [jakarta], soak_hours: 0}
  gates: {min_bills: 20, max_discount_rise: 50}
"""


def _publish(chain: Path, at: dt.datetime, **options: bool) -> str:
    done = publish_environment(chain, "local", now=at, as_of=at.date(), **options)
    return done.outcome


def _sell(chain: Path, days: list[dt.date], stores: tuple[str, ...]) -> None:
    known = {store.id: store for store in load(chain).stores}
    fleet = [FleetStore(one, known[one].all_brands[0], tuple(known[one].channels)) for one in stores]
    storage = storage_of(load(chain), "local")
    folder = chain / "out" / "tills" / "local"
    run_fleet(storage, fleet, days, env="local", folder=folder, rng=random.Random(7), bills_per_day=30)
    ingest_environment(chain, "local", now=dt.datetime.combine(days[-1], dt.time(20), tzinfo=dt.UTC))


@pytest.fixture
def live(chain: Path) -> Path:
    """The example chain with waves, in git; one release, two days of sales in the pilot stores, then a change."""
    text = (chain / "promo.yaml").read_text().replace("{target: out/bucket}", "{target: out/bucket, staged: true}")
    (chain / "promo.yaml").write_text(text + ROLLOUT)
    (chain / ".gitignore").write_text("out/\n")
    git(chain, "init", "-q")
    git(chain, "add", "-A")
    git(chain, "commit", "-qm", "first")
    assert _publish(chain, BEGIN - dt.timedelta(days=3)) == "published"
    _sell(chain, [dt.date(2026, 2, 5), dt.date(2026, 2, 6)], PILOT)
    _change(chain, 24_000)
    assert _publish(chain, BEGIN) == "published"
    return chain


def _change(chain: Path, cap: int) -> None:
    path = chain / "promotions" / "group" / "member-gold.yaml"
    path.write_text(re.sub(r"max_discount_amount: [0-9_]+", f"max_discount_amount: {cap}", path.read_text()))
    git(chain, "commit", "-qam", f"cap of {cap}")


def _verdicts(chain: Path, at: dt.datetime) -> dict[str, str]:
    return {gate.name: gate.verdict for gate in rollout_standing(chain, "local", now=at).gates}


def test_a_rollout_goes_on_when_its_stores_have_shown_that_it_is_good(live: Path) -> None:
    """Soak, reports, bills, discounts: while one of them is missing or bad the next wave is refused with exit 1."""
    standing = rollout_standing(live, "local", now=BEGIN)
    assert [len(stores) for stores in standing.stores] == [2, 6, 14]
    assert set(_verdicts(live, BEGIN).values()) == {"failed", "missing"}
    with pytest.raises(Failure) as caught:
        advance_rollout(live, "local", now=BEGIN, confirm=lambda question: True)
    assert caught.value.exit_code == 1
    assert {one.code for one in caught.value.diagnostics} == {"PUB107"}
    _sell(live, [dt.date(2026, 2, 7)], PILOT[:1])
    later = BEGIN + dt.timedelta(hours=25)
    assert _verdicts(live, later)["reporting"] == "missing", "one of two stores has not reported"
    _sell(live, [dt.date(2026, 2, 8)], PILOT)
    assert set(_verdicts(live, later).values()) == {"passed"}
    standing, done = advance_rollout(live, "local", now=later, confirm=lambda question: True, dry_run=True)
    assert done is None
    _, done = advance_rollout(live, "local", now=later, confirm=lambda question: True)
    assert done is not None
    assert (done.wave, len(done.changed_stores)) == (2, 6)
    assert "missing" in _verdicts(live, later).values(), "what the pilot showed says nothing about the second wave"


def test_a_till_that_keeps_its_old_bundle_closes_the_gate(live: Path) -> None:
    """A release that a pilot store cannot use must not reach the others."""
    _sell(live, [dt.date(2026, 2, 7)], PILOT)
    _report(live, status="kept", release_seq=1)
    verdicts = _verdicts(live, BEGIN + dt.timedelta(hours=25))
    assert (verdicts["failed syncs"], verdicts["reporting"]) == ("failed", "missing")


def _report(chain: Path, *, status: str, release_seq: int) -> None:
    from promo_cli.till import journal, spool
    from promo_cli.till.journal import Moment
    from promo_cli.till.spool import Till
    from promo_cli.till.upload import upload

    at = dt.datetime(2026, 2, 7, 23, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    folder = chain / "out" / "tills" / "local" / PILOT[0]
    till = Till(PILOT[0], "pos-1", None)
    spool.record(folder, till, journal.synced(status, None, Moment(at, at.date(), release_seq)), random.randbytes)
    upload(storage_of(load(chain), "local"), folder, PILOT[0])
    ingest_environment(chain, "local", now=at)


def test_drift_holds_every_store_against_its_own_side(live: Path) -> None:
    """Both commits are rebuilt; a store that has the other side's bundle is found."""
    found = drift(live, "local", now=BEGIN)
    assert (found.stores, found.findings) == ((), ())
    assert any("release 1" in note for note in found.notes)
    git(live, "tag", "there")
    _change(live, 23_000)
    assert drift(live, "local", now=BEGIN).stores == (), "what lies in the folder does not matter"


def test_a_second_change_waits_and_a_night_job_does_nothing(live: Path) -> None:
    """The same commit is under way, also on another day; another one is refused unless it is to end the rollout."""
    assert _publish(live, BEGIN + dt.timedelta(days=1)) == "rollout-under-way"
    _change(live, 23_000)
    with pytest.raises(Failure) as caught:
        _publish(live, BEGIN)
    assert caught.value.exit_code == 3
    assert _publish(live, BEGIN, staged=False) == "published"
    assert rollout_standing(live, "local", now=BEGIN).rollout is None


def test_an_abort_goes_back_and_holds(live: Path) -> None:
    """The pilot stores get back what they ran; no publication undoes it before somebody releases the hold."""
    _, dry = abort_rollout(live, "local", reason="x", now=BEGIN, confirm=lambda question: True, dry_run=True)
    _, done = abort_rollout(live, "local", reason="x", now=BEGIN, confirm=lambda question: True)
    assert dry.changed_stores == done.changed_stores == PILOT
    with pytest.raises(Failure) as caught:
        _publish(live, BEGIN)
    assert caught.value.exit_code == 3
    assert drift(live, "local", now=BEGIN).findings == ()


def test_people_see_the_waves(promo: Promo, live: Path) -> None:
    """Plan, status, list and rollout say the same of them, as text and as JSON."""
    status = promo("rollout", "status", "--env", "local", cwd=live)
    assert status.code == 0
    assert "wave 1 of 3" in status.out
    assert "2. jakarta: 6 stores" in status.out
    shown = promo("rollout", "status", "--env", "local", "--json").json
    assert (shown["under_way"], shown["open"], shown["back_to"]) == (True, False, 1)
    assert "wave 1 of 3" in promo("status", "--env", "local").out
    assert promo("status", "--env", "local", "--json").json["rollout"]["wave"] == 1
    assert "wave 1 of 3" in promo("release", "list", "--env", "local").out
    assert "Exactly this is reaching the stores" in promo("plan", "--env", "local").out
    closed = promo("rollout", "advance", "--env", "local", "--yes")
    assert closed.code == 1
    assert "reporting" in closed.err
    back = promo("rollout", "abort", "--env", "local", "--reason", "too dear", "--json").json
    assert (back["back_to"], back["held"], back["changed_stores"]) == (1, True, list(PILOT))
    assert promo("rollout", "abort", "--env", "local").code == 2
    plan = promo("plan", "--env", "local").out
    assert "Wave 1 of 3, pilot: 2 stores (dps-kuta, jkt-thamrin), then at least 24 hours" in plan
    assert "Wave 3 of 3" in promo("plan", "--env", "local", "--format", "markdown").out


@pytest.mark.parametrize(
    ("right", "wrong", "refusal"),
    [
        ("waves:\n    - {cohorts: [pilot]", "waves:\n    - {cohorts: [pilots]", (1, "REF017")),
        ("jkt-thamrin,", "jkt-thamrim,", (1, "REF004")),
        ("regions: [jakarta]", "regions: [jakart]", (1, "REF010")),
        ("cohorts: [jakarta]", "cohorts: [pilot]", (2, "PUB106")),
    ],
    ids=["wave", "store", "region", "twice"],
)
def test_waves_that_do_not_fit_the_stores_are_refused(
    chain: Path, right: str, wrong: str, refusal: tuple[int, str]
) -> None:
    """Before anything is published, with the place in promo.yaml."""
    text = (chain / "promo.yaml").read_text() + ROLLOUT.replace(right, wrong)
    (chain / "promo.yaml").write_text(text)
    with pytest.raises(Failure) as caught:
        publish_environment(chain, "local", now=BEGIN, as_of=BEGIN.date(), allow_dirty=True, staged=True)
    (found,) = caught.value.diagnostics
    assert (caught.value.exit_code, found.code) == refusal
    assert found.primary is not None
    assert str(found.primary.pointer).startswith("/rollout/")
