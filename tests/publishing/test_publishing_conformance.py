"""The conformance pack: our till decides every case as the pack says, and so does one written from the page alone."""

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from promo_cli.protocol.fields import parse_time
from promo_cli.protocol.layout import receipt_key, upload_key
from promo_cli.publishing.conformance import make_pack
from promo_cli.till import codes, offer, state
from promo_cli.till.sync import sync
from tests.conftest import Promo
from tests.protocol.repository import MemoryStorage

PACK = make_pack()
DOCUMENT: dict[str, Any] = json.loads(PACK.files["pack.json"])
CASES = {case["id"]: case for case in DOCUMENT["cases"]}
VENDOR = Path(__file__).with_name("vendor_till.py")
LEVELS = {1: 42, 2: 12, 3: 19}


@pytest.mark.parametrize("case_id", CASES)
def test_our_till_decides_as_the_pack_says(case_id: str, tmp_path: Path) -> None:
    """Every step's decision, reason, alarm, and what is on the disk and runs afterwards."""
    root = PACK.files[f"objects/{DOCUMENT['root']}"]
    for step in CASES[case_id]["steps"]:
        bucket = MemoryStorage()
        bucket.objects = {key: PACK.files[f"objects/{name}"] for key, name in step["bucket"].items()}
        now = parse_time(step["clock"], "clock")
        result = sync(bucket, tmp_path, DOCUMENT["env"], DOCUMENT["store_id"], now, root=root)
        reasons = [note for one in result.diagnostics for note in one.notes if note.startswith("reason: ")]
        assert (result.status, reasons) == (
            step["expected"]["decision"],
            [f"reason: {step['expected']['reason']}"] if step["expected"]["reason"] else [],
        )
        assert any(one.code == codes.EQUIVOCATION.code for one in result.diagnostics) is step["expected"]["alarm"]
        assert _state(tmp_path, now) == {
            name: value for name, value in step["expected"].items() if name not in ("decision", "reason", "alarm")
        }


def _state(folder: Path, now: dt.datetime) -> dict[str, Any]:
    known = state.load(state.open_disk(folder))
    found = state.at_hand(state.open_disk(folder))
    head = None if known is None else known.trusted.head
    if known is None or head is None or found is None:
        return {**dict.fromkeys(("epoch", "rev", "seq", "bundle_sha256", "freshness")), "root_version": 1, "runs": []}
    _, running, _ = found
    moment = max(now, head.issued_at)
    freshness = "stale" if moment > head.stale_after else "late" if moment > head.fresh_until else "fresh"
    return {
        "root_version": known.trusted.root.version,
        "epoch": head.epoch,
        "rev": head.rev,
        "seq": running.seq,
        "bundle_sha256": running.bundle.sha256,
        "runs": [one["id"] for one in offer.load_offer(folder, now).promotions],
        "freshness": freshness,
    }


def test_the_pack_is_the_same_every_time_and_of_three_levels() -> None:
    """Fixed keys and times: two vendors who pass have passed the same."""
    assert make_pack().files == PACK.files
    assert dict(PACK.cases) == LEVELS
    for case in CASES.values():
        assert case["rule"].endswith(".")
        assert all(f"objects/{name}" in PACK.files for step in case["steps"] for name in step["bucket"].values())


def test_batches_have_the_keys_that_tills_compute() -> None:
    """The upload's name, and where its receipt will be."""
    for one in DOCUMENT["uploads"]:
        day = dt.date.fromisoformat(one["business_date"])
        lines = PACK.files[f"objects/{one['lines']}"]
        key = upload_key(day, DOCUMENT["store_id"], one["pos_id"], one["first"], one["last"], lines)
        assert (one["key"], one["receipt_key"]) == (key, receipt_key(key))


@pytest.mark.parametrize("level", LEVELS)
def test_a_till_written_from_the_page_alone_passes(level: int, promo: Promo, tmp_path: Path) -> None:
    """It imports nothing of this project, and is short enough to port."""
    folder = tmp_path / "pack"
    done = promo("till", "conformance", "--out", folder)
    assert done.code == 0
    assert "73 cases" in done.out
    assert "promo_cli" not in VENDOR.read_text()
    ran = subprocess.run(
        [sys.executable, "-I", str(VENDOR), str(folder), str(level)], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert ran.stdout == f"{sum(LEVELS[one] for one in range(1, level + 1))} cases, 0 wrong\n"


def test_the_pack_is_not_written_over_other_files(promo: Promo, tmp_path: Path) -> None:
    """A folder with something else in it is left alone; a pack of before is made anew."""
    assert promo("till", "conformance", "--out", tmp_path / "pack", "--json").json["cases"] == {
        "1": 42,
        "2": 12,
        "3": 19,
    }
    assert promo("till", "conformance", "--out", tmp_path / "pack").code == 0
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine")
    assert promo("till", "conformance", "--out", other).code == 2
    assert [path.name for path in other.iterdir()] == ["mine.txt"]
