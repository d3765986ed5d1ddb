from typing import Any

import pytest

from promo_cli.storage.interface import StorageUnavailable


def test_a_receipt_says_what_became_of_the_batch(world: Any, event: Any) -> None:
    """It stands at the upload's key under receipts/, with the content's hash, the counts and every refused line."""
    key = world.upload(event("usage", 1), event("usage", 1), event("usage", 3, discount_amount="x"))
    world.ingest()
    receipt = world.receipt(key)
    refused = receipt.pop("errors")
    assert receipt.pop("sha256").startswith(key.removesuffix(".ndjson.gz")[-16:])
    assert receipt == {
        "schema": "promo.upload-receipt/1",
        "created": 1,
        "total": 3,
        "duplicates": 1,
        "ingested_at": "2026-02-08T01:00:00Z",
        "gaps": [[2, 2]],
        "watermark": {"seq": 1},
    }
    (only,) = refused
    (error,) = only["errors"]
    assert (only["line"], only["data"]["seq"]) == (3, 3)
    assert (error["code"], error["pointer"]) == ("ING008", "/discount_amount")


def test_gaps_close_when_the_missing_lines_arrive(world: Any, event: Any) -> None:
    """Numbers are counted per till from 1; late uploads are accepted and fill the gap."""
    late = world.upload(event("usage", 2), event("usage", 6))
    world.ingest()
    assert (world.receipt(late)["gaps"], world.receipt(late)["watermark"]) == ([[1, 1], [3, 5]], {"seq": 0})
    rest = world.upload(*(event("usage", seq) for seq in (1, 3, 4, 5)))
    world.ingest()
    assert (world.receipt(rest)["gaps"], world.receipt(rest)["watermark"]) == ([], {"seq": 6})


def test_a_refused_line_sent_again_does_not_hide_a_gap(world: Any, event: Any) -> None:
    """Line 1 arrives bad and then good: that is one arrival, and line 2 is still missing."""
    world.upload(event("usage", 1, status=1, promotion_id=None))
    world.ingest()
    key = world.upload(event("usage", 1), event("usage", 3))
    world.ingest()
    assert world.receipt(key)["gaps"] == [[2, 2]]


def test_a_receipt_that_could_not_be_written_is_written_by_the_next_run(
    world: Any, event: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lines are committed before; the till hears of it later."""
    key = world.upload(event("usage", 1))

    def fail(*_: Any, **__: Any) -> str:
        raise StorageUnavailable("receipts", "no network")

    with monkeypatch.context() as patched:
        patched.setattr(world.bucket, "put", fail, raising=False)
        with pytest.raises(StorageUnavailable):
            world.ingest()
    assert world.receipt(key) is None
    result = world.ingest()
    assert (result.files, result.receipts) == (0, 1)
    assert world.receipt(key)["created"] == 1


def test_a_receipt_names_only_so_many_refused_lines(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are counted; quarantine has them all."""
    monkeypatch.setattr("promo_cli.warehouse.receipts.MAX_ERRORS", 2)
    key = world.upload(b"a", b"b", b"c")
    world.ingest()
    receipt = world.receipt(key)
    assert ([each["line"] for each in receipt["errors"]], receipt["more_errors"]) == ([1, 2], 1)


def test_a_number_too_large_to_be_written_is_told_as_text(world: Any, event: Any) -> None:
    """What a line holds can never keep its receipt from being written."""
    key = world.upload(b'{"kind":"usage","seq":1e300}', b'{"kind":"usage","seq":1' + b"0" * 30 + b"}")
    world.ingest()
    assert [each["data"] for each in world.receipt(key)["errors"]] == [
        '{"kind":"usage","seq":1E+300}',
        {"kind": "usage", "seq": "1" + "0" * 30},
    ]
