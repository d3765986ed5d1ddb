import json
from typing import Any


def test_another_payload_under_the_same_key_is_a_conflict(world: Any, event: Any) -> None:
    """The first to arrive stays, the other is in quarantine, and both are named."""
    world.upload(event("usage", 1))
    world.ingest()
    world.upload(event("usage", 1, discount_amount=999))
    result = world.ingest()
    assert (result.loaded, result.duplicate, result.quarantined) == (0, 0, 1)
    assert world.rows("SELECT code, pointer, seq FROM quarantine") == [("ING009", "/event_id", 1)]
    assert world.rows("SELECT same, seq, file_id, kept_file_id, kept_line FROM conflicts") == [("event_id", 1, 2, 1, 1)]
    assert world.one("SELECT discount_amount FROM usages") == 18000


def test_two_events_with_one_number_of_a_till_are_a_conflict(world: Any, event: Any) -> None:
    """A till restored from a backup counts again from where it was: other events under used numbers."""
    other = event("sync", 1) | {"event_id": event("sync", 77)["event_id"]}
    world.upload(event("usage", 1), other)
    result = world.ingest()
    assert (result.loaded, result.quarantined) == (1, 1)
    assert world.rows("SELECT same, kept_line FROM conflicts") == [("seq", 1)]


def test_a_line_that_lost_a_conflict_holds_no_key(world: Any, event: Any) -> None:
    """A refused event does not stand in the way of a third one that shares its other key only."""
    first = event("usage", 1)
    second = event("usage", 1) | {"event_id": event("usage", 2)["event_id"]}
    third = event("usage", 2)
    world.upload(first, second, third)
    result = world.ingest()
    assert (result.loaded, result.quarantined) == (2, 1)
    assert world.rows("SELECT line FROM usages ORDER BY line") == [(1,), (3,)]


def test_duplicates_of_either_side_of_a_conflict_are_told_apart(world: Any, event: Any) -> None:
    """A second delivery of the loaded line is a duplicate, one of the refused line is refused again."""
    first, second = event("usage", 1), event("usage", 1, discount_amount=1)
    world.upload(first, second, first, second)
    result = world.ingest()
    assert (result.loaded, result.duplicate, result.quarantined) == (1, 1, 2)


def test_a_store_may_only_speak_for_itself(world: Any, event: Any) -> None:
    """A line about another store is refused, and hides nothing of that store's."""
    world.upload(event("usage", 1, store="jkt-02"), event("usage", 1))
    result = world.ingest()
    assert (result.loaded, result.quarantined) == (1, 1)
    assert world.codes() == ["SEC501"]
    assert world.rows("SELECT DISTINCT store_id FROM events") == [("jkt-01",)]


def test_batch_commands_may_speak_of_any_store(world: Any, event: Any) -> None:
    """Objects under events/ are loaded like uploads; they get no receipt, because no till waits for one."""
    world.bucket.objects["events/jobs/1.ndjson"] = b"\n".join(
        json.dumps(event("sync", 1, store=store)).encode() for store in ("jkt-01", "jkt-02")
    )
    assert world.ingest().loaded == 2
    assert not [key for key in world.bucket.objects if key.startswith("receipts/")]
