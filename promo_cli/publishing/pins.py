"""Pins: releases that gc keeps whole, however old, so that they can be rolled back to.

A pin is an object under ``ctl/`` and works as a publisher's intent does: it is written first, then the blobs are
claimed from any gc under way, and only then is it known whether all of them are still there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from promo_cli.diagnostics import Failure
from promo_cli.protocol import canonical
from promo_cli.protocol.fields import DocumentError, format_of, read_document, time_text
from promo_cli.protocol.layout import PINS, pin_key
from promo_cli.protocol.shard import blobs_of
from promo_cli.publishing import codes, tombstones
from promo_cli.publishing.chain import Link, cleared, entries_of, find
from promo_cli.publishing.commit import missing
from promo_cli.publishing.live import read_live_head
from promo_cli.publishing.writer import Writer
from promo_cli.storage import Found, Storage, put_once


@dataclass(frozen=True, slots=True)
class Pin:
    """A release that is kept, by whom, since when (UTC), and why."""

    seq: int
    sha256: str
    at: datetime
    actor: str
    reason: str


def pins_in(storage: Storage) -> dict[int, Pin]:
    """Return all pins by release. Raises Failure (exit 2) for one of another form, StorageError."""
    found = {}
    for entry in storage.list(PINS):
        data = storage.get(entry.key)
        if isinstance(data, Found):  # else it was removed meanwhile
            pin = _parse(entry.key, data.data)
            found[pin.seq] = pin
    return found


def pin(writer: Writer, seq: int, *, actor: str, reason: str, dry_run: bool = False) -> tuple[Pin, bool]:
    """Keep a release; returns its pin, and whether it was made now.

    Raises Failure: exit 2 for a release that is unknown, a step of a rollout, or no longer complete; StorageError.
    """
    storage = writer.storage
    link = _link(writer, seq)
    if link.release.rollout is not None:
        message = f"release {seq} was a step of a rollout, which cannot be rolled back to"
        raise Failure([codes.MIXED_RELEASE.at(None, message)], exit_code=2)
    known = pins_in(storage).get(seq)
    wanted = known or Pin(seq, link.sha256, writer.now, actor, reason)
    blobs = {*link.release.shards, *blobs_of(entries_of(storage, link).values())}
    if not dry_run and known is None:
        put_once(storage, pin_key(seq), _encode(wanted), sleep=writer.sleep)
    if not dry_run:
        tombstones.claim(storage, (blob.sha256 for blob in blobs), writer.now, writer.publish_id, writer.sleep)
    if gone := missing(storage, blobs):
        if not dry_run and known is None:
            storage.delete(pin_key(seq))  # it would promise what it cannot keep
        raise cleared(storage, link, f"{len(gone)} of {len(blobs)} objects are missing")
    return wanted, known is None


def unpin(writer: Writer, seq: int, *, dry_run: bool = False) -> bool:
    """Keep a release no longer than any other; False where it was not pinned. Raises Failure, StorageError."""
    known = seq in pins_in(writer.storage)
    if known and not dry_run:
        writer.storage.delete(pin_key(seq))
    return known


def _link(writer: Writer, seq: int) -> Link:
    trusted, _ = read_live_head(writer.storage, writer.keys.trusted)
    assert trusted.head is not None, "an accepted HEAD is remembered"
    return find(writer.storage, trusted.head, seq)


def _encode(one: Pin) -> bytes:
    return canonical.dumps(
        {
            "format": format_of("pin"),
            "seq": one.seq,
            "sha256": one.sha256,
            "at": time_text(one.at),
            "actor": one.actor,
            "reason": one.reason,
        }
    )


def _parse(key: str, data: bytes) -> Pin:
    try:
        fields = read_document(data, "pin")
        return Pin(
            seq=fields.integer("seq", least=1),
            sha256=fields.sha256("sha256"),
            at=fields.time("at"),
            actor=fields.text("actor"),
            reason=fields.text("reason"),
        )
    except DocumentError as error:
        raise tombstones.unreadable(key, error) from None
