"""The one commit point: HEAD is replaced by a conditional write, and read back whenever the answer is in doubt."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum

from promo_cli.protocol.layout import HEAD
from promo_cli.protocol.trust import Reason, Refused, TrustedState
from promo_cli.storage import OutcomeUnknown, PreconditionFailed, Storage, StorageError
from promo_cli.storage.interface import backoff_seconds
from promo_cli.till.pull import read_head

ATTEMPTS = 5


class Flip(Enum):
    """How the attempt to replace HEAD ended."""

    COMMITTED = "committed"
    LOST = "lost"
    UNKNOWN = "unknown"


def flip(
    storage: Storage,
    trusted: TrustedState,
    data: bytes,
    publish_id: str,
    etag: str | None,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> Flip:
    """Put HEAD over the one with this ETag, or as the first one.

    After 412, 409, 5xx or a lost answer HEAD is read back: our publish id, current or recent, means committed; the
    old ETag means that nothing happened yet, and the same bytes are put again; anything else is a lost race.
    Raises Refused for a HEAD not to be believed, StorageError when a write is refused outright.
    """
    for attempt in range(ATTEMPTS):
        try:
            storage.put(HEAD, data, if_match=etag, if_none_match=etag is None)
        except (PreconditionFailed, OutcomeUnknown):
            outcome = _read_back(storage, trusted, publish_id, etag)
        else:
            return Flip.COMMITTED
        if outcome is not Flip.UNKNOWN:
            return outcome
        sleep(backoff_seconds(attempt))
    return Flip.UNKNOWN


def _read_back(storage: Storage, trusted: TrustedState, publish_id: str, etag: str | None) -> Flip:
    try:
        found = read_head(storage, trusted)
    except Refused as refused:
        if refused.reason is Reason.NOTHING_PUBLISHED:
            return Flip.UNKNOWN
        raise
    except StorageError:
        return Flip.UNKNOWN  # the write was sent: only an answer about HEAD can settle it
    assert found is not None, "without an ETag HEAD is always read"
    now, current = found
    assert now.head is not None, "an accepted HEAD is remembered"
    if publish_id in (now.head.publish_id, *now.head.recent):
        return Flip.COMMITTED
    return Flip.UNKNOWN if current == etag else Flip.LOST
