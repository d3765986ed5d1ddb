"""One sync of a till: pull, check, then keep. It never raises for what a bucket serves: a till goes on selling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from promo_cli.diagnostics import Diagnostic, Failure
from promo_cli.protocol import bundle, trust
from promo_cli.protocol.fields import DocumentError, time_text
from promo_cli.protocol.trust import Reason, Refused, TrustedState
from promo_cli.storage import Storage, StorageError
from promo_cli.till import codes, state
from promo_cli.till.pull import Pulled, first_root, pull
from promo_cli.till.state import Running, TillState

SCHEMA = "promo.till-sync/1"
VERSION_SCHEMA = "promo.till-version/1"

Status = Literal["updated", "unchanged", "kept", "refused", "offline"]
"""``kept``: a genuine release this till cannot use. ``refused``: bytes not believed. Both go on with what is there."""


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What the till runs after a sync, in the words of the roadmap's sync response, and how it came about."""

    status: Status
    promotions: tuple[Mapping[str, Any], ...]
    """Always the full list, as in the bundle."""
    deleted_promotion_ids: tuple[str, ...]
    """Ids that ran before this sync and do not any more."""
    sync_timestamp: datetime | None
    """HEAD's time of issue, UTC; None before the first sync."""
    version: int
    """The release's number; 0 before the first sync."""
    diagnostics: tuple[Diagnostic, ...] = ()
    notices: tuple[str, ...] = ()
    stopped: int = 0
    """How many of the promotions HEAD has stopped in the whole fleet."""

    @property
    def count(self) -> int:
        """How many promotions there are."""
        return len(self.promotions)

    @property
    def exit_code(self) -> int:
        """0; 1 for refused bytes; 4 for a bucket out of reach."""
        return {"refused": 1, "offline": 4}.get(self.status, 0)

    def document(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "schema": SCHEMA,
            "promotions": list(self.promotions),
            "deleted_promotion_ids": list(self.deleted_promotion_ids),
            "sync_timestamp": None if self.sync_timestamp is None else time_text(self.sync_timestamp),
            "version": self.version,
            "count": self.count,
        }


def sync(
    storage: Storage,
    state_dir: Path,
    env: str,
    store_id: str,
    now: datetime,
    *,
    root: bytes | None = None,
    trust_first_root: bool = False,
) -> SyncResult:
    """Bring a till up to date with its environment. ``now`` is the till's clock, with an offset.

    ``root`` is the environment's root file, which a till needs once; ``trust_first_root`` takes it from the bucket
    instead, for folders of one's own. Raises Failure when the state folder belongs to another till, or when a new
    till has no root; StorageError when the till's own disk fails.
    """
    with state.only_one(state_dir, "sync"):
        return sync_on(storage, state.open_disk(state_dir), env, store_id, now, root, trust_first_root)


def enrol(state_dir: Path, env: str, store_id: str, root: bytes) -> TillState:
    """Give a new till the environment's root, so that it can check what it syncs; nothing is fetched.

    A till that has one keeps it if it is the same. Raises Failure (exit 2) for a root not to be believed, a till that
    trusts another one, and a state folder of another till.
    """
    try:
        trusted = trust.enrol(root, env)
    except Refused as refused:
        raise Failure([codes.BAD_ROOT.at(None, str(refused), notes=(f"reason: {refused.reason}",))], 2) from refused
    with state.only_one(state_dir, "sync"):
        disk = state.open_disk(state_dir)
        known = _load(disk, env, store_id, [])
        if known is None:
            known = TillState(env=env, store_id=store_id, trusted=trusted)
            state.save(disk, known)
        elif known.trusted.root.version == trusted.root.version and known.trusted.root_envelope != root:
            message = f"this till trusts another root {trusted.root.version} of {env}"
            advice = "check where the file comes from; to start over, begin with an empty state folder"
            raise Failure([codes.BAD_ROOT.at(None, message, help=advice)], exit_code=2)
    return known


def sync_on(
    storage: Storage,
    disk: Storage,
    env: str,
    store_id: str,
    now: datetime,
    root: bytes | None,
    trust_first_root: bool,
) -> SyncResult:
    """Bring up to date a till whose disk is at hand and locked; see `sync`."""
    notices: list[str] = []
    findings: list[Diagnostic] = []
    known = _load(disk, env, store_id, findings)
    try:
        if known is None:
            trusted = _first_trust(storage, env, root, trust_first_root, notices)
            known = TillState(env=env, store_id=store_id, trusted=trusted)
        before = state.usable(disk, known)
        if known.running is not None and (before is None or before[0] != known.running):
            findings.append(
                codes.DAMAGED.at(None, f"the bundle of release {known.running.seq} is damaged on this till")
            )
            known = replace(known, running=None if before is None else before[0])
        pulled = pull(
            storage,
            known.trusted,
            store_id,
            etag=known.etag,
            at_hand=None if before is None else before[1],
            release_at_hand=None if known.running is None else known.running.release_sha256,
        )
    except Refused as refused:
        return _result("refused", disk, known, [*findings, _refusal(refused)], notices, now)
    except StorageError as error:
        return _result("offline", disk, known, [*findings, _offline(error)], notices, now)
    if pulled is None:
        return _result("unchanged", disk, known, findings, notices, now)
    after = _persist(disk, known, pulled, now)
    if pulled.kept is not None:
        findings.append(codes.KEPT.at(None, str(pulled.kept), notes=(f"reason: {pulled.kept.reason}",)))
        return _result("kept", disk, after, findings, notices, now)
    status: Status = "unchanged" if pulled.bundle is None else "updated"
    return _result(status, disk, after, findings, notices, now, before=None if before is None else before[1])


