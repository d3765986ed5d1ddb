"""The whole loop in a scratch copy, on a fixed day: from YAML to report.

Nothing here is staged: every step calls what the command of its name calls. Only the customers are made up.
"""

from __future__ import annotations

import datetime as dt
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from promo_cli.pipeline.build import write_bundles
from promo_cli.pipeline.check import check, run_tests
from promo_cli.pipeline.environment import storage_of
from promo_cli.pipeline.ingest import ingest_environment, warehouse_of
from promo_cli.pipeline.publish import publish_environment
from promo_cli.pipeline.starter import make_workspace
from promo_cli.till.fleet import FleetStore, run_fleet
from promo_cli.till.upload import upload
from promo_cli.workspace import find_root, load

ENV = "local"
FIRST_DAY = dt.date(2026, 2, 6)
DAYS = 3
BILLS_PER_DAY = 30
SEED = 2026

Begin = Callable[[str], None]
"""Called with the name of a step when it begins."""


Finished = Callable[["Step"], None]
"""Called with each step when it is done."""


@dataclass(frozen=True, slots=True)
class Step:
    """One finished step: what was done, what came of it, and how long it took."""

    name: str
    outcome: str
    seconds: float


@dataclass(slots=True)
class Demo:
    """What the demo did, and where its artefacts are."""

    workspace: Path
    warehouse: Path
    store: str
    finished: Finished
    steps: list[Step] = field(default_factory=list)


def run_demo(start: Path, *, begin: Begin = lambda name: None, finished: Finished = lambda step: None) -> Demo:
    """Copy the workspace around `start` to its out/demo, made anew, and run the loop there; raises what a step raises.

    Without a workspace a fresh starter in a temporary folder serves.
    """
    scratch = _scratch_copy(start)
    workspace = load(scratch)
    demo = Demo(scratch, warehouse_of(workspace), workspace.stores[0].id, finished)
    storage = storage_of(workspace, ENV)
    published_at = dt.datetime.combine(FIRST_DAY, dt.time(1), tzinfo=dt.UTC)
    days = [FIRST_DAY + dt.timedelta(days=number) for number in range(DAYS)]
    stores = [
        FleetStore(store.id, store.all_brands[0] if store.all_brands else None, tuple(store.channels) or ("dine_in",))
        for store in workspace.stores
    ]
    tills = scratch / "out" / "tills" / ENV

    with _step(demo, "validate", begin) as say:
        checked = check(scratch, today=FIRST_DAY)
        say(f"{checked.files} files, {len(workspace.promotions)} promotions, {len(checked.diagnostics)} findings")
    with _step(demo, "test", begin) as say:
        _, results = run_tests(scratch)
        say(f"{sum(result.passed for result in results)} of {len(results)} sample carts cost what they should")
    with _step(demo, "compile", begin) as say:
        written = write_bundles(scratch, None, as_of=FIRST_DAY)
        say(f"{len(written.bundles)} bundles, {len({bundle.sha256 for bundle in written.bundles})} different")
    with _step(demo, "publish", begin) as say:
        done = publish_environment(scratch, ENV, now=published_at, as_of=FIRST_DAY, allow_dirty=True)
        say(f"release {done.seq}: {done.uploaded.objects} objects, one signed HEAD")
    with _step(demo, "publish again", begin) as say:
        again = publish_environment(scratch, ENV, now=published_at, as_of=FIRST_DAY, allow_dirty=True)
        say("nothing to publish" if again.outcome == "nothing-to-publish" else f"release {again.seq}")
    with _step(demo, "sell", begin) as say:
        rng = random.Random(SEED)  # noqa: S311  made-up customers, the same ones every time
        sold = run_fleet(storage, stores, days, env=ENV, folder=tills, rng=rng, bills_per_day=BILLS_PER_DAY)
        say(f"{len(stores)} tills synced, sold {sold.bills:,} bills in {DAYS} days, took back {sold.refunds}")
    with _step(demo, "ingest", begin) as say:
        morning_after = dt.datetime.combine(days[-1] + dt.timedelta(days=1), dt.time(2), tzinfo=dt.UTC)
        result = ingest_environment(scratch, ENV, now=morning_after)
        say(
            f"{result.lines:,} lines: {result.loaded:,} loaded, {result.duplicate} duplicate, "
            f"{result.quarantined} quarantined"
        )
    with _step(demo, "settle", begin) as say:
        settled = sum(upload(storage, tills / store.store_id, store.store_id).settled for store in stores)
        say(f"{settled} batches confirmed by receipts, and off the tills")
    return demo


@contextmanager
def _step(demo: Demo, name: str, begin: Begin) -> Iterator[Callable[[str], None]]:
    begin(name)
    outcome: list[str] = []
    started = time.perf_counter()
    yield outcome.append
    step = Step(name, outcome[-1], time.perf_counter() - started)
    demo.steps.append(step)
    demo.finished(step)


def _scratch_copy(start: Path) -> Path:
    root = find_root(start)
    if root is None:
        target = Path(tempfile.mkdtemp(prefix="promo-demo-"))
        make_workspace(target)
        return target
    target = root / "out" / "demo"
    shutil.rmtree(target, ignore_errors=True)
    for name in ("promo.yaml", "stores", "promotions"):
        source = root / name
        destination = target / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, destination)
        elif source.exists():
            shutil.copy2(source, destination)
    return target
