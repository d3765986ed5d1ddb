"""Numbers without gaps, batches that stay the same, and nothing deleted without a receipt."""

import gzip
import random
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from promo_cli.protocol import canonical
from promo_cli.protocol.layout import receipt_key, sha256_hex
from promo_cli.storage import Found, Storage, StorageUnavailable, open_storage
from promo_cli.till import spool, state
from promo_cli.till.journal import Totals
from promo_cli.till.spool import Till
from promo_cli.till.upload import UploadResult, upload
from promo_cli.warehouse.ingest import ingest
from tests.publishing.harness import Crashed, Watched

TILL = Till("s1", "pos-1", "kopi")
DAY = date(2026, 2, 7)


def _events(count: int, day: str = "2026-02-07", **fields: Any) -> list[dict[str, Any]]:
    return [{"kind": "log", "at": f"{day}T10:00:00+07:00", "business_date": day, **fields} for _ in range(count)]


def _record(folder: Path, count: int, day: str = "2026-02-07", **fields: Any) -> list[int]:
    written = spool.record(folder, TILL, _events(count, day, **fields), random.Random(1).randbytes)
    return [event["seq"] for event in written]


@pytest.fixture
def till(tmp_path: Path) -> Path:
    """An empty state folder."""
    return tmp_path / "till"


@pytest.fixture
def bucket(tmp_path: Path) -> Storage:
    """An empty bucket."""
    return open_storage("bucket", base=tmp_path)


def _lines(bucket: Storage) -> list[dict[str, Any]]:
    found = [bucket.get(entry.key) for entry in bucket.list("uploads/")]
    return [
        canonical.loads(line)
        for one in found
        if isinstance(one, Found)
        for line in gzip.decompress(one.data).splitlines()
    ]


def _confirm(bucket: Storage, *, errors: int = 0, only: int | None = None) -> None:
    """Answer uploads as the back office does."""
    for number, entry in enumerate(bucket.list("uploads/")):
        found = bucket.get(entry.key)
        assert isinstance(found, Found)
        data = gzip.decompress(found.data)
        receipt = {
            "sha256": sha256_hex(data),
            "created": data.count(b"\n") - errors,
            "total": data.count(b"\n"),
            "duplicates": 0,
            "errors": [{"data": {}, "errors": {"at": "too late"}}] * errors,
            "gaps": [],
            "watermark": None,
        }
        if only is None or number == only:
            bucket.put(receipt_key(entry.key), canonical.dumps(receipt))


def test_numbers_run_on_across_restarts_uploads_and_deletions(till: Path, bucket: Storage) -> None:
    """From 1, without gaps, whatever has left the till meanwhile."""
    assert _record(till, 3) == [1, 2, 3]
    assert _record(till, 2) == [4, 5]
    upload(bucket, till, "s1")
    assert _record(till, 1) == [6]
    _confirm(bucket)
    assert upload(bucket, till, "s1").settled == 1
    upload(bucket, till, "s1")
    _confirm(bucket)
    upload(bucket, till, "s1")
    assert [entry.key for entry in state.open_disk(till).list("spool/")] == ["spool/pos-1/mark.json"]
    assert _record(till, 2) == [7, 8]


def test_every_line_says_who_speaks_and_has_an_id_of_its_own(till: Path) -> None:
    """Store, brand, till, number and a UUIDv7 are added; the rest is as given."""
    written = spool.record(till, TILL, _events(2, bill_id="B"), random.Random(1).randbytes)
    assert {(one["store_id"], one["brand_id"], one["pos_id"], one["bill_id"]) for one in written} == {
        ("s1", "kopi", "pos-1", "B")
    }
    assert len({one["event_id"] for one in written}) == 2
    assert {one["event_id"][14] for one in written} == {"7"}


def test_two_tills_of_one_folder_count_for_themselves(till: Path, bucket: Storage) -> None:
    """Numbers are per store and till."""
    _record(till, 2)
    other = spool.record(till, Till("s1", "pos-2"), _events(1), random.Random(2).randbytes)
    assert other[0]["seq"] == 1
    assert upload(bucket, till, "s1").delivered == 2


def test_a_batch_holds_one_business_date_and_its_key_says_what_is_in_it(till: Path, bucket: Storage) -> None:
    """Date, store, till, numbers and hash; gzip without a time, so equal lines are equal bytes."""
    _record(till, 2)
    _record(till, 3, day="2026-02-08")
    assert upload(bucket, till, "s1").delivered == 2
    for entry, (day, numbers) in zip(
        bucket.list("uploads/"), [("2026-02-07", "1-2"), ("2026-02-08", "3-5")], strict=True
    ):
        found = bucket.get(entry.key)
        assert isinstance(found, Found)
        data = gzip.decompress(found.data)
        name = f"{numbers}-{sha256_hex(data)[:16]}.ndjson.gz"
        assert entry.key == f"uploads/v1/dt={day}/store=s1/pos=pos-1/{name}"
        assert found.data[4:8] == bytes(4), "the gzip header holds no time"


