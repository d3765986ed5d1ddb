"""`promo status`, `drift`, `gc` and `doctor`."""

import datetime as dt
import json
import random
from pathlib import Path

import pytest

from promo_cli.till.journal import Moment, synced
from promo_cli.till.spool import Till, record
from tests.conftest import Promo, git

DAY = "2026-02-07"


@pytest.fixture
def committed(promo: Promo, starter: Path) -> Path:
    """A starter workspace in git, published."""
    (starter / ".gitignore").write_text("out/\n.promo/\n")
    git(starter, "init", "-q")
    git(starter, "add", ".")
    git(starter, "commit", "-qm", "first")
    assert promo("publish", "--env", "local", "--as-of", DAY, cwd=starter).code == 0
    return starter


def _next(promo: Promo) -> str:
    return str(promo("status", "--env", "local", "--json").json["next"])


def test_status_names_the_exact_next_command(promo: Promo, committed: Path) -> None:
    """From nothing published, over a hold and a halt, to nothing to do; and it changes nothing."""
    shown = promo("status", "--env", "local", cwd=committed)
    assert "Nothing to do: what is live is this commit." in shown.out
    live = promo("status", "--env", "local", "--json").json["live"]
    assert (live["seq"], live["rev"], live["commit"]) == (1, 1, git(committed, "rev-parse", "HEAD"))
    promo("halt", "EVENING-BREAD", "--env", "local")
    assert _next(promo).startswith("promo halt ")
    promo("rollback", "--to", "1", "--env", "local", "--reason", "too cheap")
    assert _next(promo) == "promo publish --env local --release-hold"
    assert "too cheap" in promo("status", "--env", "local").out
    promo("publish", "--env", "local", "--as-of", DAY, "--release-hold")
    (committed / "promotions" / "evening-bread.yaml").write_text("code: X\n")
    assert _next(promo) == "promo plan --env local"


def test_status_before_the_first_publication(promo: Promo, starter: Path) -> None:
    """It says so, and makes no keys."""
    shown = promo("status", "--env", "local", "--json", cwd=starter)
    assert (shown.code, shown.json["live"], shown.json["next"]) == (0, None, "promo publish --env local")
    assert not (starter / "out" / "keys").exists()


def test_status_knows_which_stores_lag_from_what_tills_report(promo: Promo, committed: Path) -> None:
    """A store that reported an older release lags, one that never reported is silent, until it reports."""
    promo("rollback", "--to", "1", "--env", "local", cwd=committed)
    stores = json.loads(promo("release", "show", "--env", "local", "--json").out)["stores"]
    assert promo("status", "--env", "local", "--json").json["reports_known"] is False
    _report(promo, committed, "jkt-cikini", seq=1)
    shown = promo("status", "--env", "local", "--json").json
    assert [(one["store_id"], one["seq"]) for one in shown["lagging"]] == [("jkt-cikini", 1)]
    assert len(shown["silent"]) == stores - 1
    assert "jkt-cikini: release 1, updated" in promo("status", "--env", "local").out
    _report(promo, committed, "jkt-cikini", seq=2)
    assert promo("status", "--env", "local", "--json").json["lagging"] == []


def _report(promo: Promo, workspace: Path, store: str, *, seq: int) -> None:
    """Have a store's till say which release it runs, and the back office hear it."""
    state = workspace / "out" / "tills" / "local" / store
    at = dt.datetime(2026, 2, 7, 9, seq, tzinfo=dt.UTC)
    events = synced("updated", None, Moment(at, at.date(), seq))
    record(state, Till(store, "pos-1", None), events, random.Random(seq).randbytes)
    assert promo("till", "upload", "--env", "local", "--store", store, cwd=workspace).code == 0
    assert promo("ingest", "--env", "local").code == 0


def test_drift_rebuilds_the_commit_and_reads_every_object(promo: Promo, committed: Path) -> None:
    """None at first, whatever lies in the work tree; a swapped bundle and a damaged one are found."""
    (committed / "promotions" / "evening-bread.yaml").write_text("code: X\n")
    clean = promo("drift", "--env", "local", cwd=committed)
    assert (clean.code, "No drift" in clean.out) == (0, True)
    for path in (committed / "out/bucket/blobs").rglob("*"):
        if path.is_file() and b'"promotions":[' in path.read_bytes():
            path.write_bytes(path.read_bytes().replace(b"EVENING", b"MORNING"))
    damaged = promo("drift", "--env", "local", "--json")
    assert damaged.code == 1
    assert damaged.json["problems"]
    assert damaged.json["drifted_stores"] == []


