"""The commands of an operator, from the command line, on a folder of one's own."""

import json
from pathlib import Path

import pytest

from tests.conftest import Outcome, Promo

DAY = "2026-02-07"


@pytest.fixture
def live(promo: Promo, starter: Path) -> Path:
    """A starter workspace with two releases; the second has another discount."""
    publish = ("publish", "--env", "local", "--allow-dirty", "--as-of", DAY)
    assert promo(*publish, cwd=starter).code == 0
    path = starter / "promotions" / "evening-bread.yaml"
    text, _, _ = path.read_text().partition("tests:")
    path.write_text(text.replace("discount_percent: 30", "discount_percent: 25"))
    outcome = promo(*publish, "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.json["seq"] == 2
    return starter


def _code(promo: Promo, workspace: Path) -> str:
    shown = promo("release", "diff", "1", "--env", "local", "--json", cwd=workspace).json
    return str(shown["changes"][0]["code"])


def test_a_halt_reaches_a_till_and_is_lifted(promo: Promo, live: Path) -> None:
    """The promotion no longer applies at the till, and does again; every step says what it did and what next."""
    code = _code(promo, live)
    dry = promo("halt", code, "--env", "local", "--dry-run", "--json")
    assert (dry.json["changed"], dry.json["dry_run"], dry.json["revoked"]) == (True, True, [])
    halted = promo("halt", code, "--env", "local")
    assert halted.code == 0
    assert f"{code} is stopped in local" in halted.out
    assert "--lift" in halted.err
    assert "Nothing to do" in promo("halt", code, "--env", "local").out
    assert f"stopped: {code}\n" in promo("status", "--env", "local").out
    lifted = promo("halt", code, "--env", "local", "--lift", "--json").json
    assert (lifted["halted"], lifted["changed"], lifted["revoked"]) == (False, True, [])
    assert promo("halt", "NO-SUCH-CODE", "--env", "local").code == 1


def test_a_halt_needs_no_valid_workspace_and_no_file_of_the_promotion(promo: Promo, live: Path) -> None:
    """In an emergency what is live decides, not what lies in the folder."""
    code = _code(promo, live)
    for path in (live / "promotions").rglob("*.yaml"):
        path.write_text("code: [broken\n")
    assert promo("halt", code.lower(), "--env", "local", cwd=live).code == 0


def test_a_rollback_holds_until_it_is_released(promo: Promo, live: Path) -> None:
    """Exit 3 for every publication meanwhile; --release-hold publishes again."""
    publish = ("publish", "--env", "local", "--allow-dirty", "--as-of", DAY)
    assert "Would make release 1 live again" in promo("rollback", "--to", "1", "--env", "local", "--dry-run").out
    back = promo("rollback", "--to", "1", "--env", "local", "--reason", "too cheap", "--json").json
    assert (back["seq"], back["held"], back["uploaded"]["objects"]) == (3, True, 1)
    held = promo(*publish)
    assert held.code == 3
    assert "too cheap" in held.err
    assert promo("publish", "--env", "local", "--refresh").code == 0
    assert promo(*publish).code == 3
    assert promo(*publish, "--release-hold", "--json").json["seq"] == 4
    listed = promo("release", "list", "--env", "local", "--json").json
    assert [release["seq"] for release in listed["releases"]] == [4, 3, 2, 1]
    assert listed["releases"][1]["rollback_of"] == 1


def test_a_pin_is_set_shown_and_taken_away(promo: Promo, live: Path) -> None:
    """Each step says what it did, and the second time that there is nothing to do."""
    pin = ("release", "pin", "1", "--env", "local", "--reason", "before summer")
    assert "Would pin release 1" in promo(*pin, "--dry-run", cwd=live).out
    assert "Release 1 is pinned" in promo(*pin).out
    assert promo(*pin, "--json").json["changed"] is False
    assert "pinned: before summer" in promo("release", "list", "--env", "local", "--limit", "1").out
    assert "not pinned any more" in promo("release", "unpin", "1", "--env", "local").out
    assert "Nothing to do" in promo("release", "unpin", "1", "--env", "local").out
    listed = promo("release", "list", "--env", "local", "--json").json
    assert [release["pin"] for release in listed["releases"]] == [None, None]
    assert promo("release", "pin", "9", "--env", "local").code == 2


def test_releases_are_shown_compared_and_verified(promo: Promo, live: Path) -> None:
    """The diff names the field; verify finds one damaged byte."""
    assert promo("release", "show", "--env", "local", "--json", cwd=live).json["live"] is True
    diff = promo("release", "diff", "1", "2", "--env", "local")
    assert "rules.discount_percent" in diff.out
    assert promo("release", "diff", "2", "2", "--env", "local").out == "Releases 2 and 2 of local hold the same.\n"
    assert promo("release", "verify", "--env", "local").code == 0
    assert "  1 " in promo("release", "list", "--env", "local").out
    for path in (live / "out/bucket/blobs").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes() + b" ")
    damaged = promo("release", "verify", "--env", "local", "--json")
    assert (damaged.code, damaged.json["sound"]) == (1, False)
    assert promo("release", "show", "99", "--env", "local").code == 2


