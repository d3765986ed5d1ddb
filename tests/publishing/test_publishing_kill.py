"""kill -9 in the middle of a publication, in a process of its own."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from promo_cli.storage import open_storage
from tests.protocol.repository import make_bundle
from tests.publishing.harness import keys_in, put, seen_by_tills

OLD = {f"s{n}": make_bundle("A", f"P{n}") for n in range(6)}
NEW = {f"s{n}": make_bundle("B", f"P{n}") for n in range(6)}
KILLS = 100 if os.environ.get("PROMO_PROOF") == "full" else 6
WINDOW = 0.15  # seconds a slowed-down publication takes, about

CHILD = """
import sys, time
from pathlib import Path
from promo_cli.storage import open_storage
from tests.publishing.harness import Watched, keys_in, put
from tests.publishing.test_publishing_kill import NEW
folder = Path(sys.argv[1])
slow = Watched(open_storage("bucket", base=folder), after=lambda number, name, key: time.sleep(0.004))
print("ready", flush=True)
put(slow, keys_in(folder), NEW)
"""


@pytest.mark.slow
def test_a_killed_publisher_leaves_a_whole_release(tmp_path: Path) -> None:
    """At whatever moment: HEAD resolves to old or new content, and the next run is a clean publish."""
    rng = random.Random(2026)
    killed = 0
    for number in range(KILLS):
        folder = tmp_path / str(number)
        storage, keys = open_storage("bucket", base=folder), keys_in(folder)
        put(storage, keys, OLD)
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(folder)],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        try:
            child.wait(timeout=rng.uniform(0, WINDOW))
        except subprocess.TimeoutExpired:
            child.kill()
            killed += 1
        child.communicate()
        assert seen_by_tills(storage, keys, OLD) in (OLD, NEW)
        put(storage, keys, NEW)
        assert seen_by_tills(storage, keys, NEW) == NEW
    assert killed > KILLS / 2
