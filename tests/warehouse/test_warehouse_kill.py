"""kill -9 in the middle of an ingest, in a process of its own."""

import gzip
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from promo_cli.protocol import canonical
from promo_cli.storage import open_storage
from promo_cli.warehouse import fetching
from promo_cli.warehouse.database import reading
from promo_cli.warehouse.ingest import ingest
from tests.warehouse.conftest import KEY, NOW
from tests.warehouse.mixed import uploads

KILLS = 100 if os.environ.get("PROMO_PROOF") == "full" else 3

CHILD = """
import sys
from pathlib import Path
from tests.warehouse.test_warehouse_kill import run
print("ready", flush=True)
run(Path(sys.argv[1]))
"""


def run(folder: Path) -> None:
    """Ingest the folder's bucket, in many small batches."""
    fetching.BATCH_FILES = 2
    ingest(open_storage("bucket", base=folder), warehouse=folder / "w" / "w.duckdb", env="e", hmac_key=KEY, now=NOW)


def run_and_kill(folder: Path, after: float | None) -> bool:
    """Run in another process; with `after` kill it that many seconds from its start. Tell whether it was killed."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    try:
        child.wait(timeout=after)
    except subprocess.TimeoutExpired:
        child.kill()
    child.communicate()
    assert child.returncode in (0, -9)
    return child.returncode == -9


def everything(folder: Path) -> tuple[dict[str, list[Any]], dict[str, bytes]]:
    """Every row of every table, and every object of the bucket."""
    with reading(folder / "w" / "w.duckdb") as con:
        names = [name for (name,) in con.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        tables = {name: con.execute(f"FROM {name} ORDER BY ALL").fetchall() for name in names}
    bucket = folder / "bucket"
    files = [path for path in bucket.rglob("*") if path.is_file() and ".promo" not in path.parts]
    return tables, {str(path.relative_to(bucket)): path.read_bytes() for path in files}


def stage_of(folder: Path) -> str:
    """Where a killed ingest had got to."""
    if (folder / "w" / "w.duckdb").exists():
        return "published"
    if any((folder / "bucket" / "receipts").rglob("*.json")):
        return "writing receipts"
    return "loading" if (folder / "w" / "w.duckdb.work").exists() else "beginning"


@pytest.mark.slow
def test_a_killed_ingest_is_finished_by_the_next_one(tmp_path: Path) -> None:
    """At whatever moment: the next run ends with every row, receipt and count of a run that nobody disturbed."""
    rng = Random(2026)
    clean = tmp_path / "clean"
    given = uploads(rng, tills=2, lines=10)
    for key, data in given.items():
        path = clean / "bucket" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    fresh = tmp_path / "fresh"
    shutil.copytree(clean, fresh)
    begin = time.monotonic()
    assert not run_and_kill(clean, None)
    whole = time.monotonic() - begin
    expected = everything(clean)
    assert_accounted(expected[0], given)

    stages: Counter[str] = Counter()
    for number in range(10 * KILLS):
        if sum(stages.values()) == KILLS:
            break
        folder = tmp_path / str(number)
        shutil.copytree(fresh, folder)
        begin = time.monotonic()
        if run_and_kill(folder, rng.uniform(0, whole)):
            stages[stage_of(folder)] += 1
            run(folder)
        else:
            whole = time.monotonic() - begin  # the machine is faster now: aim earlier
        assert everything(folder) == expected
        shutil.rmtree(folder)
    sys.stdout.write(f"killed {sum(stages.values())} times: {dict(stages)}\n")
    assert sum(stages.values()) == KILLS


def assert_accounted(tables: dict[str, list[Any]], given: dict[str, bytes]) -> None:
    """Every line of every object is loaded, a duplicate or quarantined, and some are each."""
    sums = Counter[str]()
    assert len(tables["ledger"]) == len(given)
    for row in tables["ledger"]:
        key, lines, loaded, duplicate, quarantined, refused = (row[column] for column in (1, 8, 9, 10, 11, 12))
        sums.update(lines=lines, loaded=loaded, duplicate=duplicate, quarantined=quarantined)
        assert lines == loaded + duplicate + quarantined
        assert lines == (1 if refused else _count(given[key])), key
    assert sums["lines"] == sums["loaded"] + sums["duplicate"] + sums["quarantined"]
    assert min(sums["loaded"], sums["duplicate"], sums["quarantined"]) > 2
    assert sums["quarantined"] == len(tables["quarantine"])


def _count(data: bytes) -> int:

    text = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    if text.startswith(b'{"usages"'):
        return len(canonical.loads(text)["usages"])
    return sum(bool(line.strip(b" \t\r")) for line in text.split(b"\n"))
