"""After the flip: read the release back on the very path a till takes."""

from __future__ import annotations

from collections.abc import Sequence

from promo_cli.diagnostics import Failure
from promo_cli.protocol.head import Head
from promo_cli.protocol.trust import Refused, TrustedState
from promo_cli.publishing import codes
from promo_cli.storage import Storage
from promo_cli.till.pull import pull

SAMPLE = 8
"""Stores that are read back, spread evenly over those that changed."""


def verify(storage: Storage, trusted: TrustedState, published: Head, changed: Sequence[str]) -> None:
    """Pull as some of the changed stores' tills would, from nothing.

    Raises Failure (exit 4) when a till could not have it; StorageError. A newer HEAD than ours is no fault: another
    publication may have followed at once.
    """
    step = max(1, -(-len(changed) // SAMPLE))
    for store_id in changed[::step]:
        try:
            pulled = pull(storage, trusted, store_id)
        except Refused as refused:
            message = f"a till of store {store_id} cannot read release {published.seq}: {refused}"
            notes = (f"reason: {refused.reason}",)
            raise Failure([codes.NOT_VERIFIED.at(None, message, notes=notes)], exit_code=4) from refused
        head = None if pulled is None else pulled.trusted.head
        if pulled is None or head is None or head.order < published.order:
            message = f"HEAD read back is older than the revision {published.rev} just written"
            raise Failure([codes.NOT_VERIFIED.at(None, message)], exit_code=4)
        if head.order == published.order and pulled.kept is not None:
            message = f"a till of store {store_id} cannot use release {published.seq}: {pulled.kept}"
            raise Failure([codes.NOT_VERIFIED.at(None, message)], exit_code=4)
