import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from promo_cli.protocol import canonical
from promo_cli.protocol.layout import upload_key

PHONE = "0811 5550 123"
DAY = dt.date(2026, 2, 7)


@pytest.fixture
def shop(starter: Path, event: Any, promo: Any) -> Path:
    """A workspace with one upload ingested."""
    events = [event("bill", 1, member_id="M-ann"), event("usage", 2, member_id="M-ann", customer_phone=PHONE)]
    content = b"".join(canonical.dumps(each) + b"\n" for each in events)
    path = starter / "out" / "bucket" / upload_key(DAY, "jkt-01", "1", 1, 2, content)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert promo("ingest", "--env", "local", cwd=starter).code == 0
    return starter


def test_erasing_says_what_it_will_do_what_it_did_and_what_is_left(shop: Path, promo: Any) -> None:
    """The dry run names rows and writes nothing; the real one the same rows; the third has nothing to do."""
    told = promo("privacy", "erase", "M-ann", "--env", "local", "--dry-run", cwd=shop)
    assert told.code == 0
    assert "Known by 1 member id, 1 phone; 2 tombstones would be written" in told.out
    assert "To do it: promo privacy erase M-ann --env local" in told.err
    assert not (shop / "out" / "bucket" / "events").exists()
    done = promo("privacy", "erase", "M-ann", "--env", "local", "--json", cwd=shop).json
    assert (done["rows"], done["new_tombstones"], done["uploads"]) == ({"bills": 1, "usages": 1}, 2, 1)
    again = promo("privacy", "erase", "M-ann", "--env", "local", cwd=shop)
    assert again.out.startswith("Nothing to do: this member is erased in local")
    rows = promo("sql", "--json", "SELECT member_id, customer_key FROM usages", cwd=shop).json
    assert rows["rows"] == [[None, None]]


def test_a_protected_environment_asks_first(shop: Path, promo: Any) -> None:
    """Off a terminal nothing is erased without --yes; a dry run needs no consent."""
    settings = shop / "promo.yaml"
    text = settings.read_text()
    settings.write_text(text.replace("target: out/bucket}", "target: out/bucket, protected: true}"))
    assert settings.read_text() != text
    refused = promo("privacy", "erase", "M-ann", "--env", "local", cwd=shop)
    assert refused.code == 2
    assert "PUB102" in refused.err
    assert promo("privacy", "erase", "M-ann", "--env", "local", "--dry-run", cwd=shop).code == 0
    assert promo("privacy", "erase", "M-ann", "--env", "local", "--yes", cwd=shop).code == 0


def test_a_secret_that_is_missing_is_named(shop: Path, promo: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misshapen secret stops before anything is read, and says where to set it."""
    monkeypatch.setenv("PROMO_HMAC_KEY", "abc")
    refused = promo("privacy", "erase", "M-ann", "--env", "local", cwd=shop)
    assert refused.code == 2
    assert "expected 64 hex digits in PROMO_HMAC_KEY" in refused.err


def test_doctor_says_which_secret_is_in_use(shop: Path, promo: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its source and its name, which tombstones carry; never the secret."""

    def check() -> Any:
        found = promo("doctor", "--env", "local", "--json", cwd=shop).json["checks"]
        return next(each for each in found if each["name"] == "ingest secret")

    assert (check()["verdict"], check()["source"].endswith("out/keys/local/hmac.key")) == ("ok", True)
    promo("privacy", "erase", "M-ann", "--env", "local", cwd=shop)
    (stone, _) = (shop / "out" / "bucket" / "events" / "privacy").glob("erased-*.json")
    assert check()["detail"] == f"key {canonical.loads(stone.read_bytes())['key_id']}"
    monkeypatch.setenv("PROMO_HMAC_KEY", "00" * 32)
    assert check()["source"] == "environment variable PROMO_HMAC_KEY"
    assert "00" * 32 not in str(check())
    monkeypatch.setenv("PROMO_HMAC_KEY", "short")
    assert check()["verdict"] == "problem"
