"""The whole protocol over HTTP against an S3 server process, as against a folder."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.publishing import Published
from promo_cli.storage import Storage
from promo_cli.till import spool
from promo_cli.till.spool import Till
from promo_cli.till.sync import sync
from promo_cli.till.upload import upload
from tests.protocol.repository import make_bundle
from tests.publishing.harness import NOW, Watched, keys_in, put, seen_by_tills
from tests.storage.conftest import reopen, s3_endpoint, s3_environment

__all__ = ["reopen", "s3_endpoint", "s3_environment"]

pytestmark = [pytest.mark.s3, pytest.mark.parametrize("reopen", ["s3"], indirect=True)]

OLD = {f"s{n}": make_bundle("A", f"P{n % 3}") for n in range(12)}
NEW = {**OLD, "s7": make_bundle("NEW")}
OpenStorage = Callable[[], Storage]


def test_publish_sync_and_upload_work_over_http(reopen: OpenStorage, tmp_path: Path) -> None:
    """From a bundle to a till to an upload, with a 304 for an unchanged poll."""
    keys, bucket = keys_in(tmp_path), reopen()
    assert put(bucket, keys, OLD).outcome == "published"
    assert seen_by_tills(bucket, keys, OLD) == OLD
    assert put(bucket, keys, OLD).outcome == "nothing-to-publish"
    till = tmp_path / "till"
    assert sync(bucket, till, "local", "s7", NOW, trust_first_root=True).status == "updated"
    assert put(bucket, keys, NEW).changed_stores == ("s7",)
    assert [one["code"] for one in sync(bucket, till, "local", "s7", NOW).promotions] == ["NEW"]
    watched = Watched(bucket)
    assert sync(watched, till, "local", "s7", NOW).status == "unchanged"
    assert watched.requests == [("get", "HEAD")]
    event = {"kind": "log", "at": "2026-02-07T10:00:00+07:00", "business_date": "2026-02-07"}
    spool.record(till, Till("s7", "pos-1"), [event])
    assert upload(bucket, till, "s7").delivered == 1
    assert upload(bucket, till, "s7").delivered == 1
    assert len(list(bucket.list("uploads/"))) == 1


@pytest.mark.parametrize("first", [True, False], ids=["first", "second"])
def test_of_two_publishers_at_once_one_wins_and_the_other_is_told_what_to_do(
    reopen: OpenStorage, tmp_path: Path, first: bool
) -> None:
    """Every loser gets exit 3 with advice; the tills see the content of one winner, whole."""
    keys = keys_in(tmp_path)
    if not first:
        put(reopen(), keys, OLD)
    contents = [{store: make_bundle(f"W{n}", store.upper()) for store in OLD} for n in range(3)]
    gate = threading.Barrier(len(contents))
    results: list[object] = [None] * len(contents)

    def run(number: int) -> None:
        storage = reopen()
        gate.wait()
        try:
            results[number] = put(storage, keys, contents[number])
        except Failure as failure:
            results[number] = failure

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(contents))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [n for n, result in enumerate(results) if isinstance(result, Published)]
    losers = [result for result in results if isinstance(result, Failure)]
    assert len(winners) >= 1
    assert len(winners) + len(losers) == len(contents)
    assert all(loser.exit_code == 3 and loser.diagnostics[0].help for loser in losers)
    assert seen_by_tills(reopen(), keys, OLD) in [contents[n] for n in winners]
