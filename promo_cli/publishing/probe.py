"""Does the storage keep its word on conditional writes? Asked once per target; the answer is noted under ``ctl/``."""

from __future__ import annotations

import contextlib
from datetime import datetime

from promo_cli.diagnostics import Failure
from promo_cli.protocol import canonical
from promo_cli.protocol.fields import format_of, time_text
from promo_cli.protocol.layout import PROBE
from promo_cli.publishing import codes
from promo_cli.storage import Found, OutcomeUnknown, PreconditionFailed, Storage, put_once

_LIMIT = 4096  # bytes


def check_conditional_writes(storage: Storage, publish_id: str, now: datetime) -> None:
    """Make sure that a write whose condition does not hold is refused.

    The note names the target, so that a copy of the bucket on another server is asked again.
    Raises Failure (PUB001) when conditions are ignored, StorageError when the storage does not answer.
    """
    if noted(storage):
        return
    key = f"{PROBE}-{publish_id}"
    first = time_text(now).encode()
    put_once(storage, key, first)
    if _accepts(storage, key, if_none_match=True):
        _refuse(storage, "If-None-Match: * was accepted for an object that exists")
    if _accepts(storage, key, if_match="0" * 32):
        _refuse(storage, "If-Match was accepted with the ETag of other bytes")
    found = storage.get(key, max_size=_LIMIT)
    if not isinstance(found, Found) or found.data != first:
        _refuse(storage, "a conditional write that was not accepted changed the object")
    storage.delete(key)
    # A crash here only means that the next publisher asks again.
    storage.put(PROBE, _marker(storage))


def noted(storage: Storage) -> bool:
    """Tell whether this target was asked before, and kept its word. Raises StorageError."""
    found = storage.get(PROBE, max_size=_LIMIT)
    return isinstance(found, Found) and found.data == _marker(storage)


def _marker(storage: Storage) -> bytes:
    return canonical.dumps({"format": format_of("probe"), "where": storage.where, "conditional_writes": "enforced"})


def _accepts(storage: Storage, key: str, *, if_match: str | None = None, if_none_match: bool = False) -> bool:
    with contextlib.suppress(PreconditionFailed, OutcomeUnknown):  # in doubt it at least did not say yes
        storage.put(key, b"must not be written", if_match=if_match, if_none_match=if_none_match)
        return True
    return False


def _refuse(storage: Storage, what: str) -> None:
    advice = "use storage that enforces conditional writes; with this one two publishers could undo each other"
    raise Failure([codes.CONDITIONS_IGNORED.at(None, f"{storage.where}: {what}", help=advice)], exit_code=2)
