"""What a till has to tell and has not yet been thanked for: lines on its disk, numbered without gaps.

Every record of events is one small file, written whole and named by its numbers, so that a crash leaves either all
lines of a sale or none, and a second process cannot give the same numbers again. Before an upload the files of one
business date are sealed into a batch, whose bytes stay the same however often it is sent. The mark remembers what
the back office has confirmed; only then is a batch deleted, oldest first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from promo_cli.protocol import canonical
from promo_cli.protocol.fields import Fields, format_of, read_document
from promo_cli.protocol.identifiers import RANDOM_BYTES, uuid7
from promo_cli.storage import Found, Storage
from promo_cli.till.journal import Event, Totals
from promo_cli.till.state import only_one, open_disk

BATCH_LINES = 5_000
_DAYS_REMEMBERED = 10


@dataclass(frozen=True, slots=True)
class Till:
    """Who speaks."""

    store_id: str
    pos_id: str
    brand_id: str | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """A file of lines, numbered ``first`` to ``last``."""

    key: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What was delivered, confirmed and deleted: the last number, and the totals of recent days."""

    last_seq: int = 0
    days: Mapping[str, Totals] = field(default_factory=dict)


def record(
    state_dir: Path, till: Till, events: Sequence[Event], random_bytes: Callable[[int], bytes] = os.urandom
) -> list[Event]:
    """Number events, name them, and write them as one file; returns them as written. Raises StorageError."""
    disk = open_disk(state_dir)
    with only_one(state_dir, "spool"):
        first = _last_seq(disk, till) + 1
        named = [
            {
                **event,
                "event_id": uuid7(datetime.fromisoformat(event["at"]), random_bytes(RANDOM_BYTES)),
                "store_id": till.store_id,
                "brand_id": till.brand_id,
                "pos_id": till.pos_id,
                "seq": seq,
            }
            for seq, event in enumerate(events, start=first)
        ]
        if named:
            disk.put(_key(till, "open", first, first + len(named) - 1), _encode(named), if_none_match=True)
    return named


def seal(state_dir: Path, till: Till) -> list[Lines]:
    """Gather open files into batches of one business date each; returns all batches that wait, oldest first."""
    disk = open_disk(state_dir)
    with only_one(state_dir, "spool"):
        opened = _files(disk, till, "open")
        sealed = _files(disk, till, "sealed")
        done = max([read_mark(disk, till).last_seq, *(one.last for one in sealed)])
        lines = [event for one in opened for event in read_lines(disk, one.key)]
        # A crash may have left lines both open and sealed, or sealed only some lines of a file.
        fresh = [event for event in lines if event["seq"] > done]
        for _, group in groupby(fresh, key=lambda event: event["business_date"]):
            day = list(group)
            for start in range(0, len(day), BATCH_LINES):
                batch = day[start : start + BATCH_LINES]
                disk.put(_key(till, "sealed", batch[0]["seq"], batch[-1]["seq"]), _encode(batch), if_none_match=True)
        for one in opened:
            disk.delete(one.key)
        return _files(disk, till, "sealed")


def settle(state_dir: Path, till: Till, batch: Lines) -> None:
    """Delete a batch the back office has confirmed; the oldest one only, so that the mark has no gaps."""
    disk = open_disk(state_dir)
    with only_one(state_dir, "spool"):
        mark = read_mark(disk, till)
        if batch.first > mark.last_seq:
            days = dict(mark.days)
            for event in read_lines(disk, batch.key):
                day = event["business_date"]
                days[day] = days.get(day, Totals()).add(event)
            recent = dict(sorted(days.items())[-_DAYS_REMEMBERED:])
            # The mark first: a batch that is both marked and there was counted, and is only deleted again.
            disk.put(_mark_key(till), _encode_mark(Mark(batch.last, recent)))
        disk.delete(batch.key)


def totals(state_dir: Path, till: Till, day: date) -> Totals:
    """Return the control totals of a business day so far, delivered or not."""
    disk = open_disk(state_dir)
    with only_one(state_dir, "spool"):
        mark = read_mark(disk, till)
        found, done = mark.days.get(day.isoformat(), Totals()), mark.last_seq
        for one in (*_files(disk, till, "sealed"), *_files(disk, till, "open")):
            for event in read_lines(disk, one.key):
                if event["seq"] > done and event["business_date"] == day.isoformat():
                    found = found.add(event)
            done = max(done, one.last)
    return found


def pos_ids(state_dir: Path) -> list[str]:
    """Return the tills that have anything in this folder."""
    return sorted({entry.key.split("/")[1] for entry in open_disk(state_dir).list("spool/")})


def read_lines(disk: Storage, key: str) -> list[dict[str, Any]]:
    """Return the events of a file."""
    return [canonical.loads(line) for line in read_bytes(disk, key).splitlines()]


def read_bytes(disk: Storage, key: str) -> bytes:
    """Return the bytes of a file that a listing named."""
    found = disk.get(key)
    if not isinstance(found, Found):
        raise FileNotFoundError(f"the spool's file {key} has disappeared")
    return found.data


def read_mark(disk: Storage, till: Till) -> Mark:
    """Return what was confirmed so far. Raises DocumentError for a damaged mark: guessing would reuse numbers."""
    found = disk.get(_mark_key(till))
    if not isinstance(found, Found):
        return Mark()
    fields = read_document(found.data, "spool-mark")
    days = {day: _totals(Fields(value, f"spool-mark.days.{day}")) for day, value in fields.mapping("days").items()}
    return Mark(fields.integer("last_seq"), days)


def _last_seq(disk: Storage, till: Till) -> int:
    files = [*_files(disk, till, "open"), *_files(disk, till, "sealed")]
    return max([read_mark(disk, till).last_seq, *(one.last for one in files)])


def _encode_mark(mark: Mark) -> bytes:
    days = {day: one.encode() for day, one in mark.days.items()}
    return canonical.dumps({"format": format_of("spool-mark"), "last_seq": mark.last_seq, "days": days})


def _totals(fields: Fields) -> Totals:
    return Totals(
        bills=fields.integer("bills"),
        net=fields.amount("net"),
        discount=fields.amount("discount"),
        refunds=fields.amount("refunds"),
        first_seq=fields.integer("first_seq"),
        last_seq=fields.integer("last_seq"),
    )


def _files(disk: Storage, till: Till, kind: str) -> list[Lines]:
    return list(_listed(disk, f"spool/{till.pos_id}/{kind}/"))


def _listed(disk: Storage, prefix: str) -> Iterator[Lines]:
    for entry in disk.list(prefix):
        first, _, last = entry.key.removeprefix(prefix).removesuffix(".ndjson").partition("-")
        yield Lines(entry.key, int(first), int(last))


def _key(till: Till, kind: str, first: int, last: int) -> str:
    return f"spool/{till.pos_id}/{kind}/{first:012d}-{last:012d}.ndjson"


def _mark_key(till: Till) -> str:
    return f"spool/{till.pos_id}/mark.json"


def _encode(events: Sequence[Event]) -> bytes:
    return b"".join(canonical.dumps(event) + b"\n" for event in events)
