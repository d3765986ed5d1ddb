"""Delivers what a till has spooled, and deletes it when the back office has confirmed it.

What stands under a batch's key is never written over, damaged or not. A receipt says which bytes arrived: when they are
not the till's, the batch goes out again under its next key, until a receipt confirms one of them. Lines that arrive
twice are counted once.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from promo_cli.diagnostics import Diagnostic
from promo_cli.protocol import canonical
from promo_cli.protocol.fields import DocumentError, Fields
from promo_cli.protocol.layout import receipt_key, sha256_hex, upload_key
from promo_cli.storage import Found, Storage, StorageError, StorageUnavailable, put_once
from promo_cli.till import codes, spool
from promo_cli.till.spool import Lines, Till
from promo_cli.till.state import open_disk

SCHEMA = "promo.till-upload/1"
_ATTEMPTS = 5
_KEYS = 20
_RECEIPT_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class UploadResult:
    """What became of the batches on a till, and what the back office answered, in the roadmap's words."""

    delivered: int
    """Batches that are in the bucket since this upload."""
    resent: int
    """Of those, batches that had arrived damaged and were sent under another key."""
    settled: int
    """Batches with a receipt, deleted from the till."""
    waiting: int
    """Batches still on the till: without a receipt, or not delivered."""
    created: int
    """Lines the receipts count as new."""
    total: int
    """Lines the receipts speak of."""
    errors: tuple[Any, ...] = ()
    """Lines the back office refused: ``{data, errors}``."""
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def exit_code(self) -> int:
        """0, or 4 when something could not be delivered."""
        return 4 if self.diagnostics else 0

    def document(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "schema": SCHEMA,
            "delivered": self.delivered,
            "resent": self.resent,
            "settled": self.settled,
            "waiting": self.waiting,
            "created": self.created,
            "errors": list(self.errors),
            "total": self.total,
        }


@dataclass(frozen=True, slots=True)
class _Receipt:
    """What the back office answered to one batch; unknown fields are its own affair."""

    sha256: str
    created: int
    total: int
    errors: tuple[Any, ...]


def upload(storage: Storage, state_dir: Path, store_id: str) -> UploadResult:
    """Deliver every batch of every till in this folder, and settle those with a receipt.

    A failing network postpones and is reported, never raised. Raises StorageError when the till's own disk fails.
    """
    delivered = resent = waiting = 0
    receipts: list[_Receipt] = []
    diagnostics: list[Diagnostic] = []
    for pos_id in spool.pos_ids(state_dir):
        till = Till(store_id, pos_id)
        batches = spool.seal(state_dir, till)
        settled = 0
        for number, batch in enumerate(batches):
            try:
                receipt, attempt = _receipt_or_deliver(storage, state_dir, till, batch)
            except StorageError as error:
                diagnostics.append(codes.NOT_DELIVERED.at(None, str(error)))
                break
            if receipt is None and attempt > _KEYS:
                message = f"lines {batch.first} to {batch.last} of till {pos_id} arrived damaged {_KEYS} times"
                diagnostics.append(codes.ALWAYS_DAMAGED.at(None, message))
            elif receipt is None:
                delivered += 1
                resent += attempt > 1
            elif number == settled:  # the oldest first: a later receipt waits for the earlier ones
                spool.settle(state_dir, till, batch)
                receipts.append(receipt)
                settled += 1
        waiting += len(batches) - settled
    return UploadResult(
        delivered=delivered,
        resent=resent,
        settled=len(receipts),
        waiting=waiting,
        created=sum(receipt.created for receipt in receipts),
        total=sum(receipt.total for receipt in receipts),
        errors=tuple(error for receipt in receipts for error in receipt.errors),
        diagnostics=tuple(diagnostics),
    )


def _receipt_or_deliver(storage: Storage, state_dir: Path, till: Till, batch: Lines) -> tuple[_Receipt | None, int]:
    """Return the batch's receipt if there is one; else make sure that the batch is in the bucket. And under which key.

    A key beyond the last means that nothing was sent, because everything sent so far has arrived damaged.
    """
    data = spool.read_bytes(open_disk(state_dir), batch.key)
    sha256 = sha256_hex(data)
    day = date.fromisoformat(canonical.loads(data.partition(b"\n")[0])["business_date"])
    for attempt in range(1, _KEYS + 1):
        key = upload_key(day, till.store_id, till.pos_id, batch.first, batch.last, data, attempt=attempt)
        try:
            found = storage.get(receipt_key(key), max_size=_RECEIPT_BYTES)
            attempts = _ATTEMPTS
        except StorageUnavailable:
            # S3 answers 403 for what is not there to somebody who may not list, as a till: deliver, see if that works.
            found, attempts = None, 1
        if not isinstance(found, Found):
            # mtime 0: equal lines are equal bytes, so that a second delivery is the same object
            put_once(storage, key, gzip.compress(data, mtime=0), attempts=attempts)
            return None, attempt
        receipt = _read_receipt(found.data)
        if receipt is not None and receipt.sha256 == sha256:
            return receipt, attempt
    return None, _KEYS + 1


def _read_receipt(data: bytes) -> _Receipt | None:
    """Read a receipt; one that is damaged confirms nothing."""
    try:
        fields = Fields(canonical.loads(data), "receipt")
        return _Receipt(
            sha256=fields.sha256("sha256"),
            created=fields.integer("created"),
            total=fields.integer("total"),
            errors=tuple(fields.items("errors")),
        )
    except (canonical.CanonicalError, DocumentError):
        return None
