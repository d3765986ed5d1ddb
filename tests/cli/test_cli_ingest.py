"""`promo ingest` and what belongs to it, from the command line, on a folder of one's own."""

import datetime as dt
import gzip
import uuid
from pathlib import Path
from typing import Any

import pytest

from promo_cli.protocol import canonical
from promo_cli.protocol.layout import upload_key
from promo_cli.storage.opening import open_storage
from promo_cli.workspace import load
from tests.conftest import Promo


def usage(seq: int, **changes: Any) -> dict[str, Any]:
    """Return one event of a till."""
    return {
        "v": 1,
        "kind": "usage",
        "event_id": str(uuid.UUID(int=seq)),
        "store_id": "jkt-01",
        "pos_id": "1",
        "seq": seq,
        "at": "2026-02-07T10:00:00+07:00",
        "business_date": "2026-02-07",
        "promotion_id": "p-1",
        "bill_id": f"b{seq}",
        "discount_amount": 5000,
        "used_at": "2026-02-07T10:00:00+07:00",
        **changes,
    }


def upload(workspace: Path, *lines: dict[str, Any] | bytes) -> str:
    """Put a batch into the local environment's folder, and return its key."""
    content = b"".join((each if isinstance(each, bytes) else canonical.dumps(each)) + b"\n" for each in lines)
    key = upload_key(dt.date(2026, 2, 7), "jkt-01", "1", 1, len(lines), content)
    target = load(workspace).settings.environments["local"].target
    open_storage(target, base=workspace).put(key, gzip.compress(content, mtime=0))
    return key


@pytest.fixture
def ingested(promo: Promo, starter: Path) -> Path:
    """A workspace that has ingested two lines, with one missing between them, and refused a third."""
    upload(starter, usage(1), usage(3), b"[1]")
    assert promo("ingest", "--env", "local", "--json", cwd=starter).code == 1
    return starter


def test_ingest_loads_without_a_subcommand(promo: Promo, starter: Path) -> None:
    """`promo ingest --env NAME` loads; a second time there is nothing to do."""
    upload(starter, usage(1))
    first = promo("ingest", "--env", "local", "--json", cwd=starter)
    assert (first.code, first.json["schema"], first.json["loaded"]) == (0, "promo.ingest/1", 1)
    assert "Nothing new to ingest." in promo("ingest", "--env", "local").out


def test_ingest_reads_its_environment_from_the_variable(
    promo: Promo, starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any argument PROMO_ENV says what to load."""
    monkeypatch.setenv("PROMO_ENV", "local")
    assert promo("ingest", cwd=starter).code == 0


def test_ingest_help_shows_the_subcommands(promo: Promo) -> None:
    """The group's help page names what there is besides loading."""
    page = promo("ingest", "--help").out
    assert all(name in page for name in ("load", "replay", "status", "quarantine"))


def test_status_shows_lines_gaps_and_reasons(promo: Promo, ingested: Path) -> None:
    """The sums of the ledger, the till's missing number, and quarantine by code."""
    document = promo("ingest", "status", "--json").json
    assert document["schema"] == "promo.ingest-status/1"
    assert (document["files"], document["lines"], document["loaded"], document["quarantined"]) == (1, 3, 2, 1)
    assert (document["environment"], document["watermark"]) == ("local", "2026-02-07T03:00:00Z")
    assert document["reasons"] == {"ING004": 1}
    (till,) = document["tills"]
    assert (till["missing"], till["gaps"], till["complete_to"]) == (1, [[2, 2]], 1)
    table = promo("ingest", "status").out
    assert "3: 2 loaded, 0 duplicate, 1 quarantined" in table
    assert "2-2" in table


def test_status_before_the_first_ingest_says_what_to_do(promo: Promo, starter: Path) -> None:
    """Without a warehouse the exit code is 2 and the way out is named."""
    outcome = promo("ingest", "status", cwd=starter)
    assert outcome.code == 2
    assert "ING103" in outcome.err


def test_quarantine_shows_lines_and_filters_by_reason(promo: Promo, ingested: Path) -> None:
    """Each refused line with its place; another reason finds none."""
    (line,) = promo("ingest", "quarantine", "--json").json["lines"]
    assert (line["code"], line["line"], line["raw"]) == ("ING004", 3, "[1]")
    assert "ING004" in promo("ingest", "quarantine", "--reason", "ing004").out
    assert promo("ingest", "quarantine", "--reason", "ING008").out == "Nothing is in quarantine for ING008.\n"


def test_replay_reads_the_refused_again(promo: Promo, ingested: Path) -> None:
    """A file whose line is still bad is read again and exits with 1 as an ingest would."""
    outcome = promo("ingest", "replay", "--env", "local", "--json")
    assert (outcome.code, outcome.json["files"], outcome.json["quarantined"]) == (1, 1, 1)


def test_rebuild_makes_the_same_warehouse(promo: Promo, ingested: Path) -> None:
    """The bucket alone gives the same status again, also when the file is gone."""
    before = promo("ingest", "status", "--json").json
    (ingested / load(ingested).settings.warehouse).unlink()
    assert promo("warehouse", "rebuild", "--env", "local", "--allowed-bad", "1").code == 0
    after = promo("ingest", "status", "--json").json
    assert {**before, "last_ingest": None} == {**after, "last_ingest": None}


def test_export_writes_parquet(promo: Promo, ingested: Path) -> None:
    """Rows by table, and files where they were asked for."""
    rows = promo("warehouse", "export", "--to", "out/parquet", "--json").json["rows"]
    assert (rows["usages"], rows["quarantine"]) == (2, 1)
    assert list((ingested / "out/parquet/usages/business_month=2026-02").glob("*.parquet"))