def version(known: TillState | None) -> dict[str, Any]:
    """Return the roadmap's version answer from what the till knows: ``{version, last_updated, force_update}``."""
    head = None if known is None else known.trusted.head
    return {
        "schema": VERSION_SCHEMA,
        "version": 0 if head is None else head.seq,
        "last_updated": None if head is None else time_text(head.issued_at),
        "force_update": head is not None and head.urgency == "force",
    }


def promotions_of(data: bytes | None) -> tuple[dict[str, Any], ...]:
    """Return the promotions of a bundle; none when there is no bundle."""
    return () if data is None else tuple(bundle.read_line(line) for line in bundle.split(data).lines)


def clock(now: datetime, trusted: TrustedState) -> datetime:
    """Return the time to judge freshness by: a till's clock set back must not make an old HEAD look fresh."""
    return now if trusted.head is None else max(now, trusted.head.issued_at)


def _load(disk: Storage, env: str, store_id: str, findings: list[Diagnostic]) -> TillState | None:
    try:
        known = state.load(disk)
    except DocumentError as error:
        findings.append(codes.DAMAGED.at(None, f"the till's state is unreadable: {error}"))
        return None
    if known is not None and (known.env, known.store_id) != (env, store_id):
        message = (
            f"expected the state of store {store_id} in {env}, found that of store {known.store_id} in {known.env}"
        )
        raise Failure(
            [codes.OTHER_STATE.at(None, message, help="give this till a state folder of its own")], exit_code=2
        )
    return known


def _first_trust(
    storage: Storage, env: str, root: bytes | None, trust_first_root: bool, notices: list[str]
) -> TrustedState:
    if root is not None:
        return trust.enrol(root, env)
    if not trust_first_root:
        message = f"this till has no root for {env} yet"
        raise Failure([codes.NOT_ENROLLED.at(None, message, help="hand it the environment's root file")], 2)
    trusted = first_root(storage, env)
    notices.append(
        "trusting the bucket's own development root: good for a folder on this machine, not for a real chain"
    )
    return trusted


def _persist(disk: Storage, known: TillState, pulled: Pulled, now: datetime) -> TillState:
    """Write what was checked: first the files, then the one that names them, then tidy up."""
    after = replace(known, trusted=pulled.trusted, etag=pulled.etag, synced_at=now)
    head = pulled.trusted.head
    if pulled.bundle is not None and head is not None:
        running = Running(
            bundle=state.keep(disk, pulled.bundle),
            counters=None if pulled.counters is None else state.keep(disk, pulled.counters),
            release_sha256=head.release.sha256,
            seq=head.seq,
        )
        after = state.advance(after, running)
    state.save(disk, after)
    state.sweep(disk, after)
    return after


def _result(
    status: Status,
    disk: Storage,
    known: TillState | None,
    findings: Iterable[Diagnostic],
    notices: Iterable[str],
    now: datetime,
    *,
    before: bytes | None = None,
) -> SyncResult:
    runs = None if known is None else state.usable(disk, known)
    head = None if known is None else known.trusted.head
    promotions = promotions_of(None if runs is None else runs[1])
    ids = {one["id"] for one in promotions}
    return SyncResult(
        status=status,
        promotions=promotions,
        deleted_promotion_ids=tuple(one["id"] for one in promotions_of(before) if one["id"] not in ids),
        sync_timestamp=None if head is None else head.issued_at,
        version=0 if runs is None else runs[0].seq,
        diagnostics=(*findings, *_freshness(known, now)),
        notices=tuple(notices),
        stopped=0 if head is None else len(ids & set(head.revoked)),
    )


def _freshness(known: TillState | None, now: datetime) -> list[Diagnostic]:
    if known is None or known.trusted.head is None:
        return []
    head, moment = known.trusted.head, clock(now, known.trusted)
    if moment > head.stale_after:
        message = (
            f"HEAD was to be renewed before {time_text(head.stale_after)}; promotions that require it have stopped"
        )
        return [codes.STALE.at(None, message)]
    if moment > head.fresh_until:
        return [codes.STALE.at(None, f"HEAD was to be renewed before {time_text(head.fresh_until)}")]
    return []


def _refusal(refused: Refused) -> Diagnostic:
    notes = (f"reason: {refused.reason}", "nothing was kept; the till goes on with what it had")
    if refused.reason is Reason.EQUIVOCATION:
        return codes.EQUIVOCATION.at(None, str(refused), notes=notes)
    if refused.reason is Reason.NOTHING_PUBLISHED:
        return codes.NOTHING_PUBLISHED.at(None, str(refused), notes=notes)
    return codes.REFUSED.at(None, str(refused), notes=notes)


def _offline(error: StorageError) -> Diagnostic:
    return codes.UNREACHABLE.at(None, str(error), notes=("the till goes on with what it had",))
