"""Marks on blobs that nothing seems to need, so that clearing away and publishing never cross.

A tombstone is an object of its own per blob, and goes from state to state only by conditional writes::

    marked --24 h, still unused--> deleting --> blob deleted --> tombstone deleted
    deleting --1 h, its gc died--> deleting (by another gc, which ends it)
    marked --a publisher wants the blob, or it is in use--> rescued --> tombstone deleted by a later gc

Only one of ``deleting`` and ``rescued`` can win. A publisher writes its intent first and looks for tombstones then: a
gc that looked for intents earlier meets the publisher here, one that looks later meets it there. A blob in ``deleting``
is not to be relied on before its tombstone is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from promo_cli.diagnostics import Failure
from promo_cli.protocol import canonical
from promo_cli.protocol.fields import DocumentError, format_of, read_document, time_text
from promo_cli.protocol.layout import TOMBSTONES, tombstone_key
from promo_cli.publishing import codes
from promo_cli.storage import Found, OutcomeUnknown, PreconditionFailed, Storage

State = Literal["marked", "deleting", "rescued"]
STATES: tuple[State, ...] = ("marked", "deleting", "rescued")
INTERRUPTED_AFTER = timedelta(hours=1)
"""A gc that has not finished a deletion by then is dead."""
_LIMIT = 4096  # bytes
_WAITS = 10
_WAIT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A tombstone as read; ``owner`` is the run that put it into its state, ``at`` when (UTC)."""

    sha256: str
    state: State
    at: datetime
    owner: str
    etag: str


def read(storage: Storage, sha256: str) -> Tombstone | None:
    """Read the tombstone of a blob. Raises Failure (exit 2) for one of another form, StorageError."""
    key = tombstone_key(sha256)
    found = storage.get(key, max_size=_LIMIT)
    if not isinstance(found, Found):
        return None
    try:
        fields = read_document(found.data, "tombstone")
        state = next(one for one in STATES if one == fields.one_of("state", STATES))
        return Tombstone(sha256, state, fields.time("at"), fields.text("owner"), found.etag)
    except DocumentError as error:
        raise unreadable(key, error) from None


def unreadable(key: str, error: DocumentError) -> Failure:
    """Return what to raise for a control object of a form this version does not know."""
    return Failure([codes.UNKNOWN_NOTE.at(None, f"{key}: {error}", help="update this tool")], exit_code=2)


def listed(storage: Storage) -> set[str]:
    """Return the hashes of all blobs that have a tombstone."""
    return {entry.key.removeprefix(TOMBSTONES).removesuffix(".json") for entry in storage.list(TOMBSTONES)}


def move(storage: Storage, sha256: str, state: State, at: datetime, owner: str, *, over: Tombstone | None) -> bool:
    """Put a tombstone into a state, over the one that was read or as the first; False when somebody was faster."""
    data = canonical.dumps(
        {"format": format_of("tombstone"), "sha256": sha256, "state": state, "at": time_text(at), "owner": owner}
    )
    try:
        storage.put(
            tombstone_key(sha256), data, if_match=None if over is None else over.etag, if_none_match=over is None
        )
    except (PreconditionFailed, OutcomeUnknown):
        now = read(storage, sha256)
        return now is not None and (now.state, now.owner) == (state, owner)
    return True


def claim(storage: Storage, wanted: Iterable[str], at: datetime, owner: str, sleep: Callable[[float], None]) -> None:
    """Keep blobs a publisher relies on from being deleted; its intent must be written before.

    Waits for deletions under way. Raises Failure (exit 4) for one that does not end, StorageError.
    """
    for sha256 in sorted(listed(storage) & set(wanted)):
        for _ in range(_WAITS):
            found = read(storage, sha256)
            if found is None or found.state == "rescued":
                break
            if found.state == "deleting":
                sleep(_WAIT_SECONDS)
            elif move(storage, sha256, "rescued", at, owner, over=found):
                break
        else:
            message = f"gc was interrupted while it deleted blob {sha256[:12]}, which this release needs"
            advice = f"run `promo gc --apply` in {INTERRUPTED_AFTER.seconds // 60} minutes, then publish again"
            raise Failure([codes.GC_INTERRUPTED.at(None, message, help=advice)], exit_code=4)
