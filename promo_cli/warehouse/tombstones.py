"""What the bucket remembers about privacy: who was erased, and up to which day personal data has been removed.

These objects stand under `events/privacy/` and are never changed. Every ingest and rebuild reads them before anything
else, so that what they say holds on every machine, for second deliveries and late ones, and for a warehouse made anew.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promo_cli.diagnostics import Failure, Location
from promo_cli.protocol import canonical
from promo_cli.protocol.fields import DocumentError, Fields, time_text
from promo_cli.storage.interface import Found, Storage, put_once
from promo_cli.warehouse import codes, database, erasing, meta
from promo_cli.warehouse.keys import PRIVACY

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ERASURE = "promo.erasure/1"
RETENTION = "promo.retention/1"

_ERASED = f"{PRIVACY}erased-"
_RETAINED = f"{PRIVACY}retained-"
_NEVER = dt.date.min


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody to erase: `kind` is `member` or `phone`, `digest` the keyed hash that the tombstone holds."""

    kind: str
    digest: str


@dataclass(frozen=True, slots=True)
class Retained:
    """Up to which business days, exclusive, uploads were deleted and personal data was removed."""

    uploads_before: dt.date = _NEVER
    personal_before: dt.date = _NEVER


def write_tombstone(con: DuckDBPyConnection, storage: Storage, subject: Subject, now: dt.datetime) -> bool:
    """Write a tombstone; False when there was one. `now` is an aware moment.

    Raises OutcomeUnknown, StorageUnavailable.
    """
    document = {
        "schema": ERASURE,
        "subject": subject.kind,
        "digest": subject.digest,
        "key_id": key_id(con),
        "erased_at": time_text(now.astimezone(dt.UTC)),
    }
    return put_once(storage, f"{_ERASED}{subject.digest[:32]}.json", canonical.dumps(document) + b"\n")


def write_retained(storage: Storage, retained: Retained, now: dt.datetime) -> None:
    """Write down what a retention is about to remove, before it does. Raises OutcomeUnknown, StorageUnavailable."""
    uploads, personal = retained.uploads_before.isoformat(), retained.personal_before.isoformat()
    document = {
        "schema": RETENTION,
        "uploads_before": uploads,
        "personal_before": personal,
        "at": time_text(now.astimezone(dt.UTC)),
    }
    put_once(storage, f"{_RETAINED}{uploads}-{personal}.json", canonical.dumps(document) + b"\n")


def unknown(con: DuckDBPyConnection, storage: Storage) -> list[str]:
    """List the keys of what the bucket remembers and this warehouse does not know yet. Raises StorageUnavailable."""
    known = {key for (key,) in con.execute("SELECT key FROM erasures").fetchall()}
    listed = [entry.key for entry in storage.list(PRIVACY)]
    erased = [key for key in listed if not key.startswith(_RETAINED) and key not in known]
    # Their names sort by what they say, and days only move forward, so the last one says it all.
    newest = max((key for key in listed if key.startswith(_RETAINED)), default=None)
    return erased + ([newest] if newest and newest != meta.get(con, "retained") else [])


def learn(con: DuckDBPyConnection, storage: Storage) -> dict[str, int]:
    """Take over what the bucket remembers, and free what is stored of it; return the rows changed, by table.

    Raises Failure (SEC502) for a tombstone made with another key, (SEC503) for an object that cannot be read, and
    StorageUnavailable. Nothing is taken over then: a warehouse that passes over a tombstone would bring somebody back.
    """
    new = unknown(con, storage)
    if not new:
        return {}
    documents = [(key, _read(storage, key)) for key in new]
    mine = key_id(con)
    con.begin()
    try:
        for key, fields in documents:
            if key.startswith(_RETAINED):
                _take_retained(con, key, fields)
            else:
                _take_erasure(con, key, fields, mine)
        changed = erasing.scrub_stored(con)
        if lines := erasing.scrub_quarantine(con, None):
            changed["quarantine"] = lines
            con.execute("UPDATE ledger SET receipt_at = NULL WHERE quarantined > 0 AND store_id IS NOT NULL")
        if changed:
            meta.put(con, database.COMPACT, "due")
        con.commit()
    except BaseException:
        con.rollback()
        raise
    return changed


def retained(storage: Storage) -> Retained:
    """Read up to which days the bucket has been cleared. Raises Failure (SEC503), StorageUnavailable."""
    newest = max((entry.key for entry in storage.list(_RETAINED)), default=None)
    return Retained() if newest is None else _retained(newest, _read(storage, newest))


def key_id(con: DuckDBPyConnection) -> str:
    """Name the key in use without telling it: 16 hexadecimal digits."""
    return str(con.execute("SELECT key_id()").fetchall()[0][0])


def _read(storage: Storage, key: str) -> Fields:
    found = storage.get(key, max_size=2**16)
    try:
        if isinstance(found, Found):
            return Fields(canonical.loads(found.data), "record")
    except (canonical.CanonicalError, DocumentError):
        pass
    raise _unreadable(key, "one JSON object")


def _take_erasure(con: DuckDBPyConnection, key: str, fields: Fields, mine: str) -> None:
    try:
        if fields.text("schema") != ERASURE:
            raise _unreadable(key, ERASURE)
        subject, digest, made_with = fields.text("subject"), fields.sha256("digest"), fields.text("key_id")
        erased_at = fields.time("erased_at").astimezone(dt.UTC).replace(tzinfo=None)
    except DocumentError as error:
        raise _unreadable(key, str(error)) from None
    if made_with != mine:
        message = f"expected a tombstone of the key {mine}, found one of the key {made_with}"
        help_ = "hand in the secret that the environment had when the member was erased; it never changes"
        raise Failure([codes.OTHER_KEY.at(Location(key), message, help=help_)], 2)
    con.execute("INSERT INTO erasures VALUES ($1, $2, $3, $4)", [subject, digest, erased_at, key])


def _take_retained(con: DuckDBPyConnection, key: str, fields: Fields) -> None:
    found = _retained(key, fields)
    meta.put(con, "retained", key)
    if found.uploads_before > _NEVER:
        meta.put(con, "uploads_before", found.uploads_before.isoformat())
    if found.personal_before > _NEVER:
        meta.put(con, "personal_before", found.personal_before.isoformat())


def _retained(key: str, fields: Fields) -> Retained:
    try:
        if fields.text("schema") != RETENTION:
            raise _unreadable(key, RETENTION)
        return Retained(*(dt.date.fromisoformat(fields.text(name)) for name in ("uploads_before", "personal_before")))
    except (DocumentError, ValueError) as error:
        raise _unreadable(key, str(error)) from None


def _unreadable(key: str, expected: str) -> Failure:
    message = f"cannot read what was erased or removed: expected {expected}"
    help_ = "restore the object from the bucket's versions; without it somebody erased would come back"
    return Failure([codes.BAD_TOMBSTONE.at(Location(key), message, help=help_)], 2)
