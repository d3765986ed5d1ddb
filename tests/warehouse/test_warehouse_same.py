import os
from pathlib import Path
from random import Random
from typing import Any

import pytest

from promo_cli.warehouse.ingest import rebuild
from tests.warehouse.conftest import KEY, NOW, World
from tests.warehouse.mixed import BAD, put, till_lines

SEEDS = 40 if os.environ.get("PROMO_PROOF") == "full" else 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_same_lines_in_any_cut_and_order_are_the_same_warehouse(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice, shuffled, split, gzipped or plain, in one run or several; and a rebuild is the original again."""
    rng = Random(seed)
    tills = {str(till): till_lines(rng, "jkt-01", str(till), 12) for till in range(3)}
    bad = {till: rng.sample(BAD, 2) for till in tills}
    once = World(tmp_path / "once" / "w.duckdb")
    for till, told in tills.items():
        put(once.bucket.objects, told + bad[till], "jkt-01", till, 1)
    once.ingest()

    many = World(tmp_path / "many" / "w.duckdb")
    monkeypatch.setattr("promo_cli.warehouse.fetching.BATCH_FILES", rng.randint(1, 5))
    for till, told in tills.items():
        sent = [*told, *told, *rng.sample(told, 5), *bad[till]]
        rng.shuffle(sent)
        while sent:
            piece = [sent.pop() for _ in range(min(len(sent), rng.randint(1, 12)))]
            put(many.bucket.objects, piece, "jkt-01", till, len(sent), plain=rng.random() < 0.5)
            if rng.random() < 0.3:
                many.ingest()
    many.ingest()
    assert many.tables() == once.tables()

    before = everything(many)
    many.warehouse.unlink()
    rebuild(many.bucket, warehouse=many.warehouse, env="local", hmac_key=KEY, now=NOW)
    assert everything(many) == before


def everything(world: World) -> Any:
    """The tables, the receipts, and what the ledger says of every object."""
    ledger = world.rows("SELECT key, sha256, lines, loaded + duplicate, quarantined, refused FROM ledger ORDER BY ALL")
    return world.tables(), ledger, dict(world.bucket.objects)
