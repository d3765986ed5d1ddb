import contextlib
import itertools
import random
from typing import Any

import duckdb
import pytest

from promo_cli.warehouse import batch, database, receipts, writing

KINDS = ("bill", "usage", "usage")


def make_day(event: Any, tills: int = 2) -> dict[str, list[dict[str, Any]]]:
    """Some lines of each of a few tills."""
    return {
        str(till): [event(kind, seq, pos=str(till)) for seq, kind in enumerate(KINDS * 2, start=1)]
        for till in range(1, tills + 1)
    }


def test_a_second_ingest_finds_nothing_to_do(world: Any, event: Any) -> None:
    """The ledger knows what is loaded; the published file is not even replaced."""
    world.upload(event("bill", 1))
    world.ingest()
    before = world.warehouse.stat().st_ino
    result = world.ingest()
    assert (result.files, result.lines) == (0, 0)
    assert world.warehouse.stat().st_ino == before


def test_the_same_lines_again_are_duplicates(world: Any, event: Any) -> None:
    """Lines that were loaded from one object are counted as duplicates in another, within a run and across runs."""
    lines = [event("bill", 1), event("usage", 2)]
    world.upload(*lines)
    world.upload(*lines, event("log", 3))
    first = world.ingest()
    assert (first.lines, first.loaded, first.duplicate) == (5, 3, 2)
    world.upload(*reversed(lines))
    second = world.ingest()
    assert (second.lines, second.loaded, second.duplicate, second.quarantined) == (2, 0, 2, 0)
    assert world.one("SELECT count(*) FROM bills") == 1


def test_a_line_twice_in_one_object_is_loaded_once(world: Any, event: Any) -> None:
    """The first stands, the second is a duplicate."""
    world.upload(event("bill", 1), event("bill", 1))
    result = world.ingest()
    assert (result.loaded, result.duplicate) == (1, 1)


@pytest.mark.parametrize("seed", range(2))
def test_shuffled_and_split_differently_it_is_the_same_warehouse(
    world: Any, event: Any, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the lines are cut into objects, ordered, repeated and batched, the tables are equal row for row."""
    day = make_day(event)
    for till, lines in day.items():
        world.upload(*lines, pos=till)
    world.ingest()
    expected = world.tables()

    choose = random.Random(seed)
    monkeypatch.setattr("promo_cli.warehouse.fetching.BATCH_FILES", choose.randint(1, 4))
    world.warehouse.unlink()
    world.bucket.objects.clear()
    for till, lines in day.items():
        shuffled = [*lines, *choose.sample(lines, 4)]
        choose.shuffle(shuffled)
        cut = choose.randint(1, len(shuffled) - 1)
        world.upload(*shuffled[:cut], pos=till)
        if choose.random() < 0.5:
            world.ingest()
        world.upload(*shuffled[cut:], pos=till)
    world.ingest()
    assert world.tables() == expected


class CrashError(BaseException):
    """The process dies here."""


@pytest.mark.parametrize(
    ("module", "name", "call"),
    [
        (batch.staging, "read", 1),
        (batch.dedupe, "find", 2),
        (writing, "insert_staged", 1),
        (writing, "insert_quarantine", 2),
        (batch, "_insert_ledger", 2),
        (batch.staging, "drop", 1),
        (receipts, "states", 1),
        (receipts, "_refused", 1),
        (database, "_sync_folder", 1),
    ],
)
def test_a_crash_at_any_step_changes_nothing_in_the_end(
    world: Any, event: Any, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, call: int
) -> None:
    """Wherever a run dies, in its first batch or a later one, the next run ends where a clean run would have."""
    monkeypatch.setattr("promo_cli.warehouse.fetching.BATCH_FILES", 1)
    uploads = [world.upload(event("usage", seq, pos=str(seq)), b"not json", pos=str(seq)) for seq in (1, 2)]
    real, calls = getattr(module, name), itertools.count(1)

    def crash(*given: Any, **named: Any) -> Any:
        if next(calls) == call:
            raise CrashError
        return real(*given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(module, name, crash)
        with contextlib.suppress(CrashError):
            world.ingest()
    world.ingest()
    assert world.rows("SELECT lines, loaded, duplicate, quarantined, receipt_at IS NOT NULL FROM ledger") == [
        (2, 1, 0, 1, True),
        (2, 1, 0, 1, True),
    ]
    assert world.rows("SELECT pos_id, seq FROM usages ORDER BY ALL") == [("1", 1), ("2", 2)]
    assert world.codes() == ["ING004", "ING004"]
    for key in uploads:
        receipt = world.receipt(key)
        assert (receipt["created"], receipt["total"], receipt["duplicates"]) == (1, 2, 0)


def test_half_a_file_that_a_crash_left_behind_is_not_gone_on_with(world: Any, event: Any) -> None:
    """A writer that died while it made or copied its file leaves nothing that the next one stumbles over."""
    for found in ("first", "second"):
        for end in (".work.copy", ".work.copy.wal", ".work.wal"):
            world.warehouse.with_name(world.warehouse.name + end).write_bytes(b"half")
        world.upload(event("bill", 1 if found == "first" else 2))
        assert world.ingest().loaded == 1, found
    assert world.one("SELECT count(*) FROM bills") == 2


def test_a_new_working_file_appears_whole(world: Any, event: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dying while the first file is being made leaves none under the name that the next writer goes on with."""
    world.upload(event("bill", 1))

    def die(path: Any) -> None:
        path.write_bytes(b"")
        raise CrashError

    with monkeypatch.context() as patched:
        patched.setattr(database, "_create", die)
        with contextlib.suppress(CrashError):
            world.ingest()
    assert world.ingest().loaded == 1


def test_a_reader_keeps_its_state_while_a_new_one_is_published(world: Any, event: Any) -> None:
    """What a reader has open stays as it was; the next reader sees the new lines."""
    world.upload(event("bill", 1))
    world.ingest()
    with duckdb.connect(world.warehouse, read_only=True) as reader:
        world.upload(event("bill", 2))
        world.ingest()
        assert reader.execute("SELECT count(*) FROM bills").fetchall() == [(1,)]
    assert world.one("SELECT count(*) FROM bills") == 2
