import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from promo_cli.compiler import compile_fleet, compile_store
from promo_cli.protocol import canonical
from promo_cli.workspace import Workspace, load

ROOT = Path(__file__).resolve().parents[2]
DAY = dt.date(2026, 2, 7)


@pytest.fixture(scope="module")
def chain() -> Workspace:
    """Return the example chain."""
    return load(ROOT)


def test_a_bundle_is_one_promotion_a_line_in_canonical_form(chain: Workspace) -> None:
    """Header, products and every promotion are canonical JSON on lines of their own, sorted by promotion id."""
    for data in compile_fleet(chain, DAY).values():
        document = json.loads(data, parse_float=Decimal)
        lines = data.decode().splitlines()
        assert (lines[0][:10], lines[1][:11], lines[2], lines[-1]) == (
            '{"header":',
            '"products":',
            '"promotions":[',
            "]}",
        )
        assert lines[0] == '{"header":' + canonical.dumps(document["header"]).decode() + ","
        assert [line.rstrip(",").encode() for line in lines[3:-1]] == [
            canonical.dumps(promotion) for promotion in document["promotions"]
        ]
        ids = [promotion["id"] for promotion in document["promotions"]]
        assert ids == sorted(ids)
        assert ids


def test_a_bundle_names_neither_store_nor_day_nor_cost(chain: Workspace) -> None:
    """What would make equal stores differ, or leak the margin, is not in a bundle."""
    for store_id, data in compile_fleet(chain, DAY).items():
        text = data.decode()
        assert store_id not in text
        assert DAY.isoformat() not in text
        assert '"cost"' not in text


def test_stores_that_are_alike_share_their_bytes(chain: Workspace) -> None:
    """Stores of one brand, zone and kind get the very same object, so publishing stores it once."""
    bundles = compile_fleet(chain, DAY)
    assert len({id(data) for data in bundles.values()}) == len(set(bundles.values())) < len(bundles)


def test_one_store_alone_gets_what_it_gets_with_all(chain: Workspace) -> None:
    """Compiling a part of the fleet changes nothing for that part."""
    bundles = compile_fleet(chain, DAY)
    for store_id in bundles:
        assert compile_store(chain, store_id, DAY) == bundles[store_id]


def test_the_next_day_with_the_same_promotions_gives_the_same_bytes(chain: Workspace) -> None:
    """A day that opens or closes no promotion changes no bundle."""
    assert compile_fleet(chain, DAY) == compile_fleet(chain, DAY + dt.timedelta(days=1))


def test_products_are_those_of_the_stores_brands_and_of_crossing_promotions(chain: Workspace) -> None:
    """A bundle holds what its store sells, and what a cross-brand promotion in it counts, and no other brand."""
    for store in chain.stores:
        document = json.loads(compile_store(chain, store.id, DAY), parse_float=Decimal)
        crossing = {
            brand
            for promotion in document["promotions"]
            if (cross := promotion.get("cross_brand")) and cross["type"] == "trigger_benefit"
            for brand in cross["trigger_brands"] + cross["benefit_brands"]
        }
        sold = {product["brand"] for product in document["products"].values()} - {None}
        assert sold == set(store.all_brands) | crossing


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_another_folder_process_and_hash_seed_give_the_same_bytes(chain: Workspace, tmp_path: Path, seed: str) -> None:
    """A bundle depends on the sources and the day, and on nothing else about where it is made."""
    for name in ("promo.yaml", "stores", "promotions"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    script = (
        "import sys, datetime, pathlib; from promo_cli.compiler import compile_fleet; "
        "from promo_cli.workspace import load; "
        "bundles = compile_fleet(load(pathlib.Path('.')), datetime.date(2026, 2, 7)); "
        "sys.stdout.buffer.write(b''.join(bundles[store] for store in sorted(bundles)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "TZ": "America/New_York"},
        capture_output=True,
        check=True,
    )
    bundles = compile_fleet(chain, DAY)
    assert done.stdout == b"".join(bundles[store] for store in sorted(bundles))