def test_refresh_signs_head_anew(promo: Promo, live: Path) -> None:
    """Same release, next revision."""
    done = promo("publish", "--env", "local", "--refresh", "--json", cwd=live).json
    assert (done["outcome"], done["seq"], done["rev"]) == ("refreshed", 2, 3)


def test_keys_are_made_shown_and_rotated(promo: Promo, starter: Path) -> None:
    """A chain's own keys: made once, shown without secrets, a till enrolled, a key added and the old one retired."""
    (starter / "promo.yaml").write_text(
        (starter / "promo.yaml").read_text().replace("out/bucket", "out/bucket, protected: true")
    )
    dry = promo("key", "init", "--env", "local", "--dry-run", cwd=starter)
    assert "Would make 1 root" in dry.out
    made = promo("key", "init", "--env", "local", "--root-keys", "2", "--json").json
    assert made["files"] == ["head.pem", "root-1.pem", "root-2.pem", "root.json"]
    assert promo("key", "init", "--env", "local").code == 2
    assert promo("key", "init", "--env", "local", "--keys", "other", "--head-threshold", "2").code == 2
    publish = ("publish", "--env", "local", "--allow-dirty", "--as-of", DAY)
    assert promo(*publish).code == 2, "protected"
    store = promo(*publish, "--yes", "--json").json["changed_stores"][0]
    root = starter / "out/keys/local/root.json"
    enrolled = promo("till", "enrol", "--env", "local", "--store", store, "--root", root, "--json").json
    assert promo("till", "enrol", "--env", "local", "--store", store, "--root", root).code == 0
    (old,) = enrolled["head_keys"]
    assert promo("key", "rotate", "--env", "local").code == 2, "protected"
    rotated = promo("key", "rotate", "--env", "local", "--yes", "--json").json
    assert len(rotated["keys"]["head"]) == 2
    assert promo("key", "rotate", "--env", "local", "--retire", old[:12], "--yes").code == 0
    shown = promo("key", "show", "--env", "local", "--json")
    assert (shown.json["version"], [key["id"] for key in shown.json["roles"]["head"]["keys"]]) == (
        3,
        [key for key in rotated["keys"]["head"] if key != old],
    )
    assert "PRIVATE" not in shown.out + promo("key", "show", "--env", "local").out
    synced = promo("till", "sync", "--env", "local", "--store", store, "--json").json
    assert synced["version"] == 1
    other = starter / "other-root.json"
    other.write_text(json.dumps({"payload": "", "payloadType": "x", "signatures": []}))
    refused: Outcome = promo("till", "enrol", "--env", "local", "--store", store, "--root", other)
    assert refused.code == 2
    assert "SEC104" in refused.err