def test_a_long_day_is_several_batches(till: Path, bucket: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no upload grows without bound."""
    monkeypatch.setattr(spool, "BATCH_LINES", 4)
    _record(till, 10)
    assert upload(bucket, till, "s1").delivered == 3
    assert sorted(event["seq"] for event in _lines(bucket)) == list(range(1, 11))


def test_nothing_leaves_the_till_without_a_receipt(till: Path, bucket: Storage) -> None:
    """Delivered again and again, the same object; deleted once the receipt is there."""
    _record(till, 3)
    for _ in range(3):
        sent = upload(bucket, till, "s1")
        assert (sent.delivered, sent.settled, sent.waiting, sent.exit_code) == (1, 0, 1, 0)
    assert len(list(bucket.list("uploads/"))) == 1
    _confirm(bucket, errors=1)
    sent = upload(bucket, till, "s1")
    assert (sent.delivered, sent.settled, sent.waiting, sent.created, sent.total) == (0, 1, 0, 2, 3)
    assert sent.errors == ({"data": {}, "errors": {"at": "too late"}},)
    assert list(sent.document()) == [
        "schema",
        "delivered",
        "resent",
        "settled",
        "waiting",
        "created",
        "errors",
        "total",
    ]


@pytest.mark.parametrize("receipt", [b"", b"{}", b'{"created":3,"errors":[],"sha256":"%b","total":3}' % (b"0" * 64)])
def test_a_receipt_that_is_damaged_or_of_other_bytes_confirms_nothing(
    till: Path, bucket: Storage, receipt: bytes
) -> None:
    """The batch stays, and is sent again under its next key; what was there is not touched."""
    _record(till, 3)
    upload(bucket, till, "s1")
    (entry,) = bucket.list("uploads/")
    bucket.put(receipt_key(entry.key), receipt)
    sent = upload(bucket, till, "s1")
    assert (sent.delivered, sent.resent, sent.settled, sent.waiting, sent.exit_code) == (1, 1, 0, 1, 0)
    first, second = sorted(each.key for each in bucket.list("uploads/"))
    assert first == entry.key
    assert second.partition("1-3-")[2].startswith("r2-")
    assert upload(bucket, till, "s1").delivered == 1, "waits for the second receipt, and makes no third"
    assert len(list(bucket.list("uploads/"))) == 2
    _confirm(bucket)
    bucket.put(receipt_key(first), receipt)
    assert upload(bucket, till, "s1").settled == 1


def test_a_batch_that_always_arrives_damaged_stays_and_is_reported(till: Path, bucket: Storage) -> None:
    """After twenty keys somebody has to look; nothing is lost."""
    _record(till, 3)
    for _ in range(20):
        upload(bucket, till, "s1")
        for entry in bucket.list("uploads/"):
            bucket.put(receipt_key(entry.key), b"{}")
    sent = upload(bucket, till, "s1")
    assert (sent.delivered, sent.waiting, sent.exit_code) == (0, 1, 4)
    assert sent.diagnostics[0].code == "SYN010"
    assert len(list(bucket.list("uploads/"))) == 20


def test_bytes_that_were_damaged_under_their_right_key_are_told_and_sent_again(till: Path, bucket: Storage) -> None:
    """From the till to the warehouse and back: refused as a whole, sent again, loaded once, settled."""
    _record(till, 2, v=1, bill_id="B-1", promotion_id="p", status="rejected")
    upload(bucket, till, "s1")
    (entry,) = bucket.list("uploads/")
    bucket.put(entry.key, b"\x1f\x8b garbage")
    run = {"warehouse": till.parent / "warehouse.duckdb", "env": "local", "hmac_key": bytes(32)}
    first = ingest(bucket, **run, now=datetime(2026, 2, 8, tzinfo=UTC))
    assert (first.refused, first.loaded) == (1, 0)
    assert upload(bucket, till, "s1").resent == 1
    second = ingest(bucket, **run, now=datetime(2026, 2, 9, tzinfo=UTC))
    assert (second.loaded, second.quarantined) == (2, 0)
    settled = upload(bucket, till, "s1")
    assert (settled.settled, settled.waiting, settled.created) == (1, 0, 2)


def test_a_receipt_waits_for_those_before_it(till: Path, bucket: Storage) -> None:
    """The mark has no gaps: a later day is settled after the earlier one."""
    _record(till, 2)
    _record(till, 2, day="2026-02-08")
    upload(bucket, till, "s1")
    _confirm(bucket, only=1)
    assert upload(bucket, till, "s1").settled == 0
    _confirm(bucket, only=0)
    assert upload(bucket, till, "s1").settled == 2


def test_a_network_that_fails_postpones_and_says_so(till: Path, bucket: Storage) -> None:
    """Nothing is raised, nothing is lost."""

    def down(number: int, name: str, key: str) -> None:
        raise StorageUnavailable(key, "network is down")

    _record(till, 3)
    sent = upload(Watched(bucket, before=down), till, "s1")
    assert (sent.delivered, sent.waiting, sent.exit_code) == (0, 1, 4)
    assert sent.diagnostics[0].code == "SYN007"
    assert upload(bucket, till, "s1").delivered == 1


def test_totals_of_a_day_do_not_forget_what_was_delivered(till: Path, bucket: Storage) -> None:
    """Open, sealed or settled: the control totals count each line once."""
    sale = {"kind": "bill", "final_amount": 100, "total_discount": 10}
    _record(till, 2, **sale)
    upload(bucket, till, "s1")
    _record(till, 1, **sale)
    expected = Totals(bills=3, net=300, discount=30, refunds=0, first_seq=1, last_seq=3)
    assert spool.totals(till, TILL, DAY) == expected
    _confirm(bucket)
    upload(bucket, till, "s1")
    assert spool.totals(till, TILL, DAY) == expected
    _record(till, 1, day="2026-02-08", **sale)
    assert spool.totals(till, TILL, DAY) == expected
    assert spool.totals(till, TILL, date(2026, 2, 8)).first_seq == 4
    assert spool.totals(till, TILL, date(2026, 2, 9)) == Totals()


def test_a_crash_at_any_write_loses_no_line_and_doubles_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Record, seal, deliver and settle, cut off at every request of disk and bucket; then run to the end."""
    monkeypatch.setattr(spool, "BATCH_LINES", 4)
    open_disk = spool.open_disk
    crashes = 0
    for nth in range(1, 80):
        folder, bucket = tmp_path / f"till-{nth}", open_storage(f"bucket-{nth}", base=tmp_path)
        requests = 0

        def die(number: int, name: str, key: str, nth: int = nth) -> None:
            nonlocal requests
            requests += 1
            if requests >= nth:
                raise Crashed

        def fragile(folder: Path, die: Any = die) -> Storage:
            return Watched(open_disk(folder), after=die)

        with monkeypatch.context() as patch:
            patch.setattr(spool, "open_disk", fragile)
            try:
                _record(folder, 6)
                _record(folder, 1, day="2026-02-08")
                upload(Watched(bucket, after=die), folder, "s1")
                _confirm(bucket)
                upload(Watched(bucket, after=die), folder, "s1")
            except Crashed:
                crashes += 1
        _record(folder, 1, day="2026-02-08", reason="after the crash")
        for _ in range(2):
            upload(bucket, folder, "s1")
            _confirm(bucket)
        seqs = sorted(event["seq"] for event in _lines(bucket))
        assert seqs == list(range(1, len(seqs) + 1)), f"crash at request {nth}"
        assert upload(bucket, folder, "s1").waiting == 0
    assert 20 < crashes < 79


def test_processes_that_write_at_once_never_share_a_number(till: Path, bucket: Storage) -> None:
    """Sellers and an uploader on one folder: every number once, none missing."""
    results: list[list[int]] = []
    sent: list[UploadResult] = []

    def sell() -> None:
        results.extend(_record(till, 2) for _ in range(10))

    def deliver() -> None:
        for _ in range(10):
            sent.append(upload(bucket, till, "s1"))
            _confirm(bucket)

    threads = [threading.Thread(target=sell) for _ in range(3)] + [threading.Thread(target=deliver)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seq for seqs in results for seq in seqs) == list(range(1, 61))
    upload(bucket, till, "s1")
    assert sorted(event["seq"] for event in _lines(bucket)) == list(range(1, 61))


def test_a_damaged_mark_stops_the_till_rather_than_reuse_numbers(till: Path, bucket: Storage) -> None:
    """Guessing would make two different lines with one number."""
    _record(till, 1)
    upload(bucket, till, "s1")
    _confirm(bucket)
    upload(bucket, till, "s1")
    (till / "spool" / "pos-1" / "mark.json").write_bytes(b"{")
    with pytest.raises(ValueError, match="spool-mark"):
        _record(till, 1)