def test_drift_finds_what_git_never_held(promo: Promo, committed: Path) -> None:
    """A release published with changes cannot be rebuilt, and one that lies about its commit differs in its stores."""
    path = committed / "promotions" / "evening-bread.yaml"
    text = path.read_text()
    path.write_text(text.partition("tests:")[0].replace("discount_percent: 30", "discount_percent: 25"))
    promo("publish", "--env", "local", "--as-of", DAY, "--allow-dirty", cwd=committed)
    dirty = promo("drift", "--env", "local")
    assert dirty.code == 1
    assert "PUB105" in dirty.err
    # The same bytes under a clean commit's name: git says otherwise.
    path.write_text(text)
    promo("publish", "--env", "local", "--as-of", DAY)
    assert promo("drift", "--env", "local").code == 0


def test_gc_says_what_it_would_do_and_does_it_when_told(promo: Promo, committed: Path) -> None:
    """Dry by default; --apply marks; the live release stays whole."""
    path = committed / "promotions" / "evening-bread.yaml"
    path.write_text(path.read_text().partition("tests:")[0].replace("discount_percent: 30", "discount_percent: 25"))
    promo("publish", "--env", "local", "--as-of", DAY, "--allow-dirty", cwd=committed)
    dry = promo("gc", "--env", "local", "--keep", "0", "--json").json
    assert (dry["dry_run"], dry["deleted"]) == (True, 0)
    assert dry["marked"] > 0
    assert "Nothing was written" in promo("gc", "--env", "local", "--keep", "0").err
    done = promo("gc", "--env", "local", "--keep", "0", "--apply", "--json").json
    assert done["marked"] == dry["marked"]
    assert promo("gc", "--env", "local", "--keep", "0", "--apply", "--json").json["waiting"] == dry["marked"]
    assert promo("release", "verify", "--env", "local").code == 0


def test_doctor_says_where_settings_come_from_and_what_is_wrong(
    promo: Promo, committed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sound at first; without the head key it is a problem with advice; secrets are never printed."""
    sound = promo("doctor", "--env", "local", "--json", cwd=committed).json
    by_name = {check["name"]: check for check in sound["checks"]}
    assert sound["sound"] is True
    assert by_name["target"]["source"] == "promo.yaml, environments/local"
    assert by_name["conditional writes"]["verdict"] == "ok"
    (committed / "out/keys/local/head.pem").rename(committed / "out/taken.pem")
    monkeypatch.setenv("PROMO_HMAC_KEY", "hush-hush")
    sick = promo("doctor", "--env", "local")
    assert sick.code == 1
    assert "PROBLEM head keys: SEC001" in sick.out
    assert "PROMO_HMAC_KEY: set" in sick.out
    assert "hush-hush" not in sick.out
    (committed / "out/bucket/ctl/probe").unlink()
    assert "not tried yet" in promo("doctor", "--env", "local").out
    promo("doctor", "--env", "local", "--probe")
    assert (committed / "out/bucket/ctl/probe").is_file()


def test_doctor_before_anything_is_published(promo: Promo, starter: Path) -> None:
    """No root is a note for a folder, and nothing is made by looking."""
    found = promo("doctor", "--env", "local", "--json", cwd=starter).json
    assert found["sound"] is True
    assert not (starter / "out" / "keys").exists()
    assert json.dumps([check["name"] for check in found["checks"]]).count("root") == 1


def test_a_policy_is_printed_for_a_bucket_and_refused_for_a_folder(promo: Promo, chain: Path) -> None:
    """The environment's bucket and prefix are in every resource; a till needs its store, a role has to exist."""
    policy = ("store", "policy", "--env")
    shown = promo(*policy, "production", "--role", "till", "--store", "jkt-thamrin", "--json", cwd=chain).json
    resources = [one for rule in shown["policy"]["Statement"] for one in rule["Resource"]]
    assert all(one.startswith("arn:aws:s3:::nusantara-promotions/prod/") for one in resources)
    assert json.loads(promo(*policy, "production", "--role", "gc").out)["Version"] == "2012-10-17"
    assert promo(*policy, "local", "--role", "gc").code == 2
    assert promo(*policy, "production", "--role", "till").code == 2
    assert promo(*policy, "production", "--role", "king").code == 2
