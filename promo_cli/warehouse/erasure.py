"""Erasing a member: who that is in this warehouse, the tombstones that keep it so, and what it changes here."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from promo_cli.storage.interface import Storage
from promo_cli.warehouse import database, erasing, listing, personal, receipts, tombstones
from promo_cli.warehouse.migrate import migrate
from promo_cli.warehouse.tombstones import Subject

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_PHONE = re.compile(r"\+?\d(?:[ ()./-]{0,2}\d){7,}|[0-9a-f]{64}")

# Who was seen under both names at once.
_KNOWN = """
    SELECT DISTINCT member_id, customer_key
    FROM (SELECT member_id, customer_key FROM bills
          UNION ALL SELECT member_id, customer_key FROM usages
          UNION ALL SELECT member_id, customer_key FROM vouchers)
    WHERE member_id IS NOT NULL AND customer_key IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Request:
    """Whom to erase: a member id, a phone as tills typed it, or a phone's keyed hash. None for `kind`: as it looks."""

    name: str
    kind: Literal["member", "phone"] | None = None


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure changed, or would change.

    `subjects` are the kinds of names that were found to be the member's, one tombstone each; `new` of them were not
    there yet. `shared` counts names that others use as well and that were therefore left. `rows` are changed rows by
    table, `uploads` the objects in the bucket that still hold the member's lines. Without a `warehouse` on this
    machine only the tombstones were written.
    """

    subjects: tuple[str, ...]
    new: int
    shared: int
    rows: Mapping[str, int]
    uploads: int
    warehouse: bool


def erase(
    storage: Storage,
    request: Request,
    *,
    warehouse: Path,
    env: str,
    hmac_key: bytes,
    now: dt.datetime,
    dry_run: bool = False,
) -> Erasure:
    """Erase a member from the warehouse, and see to it that no later upload, replay or rebuild brings them back.

    The tombstones are written before the warehouse changes: once they stand, every machine's next ingest erases as
    well, whatever becomes of this one. Running it again is safe and finishes what was interrupted. `now` is an aware
    moment. With `dry_run` only counts, and neither the bucket nor the warehouse changes.

    Raises Failure: ING101 when another process writes, SEC502 for another secret than the tombstones were made with,
    SEC503 for a tombstone that cannot be read; StorageUnavailable and OutcomeUnknown when the storage fails.
    """
    present = _is_here(warehouse, env)
    if dry_run and present:
        with database.reading(warehouse) as con:
            personal.install(con, hmac_key)
            return _counted(con, storage, request)
    with database.writing(warehouse, hmac_key) if present else _nowhere(hmac_key) as con:
        tombstones.learn(con, storage)
        subjects, shared = _subjects(con, request)
        if dry_run:
            return Erasure(_kinds(subjects), len(subjects), shared, {}, 0, present)
        _, files = _would_change(con, subjects)
        new = sum([tombstones.write_tombstone(con, storage, each, now) for each in subjects])
        rows = tombstones.learn(con, storage)
        if present:
            receipts.write_due(con, storage, now)
        return Erasure(_kinds(subjects), new, shared, rows, files, present)


def _is_here(warehouse: Path, env: str) -> bool:
    if not warehouse.is_file():
        return False
    with database.published(warehouse) as con:
        return listing.environment_of(con) == env


@contextmanager
def _nowhere(hmac_key: bytes) -> Iterator[DuckDBPyConnection]:
    """An empty warehouse in memory, for a machine that has none."""
    import duckdb

    with duckdb.connect() as con:
        migrate(con)
        personal.install(con, hmac_key)
        yield con


def _counted(con: DuckDBPyConnection, storage: Storage, request: Request) -> Erasure:
    subjects, shared = _subjects(con, request)
    known = {digest for (digest,) in con.execute("SELECT digest FROM erasures").fetchall()}
    rows, files = _would_change(con, subjects)
    new = sum(each.digest not in known for each in subjects)
    return Erasure(_kinds(subjects), new, shared, rows, files, True)


def _would_change(con: DuckDBPyConnection, subjects: Sequence[Subject]) -> tuple[dict[str, int], int]:
    # A temporary table comes before the warehouse's own of that name, which stays as it is.
    con.execute(
        "CREATE TEMP TABLE erasures AS SELECT unnest($digests) AS digest", {"digests": [s.digest for s in subjects]}
    )
    try:
        return erasing.count_stored(con)
    finally:
        con.execute("DROP TABLE temp.erasures")


def _subjects(con: DuckDBPyConnection, request: Request) -> tuple[list[Subject], int]:
    """Who is meant, by every name known for them, and how many of these names others use as well."""
    name = request.name.strip()
    looks_like_a_phone = bool(_PHONE.fullmatch(name))
    members, phones = set[str](), set[str]()
    if request.kind == "member" or (request.kind is None and not name.startswith("+")):
        members.add(name)
    if request.kind == "phone" or (request.kind is None and looks_like_a_phone):
        phones.add(con.execute("SELECT phone_key($1)", [name]).fetchall()[0][0])
    shared = _link(con.execute(_KNOWN).fetchall(), members, phones)
    hashed = con.execute(
        """
        SELECT 'member', member_digest(unnest($members::VARCHAR[])) UNION ALL
        SELECT 'phone', phone_digest(unnest($phones::VARCHAR[]))
        """,
        {"members": sorted(members), "phones": sorted(phones)},
    ).fetchall()
    return [Subject(kind, digest) for kind, digest in hashed], shared


def _link(pairs: Sequence[tuple[str, str]], members: set[str], phones: set[str]) -> int:
    """Add the names that are the same person's, and return how many more there are that others use too.

    A phone belongs to a member when it was never seen with another one.
    """
    seen_with: dict[str, set[str]] = {}
    for member, phone in pairs:
        seen_with.setdefault(phone, set()).add(member)
    while True:
        more_phones = {phone for phone, by in seen_with.items() if by <= members} - phones
        more_members = {
            one for phone in phones for one in seen_with.get(phone, ()) if len(seen_with[phone]) == 1
        } - members
        if not more_phones and not more_members:
            break
        phones |= more_phones
        members |= more_members
    left_phones = sum(bool(by & members) for phone, by in seen_with.items() if phone not in phones)
    left_members = {one for phone in phones for one in seen_with.get(phone, ())} - members
    return left_phones + len(left_members)


def _kinds(subjects: Sequence[Subject]) -> tuple[str, ...]:
    return tuple(each.kind for each in subjects)
